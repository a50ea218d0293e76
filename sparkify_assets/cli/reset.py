"""`sparkify reset`: every table empty."""

import click

from sparkify_assets.cli.output import echo, printable
from sparkify_assets.definitions import build_definitions
from sparkify_assets.defs.tables.jobs import RESET_WORD
from sparkify_assets.instance.home import open_instance
from sparkify_assets.settings import load_settings
from sparkify_assets.warehouse.open import open_warehouse


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Drop every table and create it empty; the lake stays."""
    settings = load_settings()
    location = open_warehouse(settings).location
    if not yes:
        click.confirm(f"Drop every table of {printable(location)}?", abort=True)
    with open_instance() as instance:
        build_definitions(settings).resolve_job_def("reset_warehouse").execute_in_process(
            instance=instance,
            run_config={
                "ops": {"drop_and_create": {"config": {"confirm": RESET_WORD}}},
                "loggers": {"console": {"config": {"log_level": "ERROR"}}},
            },
        )
    echo(f"Every table of {location} is empty now. Fill them: sparkify run")
