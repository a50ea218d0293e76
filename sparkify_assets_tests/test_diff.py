"""`sparkify diff`: equal tables are equal on any two engines, and every difference is found and shown."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sparkify_assets.cli.main import main
from sparkify_assets.comparing.tables import SHOWN_ROWS, compare
from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.reading import models
from sparkify_assets.settings import load_settings
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.production import Production

pytestmark = pytest.mark.slow

USER = {
    "user_id": 1,
    "first_name": "Ann",
    "last_name": "Lee",
    "gender": "F",
    "level": "free",
    "last_seen_ts": 1541030400000,
    "last_session_id": 5,
    "last_item_in_session": 0,
    "log_date": date(2018, 11, 1),
}
SONG = {
    "artist_id": "AR1",
    "artist_latitude": 1538887440403.5,
    "artist_location": "Björk's \\ 'place' | 😀",
    "artist_longitude": None,
    "artist_name": "a:1",
    "duration": 218.93179,
    "num_songs": 1,
    "song_id": "SO1",
    "title": "",
    "year": None,
    "source_file": "song_data/A.json",
}
TIME = {
    "start_time": datetime(2018, 11, 1, 0, 0, 0, 796000),
    "hour": 0,
    "day": 1,
    "week": 44,
    "month": 11,
    "year": 2018,
    "weekday": "Thursday",
}
ROWS = {"users": [USER, USER | {"user_id": 2, "gender": None}], "staging_songs": [SONG, SONG], "time": [TIME]}


def filled(warehouse: Warehouse, rows: dict[str, list[dict[str, Any]]]) -> Warehouse:
    warehouse.create_tables()

    def fill(session: Any) -> None:
        for table, records in rows.items():
            session.insert_rows(table, records)

    warehouse.run(fill)
    warehouse.close()
    return warehouse


@pytest.fixture
def a(tmp_path: Path) -> DuckDBWarehouse:
    warehouse = DuckDBWarehouse(path=str(tmp_path / "a.duckdb"))
    filled(warehouse, ROWS)
    return warehouse


@pytest.fixture
def b(tmp_path: Path) -> DuckDBWarehouse:
    """The same rows, stored in another order."""
    warehouse = DuckDBWarehouse(path=str(tmp_path / "b.duckdb"))
    filled(warehouse, {table: records[::-1] for table, records in reversed(ROWS.items())})
    return warehouse


def change(warehouse: Warehouse, *statements: str) -> None:
    for statement in statements:
        warehouse.run(lambda session, text=statement: session.execute(text))  # type: ignore[misc]
    warehouse.close()


def diff(a: DuckDBWarehouse, b: DuckDBWarehouse, *options: str) -> Result:
    return CliRunner().invoke(main, ["diff", a.path, b.path, *options])


def test_the_same_rows_in_another_order_are_equal(a: DuckDBWarehouse, b: DuckDBWarehouse) -> None:
    done = diff(a, b, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["equal"]) == (0, True)
    assert {table["table"]: table["rows"] for table in found["tables"] if any(table["rows"])} == {
        "users": [2, 2],
        "staging_songs": [2, 2],
        "time": [1, 1],
    }


def test_a_warehouse_is_equal_to_itself(a: DuckDBWarehouse) -> None:
    done = diff(a, a)
    assert (done.exit_code, "differs" in done.output) == (0, False), done.output


def test_readers_of_one_process_share_what_a_query_means(a: DuckDBWarehouse) -> None:
    """Settings of the file, once locked, hold for each connection to it."""
    readers = [DuckDBWarehouse(path=a.path, read_only=True) for _ in range(2)]
    assert [reader.fetch("select 7 / 2 as halves").scalar for reader in readers] == [3, 3]
    with pytest.raises(WarehouseError, match="Refused"):
        readers[1].fetch("select * from read_text('/etc/hostname')")
    for reader in readers:
        reader.close()


def test_a_changed_value_is_shown_with_its_row(a: DuckDBWarehouse, b: DuckDBWarehouse) -> None:
    change(b, "update users set level = 'paid' where user_id = 2")
    done = diff(a, b)
    assert done.exit_code == 1
    assert "users, the first rows which differ:\n  level: 'free' in A, 'paid' in B\n    of user_id=2," in done.stdout
    assert "time                                 1          1  equal" in done.stdout


def test_a_row_too_many_is_shown_once(a: DuckDBWarehouse, b: DuckDBWarehouse) -> None:
    change(b, "delete from users where user_id = 2", "insert into staging_songs select distinct * from staging_songs")
    tables = {table.table: table for table in compare(a, b, [models()["users"], models()["staging_songs"]])}
    assert tables["users"].differing == [(USER | {"user_id": 2, "gender": None}, None)]
    assert tables["staging_songs"].differing == [(None, SONG)]
    assert tables["staging_songs"].rows == (2, 3)


def test_a_table_and_a_column_which_are_missing_are_named(a: DuckDBWarehouse, b: DuckDBWarehouse) -> None:
    for name, statement in ((a, "drop table time"), (b, "alter table songs drop column year")):
        change(name, statement)
    a_read, b_read = (warehouse.model_copy(update={"read_only": True}) for warehouse in (a, b))
    found = {table.table: table for table in compare(a_read, b_read, [models()["time"], models()["songs"]])}
    assert (found["time"].rows, found["time"].problem) == ((None, 1), "no such table in A")
    assert (found["songs"].rows, found["songs"].problem) == ((0, 0), "no column year in B")
    assert not any(table.is_equal for table in found.values())


def test_of_many_differences_the_first_are_shown(a: DuckDBWarehouse, b: DuckDBWarehouse) -> None:
    change(b, "insert into time select dateadd(ms, cast(range as integer), start_time), hour, day, week, month, year, "
           "weekday from time cross join range(1, 5000)")  # fmt: skip
    (found,) = compare(a, b, [models()["time"]])
    assert found.rows == (1, 5000)
    assert len(found.differing) == SHOWN_ROWS


CHANGES = [
    ("users", "gender", "''"),
    ("users", "last_seen_ts", "last_seen_ts + 1"),
    ("users", "log_date", "date '2018-11-02'"),
    ("staging_songs", "duration", "duration + 0.00001"),
    ("staging_songs", "artist_latitude", "artist_latitude + 0.001"),
    ("staging_songs", "artist_longitude", "0"),
    ("staging_songs", "artist_location", "artist_location || ' '"),
    ("time", "start_time", "dateadd(ms, 1, start_time)"),
    ("staging_songs", "artist_name = 'a', title", "':1'"),
    # The same letters, of which one has gone to the next column.
    ("users", "first_name = 'An', last_name", "'nLee'"),
]


def test_two_engines_agree_until_one_value_differs(production: Production, a: DuckDBWarehouse) -> None:
    redshift, tables = filled(open_warehouse(production.settings()), ROWS), [models()[name] for name in ROWS]
    assert [found for found in compare(a, redshift, tables) if not found.is_equal] == []
    for table, column, value in CHANGES:
        change(redshift, f"update {table} set {column} = {value}")
        (found,) = compare(a, redshift, [models()[table]])
        assert found.differing, (table, column)
        change(redshift, f"delete from {table}")
        filled(redshift, {table: ROWS[table]})


def test_a_file_of_settings_names_a_warehouse(a: DuckDBWarehouse, b: DuckDBWarehouse, tmp_path: Path) -> None:
    (tmp_path / "prod.env").write_text(f"SPARKIFY_WAREHOUSE=duckdb\nSPARKIFY_DUCKDB_PATH={b.path}\n")
    done = CliRunner().invoke(
        main, ["diff", a.path, str(tmp_path / "prod.env")], env={"SPARKIFY_DUCKDB_PATH": "elsewhere.duckdb"}
    )
    assert (done.exit_code, f"B: {b.location}" in done.stdout) == (0, True)


def test_two_schemas_of_one_file_are_compared(a: DuckDBWarehouse) -> None:
    dev = a.model_copy(update={"schema_name": "dev"})
    filled(dev, ROWS | {"time": []})
    found = CliRunner().invoke(main, ["diff", a.path, f"{a.path}#dev", "--json"])
    assert {table["table"] for table in json.loads(found.stdout)["tables"] if not table["equal"]} == {"time"}
    of_settings = {"SPARKIFY_DUCKDB_PATH": a.path, "SPARKIFY_SCHEMA": "dev"}
    done = CliRunner().invoke(main, ["diff", a.path], env=of_settings)
    assert (done.exit_code, f"B: {a.location}, schema dev" in done.output) == (1, True), done.output
    load_settings.cache_clear()
    assert CliRunner().invoke(main, ["diff", f"{a.path}#dev"], env=of_settings).exit_code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.duckdb#Dev", "In a.duckdb#Dev, 'Dev' is not the name of a schema"),
        ("a.duckdb#dev", "The schema dev of a.duckdb has not got all tables yet"),
        ("none.duckdb", "There is no database none.duckdb yet"),
        ("none.env", "There is no file of settings none.env"),
        ("wrong.env", "wrong.env holds wrong settings: SPARKIFY_MAX_REJECT_SHARE"),
    ],
)
def test_what_is_no_warehouse_is_named(a: DuckDBWarehouse, monkeypatch: Any, name: str, message: str) -> None:
    monkeypatch.chdir(Path(a.path).parent)
    Path("wrong.env").write_text("SPARKIFY_MAX_REJECT_SHARE=lots")
    done = CliRunner().invoke(main, ["diff", a.path, name])
    assert done.exit_code == 1
    assert message in done.output
