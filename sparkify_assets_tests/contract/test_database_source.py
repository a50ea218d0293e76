"""Tables of an operational PostgreSQL, staged on each engine."""

import random
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sparkify_assets.database.source_table import SourceTable
from sparkify_assets.errors import KeyViolation, SourceError
from sparkify_assets.lake.base import Lake
from sparkify_assets.loading.extracts import StagedExtract, stage_database
from sparkify_assets_tests.contract.engines import Engine, Redshift
from sparkify_assets_tests.source_database import SourceDatabase, staging_table

ORDERS = ("order_id integer not null", "amount decimal(5, 2)", "changed_at timestamp")
GROWING = "orders, by changed_at overlap 1 hour"


def orders(tmp_path: Path, source: str) -> SourceTable:
    return staging_table(tmp_path, "staging_orders", source, *ORDERS, key="order_id")


def lake_of(engine: Engine) -> Lake:
    return engine.production.near_lake if isinstance(engine, Redshift) else engine.lake()


def staged(engine: Engine, source: SourceDatabase, *tables: SourceTable) -> dict[str, StagedExtract]:
    engine.warehouse.run(lambda session: [session.execute(table.model.create) for table in tables])
    return stage_database(engine.warehouse, lake_of(engine), source.database(), "app_db", tables)


def test_a_value_of_each_type_is_staged_as_it_is(tables: Engine, source: SourceDatabase, tmp_path: Path) -> None:
    source.run(
        "create type mood as enum ('good', 'bad')",
        "create domain year as integer check (value > 1900)",
        """
        create table things (
            small smallint, whole integer, big bigint, price numeric(7, 2), any_number numeric, half real, real_ float8,
            yes boolean, day date, at timestamp, zoned timestamptz, words text, fixed char(4), mood mood, made year,
            tags text[], more jsonb, id uuid, ip inet, lasts interval, search tsvector
        )
        """,
        """
        insert into things values (
            -32768, 2147483647, -9223372036854775808, -12345.67, 0.10, 1.5, 1e300, true, '2024-02-29',
            '2024-02-29 23:59:59.123456', '2024-02-29 23:00:00-08', E'a\\tb\\\\n, "ü"', 'ab', 'good', 2006,
            array['x', null, 'y "z"'], '{"a": [1]}', '00000000-0000-0000-0000-00000000000a', '10.0.0.1', '1 day', 'a b'
        ), (null, null, null, null, null, null, null, null, 'infinity', '-infinity', 'infinity', '', null, null, null,
            '{}', null, null, null, null, null)
        """,
    )
    things = staging_table(
        tmp_path, "staging_things", "things, without search", "small smallint", "whole integer", "big bigint",
        "price decimal(7, 2)", "any_number decimal(38, 2)", "half real", "real_ double precision", "yes boolean",
        "day date", "at timestamp", "zoned timestamp", "words varchar(20)", "fixed varchar(4)", "mood varchar(4)",
        "made integer", "tags varchar(40)", "more varchar(40)", "id varchar(36)", "ip varchar(20)", "lasts varchar(20)",
    )  # fmt: skip
    (found,) = staged(tables, source, things).values()
    assert (found.rows, [(c.name, c.type) for c in found.extract.unread], found.extract.new) == (
        2, [("search", "tsvector")], (),
    )  # fmt: skip
    (first,) = tables.rows("select * from staging_things where whole is not null")
    assert tuple(str(value) if isinstance(value, float) else value for value in first) == (
        -32768, 2147483647, -9223372036854775808, _number(tables, "-12345.67"), _number(tables, "0.10"),
        "1.5", "1e+300",
        True, date(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59, 123456), datetime(2024, 3, 1, 7),
        'a\tb\\n, "ü"', "ab", "good", 2006, '["x", null, "y \\"z\\""]', '{"a": [1]}',
        "00000000-0000-0000-0000-00000000000a", "10.0.0.1/32", "1 day",
    )  # fmt: skip
    (second,) = tables.rows("select * from staging_things where whole is null")
    assert {*second} == {None, "", "[]"}


def _number(tables: Engine, text: str) -> object:
    """A session of Redshift gives numbers with places as float."""
    return Decimal(text) if "duckdb" in tables.warehouse.kinds else str(float(text))


