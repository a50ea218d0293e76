"""What each `load:` line does to the rows of a table, on small tables in sight."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sparkify_assets.errors import KeyViolation
from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import read_sql
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse

TABLE = """-- One row per name.
-- load: {load}
create table counted (
    {columns}
);

{query};
"""
LINES = "-- One row per line.\ncreate table lines (\n    name varchar(8), -- Name\n    log_date date -- Day\n);\n"
NAME = "name varchar(8) not null, -- Name"
LINES_COUNT = "lines bigint not null, -- Lines"
DAY = "log_date date not null, -- Day"
NOV_1, NOV_2, DEC_1 = date(2018, 11, 1), date(2018, 11, 2), date(2018, 12, 1)


class Bench:
    """A table `lines`, and a table `counted` which is loaded from it."""

    def __init__(self, folder: Path, load: str, columns: str, query: str) -> None:
        (folder / "sql" / "star").mkdir(parents=True)
        (folder / "sql" / "star" / "lines.sql").write_text(LINES)
        table = TABLE.format(load=load, columns=columns, query=query)
        (folder / "sql" / "star" / "counted.sql").write_text(table)
        self.counted: Model = read_sql(folder / "sql").tables["counted"]
        self.warehouse = DuckDBWarehouse(path=str(folder / "bench.duckdb"))
        with self.warehouse.transaction() as session:
            session.execute("create table lines (name varchar(8), log_date date)")
            session.execute(duckdb_sql(self.counted.create))

    def stage(self, *lines: tuple[str, date]) -> None:
        with self.warehouse.transaction() as session:
            session.execute("delete from lines")
            for name, day in lines:
                session.execute("insert into lines values (:name, :day)", name=name, day=day)

    def play(self, *days: date) -> None:
        """Plays of these days, which the star has loaded."""
        with self.warehouse.transaction() as session:
            for day in days:
                session.execute(
                    "insert into songplays (start_time, session_id, item_in_session, log_date) "
                    "values (:day, 1, 0, :day)",
                    day=day,
                )
                session.execute("insert into pending_plays values ('counted', :day, :day)", day=day)

    def load(self, first: date = NOV_1, last: date | None = None) -> Sequence[tuple[Any, ...]]:
        return sorted(self.loaded(first, last))

    def loaded(self, first: date = NOV_1, last: date | None = None) -> Sequence[tuple[Any, ...]]:
        load_tables(self.warehouse, [self.counted], (first, last or first))
        return self.warehouse.fetch("select * from counted").rows


def test_replace_gives_the_rows_of_the_query_alone(tmp_path: Path) -> None:
    query = "select name, count(*) as lines from lines group by name"
    bench = Bench(tmp_path, "replace", f"{NAME}\n    {LINES_COUNT}\n    primary key (name)", query)
    bench.stage(("a", NOV_1), ("b", NOV_1))
    assert bench.load() == [("a", 1), ("b", 1)]
    bench.stage(("a", NOV_1), ("a", NOV_2))
    assert bench.load() == [("a", 2)]


def test_upsert_takes_rows_which_differ_and_drops_those_no_longer_given(tmp_path: Path) -> None:
    query = "select name, count(*) as lines from lines group by name"
    bench = Bench(tmp_path, "upsert", f"{NAME}\n    {LINES_COUNT}\n    primary key (name)", query)
    bench.stage(("a", NOV_1), ("b", NOV_1), ("c", NOV_1))
    assert bench.load() == [("a", 1), ("b", 1), ("c", 1)]
    bench.stage(("a", NOV_1), ("b", NOV_1), ("b", NOV_2))
    with bench.warehouse.transaction() as session:
        session.execute("insert into lines values (null, null)")
        session.execute("delete from lines where name is null")
    load_tables(bench.warehouse, [bench.counted], None)
    assert sorted(bench.warehouse.fetch("select * from counted").rows) == [("a", 1), ("b", 2)]
    assert bench.warehouse.fetch("select name from new_counted").rows == [("b",)]
    assert sorted(bench.warehouse.fetch("select name from old_counted").rows) == [("b",), ("c",)]


def test_upsert_by_day_drops_only_rows_under_the_days(tmp_path: Path) -> None:
    days = "log_date between :first_day and :last_day"
    query = f"select name, max(log_date) as log_date from lines where {days} group by name"
    bench = Bench(tmp_path, "upsert", f"{NAME}\n    {DAY}\n    primary key (name)", query)
    bench.stage(("a", NOV_1), ("b", NOV_2))
    assert bench.load(NOV_1, NOV_2) == [("a", NOV_1), ("b", NOV_2)]
    bench.stage(("c", NOV_2))
    assert bench.load(NOV_2) == [("a", NOV_1), ("c", NOV_2)]


def test_days_replaces_the_rows_under_the_days(tmp_path: Path) -> None:
    query = "select name, log_date from lines where log_date between :first_day and :last_day"
    bench = Bench(tmp_path, "days", f"{NAME}\n    {DAY}\n    primary key (name)", query)
    bench.stage(("a", NOV_1), ("b", NOV_2))
    assert bench.load(NOV_1, NOV_2) == [("a", NOV_1), ("b", NOV_2)]
    bench.stage(("c", NOV_1), ("d", NOV_2))
    assert bench.load(NOV_1) == [("b", NOV_2), ("c", NOV_1)]


def test_days_with_a_key_of_another_day_is_rolled_back(tmp_path: Path) -> None:
    query = "select name, log_date from lines where log_date between :first_day and :last_day"
    bench = Bench(tmp_path, "days", f"{NAME}\n    {DAY}\n    primary key (name)", query)
    bench.stage(("a", NOV_1))
    bench.load(NOV_1)
    bench.stage(("a", NOV_2))
    with pytest.raises(KeyViolation, match="name is unique"):
        bench.load(NOV_2)
    assert bench.warehouse.fetch("select * from counted").rows == [("a", NOV_1)]


MONTHS = """select cast(date_trunc('month', log_date) as date) as play_month, count(*) as lines from lines
where cast(date_trunc('month', log_date) as date) in (select play_month from changed_days) group by 1"""


def test_months_replaces_the_months_in_which_plays_changed(tmp_path: Path) -> None:
    month = "play_month date not null, -- Month"
    bench = Bench(tmp_path, "months", f"{month}\n    {LINES_COUNT}\n    primary key (play_month)", MONTHS)
    bench.stage(("a", NOV_1), ("b", NOV_2), ("c", DEC_1))
    bench.play(NOV_2, DEC_1)
    assert bench.load() == [(NOV_1, 2), (DEC_1, 1)]
    bench.stage(("a", NOV_1), ("b", NOV_1), ("c", NOV_2))
    bench.play(NOV_2)
    assert bench.load() == [(NOV_1, 3), (DEC_1, 1)]


def test_months_replaces_what_is_over_all_time(tmp_path: Path) -> None:
    month = "play_month date, -- Month, null for all time"
    query = f"{MONTHS} union all select cast(null as date) as play_month, count(*) as lines from lines"
    bench = Bench(tmp_path, "months", f"{month}\n    {LINES_COUNT}\n    unique (play_month)", query)
    bench.stage(("a", NOV_1), ("b", DEC_1))
    bench.play(NOV_1, DEC_1)
    for lines in (2, 3):
        found = {month: count for month, count in bench.loaded()}
        assert found == {NOV_1: 1, DEC_1: 1, None: lines}
        bench.stage(("a", NOV_1), ("b", DEC_1), ("c", NOV_2))


def test_a_second_query_reads_the_rows_of_the_first(tmp_path: Path) -> None:
    month = "play_month date, -- Month, null for all time"
    total = "select cast(null as date) as play_month, sum(lines) as lines from counted where play_month is not null"
    bench = Bench(tmp_path, "months", f"{month}\n    {LINES_COUNT}\n    unique (play_month)", f"{MONTHS};\n\n{total}")
    bench.stage(("a", NOV_1), ("b", DEC_1))
    bench.play(NOV_1, DEC_1)
    assert {*bench.loaded()} == {(NOV_1, 1), (DEC_1, 1), (None, 2)}
    bench.stage(("a", NOV_1), ("b", NOV_1))
    bench.play(NOV_1)
    assert {*bench.loaded()} == {(NOV_1, 2), (DEC_1, 1), (None, 3)}


def test_months_replaces_a_row_with_a_day_by_its_day(tmp_path: Path) -> None:
    query = (
        "select log_date as play_date, count(*) as lines from lines "
        "where log_date in (select play_date from changed_days) group by 1"
    )
    bench = Bench(
        tmp_path, "months", f"play_date date not null, -- Day\n    {LINES_COUNT}\n    primary key (play_date)", query
    )
    bench.stage(("a", NOV_1), ("b", NOV_2))
    bench.play(NOV_1, NOV_2)
    assert bench.load() == [(NOV_1, 1), (NOV_2, 1)]
    bench.stage(("a", NOV_2), ("b", NOV_2))
    bench.play(NOV_2)
    assert bench.load() == [(NOV_1, 1), (NOV_2, 2)]


def test_script_runs_the_statements_as_written(tmp_path: Path) -> None:
    query = "delete from counted where name = 'a';\n\ninsert into counted (name) select distinct name from lines"
    bench = Bench(tmp_path, "script", f"{NAME}\n    primary key (name)", query)
    bench.stage(("a", NOV_1))
    assert bench.load() == [("a",)]
    assert bench.load() == [("a",)]
