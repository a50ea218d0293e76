"""`sparkify doctor`: every setting and connection, each problem with its cure."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from sparkify_assets.errors import SparkifyError
from sparkify_assets.instance.home import dagster_home
from sparkify_assets.lake.open import open_lake
from sparkify_assets.models.model import models
from sparkify_assets.settings import PREFIX, Settings, load_settings
from sparkify_assets.warehouse.open import open_warehouse

_ENOUGH_BYTES = 1 << 30


@dataclass(frozen=True)
class Symptom:
    """One thing looked at: what it is, how it stands, and whether that is good."""

    name: str
    says: str
    good: bool


def examine() -> Iterator[Symptom]:
    """Look at everything; the settings come first, since the rest needs them."""
    try:
        chosen = load_settings()
    except SparkifyError as error:
        yield Symptom("settings", str(error), False)
        return
    yield from _settings(chosen)
    looks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("lake", _lake),
        ("event logs", _event_logs),
        ("song files", _song_files),
        ("warehouse", _warehouse),
        *((("disk", _disk),) if chosen.warehouse == "duckdb" else ()),
        ("Dagster instance", _home),
    )
    for name, look in looks:
        try:
            yield Symptom(name, look(chosen), True)
        except SparkifyError as error:
            yield Symptom(name, str(error), False)


def print_report(symptoms: Iterator[Symptom]) -> bool:
    """Print each; whether all are good."""
    console = Console(soft_wrap=True, highlight=False)
    good = True
    for symptom in symptoms:
        good = good and symptom.good
        mark = "[green]✓[/]" if symptom.good else "[red]✗[/]"
        console.print(f"{mark} {symptom.name}: {escape(symptom.says)}")
    return good


def _settings(chosen: Settings) -> Iterator[Symptom]:
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        given = variable in os.environ or name in chosen.model_fields_set
        value = getattr(chosen, name)
        yield Symptom(
            variable, f"{'' if value is None else value} ({'given' if given else 'default'}). {field.description}", True
        )


def _lake(chosen: Settings) -> str:
    lake = open_lake(chosen.lake)
    fields = lake.event_fields()
    wanted = [column.name for column in models()["staging_events"].columns if column.name != "log_date"]
    if len(fields) != len(wanted):
        raise SparkifyError(
            f"{lake.place}/log_json_path.json lists {len(fields)} paths, but staging_events has {len(wanted)} "
            f"columns for them. List one path for each of {', '.join(wanted)}."
        )
    return f"{lake.place}, its JSONPaths feed {len(fields)} columns"


def _event_logs(chosen: Settings) -> str:
    first_day, last_day = chosen.days
    files = open_lake(chosen.lake).event_files(first_day, last_day)
    days = {file.day for file in files}
    if not files:
        raise SparkifyError(
            f"There is no log file for {first_day} to {last_day} in {chosen.lake}. Set {PREFIX}FIRST_DAY and "
            f"{PREFIX}LAST_DAY to days which the lake has."
        )
    total = (last_day - first_day).days + 1
    return f"{len(files)} files for {len(days)} of the {total} days {first_day} to {last_day}"


def _song_files(chosen: Settings) -> str:
    return f"{len(open_lake(chosen.lake).song_files())} files"


def _warehouse(chosen: Settings) -> str:
    if chosen.warehouse == "duckdb" and not Path(chosen.duckdb_path).exists():
        return f"{chosen.duckdb_path} is not there yet; the first run makes it"
    warehouse = open_warehouse(chosen, read_only=True, wait_seconds=0)
    try:
        facts = warehouse.facts()
    finally:
        warehouse.close()
    size = f", {int(facts['bytes']) / 1e6:.1f} MB" if "bytes" in facts else ""
    return f"{facts['engine']}, {facts['place']}{size}"


def _disk(chosen: Settings) -> str:
    folder = _existing(Path(chosen.duckdb_path).resolve().parent)
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise SparkifyError(
            f"This user may not write to {folder}. Give the right, or set {PREFIX}DUCKDB_PATH elsewhere."
        )
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_BYTES:
        raise SparkifyError(
            f"{folder} has {free / 1e6:.0f} MB left. Make room, or set {PREFIX}DUCKDB_PATH to another disk."
        )
    return f"{folder} is writable and has {free / 1e9:.1f} GB left"


def _home(_: Settings) -> str:
    home = dagster_home()
    parent = _existing(home.resolve())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise SparkifyError(f"This user may not write to {parent}. Set DAGSTER_HOME to another folder.")
    return f"{home}"


def _existing(path: Path) -> Path:
    """The path, or the nearest above it which is there."""
    while not path.exists():
        path = path.parent
    return path
