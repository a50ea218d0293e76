"""`sparkify doctor`: every setting and connection, each problem with its cure."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from sparkify_assets.errors import SparkifyError
from sparkify_assets.instance.home import dagster_home
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.sources import SOURCES, Source
from sparkify_assets.settings import PREFIX, Settings, settings
from sparkify_assets.warehouse.open import open_warehouse


@dataclass(frozen=True)
class Symptom:
    """One thing looked at: what it is, how it stands, and whether that is good."""

    name: str
    says: str
    good: bool


def examine() -> Iterator[Symptom]:
    """Look at everything; the settings come first, since the rest needs them."""
    try:
        chosen = settings()
    except SparkifyError as error:
        yield Symptom("settings", str(error), False)
        return
    yield from _settings(chosen)
    for name, look in _looks(chosen):
        try:
            yield Symptom(name, look(), True)
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


def _looks(chosen: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "lake", partial(_lake, chosen)
    for source in SOURCES:
        yield source.key.replace("_", " "), partial(_source, source, chosen)
    try:
        yield from open_warehouse(chosen, read_only=True, wait_seconds=0).health_checks().items()
    except SparkifyError as error:
        yield "warehouse", partial(_fail, error)
    yield "Dagster instance", _home


def _lake(chosen: Settings) -> str:
    lake = open_lake(chosen.lake)
    fed = sum(len(source.fields(lake)) for source in SOURCES if source.json_paths)
    return f"{lake.location}, its JSONPaths feed {fed} columns"


def _source(source: Source, chosen: Settings) -> str:
    files = source.files(open_lake(chosen.lake), *chosen.days)
    if not source.is_daily:
        return f"{len(files)} files"
    first_day, last_day = chosen.days
    days = {file.day for file in files}
    if not files:
        raise SparkifyError(
            f"There is no file of {source.key} for {first_day} to {last_day} in {chosen.lake}. "
            f"Set {PREFIX}FIRST_DAY and {PREFIX}LAST_DAY to days which the lake has."
        )
    total = (last_day - first_day).days + 1
    return f"{len(files)} files for {len(days)} of the {total} days {first_day} to {last_day}"


def _fail(error: SparkifyError) -> str:
    raise error


def _home() -> str:
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
