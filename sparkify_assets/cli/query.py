"""`sparkify query`: rows of the warehouse on the terminal."""

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

import click
import sqlglot
from sqlglot import TokenType, exp

from sparkify_assets.cli.json_output import print_json
from sparkify_assets.cli.output import one_line
from sparkify_assets.cli.rich_output import cell, console, grid
from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.sql_text import DIALECT
from sparkify_assets.settings import Settings, load_settings
from sparkify_assets.warehouse.base import Rows
from sparkify_assets.warehouse.open import open_warehouse

# AWS: System administration functions. Those which only read are left out.
_ADMINISTRATION = frozenset(
    {
        "change_query_priority",
        "change_session_priority",
        "change_user_priority",
        "pg_cancel_backend",
        "pg_terminate_backend",
        "reboot_cluster",
        "set_config",
    }
)


# A query may begin with a comment, which looks like an option.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("sql")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="For people, for a spreadsheet, or for a program.",
)
def query(sql: str, output_format: str) -> None:
    """Query the warehouse in Redshift SQL; nothing can be changed."""
    found = run_query(load_settings(), sql)
    {"csv": _print_csv, "json": _print_json, "table": _print_table}[output_format](found)


def run_query(settings: Settings, sql: str) -> Rows:
    """Run one query, read-only; raises WarehouseError with the engine's words if it is refused."""
    text = _single_statement(sql)
    warehouse = open_warehouse(settings, read_only=True)
    try:
        return warehouse.fetch(text)
    finally:
        warehouse.close()


def _single_statement(sql: str) -> str:
    """The one query of a text, without the comments and semicolons around it."""
    try:
        statements = [one for one in sqlglot.parse(sql, read=DIALECT) if one and not isinstance(one, exp.Semicolon)]
        tokens = sqlglot.tokenize(sql, read=DIALECT)
    except sqlglot.ParseError as error:
        problem = error.errors[0]
        raise WarehouseError(
            f"The query cannot be read: {problem['description']} at line {problem['line']}, column {problem['col']}."
        ) from None
    except sqlglot.errors.TokenError as error:
        raise WarehouseError(f"The query cannot be read: {error}. Is a quote missing?") from None
    if len(statements) != 1:
        raise WarehouseError(f"One query at a time, please: there are {len(statements)}.")
    if not _only_reads(statements[0]):
        raise WarehouseError("Only queries are answered here, such as select ... from songplays; nothing is changed.")
    if functions := sorted({call.name.lower() for call in statements[0].find_all(exp.Anonymous)} & _ADMINISTRATION):
        raise WarehouseError(f"{functions[0]} administers Redshift; a query here reads tables and changes nothing.")
    words = [token for token in tokens if token.token_type != TokenType.SEMICOLON]
    return sql[words[0].start : words[-1].end + 1]


def _only_reads(statement: exp.Expr) -> bool:
    """Whether it is a query in all its parts: Redshift has no read-only connection, and SELECT INTO makes a table."""
    is_show = isinstance(statement, exp.Command) and str(statement.this).upper() == "SHOW"
    is_query = isinstance(statement, (exp.Query, exp.Describe))
    return is_show or (is_query and not statement.find(exp.Into, exp.DML, exp.DDL))


def _print_table(found: Rows) -> None:
    table = grid(found.columns)
    for row in found.rows:
        table.add_row(*map(cell, row))
    console().print(table)


def _print_csv(found: Rows) -> None:
    shown = one_line if sys.stdout.isatty() else str
    # The writer quotes the characters of its line end, so a carriage return has to be one of them.
    writer = csv.writer(_UnixLines(sys.stdout), lineterminator="\r\n")
    for row in (found.columns, *found.rows):
        writer.writerow(["" if value is None else shown(str(value)) for value in row])


class _UnixLines:
    """Ends lines as everything here does."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> None:
        self._stream.write(line.removesuffix("\r\n") + "\n")


def _print_json(found: Rows) -> None:
    names = [*_distinct(found.columns)]
    print_json([dict(zip(names, row, strict=True)) for row in found.rows])


def _distinct(columns: Sequence[str]) -> Iterator[str]:
    """The names, a second one of the same name with a number."""
    seen: Counter[str] = Counter()
    for name in columns:
        unique = name
        while unique in seen or (unique != name and unique in columns):
            seen[name] += 1
            unique = f"{name}_{seen[name]}"
        seen[unique] += 1
        yield unique
