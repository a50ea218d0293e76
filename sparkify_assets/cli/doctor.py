"""`sparkify doctor`: every setting and connection, each problem with a hint."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from sparkify_assets.cli.folders import require_writable_pages
from sparkify_assets.cli.from_cfg import map_cfg
from sparkify_assets.cli.output import echo
from sparkify_assets.cli.repair import repair
from sparkify_assets.cli.rich_output import console, markup
from sparkify_assets.database.connection import Database
from sparkify_assets.database.login import examine_login
from sparkify_assets.database.source_table import source_table
from sparkify_assets.errors import SparkifyError
from sparkify_assets.instance.home import examine_instance
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.sources import SOURCES, Source
from sparkify_assets.lake.survey import survey
from sparkify_assets.models.reading import models
from sparkify_assets.settings import PREFIX, Settings, load_settings
from sparkify_assets.warehouse.open import open_warehouse


@dataclass(frozen=True)
class Diagnostic:
    """One thing which was examined."""

    name: str
    message: str
    error: SparkifyError | None = None


@click.command()
@click.option(
    "--from-cfg",
    "cfg",
    type=click.Path(path_type=Path),
    help="Print the settings which follow from a course-style dwh.cfg, without its secrets, and do nothing else.",
)
@click.option("--repair", "repairs", is_flag=True, help="Set damaged files aside, after asking; nothing is deleted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def doctor(cfg: Path | None, repairs: bool, yes: bool) -> None:
    """Check every setting and connection, each problem with a hint. Exits with 1 if one stays."""
    if cfg:
        echo("\n".join(map_cfg(cfg).lines()))
        return
    screen = console()
    ok = True
    for diagnostic in diagnose():
        mark = "[red]✗[/]" if diagnostic.error else "[green]✓[/]"
        screen.print(f"{mark} {diagnostic.name}: {markup(diagnostic.message)}", soft_wrap=True)
        if error := diagnostic.error:
            ok = bool(repairs and error.damaged) and repair(error, ask=not yes) and ok
    sys.exit(0 if ok else 1)


def diagnose() -> Iterator[Diagnostic]:
    """Examine everything; the settings come first, since the rest needs them."""
    try:
        settings = load_settings()
    except SparkifyError as error:
        yield Diagnostic("settings", str(error), error)
        return
    yield from _settings(settings)
    for name, examine in _examinations(settings):
        try:
            yield Diagnostic(name, examine())
        except SparkifyError as error:
            yield Diagnostic(name, str(error), error)


def _settings(settings: Settings) -> Iterator[Diagnostic]:
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        origin = "given" if variable in os.environ or name in settings.model_fields_set else "default"
        value = getattr(settings, name)
        yield Diagnostic(variable, f"{'' if value is None else value} ({origin}). {field.description}")


def _examinations(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    if not settings.project:
        yield "lake", partial(_lake, settings)
        for source in SOURCES:
            yield source.key.replace("_", " "), partial(_source, source, settings)
    if copied := [source_table(model) for model in models().values() if model.source]:
        database = Database(settings.source_url, settings.source_statement_minutes)
        yield "operational database", partial(examine_login, database, copied)
    try:
        yield from open_warehouse(settings, read_only=True, wait_seconds=0).health_checks().items()
    except SparkifyError as error:
        yield "warehouse", partial(_fail, error)
    yield "reports", partial(require_writable_pages, settings)
    yield "Dagster instance", examine_instance


def _lake(settings: Settings) -> str:
    lake = open_lake(settings.lake)
    if not any(lake.has(source.folder) for source in SOURCES):
        raise lake.missing(f"the folders {', '.join(f'{source.folder}/' for source in SOURCES)}")
    fed = sum(len(source.fields(lake)) for source in SOURCES if source.paths_file(lake))
    paths = f"its JSONPaths feed {fed} columns" if fed else "without JSONPaths: fields are named as columns"
    return f"{lake.location}, {paths}"


def _source(source: Source, settings: Settings) -> str:
    return survey(source, open_lake(settings.lake), *settings.days)


def _fail(error: SparkifyError) -> str:
    raise error
