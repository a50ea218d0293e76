"""Promise 6, by the rows which a statement scans: what a run replaces is found without the rest of a long history."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sparkify_assets.loading.key_audit import rules_of_run
from sparkify_assets.models.materialization import load_statements
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import tables_in
from sparkify_assets.warehouse.base import used_parameters
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql

DAYS = {"first_day": date(2030, 1, 1), "last_day": date(2030, 1, 31)}
ROWS, ROW_GROUP = 500_000, 122_880
FOLLOWING = [m for m in (*tables_in("analytics"), *tables_in("cubes")) if m.follows_plays and not m.affected_key]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set enable_profiling = 'json'")
        connection.execute("set profiling_output = $path", {"path": str(tmp_path / "profile.json")})
        yield connection


@pytest.mark.parametrize("model", FOLLOWING, ids=lambda model: model.name)
def test_what_a_run_replaces_is_found_without_the_rest(
    connection: duckdb.DuckDBPyConnection, model: Model, tmp_path: Path
) -> None:
    fill(connection, model)
    for statement in statements(model):
        connection.execute(duckdb_sql(statement), used_parameters(statement, DAYS))
        profile = json.loads((tmp_path / "profile.json").read_text())
        assert scanned(profile["operator"][0]) < 2 * ROW_GROUP, statement


def fill(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Rows of forty years, in the order in which daily runs write them; those over all time come last."""
    day = f"date '1990-01-01' + cast(number // {ROWS // (40 * 365)} as integer)"
    values = {
        "play_date": f"case when number % 50 > 0 then {day} end",
        "week_start": f"date_trunc('week', {day})",
        "play_month": f"case when number < {ROWS - 1000} then date_trunc('month', {day}) end",
    }
    columns = ", ".join(f"{values.get(column.name, 'null')} as {column.name}" for column in model.columns)
    connection.execute(f"create table {model.name} as select {columns} from range({ROWS}) as rows (number)")
    connection.execute(
        "create temp table changed_days as select date '2030-01-05' as play_date, "
        "date '2029-12-31' as week_start, date '2030-01-01' as play_month"
    )


def statements(model: Model) -> Iterator[str]:
    yield next(statement for statement in load_statements(model) if statement.startswith("delete"))
    for rule in rules_of_run(model, {}):
        yield rule.count_query


def scanned(operator: dict[str, Any]) -> int:
    return int(operator.get("rows_scanned") or 0) + sum(map(scanned, operator.get("children", ())))
