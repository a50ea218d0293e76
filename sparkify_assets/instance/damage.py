"""Whether the files of the Dagster instance can be used, and what is said when they cannot.

They hold runs, events and the state of sensors. The tables are elsewhere, so a damaged instance costs no row.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.sql import get_alembic_config
from sqlalchemy.exc import DBAPIError

from sparkify_assets.errors import InstanceError

WAY_OUT = (
    "The tables are untouched. `sparkify doctor --repair` sets the instance aside and begins a new one; nothing "
    "which is loaded is loaded again."
)
_BESIDE = ("", "-wal", "-shm")


def require_usable(home: Path, ref: InstanceRef, *, thorough: bool = False) -> None:
    """Raise InstanceError, which names the file, if one is damaged or may not be written; `thorough` reads them all."""
    files = _database_files(home, ref)
    for path in files:
        if fault := _fault(path, thorough):
            raise InstanceError(
                f"The Dagster instance in {home} is damaged: {path} {fault}. {WAY_OUT}", _folders(home, files)
            )
        for one in (path.parent, *(path.with_name(path.name + suffix) for suffix in _BESIDE)):
            if one.exists() and not os.access(one, os.W_OK):
                raise InstanceError(
                    f"This user may not write to {one}, which is part of the Dagster instance. The tables are "
                    "untouched. Give the right, or set DAGSTER_HOME to another folder."
                )


@contextmanager
def translate_instance_errors(home: Path, ref: InstanceRef) -> Iterator[None]:
    """Raise what SQLite says of the instance as an InstanceError which names the file or asks for space."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, CommandError) as error:
        require_usable(home, ref, thorough=True)
        said = str(error.orig if isinstance(error, DBAPIError) else error)
        hint = (
            "Another process keeps it; wait for that one, then run again."
            if "locked" in said
            else "Is the disk full? Free some space, or set DAGSTER_HOME to a folder on another disk; then run again."
        )
        raise InstanceError(
            f"The Dagster instance in {home} could not be read or written: {said}. The tables are untouched. {hint}"
        ) from error


def _fault(path: Path, thorough: bool) -> str:
    """What is wrong with a SQLite file; nothing if it is not made yet."""
    if not path.exists():
        return ""
    if not path.is_file():
        return "is a folder"
    try:
        with closing(sqlite3.connect(path)) as connection:
            has_revision = connection.execute("select 1 from sqlite_master where name = 'alembic_version'").fetchone()
            revisions = connection.execute("select version_num from alembic_version").fetchall() if has_revision else []
            if thorough and (check := connection.execute("pragma quick_check(1)").fetchone()) != ("ok",):
                return f"has lost parts ({check[0]})"
    except sqlite3.OperationalError:  # locked, or the disk is full: whoever opens it for good says so
        return ""
    except sqlite3.DatabaseError as error:
        return f"is no whole SQLite file ({error})"
    if len(revisions) > 1:
        return "was made by two processes at once"
    if thorough and (unknown := {revision for (revision,) in revisions} - _known_revisions()):
        return f"was written by another version of Dagster (revision {unknown.pop()})"
    return ""


@cache
def _known_revisions() -> frozenset[str]:
    script = ScriptDirectory.from_config(get_alembic_config(sqlite_run_storage.__file__))
    return frozenset(revision.revision for revision in script.walk_revisions())


def _database_files(home: Path, ref: InstanceRef) -> list[Path]:
    """The SQLite files of the instance; nothing of what is in a database server."""
    stored = (
        (ref.run_storage_data, "runs.db"),
        (ref.event_storage_data, "index.db"),
        (ref.schedule_storage_data, "schedules.db"),
    )
    folders = [(data.config_dict.get("base_dir"), name) for data, name in stored if data]
    return [home / folder / name for folder, name in folders if isinstance(folder, str)]


def _folders(home: Path, files: list[Path]) -> list[Path]:
    """The folders of the files, but for those in another one, and for such as hold more than the instance."""
    folders = {path.parent for path in files if path.parent.exists()}
    return sorted(
        folder for folder in folders if not folders & {*folder.parents} and folder not in (home, *home.parents)
    )
