"""`sparkify diff`: what two warehouses hold differently."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from sparkify_assets.cli.json_output import print_json
from sparkify_assets.cli.output import one_line
from sparkify_assets.cli.rich_output import cell, console, grid
from sparkify_assets.comparing.tables import Pair, TableDiff, compare, compared_tables
from sparkify_assets.env_file import read_env_file
from sparkify_assets.errors import SettingsError
from sparkify_assets.setting_types import SchemaName
from sparkify_assets.settings import PREFIX, Settings, load_settings, wrong_settings
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.open import open_warehouse

_SCHEMA = TypeAdapter(SchemaName)


@click.command()
@click.argument("left")
@click.argument("right", default="-")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def diff(left: str, right: str, as_json: bool) -> None:
    """Compare two warehouses, table by table.

    Each is a DuckDB file; a file of settings, which ends in .env; or - for the settings of this folder. A schema may
    follow: -#dev. Rows are counted and hashed where they are, and the first which differ are shown. Exits with 1 if a
    table differs.
    """
    one, other = _warehouse(left), _warehouse(right)
    try:
        found = compare(one, other, compared_tables())
    finally:
        one.close()
        other.close()
    names = (one.location, other.location)
    (_print_document if as_json else _print_tables)(names, found)
    sys.exit(0 if all(table.is_equal for table in found) else 1)


def _warehouse(name: str) -> Warehouse:
    location, sign, schema = (name, "", "") if Path(name).exists() else name.rpartition("#")
    if not sign:
        return open_warehouse(_settings(name), read_only=True)
    try:
        _SCHEMA.validate_python(schema)
    except ValidationError as error:
        raise SettingsError(f"In {name}, {schema!r} is {error.errors()[0]['ctx']['error']}.") from None
    return open_warehouse(_settings(location).model_copy(update={"schema": schema}), read_only=True)


def _settings(name: str) -> Settings:
    if name == "-":
        return load_settings()
    if name.endswith(".env"):
        return _settings_in(name)
    return Settings(_env_file=None, warehouse="duckdb", duckdb_path=name, schema="")


def _settings_in(path: str) -> Settings:
    """The settings of a file, which wins over the environment here."""
    if not Path(path).is_file():
        raise SettingsError(f"There is no file of settings {path}.")
    named = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}
    given = ((named.get(name.upper()), value) for name, value in read_env_file(path).items())
    fields: dict[str, Any] = {field: value for field, value in given if field and value is not None}
    try:
        return Settings(_env_file=None, **fields)
    except ValidationError as error:
        wrong = ", ".join(name for name, _ in wrong_settings(error))
    raise SettingsError(f"{path} holds wrong settings: {wrong}. `sparkify doctor` in its folder says what is wrong.")


def _print_tables(names: tuple[str, str], found: Sequence[TableDiff]) -> None:
    output = console()
    output.print(cell(f"A: {names[0]}"), cell(f"B: {names[1]}"), sep=os.linesep, soft_wrap=True)
    table = grid(("table", "rows in A", "rows in B", ""), right=("rows in A", "rows in B"))
    for one in found:
        counts = ("" if count is None else f"{count:,}" for count in one.rows)
        table.add_row(cell(one.table), *counts, cell(*_verdict(one)))
    output.print(table)
    for one in found:
        if one.differing:
            output.print()
            output.print(cell(f"{one.table}, the first rows which differ:"))
            _print_pairs(output, one.differing)


def _verdict(found: TableDiff) -> tuple[str, str]:
    if found.is_equal:
        return "equal", "green"
    return found.problem or "differs", "red"


def _print_pairs(output: Console, pairs: Sequence[Pair]) -> None:
    for left, right in pairs:
        if left and right:
            unlike = [name for name in left if left[name] != right[name]]
            same = {name: value for name, value in left.items() if name not in unlike}
            changes = "; ".join(f"{name}: {_shown(left[name])} in A, {_shown(right[name])} in B" for name in unlike)
            output.print(cell(f"  {changes}"), cell(f"    of {_record(same)}", "dim"), sep=os.linesep)
        else:
            output.print(cell(f"  only in {'A' if left else 'B'}: {_record(left or right or {})}"))


def _record(record: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_shown(value)}" for name, value in record.items())


def _shown(value: Any) -> str:
    return "null" if value is None else one_line(repr(value) if isinstance(value, str) else str(value))


def _print_document(names: tuple[str, str], found: Sequence[TableDiff]) -> None:
    print_json(
        {
            "a": names[0],
            "b": names[1],
            "equal": all(table.is_equal for table in found),
            "tables": [
                {
                    "table": one.table,
                    "equal": one.is_equal,
                    "rows": one.rows,
                    "problem": one.problem or None,
                    "differing": [{"a": left, "b": right} for left, right in one.differing],
                }
                for one in found
            ],
        }
    )
