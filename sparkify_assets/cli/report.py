"""`sparkify report`: the page which the latest run wrote."""

import sys
import webbrowser

import click

from sparkify_assets.cli.output import printable
from sparkify_assets.errors import SparkifyError
from sparkify_assets.pages.folder import LocalPages, open_page_folder
from sparkify_assets.pages.rendering import ANSWERS, LISTENING_REPORT
from sparkify_assets.settings import load_settings


@click.command()
@click.option("--no-open", is_flag=True, help="Only print where the page is.")
def report(no_open: bool) -> None:
    """Open the listening report of the latest run in the browser, and print where it is."""
    settings = load_settings()
    name = ANSWERS if settings.project else LISTENING_REPORT
    folder = open_page_folder(settings.report_folder)
    page = folder.location(name)
    if not folder.has(name):
        raise SparkifyError(
            f"There is no report at {page} yet. Make it: sparkify run; if that was run elsewhere, set "
            "SPARKIFY_REPORT_FOLDER to its folder."
        )
    click.echo(printable(page) if sys.stdout.isatty() else page)
    # A file opens as it is, whether a web server runs or not.
    link = folder.link(name, "" if isinstance(folder, LocalPages) else settings.report_url)
    if not no_open and not webbrowser.open(link):
        click.echo(f"No browser could be started here: open {link} yourself.", err=True)
