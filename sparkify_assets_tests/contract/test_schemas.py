"""All tables are in the schema of the settings, and who works in another one is not touched."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from sparkify_assets.errors import WarehouseError
from sparkify_assets.lake.sources import EVENTS, SONGS
from sparkify_assets.loading.staging import stage
from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.reading import models, tables_in, views
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets_tests.contract.engines import Engine
from sparkify_assets_tests.lakes import event, song

FIRST, SECOND = date(2018, 11, 1), date(2018, 11, 2)


def tables_by_schema(engine: Engine) -> dict[str, set[str]]:
    found = engine.rows("select table_schema, table_name from information_schema.tables")
    ours = {*models(), *views()}
    return {schema: {name for at, name in found if at == schema} for schema, of in found if of in ours}


def load(warehouse: Warehouse, engine: Engine, day: date) -> Warehouse:
    warehouse.create_tables()
    lake = engine.lake()
    stage(warehouse, lake, SONGS, None, 1.0)
    stage(warehouse, lake, EVENTS, (day, day), 1.0)
    load_tables(warehouse, tables_in("star"), (day, day))
    return warehouse


def fill_lake(engine: Engine) -> None:
    engine.folder.song("A/TRA.json", song())
    engine.folder.log("2018-11-01", event(level="free"))
    engine.folder.log("2018-11-02", event(sessionId=2, ts=1541200000000, level="paid"), b"{broken")
    engine.lake()


def test_two_runs_in_two_schemas_at_once_do_not_touch_each_other(engine: Engine) -> None:
    fill_lake(engine)
    one, other = (engine.another_client(schema=name) for name in ("dev", "default"))
    together = Barrier(2)

    def run(warehouse: Warehouse, day: date) -> None:
        warehouse.fetch("select 1 as opened")
        together.wait(60)
        load(warehouse, engine, day)

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(run, one, FIRST), pool.submit(run, other, SECOND)]
        for job in jobs:
            job.result()
    assert one.fetch("select log_date, level from songplays").rows == [(FIRST, "free")]
    assert other.fetch("select log_date, level from songplays").rows == [(SECOND, "paid")]
    assert one.fetch("select count(*) as n from load_rejects").scalar == 0
    assert other.fetch("select count(*) as n from load_rejects").scalar == 1
    found = tables_by_schema(engine)
    assert found["dev"] == found["default"] == {*models(), *views()}
    one.drop_tables()
    one.close()
    assert tables_by_schema(engine)["default"] == found["default"]
    assert other.fetch("select log_date, level from songplays").rows == [(SECOND, "paid")]
    other.close()


def test_a_table_which_a_schema_lacks_is_not_read_of_the_default_one(tables: Engine) -> None:
    other = tables.another_client(schema="dev")
    other.create_tables()
    other.drop_tables()
    other.close()
    tables.warehouse.close()
    reader = tables.another_client(read_only=True, schema="dev")
    with pytest.raises(WarehouseError, match=r"schema dev of .* Build them: sparkify run|songplays"):
        reader.fetch("select * from songplays")
    reader.close()


def test_a_schema_goes_with_all_which_is_in_it(tables: Engine) -> None:
    other = tables.another_client(schema="dev")
    other.create_tables()
    with other.transaction() as session:
        session.execute("create table of_somebody_else (n integer)")
    assert other.fetch(f"select * from {other.qualified_name('users')}").rows == []
    other.drop_schema()
    assert [*tables_by_schema(tables)] == [tables.warehouse.schema_name]
    other.create_tables()
    assert other.fetch("select count(*) as n from songplays").scalar == 0
    other.close()


def test_the_doctor_finds_a_schema_good_which_does_not_exist_yet(tables: Engine) -> None:
    tables.warehouse.close()
    reader = tables.another_client(read_only=True, schema="dev")
    said = " ".join(look() for look in reader.health_checks().values())
    assert "dev" in said, said
    assert "yet" in said, said
    reader.close()