def test_a_table_which_grows_is_read_from_its_overlap_on(
    tables: Engine, source: SourceDatabase, tmp_path: Path
) -> None:
    table = orders(tmp_path, GROWING)
    source.run(
        "create table orders (order_id integer primary key, amount numeric(5, 2), changed_at timestamptz)",
        "insert into orders select n, n, timestamptz '2024-01-01' + n * interval '1h' from generate_series(1, 9) as n",
    )
    staged(tables, source, table)
    source.run(
        "update orders set amount = 99, changed_at = '2024-01-01 10:00Z' where order_id = 2",
        "insert into orders values (10, 1.5, '2024-01-01 08:30Z')",
        "delete from orders where order_id = 5",
    )
    (again,) = staged(tables, source, table).values()
    # Rows 8 and 9, since they are inside of the overlap, and 2 and 10; 5 is gone.
    assert (again.extract.parts.rows, again.extract.keys and again.extract.keys.rows, again.rows) == (4, 9, 9)
    assert [int(n) for (n,) in tables.rows("select order_id from staging_orders order by 1")] == [
        1,
        2,
        3,
        4,
        6,
        7,
        8,
        9,
        10,
    ]
    assert float(tables.rows("select amount from staging_orders where order_id = 2")[0][0]) == 99


def test_a_row_committed_later_than_the_overlap_is_not_missed(
    tables: Engine, source: SourceDatabase, tmp_path: Path
) -> None:
    table = orders(tmp_path, GROWING)
    source.run(
        "create table orders (order_id integer primary key, amount numeric(5, 2), changed_at timestamptz)",
        "insert into orders values (1, 1, '2024-01-01'), (2, 2, '2024-01-09')",
    )
    late = source.client()
    late.query("begin")
    late.query("insert into orders values (3, 3, '2024-01-05')")
    (first,) = staged(tables, source, table).values()
    late.query("commit")
    late.end()
    (second,) = staged(tables, source, table).values()
    assert (first.rows, second.rows, second.extract.keys) == (2, 3, None)


def test_what_is_staged_stays_if_a_key_of_the_source_is_none(
    tables: Engine, source: SourceDatabase, tmp_path: Path
) -> None:
    table = orders(tmp_path, "orders")
    source.run("create table orders as select 1 as order_id, 1.0::numeric(5, 2) as amount, now() as changed_at")
    staged(tables, source, table)
    source.run("insert into orders select * from orders")
    with pytest.raises(KeyViolation, match="order_id is unique"):
        staged(tables, source, table)
    assert tables.rows("select count(*) from staging_orders") == [(1,)]


def test_a_random_history_gives_the_tables_of_a_rebuild(tables: Engine, source: SourceDatabase, tmp_path: Path) -> None:
    table, chance = orders(tmp_path, "orders, by changed_at overlap 3 hours"), random.Random(7)
    source.run("create table orders (order_id integer primary key, amount numeric(5, 2), changed_at timestamptz)")
    writers = [source.client() for _ in range(2)]
    for writer in writers:
        writer.query("begin")
    for hour in range(12):
        now = f"'2024-01-01'::timestamptz + interval '{hour} hours'"
        for number, writer in enumerate(writers):
            own, some = f"order_id % 2 = {number}", f"order_id % 7 = {chance.randrange(7)}"
            new = chance.randrange(1000) * 2 + number
            writer.query(f"insert into orders values ({new}, 1, {now}) on conflict do nothing")
            writer.query(f"update orders set amount = {hour}, changed_at = {now} where {own} and {some}")
            writer.query(f"delete from orders where {own} and order_id % 11 = {chance.randrange(11)}")
            # A transaction is open for at most two hours, less than the overlap.
            if hour % 2 == number:
                writer.query(chance.choice(["commit", "commit", "rollback"]))
                writer.query("begin")
        if hour % 3 != 1:
            staged(tables, source, table)
            assert _texts(tables.rows("select order_id, amount, changed_at from staging_orders order by 1")) == _texts(
                source.run("select order_id, amount, changed_at at time zone 'UTC' from orders order by 1")
            )
    for writer in writers:
        writer.end()


def _texts(rows: Sequence[tuple[object, ...]]) -> list[tuple[int, float, str]]:
    return [(int(str(key)), float(str(amount)), str(at)[:19]) for key, amount, at in rows]


def test_one_file_a_table_and_day_stays_in_the_lake(tables: Engine, source: SourceDatabase, tmp_path: Path) -> None:
    table = orders(tmp_path, "orders")
    source.run("create table orders as select 1 as order_id, 1.0::numeric(5, 2) as amount, now() as changed_at")
    for _ in range(2):
        lake = lake_of(tables)
        tables.warehouse.run(lambda session: session.execute(table.model.create))
        (found,) = stage_database(tables.warehouse, lake, source.database(), "app_db", [table]).values()
    assert [file.name for file in lake.list_files("app_db")] == found.extract.parts.names


def test_a_failed_extract_leaves_no_file(tables: Engine, source: SourceDatabase, tmp_path: Path) -> None:
    table = orders(tmp_path, "orders")
    source.run("create table orders as select 1 as order_id, 1.111::numeric as amount, now() as changed_at")
    with pytest.raises(SourceError, match=r"orders\.amount does not fit into DECIMAL\(5, 2\)"):
        staged(tables, source, table)
    assert list(lake_of(tables).list_files("app_db")) == []
