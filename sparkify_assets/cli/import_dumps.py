"""`sparkify import`: a lake from dumps. The module is not named as its command, which is a word of Python."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sparkify_assets.errors import SettingsError
from sparkify_assets.importing.dumps import import_dumps as place_dumps
from sparkify_assets.importing.report import ImportReport
from sparkify_assets.pages.printable import printable


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--lake", required=True, metavar="OUT", help="Folder of the lake, new or not.")
@click.option("--repair-text", is_flag=True, help="Repair text which was encoded twice, as 'BjÃ¶rk' was.")
def import_dumps(files: Sequence[Path], lake: str, repair_text: bool) -> None:
    """Sort dumps of events and songs into the layout of a lake.

    FILES are files of any name and folders of them: JSON objects or arrays of them, of any days in any order, plain,
    gzip or bzip2, with the field names of most simulators. What cannot be placed is named, with file and line. Exits
    with 1 if nothing could be placed.
    """
    if not lake or "://" in lake:
        raise SettingsError(
            f"--lake = {lake!r} is no folder. Import into a folder, then copy it: sparkify lake upload OUT"
        )
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} records"), TimeElapsedColumn())
    names, console = TextColumn("{task.description}", markup=False), Console(stderr=True)
    with Progress(*columns, names, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=None)

        def show(doing: str, records: int) -> None:
            progress.update(task, description=printable(doing), completed=records)

        report = place_dumps(files, Path(os.path.expanduser(lake)), repair=repair_text, on_progress=show)
    for sentence in (*report.sentences(), *_next_steps(report, lake)):
        click.echo(sentence)
    sys.exit(0 if report.placed else 1)


def _next_steps(report: ImportReport, lake: str) -> Sequence[str]:
    if not report.placed:
        return ["Nothing could be placed, and nothing was written."]
    days = f"SPARKIFY_FIRST_DAY={min(report.days)} SPARKIFY_LAST_DAY={max(report.days)} " if report.days else ""
    return [f"Next: SPARKIFY_LAKE={printable(shlex.quote(lake))} {days}sparkify run"]
