"""A transaction is committed as a whole or not at all, and nobody else sees it before."""

import pytest

from sparkify_assets.errors import WarehouseError
from sparkify_assets.warehouse.base import Session
from sparkify_assets_tests.contract.engines import Engine

COUNT = "select count(*) from heard"


@pytest.fixture
def plays(tables: Engine) -> Engine:
    """With a table of one row."""
    with tables.warehouse.transaction() as session:
        session.execute("create table heard (play_id integer, title varchar(20))")
        session.execute("insert into heard values (1, 'Alpha')")
    return tables


def add(session: Session, play_id: int) -> None:
    session.execute("insert into heard values (:play_id, 'Beta')", play_id=play_id)


def test_what_a_transaction_wrote_is_there_after_it(plays: Engine) -> None:
    assert plays.another_client().fetch("select play_id, title from heard").rows == [(1, "Alpha")]


def test_run_gives_what_its_work_gives(plays: Engine) -> None:
    assert plays.warehouse.run(lambda session: session.fetch(COUNT).scalar) == 1


def test_a_block_which_raises_leaves_nothing(plays: Engine) -> None:
    def work(session: Session) -> None:
        add(session, 2)
        session.execute("create table others (play_id integer)")
        raise KeyError

    with pytest.raises(KeyError):
        plays.warehouse.run(work)
    assert plays.rows(COUNT) == [(1,)]
    with pytest.raises(WarehouseError, match="others"):
        plays.rows("select * from others")


def test_a_statement_which_fails_takes_those_before_it_back(plays: Engine) -> None:
    def work(session: Session) -> None:
        add(session, 2)
        session.execute("insert into nowhere values (3)")

    with pytest.raises(WarehouseError, match="nowhere"):
        plays.warehouse.run(work)
    assert plays.rows(COUNT) == [(1,)]


def test_after_a_failure_the_warehouse_goes_on(plays: Engine) -> None:
    with pytest.raises(WarehouseError):
        plays.warehouse.fetch("select * from nowhere")
    plays.warehouse.run(lambda session: add(session, 2))
    assert plays.rows(COUNT) == [(2,)]


def test_nobody_else_sees_what_is_not_committed(plays: Engine) -> None:
    reader = plays.another_client()
    with plays.warehouse.transaction() as session:
        add(session, 2)
        assert session.fetch(COUNT).scalar == 2
        assert reader.fetch(COUNT).scalar == 1
    assert reader.fetch(COUNT).scalar == 2
    reader.close()


def test_a_temporary_table_is_seen_in_its_transaction_alone(plays: Engine) -> None:
    reader = plays.another_client()
    with plays.warehouse.transaction() as session:
        session.execute("create temp table chosen as select * from heard")
        assert session.fetch("select count(*) from chosen").scalar == 1
        with pytest.raises(WarehouseError, match="chosen"):
            reader.fetch("select * from chosen")
    reader.close()


def test_a_warehouse_which_was_closed_is_opened_again(plays: Engine) -> None:
    plays.warehouse.close()
    plays.warehouse.close()
    assert plays.rows(COUNT) == [(1,)]


@pytest.mark.gap(engine="redshift", reason="there a user who may only read is given, in place of a setting")
def test_a_reader_reads_and_may_not_write(plays: Engine) -> None:
    plays.warehouse.close()
    reader = plays.another_client(read_only=True)
    assert reader.fetch(COUNT).scalar == 1
    with pytest.raises(WarehouseError):
        reader.run(lambda session: add(session, 2))
    reader.close()
