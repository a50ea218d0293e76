"""The tables and views of `sql/` are created and dropped alike, and a database says what it is."""

import pytest

from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.reading import models, views
from sparkify_assets_tests.contract.engines import DuckDB, Engine
from sparkify_assets_tests.lakes import event

OURS = {*models(), *views()}


def present(engine: Engine) -> set[str]:
    found = engine.warehouse.fetch(
        "select table_name from information_schema.tables where table_schema = :schema_name",
        schema_name=engine.warehouse.schema_name,
    )
    return {name for (name,) in found.rows}


def test_every_table_and_view_is_created_with_its_columns(tables: Engine) -> None:
    assert present(tables) >= OURS
    for model in models().values():
        columns = tables.warehouse.fetch(f"select * from {model.name}").columns
        assert [name.lower() for name in columns] == [name.lower() for name in model.column_names]


def test_tables_which_are_there_keep_their_rows(tables: Engine) -> None:
    tables.folder.log("2018-11-01", event())
    tables.stage_days()
    tables.warehouse.create_tables()
    assert tables.rows("select count(*) from staging_events") == [(1,)]


def test_a_table_which_is_missing_is_created_again(tables: Engine) -> None:
    with tables.warehouse.transaction() as session:
        session.execute("drop table pending_ranges")
    tables.warehouse.create_tables()
    assert "pending_ranges" in present(tables)


def test_a_table_with_other_columns_is_refused_with_the_way_out(tables: Engine) -> None:
    with tables.warehouse.transaction() as session:
        session.execute("alter table pending_ranges add column nickname varchar(8)")
    with pytest.raises(
        WarehouseError,
        match=r"a table pending_ranges with .*, nickname, but sql/state/pending_ranges\.sql .*: sparkify reset",
    ):
        tables.warehouse.create_tables()


CHANGED = {
    "a table lacks a column": (
        ["alter table users drop column last_name"],
        "a table users with .*, but sql/star/users.sql states",
    ),
    "a column has another type": (
        ["alter table users drop column log_date", "alter table users add column log_date timestamp"],
        "a table users with log_date as .*, but sql/star/users.sql states DATE",
    ),
    "a view is in the place of a table": (
        ["drop table time", "create view time as select start_time from plays"],
        "a view time, but sql/star/time.sql states a table",
    ),
    "a table is in the place of a view": (
        ["drop view plays", "create table plays (n integer)"],
        "a table plays, but sql/ states a view",
    ),
}


@pytest.mark.parametrize(("statements", "message"), CHANGED.values(), ids=CHANGED)
def test_the_way_out_of_another_schema_works(tables: Engine, statements: list[str], message: str) -> None:
    with tables.warehouse.transaction() as session:
        for statement in statements:
            session.execute(statement)
    with pytest.raises(WarehouseError, match=f"{message}.*: sparkify reset, then sparkify run"):
        tables.warehouse.create_tables()
    tables.warehouse.close()
    tables.warehouse.drop_tables()
    assert not present(tables) & OURS
    tables.warehouse.create_tables()
    assert present(tables) >= OURS


def test_a_view_of_somebody_else_is_not_dropped(tables: Engine) -> None:
    with tables.warehouse.transaction() as session:
        session.execute("create view of_somebody_else as select song_id from songs")
    if isinstance(tables, DuckDB):
        tables.warehouse.drop_tables()  # DuckDB lets a view wait for its tables
        tables.warehouse.create_tables()
    else:
        with pytest.raises(WarehouseError, match=r"Nothing was dropped.*of_somebody_else \(made of songs\)"):
            tables.warehouse.drop_tables()
        assert present(tables) >= OURS
    assert tables.rows("select * from of_somebody_else") == []


def test_all_is_dropped_and_can_be_created_again(tables: Engine) -> None:
    with tables.warehouse.transaction() as session:
        session.execute("create table of_somebody_else (n integer)")
    for _ in range(2):
        tables.warehouse.drop_tables()
        assert not present(tables) & OURS
    assert "of_somebody_else" in present(tables)
    tables.warehouse.create_tables()
    assert present(tables) >= OURS


def test_a_warehouse_says_what_and_where_it_is(engine: Engine) -> None:
    engine.warehouse.fetch("select 1 as one")
    facts = engine.warehouse.facts()
    assert facts.keys() >= {"engine", "location"}
    assert str(facts["engine"]).strip()
    assert engine.warehouse.location
    assert engine.warehouse.kinds
    assert (
        engine.warehouse.qualified_name("users") == f"{engine.warehouse.database}.{engine.warehouse.schema_name}.users"
    )


def test_the_qualified_name_of_a_table_can_be_read(tables: Engine) -> None:
    assert tables.rows(f"select * from {tables.warehouse.qualified_name('users')}") == []


def test_the_doctors_looks_find_a_good_database_good(engine: Engine) -> None:
    for look in engine.warehouse.health_checks().values():
        assert look()
