"""The command `sparkify`: a module per command, imported when that command is called."""

from importlib import import_module
from typing import Any

import click

from sparkify_assets.cli.output import printable, replace_what_cannot_be_shown
from sparkify_assets.errors import SparkifyError
from sparkify_assets.instance import garbage_collection

# The short help of each, so that it need not import them: Dagster alone takes a second.
COMMANDS = {
    "run": "Build the warehouse, with a progress display.",
    "generate": "Write a sample lake.",
    "import": "Sort dumps of events and songs into a lake.",
    "lake": "Create the bucket of a lake in S3, and upload a folder to it.",
    "query": "Query the warehouse in Redshift SQL.",
    "checks": "Show all checks of all tables with their latest result.",
    "verify": "Prove that Redshift gives the same tables as DuckDB.",
    "diff": "Compare two warehouses, table by table and row by row.",
    "report": "Open the listening report of the latest run.",
    "doctor": "Check every setting and connection.",
    "reset": "Drop every table and create it empty.",
    "cluster": "Plan, create, pause and delete the Redshift cluster in AWS.",
}
# `import` is a word of Python, which names no module.
_MODULES = {"import": "import_dumps"}


class _Commands(click.Group):
    """Finds the command `name` in the module `name` beside this one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name)
        command: click.Command = getattr(import_module(f"sparkify_assets.cli.{module}"), module)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error which the user can fix ends with 1 and its message, without a traceback."""
        try:
            replace_what_cannot_be_shown()
            return super().invoke(ctx)
        except SparkifyError as error:
            raise click.ClickException(printable(str(error))) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sparkify-assets")
def main() -> None:
    """Sparkify's listening warehouse: build it, query it, check it."""


def program() -> None:
    """`main` as a process of its own."""
    garbage_collection.pause()
    main(prog_name="sparkify")
