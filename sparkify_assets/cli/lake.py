"""`sparkify lake`: the bucket of a lake in S3, and what is in it."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from sparkify_assets.cli.output import echo
from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.lake.upload import upload as upload_folder
from sparkify_assets.settings import load_settings


@click.group()
def lake() -> None:
    """A lake in S3: create its bucket, upload a folder to it."""


@lake.command()
def up() -> None:
    """Create the buckets of SPARKIFY_LAKE and SPARKIFY_WORK_URI which are missing.

    They are private, encrypted and open to TLS alone, without versions, in the region of this process.
    """
    from sparkify_assets.cluster.buckets import buckets_of, create_missing

    create_missing(buckets_of(load_settings()), echo)


@lake.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--delete", is_flag=True, help="Also delete what the lake holds and the folder does not.")
def upload(folder: Path, delete: bool) -> None:
    """Copy the lake in FOLDER to SPARKIFY_LAKE; files which are there unchanged are not sent again."""
    target = open_lake(load_settings().lake)
    if not isinstance(target, S3Lake):
        raise SettingsError(f"SPARKIFY_LAKE = {target.location!r} is no lake in S3. Set it to s3://bucket[/prefix].")
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("files", total=None)
        done = upload_folder(
            folder, target, delete=delete, progress=lambda n, of: progress.update(task, completed=n, total=of)
        )
    echo(f"{target.location}: {done.sent:,} files sent, {done.unchanged:,} unchanged, {done.deleted:,} deleted.")
    if done.only_in_s3:
        echo(f"It holds {done.only_in_s3:,} more, which {folder} lacks; --delete deletes them.")
