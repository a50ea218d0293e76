"""`sparkify report`: the page which the latest run wrote."""

import sys
import webbrowser
from pathlib import Path

import click

from sparkify_assets.cli.output import printable
from sparkify_assets.errors import SparkifyError
from sparkify_assets.pages.rendering import LISTENING_REPORT
from sparkify_assets.settings import load_settings


@click.command()
@click.option("--no-open", is_flag=True, help="Only print where the page is.")
def report(no_open: bool) -> None:
    """Open the listening report of the latest run in the browser, and print where it is."""
    page = Path(load_settings().report_folder).resolve() / LISTENING_REPORT
    if not page.is_file():
        raise SparkifyError(
            f"There is no report at {page} yet. Make it: sparkify run; if that was run elsewhere, set "
            "SPARKIFY_REPORT_FOLDER to its folder."
        )
    click.echo(printable(str(page)) if sys.stdout.isatty() else page)
    if not no_open and not webbrowser.open(page.as_uri()):
        click.echo("No browser could be started here: open the file yourself.", err=True)
