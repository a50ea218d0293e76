"""The command `sparkify`. Heavy modules are imported by the commands which need them."""

import gc
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from sparkify_assets.cli.cluster import cluster
from sparkify_assets.errors import SettingsError, SparkifyError
from sparkify_assets.settings import settings

SAMPLE = {"days": 30, "users": 300, "songs": 400, "seed": 2018}

_DAY = click.DateTime(formats=["%Y-%m-%d"])


def program() -> None:
    """`main` as a process of its own."""
    # What is imported stays: the search for dead cycles would walk it again and again while it grows. A run, which
    # makes more than it keeps, turns it on again.
    gc.disable()
    main()


def _explains_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def explained(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SparkifyError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)

    return explained


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sparkify-assets")
def main() -> None:
    """Sparkify's listening warehouse: build it, ask it, check its settings."""


main.add_command(cluster)


@main.command()
@click.option("--from", "first", type=_DAY, help="First day of log files; default SPARKIFY_FIRST_DAY.")
@click.option("--to", "last", type=_DAY, help="Last day of log files; default SPARKIFY_LAST_DAY.")
@click.option("--select", "selection", help="Assets in Dagster's selection syntax, such as '+group:\"star\"'.")
@_explains_errors
def run(first: datetime | None, last: datetime | None, selection: str | None) -> None:
    """Build the warehouse, with a progress display.

    Without a lake in the default place a sample is generated there. Exits with 1 if the run fails
    or a check stops it.
    """
    from rich.console import Console

    from sparkify_assets.cli.run import run as run_job

    chosen = settings()
    days = _days(first, last)
    console = Console(stderr=False)
    if chosen.lake == "data/lake" and not Path(chosen.lake).exists():
        console.print(f"There is no lake at {chosen.lake} yet: generating a sample.")
        _generate(Path(chosen.lake), start=chosen.first_day, **SAMPLE)
    sys.exit(0 if run_job(chosen, *days, selection, console) else 1)


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--days", default=SAMPLE["days"], show_default=True, type=click.IntRange(1), help="Days of logs.")
@click.option("--users", default=SAMPLE["users"], show_default=True, type=click.IntRange(1), help="Listeners.")
@click.option("--songs", default=SAMPLE["songs"], show_default=True, type=click.IntRange(1), help="Catalogue size.")
@click.option("--seed", default=SAMPLE["seed"], show_default=True, help="The same seed gives the same lake.")
@click.option("--start", type=_DAY, default="2018-11-01", show_default=True, help="First day.")
@click.option("--events", type=click.IntRange(1), help="Events in all; by default it follows from days and users.")
@click.option("--gzip", "compress", is_flag=True, help="Write .json.gz files.")
@click.option("--faults", type=click.FloatRange(0, 0.5), default=0.0, show_default=True, help="Share of faulty lines.")
@_explains_errors
def generate(out: Path, start: datetime, **options: Any) -> None:
    """Write a sample lake to OUT: event logs, song files and log_json_path.json.

    With --faults, OUT/planted_faults.json tells what was planted where.
    """
    made = _generate(out, start=start.date(), **options)
    click.echo(
        f"{made.events:,} events in {made.files} files and {made.songs:,} songs in {made.out}, "
        f"{made.planted:,} faults, {made.seconds:.1f} s"
    )


@main.command()
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="For people, for a spreadsheet, or for a program.",
)
@_explains_errors
def query(sql: str, form: str) -> None:
    """Ask the warehouse, in Redshift SQL; nothing can be changed."""
    from sparkify_assets.cli.query import ask, print_rows

    print_rows(ask(settings(), sql), form)


@main.command()
@click.option("--failed", "only_failed", is_flag=True, help="Only what failed, errored or warned.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--strict", is_flag=True, help="Warnings and checks which never ran are failures too.")
@_explains_errors
def checks(only_failed: bool, as_json: bool, strict: bool) -> None:
    """Show all checks of all tables as they stand, with the rows which break a rule.

    Exits with 0 if all passed or warned, with 1 if one failed or errored, with 2 if nothing has run yet.
    """
    from sparkify_assets.cli.checks import exit_code, print_checks, print_json, state

    quality = state(settings())
    (print_json if as_json else print_checks)(quality, only_failed)
    sys.exit(exit_code(quality, strict))


@main.command()
@click.option("--no-open", "stay", is_flag=True, help="Only print where the page is.")
@_explains_errors
def report(stay: bool) -> None:
    """Open the listening report of the latest run in the browser, and print where it is."""
    import webbrowser

    from sparkify_assets.cli.report import report_page

    page = report_page(settings())
    click.echo(page)
    if not stay and not webbrowser.open(page.as_uri()):
        click.echo("No browser could be started here: open the file yourself.", err=True)


@main.command()
@click.option(
    "--from-cfg",
    "cfg",
    type=click.Path(path_type=Path),
    help="Print the settings which follow from a course-style dwh.cfg, without its secrets, and do nothing else.",
)
@_explains_errors
def doctor(cfg: Path | None) -> None:
    """Check every setting and connection, each problem with its cure. Exits with 1 if there is one."""
    from sparkify_assets.cli.doctor import examine, print_report
    from sparkify_assets.cli.from_cfg import map_cfg

    if cfg:
        click.echo("\n".join(map_cfg(cfg).lines()))
        return
    sys.exit(0 if print_report(examine()) else 1)


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@_explains_errors
def reset(yes: bool) -> None:
    """Drop every table and create it empty; the lake stays."""
    from sparkify_assets.defs.platform import build_definitions
    from sparkify_assets.defs.tables.jobs import RESET_WORD
    from sparkify_assets.instance.home import open_instance
    from sparkify_assets.warehouse.open import open_warehouse

    chosen = settings()
    place = open_warehouse(chosen).location
    if not yes:
        click.confirm(f"Drop every table of {place}?", abort=True)
    with open_instance() as instance:
        build_definitions(chosen).resolve_job_def("reset_warehouse").execute_in_process(
            instance=instance,
            run_config={
                "ops": {"drop_and_create": {"config": {"confirm": RESET_WORD}}},
                "loggers": {"console": {"config": {"log_level": "ERROR"}}},
            },
        )
    click.echo(f"Every table of {place} is empty now. Fill them: sparkify run")


def _days(first: datetime | None, last: datetime | None) -> tuple[date, date]:
    earliest, latest = settings().days
    chosen = (first.date() if first else earliest, last.date() if last else latest)
    if chosen[0] > chosen[1]:
        raise SettingsError(f"--from {chosen[0]} lies after --to {chosen[1]}; swap them.")
    if chosen[0] < earliest or chosen[1] > latest:
        raise SettingsError(
            f"The days {chosen[0]} to {chosen[1]} lie outside of {earliest} to {latest}. "
            "Widen SPARKIFY_FIRST_DAY and SPARKIFY_LAST_DAY."
        )
    return chosen


def _generate(
    out: Path, *, start: date, days: int, users: int, songs: int, events: int | None = None, **more: Any
) -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sparkify_assets.sample.generator import estimate_events, generate_lake

    total = events or estimate_events(days, users)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("events", total=total)

        def written(count: int) -> None:
            progress.advance(task, count)
            if progress.tasks[0].completed >= total:
                progress.update(task, description="songs and faults")

        try:
            return generate_lake(
                out, days=days, users=users, songs=songs, start=start, events=events, progress=written, **more
            )
        except ValueError as error:
            raise SettingsError(str(error)) from error
