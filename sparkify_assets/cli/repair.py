"""What `sparkify doctor --repair` does: it renames what is damaged, so that something new is made in its place."""

import os
from datetime import datetime
from pathlib import Path

import click

from sparkify_assets.cli.dev import lock_home
from sparkify_assets.cli.output import echo, printable
from sparkify_assets.errors import SettingsError, SparkifyError, WarehouseDamaged
from sparkify_assets.instance.home import dagster_home, open_instance

_LOG_OF_DATABASE = ".wal"


def repair(error: SparkifyError, *, ask: bool) -> bool:
    """Set aside the damaged files of an error, beside where they are, and whether that was wanted.

    Nothing is deleted. Raises SettingsError if the Dagster UI runs on an instance which is to be set aside.
    """
    damaged = printable(", ".join(map(str, error.damaged)))
    if ask and not click.confirm(f"Set aside {damaged}? It is renamed, nothing is deleted."):
        return False
    if isinstance(error, WarehouseDamaged):
        _set_aside(error)
        echo("The next run makes a new database, with all that is in the lake: sparkify run")
        return True
    lock = lock_home()
    if lock is None:
        raise SettingsError(f"`make dev` runs on {dagster_home()}. Stop it, then repair.")
    os.close(lock)
    _set_aside(error)
    with open_instance():
        echo(
            "A new instance is made. It knows no earlier run. Switch on again under Automation what you had switched "
            "on; the sensor `lake_changes` asks the warehouse what is loaded."
        )
    return True


def _set_aside(error: SparkifyError) -> None:
    now = f"{datetime.now():%Y%m%dT%H%M%S}"
    for path in error.damaged:
        for suffix in ("", _LOG_OF_DATABASE):
            old, new = (Path(f"{name}{suffix}") for name in (path, f"{path}.{now}"))
            if os.path.lexists(old):
                old.rename(new)
                echo(f"{old} is {new} now.")
