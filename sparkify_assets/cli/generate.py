"""`sparkify generate`: a sample lake."""

import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sparkify_assets.cli.options import DAY
from sparkify_assets.cli.output import echo
from sparkify_assets.errors import SettingsError
from sparkify_assets.sample.generator import GeneratedLake, estimate_events, generate_lake
from sparkify_assets.setting_types import is_uri, may_hold_secret

_EARLIEST = date(1971, 1, 1)
SAMPLE: Mapping[str, int] = {"days": 30, "users": 300, "songs": 400, "seed": 2018}


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--days", default=SAMPLE["days"], show_default=True, type=click.IntRange(1), help="Days of logs.")
@click.option("--users", default=SAMPLE["users"], show_default=True, type=click.IntRange(1), help="Listeners.")
@click.option("--songs", default=SAMPLE["songs"], show_default=True, type=click.IntRange(1), help="Catalog size.")
@click.option("--seed", default=SAMPLE["seed"], show_default=True, help="The same seed gives the same lake.")
@click.option("--start", type=DAY, default="2018-11-01", show_default=True, help="First day.")
@click.option("--events", type=click.IntRange(1), help="Events in all; by default it follows from days and users.")
@click.option("--gzip", "compress", is_flag=True, help="Write .json.gz files.")
@click.option("--faults", type=click.FloatRange(0, 0.5), default=0.0, show_default=True, help="Share of faulty lines.")
def generate(out: Path, start: datetime, **options: Any) -> None:
    """Write a sample lake to OUT: event logs, song files and log_json_path.json.

    With --faults, OUT/planted_faults.json lists what was planted where.
    """
    made = generate_sample(out, start=start.date(), **options)
    echo(
        f"{made.events:,} events in {made.files} files and {made.songs:,} songs in {made.out}, "
        f"{made.planted:,} faults, {made.seconds:.1f} s"
    )


def generate_sample(
    out: Path, *, start: date, days: int, users: int, events: int | None = None, **more: Any
) -> GeneratedLake:
    """Generate with a progress bar; the arguments are those of `generate_lake`. Raises SettingsError if it refuses."""
    _require_folder(out)
    out = Path(os.path.expanduser(out))
    total = events or estimate_events(days, users)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("events", total=total)

        def advance(count: int) -> None:
            progress.advance(task, count)
            if progress.tasks[0].completed >= total:
                progress.update(task, description="songs and faults")

        try:
            _require_calendar(start, days)
            return generate_lake(out, days=days, users=users, start=start, events=events, progress=advance, **more)
        except ValueError as error:
            raise SettingsError(str(error)) from error
        except OSError as error:
            raise SettingsError(
                f"The lake {out} cannot be written: {error.strerror}: {error.filename}. Give another folder."
            ) from error


def _require_calendar(start: date, days: int) -> None:
    """Raise ValueError unless the calendar has all these days, and the one after, in which sessions end."""
    if start < _EARLIEST:
        raise ValueError(f"--start {start} is before {_EARLIEST}, when the listeners would have registered")
    if days >= (date.max - start).days:
        raise ValueError(f"--start {start} and --days {days} lead beyond the calendar, which ends on {date.max}")


def _require_folder(out: Path) -> None:
    if is_uri(str(out)) or may_hold_secret(str(out)):
        raise SettingsError("A sample is written to a folder of this machine, not to an address; copy it from there.")
