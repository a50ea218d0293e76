"""Statements are Redshift SQL with named parameters, and give Python's types, whatever runs them."""

from datetime import date, datetime
from typing import Any

import pytest

from sparkify_assets.warehouse.base import plain_number
from sparkify_assets_tests.contract.engines import Engine


@pytest.fixture
def kept(tables: Engine) -> Engine:
    """With an empty table of many types."""
    with tables.warehouse.transaction() as session:
        session.execute(
            "create table kept (n integer, big bigint, x double precision, t varchar(64), d date, moment timestamp)"
        )
    return tables


INSERT = "insert into kept values (:n, :big, :x, :t, :d, :moment)"
ROW = {
    "n": 7,
    "big": 2**40,
    "x": 1.5,
    "t": 'it\'s "ümlaut" :n \\ %s $1 🎵',
    "d": date(2018, 11, 1),
    "moment": datetime(2018, 11, 1, 12, 30, 0, 796000),
}


@pytest.mark.parametrize("row", [ROW, dict.fromkeys(ROW)], ids=["values", "nulls"])
def test_a_parameter_comes_back_as_it_was_given(kept: Engine, row: dict[str, Any]) -> None:
    with kept.warehouse.transaction() as session:
        session.execute(INSERT, **row)
        found = session.fetch("select * from kept")
    assert found.dicts() == [row]
    assert [type(value) for value in found.rows[0]] == [type(value) for value in row.values()]


def test_a_parameter_no_statement_names_is_ignored(engine: Engine) -> None:
    assert engine.warehouse.fetch("select cast(:n as integer) as n", n=1, other="x").scalar == 1


def test_a_parameter_may_be_named_twice(kept: Engine) -> None:
    with kept.warehouse.transaction() as session:
        session.execute(INSERT, **ROW)
        assert session.fetch("select n from kept where n = :n or n < :n order by n", n=7).rows == [(7,)]


def test_a_cast_is_no_parameter(engine: Engine) -> None:
    assert engine.warehouse.fetch("select '7'::integer as n", integer=9).scalar == 7


def test_a_name_in_a_text_is_no_parameter(engine: Engine) -> None:
    assert engine.warehouse.fetch("select 'at 12:30' as t").scalar == "at 12:30"


def test_columns_are_named_though_there_are_no_rows(kept: Engine) -> None:
    found = kept.warehouse.fetch("select n, t as title from kept")
    assert (found.columns, found.rows) == (("n", "title"), [])


def test_counts_sums_and_truths_have_pythons_types(kept: Engine) -> None:
    with kept.warehouse.transaction() as session:
        for _ in range(2):
            session.execute(INSERT, **ROW)
        (row,) = session.fetch("select count(*), sum(n), max(x), min(d), n > 1, avg(x) from kept group by n").rows
    assert tuple(map(plain_number, row)) == (2, 14, 1.5, date(2018, 11, 1), True, 1.5)


@pytest.mark.parametrize("many", [0, 1, 1001])
def test_records_are_inserted_however_many_there_are(tables: Engine, many: int) -> None:
    records = [
        {
            "table_name": "staging_events",
            "source_file": f"it's {number}",
            "log_date": None if number % 2 else date(2018, 11, 1),
            "size_bytes": 2**40,
            "version": "v",
            "record_count": number,
        }
        for number in range(many)
    ]
    with tables.warehouse.transaction() as session:
        session.insert_rows("lake_files", records)
    found = tables.warehouse.fetch(
        "select table_name, source_file, log_date, size_bytes, version, record_count from lake_files "
        "order by record_count"
    )
    assert found.dicts() == records


def test_a_statement_which_does_no_harm_may_run_twice(kept: Engine) -> None:
    with kept.warehouse.transaction() as session:
        for _ in range(2):
            session.execute_idempotent("create or replace view shown as select n from kept")
    assert kept.rows("select * from shown") == []


def test_redshifts_functions_are_understood(engine: Engine) -> None:
    query = "select dateadd(day, 1, date '2018-11-30') as next_day, nvl(null, 'x') as t, len('abc') as n"
    ((day, text, length),) = engine.rows(query)
    assert (str(day)[:10], text, length) == ("2018-12-01", "x", 3)


def test_the_engine_takes_its_own_sql_and_gives_the_same(tables: Engine) -> None:
    query = "select dateadd(day, 1, date '2018-11-30') as next_day, count(*) as n from songplays group by 1"
    assert tables.sent_as_it_is(tables.warehouse.engine_sql(query)) == tables.rows(query)


def test_integers_divide_as_integers(engine: Engine) -> None:
    found = engine.warehouse.fetch("select 7 / 2 as a, -7 / 2 as b, cast(7 as double precision) / 2 as c, 7.0 / 2 as d")
    assert [float(value) for value in found.rows[0]] == [3, -3, 3.5, 3.5]
