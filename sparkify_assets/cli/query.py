"""`sparkify query`: rows of the warehouse on the terminal."""

import csv
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
import sqlglot
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlglot import exp

from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.sql_text import DIALECT
from sparkify_assets.settings import Settings, load_settings
from sparkify_assets.warehouse.base import Rows
from sparkify_assets.warehouse.open import open_warehouse


@click.command()
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
    if output_format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(found.columns)
        writer.writerows(found.rows)
    elif output_format == "json":
        json.dump(found.dicts(), sys.stdout, default=_as_json, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in found.columns:
            table.add_column(Text(name))
        for row in found.rows:
            table.add_row(*(Text("" if value is None else str(value)) for value in row))
        Console(soft_wrap=not sys.stdout.isatty()).print(table)


def run_query(settings: Settings, sql: str) -> Rows:
    """Run one query, read-only; raises WarehouseError with the engine's words if it is refused."""
    try:
        statements = [statement for statement in sqlglot.parse(sql, read=DIALECT) if statement]
    except sqlglot.ParseError as error:
        problem = error.errors[0]
        raise WarehouseError(
            f"The query cannot be read: {problem['description']} at line {problem['line']}, column {problem['col']}."
        ) from None
    if len(statements) != 1:
        raise WarehouseError(f"One query at a time, please: there are {len(statements)}.")
    if not _only_reads(statements[0]):
        raise WarehouseError("Only queries are answered here, such as select ... from songplays; nothing is changed.")
    warehouse = open_warehouse(settings, read_only=True)
    try:
        return warehouse.fetch(sql.strip().rstrip(";"))
    finally:
        warehouse.close()


def _only_reads(statement: exp.Expr) -> bool:
    """Whether it is a query. A read-only connection does not suffice: COPY would write a file."""
    is_show = isinstance(statement, exp.Command) and str(statement.this).upper() == "SHOW"
    return is_show or isinstance(statement, (exp.Query, exp.Describe))


def _as_json(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
