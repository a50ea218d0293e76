"""`sparkify doctor`: every setting and connection, each problem with a hint."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from sparkify_assets.cli.from_cfg import map_cfg
from sparkify_assets.errors import SparkifyError
from sparkify_assets.instance.home import dagster_home
from sparkify_assets.lake.open import open_lake
from sparkify_assets.models.model import models
from sparkify_assets.settings import PREFIX, Settings, load_settings
from sparkify_assets.warehouse.open import open_warehouse

_ENOUGH_BYTES = 1 << 30


@dataclass(frozen=True)
class Diagnostic:
    """One thing which was examined."""

    name: str
    message: str
    ok: bool = True


@click.command()
@click.option(
    "--from-cfg",
    "cfg",
    type=click.Path(path_type=Path),
    help="Print the settings which follow from a course-style dwh.cfg, without its secrets, and do nothing else.",
)
def doctor(cfg: Path | None) -> None:
    """Check every setting and connection, each problem with a hint. Exits with 1 if there is one."""
    if cfg:
        click.echo("\n".join(map_cfg(cfg).lines()))
        return
    console = Console(soft_wrap=True, highlight=False)
    ok = True
    for diagnostic in diagnose():
        ok = ok and diagnostic.ok
        mark = "[green]✓[/]" if diagnostic.ok else "[red]✗[/]"
        console.print(f"{mark} {diagnostic.name}: {escape(diagnostic.message)}")
    sys.exit(0 if ok else 1)


def diagnose() -> Iterator[Diagnostic]:
    """Examine everything; the settings come first, since the rest needs them."""
    try:
        settings = load_settings()
    except SparkifyError as error:
        yield Diagnostic("settings", str(error), ok=False)
        return
    yield from _settings(settings)
    examinations: dict[str, Callable[[Settings], str]] = {
        "lake": _lake,
        "event logs": _event_logs,
        "song files": _song_files,
        "warehouse": _warehouse,
        **({"disk": _disk} if settings.warehouse == "duckdb" else {}),
        "Dagster instance": _home,
    }
    for name, examine in examinations.items():
        try:
            yield Diagnostic(name, examine(settings))
        except SparkifyError as error:
            yield Diagnostic(name, str(error), ok=False)


def _settings(settings: Settings) -> Iterator[Diagnostic]:
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        origin = "given" if variable in os.environ or name in settings.model_fields_set else "default"
        value = getattr(settings, name)
        yield Diagnostic(variable, f"{'' if value is None else value} ({origin}). {field.description}")


def _lake(settings: Settings) -> str:
    lake = open_lake(settings.lake)
    fields = lake.event_fields()
    wanted = [column.name for column in models()["staging_events"].columns if column.name != "log_date"]
    if len(fields) != len(wanted):
        raise SparkifyError(
            f"{lake.place}/log_json_path.json lists {len(fields)} paths, but staging_events has {len(wanted)} "
            f"columns for them. List one path for each of {', '.join(wanted)}."
        )
    return f"{lake.place}, its JSONPaths feed {len(fields)} columns"


def _event_logs(settings: Settings) -> str:
    first_day, last_day = settings.days
    files = open_lake(settings.lake).event_files(first_day, last_day)
    days = {file.day for file in files}
    if not files:
        raise SparkifyError(
            f"There is no log file for {first_day} to {last_day} in {settings.lake}. Set {PREFIX}FIRST_DAY and "
            f"{PREFIX}LAST_DAY to days which the lake has."
        )
    total = (last_day - first_day).days + 1
    return f"{len(files)} files for {len(days)} of the {total} days {first_day} to {last_day}"


def _song_files(settings: Settings) -> str:
    return f"{len(open_lake(settings.lake).song_files())} files"


def _warehouse(settings: Settings) -> str:
    if settings.warehouse == "duckdb" and not Path(settings.duckdb_path).exists():
        return f"{settings.duckdb_path} does not exist yet; the first run makes it"
    warehouse = open_warehouse(settings, read_only=True, wait_seconds=0)
    try:
        facts = warehouse.facts()
    finally:
        warehouse.close()
    size = f", {int(facts['bytes']) / 1e6:.1f} MB" if "bytes" in facts else ""
    return f"{facts['engine']}, {facts['place']}{size}"


def _disk(settings: Settings) -> str:
    folder = _writable(Path(settings.duckdb_path).parent, f"Grant it, or set {PREFIX}DUCKDB_PATH to another folder.")
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_BYTES:
        raise SparkifyError(
            f"{folder} has {free / 1e6:.0f} MB left. Free some, or set {PREFIX}DUCKDB_PATH to another disk."
        )
    return f"{folder} is writable and has {free / 1e9:.1f} GB left"


def _home(_: Settings) -> str:
    home = dagster_home()
    _writable(home, "Set DAGSTER_HOME to another folder.")
    return str(home)


def _writable(folder: Path, hint: str) -> Path:
    """The folder, or the nearest above it which exists; raises SparkifyError if this user may not write there."""
    folder = folder.resolve()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise SparkifyError(f"This user may not write to {existing}. {hint}")
    return existing
