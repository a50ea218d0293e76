"""An operational database is read in one snapshot, never written to, and its faults are told with what to do."""

import socket
import threading
from pathlib import Path

import pytest

from sparkify_assets.database import connection, extraction
from sparkify_assets.database.columns import read_expressions, source_columns
from sparkify_assets.database.extraction import extract
from sparkify_assets.database.login import examine_login
from sparkify_assets.database.source_table import SourceTable
from sparkify_assets.errors import SourceError, SourceUnreachable
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.models.sql_text import ModelError
from sparkify_assets_tests.source_database import SourceDatabase, staging_table

OPEN_OF_SPARKIFY = """
    select count(distinct pid), coalesce(string_agg(distinct mode, ' '), '') from pg_locks
    inner join pg_stat_activity using (pid)
    where application_name = 'sparkify' and datname = current_database() and locktype = 'relation'
"""


@pytest.fixture
def orders(source: SourceDatabase, tmp_path: Path) -> SourceTable:
    source.run("create table orders as select n as order_id, n::text as note from generate_series(1, 5000) as n")
    return staging_table(tmp_path, "staging_orders", "orders", "order_id integer", "note varchar(8)")


def test_all_tables_are_of_one_moment_and_none_is_locked(source: SourceDatabase, orders: SourceTable) -> None:
    source.run("create table lines as select 1 as line")
    with source.database().snapshot() as snapshot:
        assert snapshot.fetch("select count(*) as n from orders")["n"].to_pylist() == [5000]
        source.run("delete from orders where order_id = 1", "insert into lines values (2)", "vacuum lines")
        assert snapshot.fetch("select count(*) as n from lines")["n"].to_pylist() == [1]
        assert source.run(OPEN_OF_SPARKIFY) == [("1", "AccessShareLock")]
    assert source.run(OPEN_OF_SPARKIFY) == [("0", "")]


def test_the_source_is_never_written_to(source: SourceDatabase, orders: SourceTable) -> None:
    with pytest.raises(SourceError, match="read-only transaction"), source.database().snapshot() as snapshot:
        snapshot.fetch("insert into orders values (6, '6') returning order_id")
    assert source.run("select count(*) from orders") == [("5000",)]
    assert source.run(OPEN_OF_SPARKIFY) == [("0", "")]


def test_a_large_table_is_several_parts(
    source: SourceDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "_PART_BYTES", 1)
    source.run("create table wide as select repeat('x', 200) as note from generate_series(1, 200000)")
    wide = staging_table(tmp_path, "staging_wide", "wide", "note varchar(200)")
    (found,) = extract(source.database(), LocalLake(folder=str(tmp_path)), "app_db", [wide], {}).values()
    assert (found.parts.rows, len(found.parts.names) > 1) == (200_000, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("drop table orders", "The database has no table orders"),
        ("alter table orders rename note to remark", "note is gone"),
        ("alter table orders alter order_id type bigint", "order_id is bigint, which INTEGER does not hold"),
        (
            "alter table orders alter note type bytea using note::bytea",
            r"note is bytea, which VARCHAR\(8\) does not hold",
        ),
        (
            "update orders set note = 'too long: ü' where order_id = 9",
            "note does not fit into .*: there is one of 12 bytes",
        ),
    ],
)
def test_a_source_which_has_changed_is_told(
    source: SourceDatabase, orders: SourceTable, tmp_path: Path, change: str, says: str
) -> None:
    source.run(change)
    with pytest.raises(SourceError, match=says) as raised:
        extract(source.database(), LocalLake(folder=str(tmp_path / "lake")), "app_db", [orders], {})
    assert "What was staged before stays." in str(raised.value)
    assert not [path for path in (tmp_path / "lake").rglob("*") if path.is_file()]


def test_a_new_column_is_told_until_somebody_says_what_it_is(
    source: SourceDatabase, orders: SourceTable, tmp_path: Path
) -> None:
    source.run("alter table orders add search tsvector, add city text")
    columns = "order_id integer", "note varchar(8)"
    known = staging_table(tmp_path, "staging_orders", "orders, without search", *columns)
    (found,) = extract(source.database(), LocalLake(folder=str(tmp_path)), "app_db", [known], {}).values()
    assert [column.name for column in found.unread] == ["search", "city"]
    assert [column.name for column in found.new] == ["city"]


def test_a_login_which_may_read_is_enough(source: SourceDatabase, orders: SourceTable) -> None:
    name = f"reader_{source.name}"
    source.run(f"create role {name} login")
    url = source.url.replace("postgres:not-asked-for", f"{name}:secret")
    with pytest.raises(SourceError, match=f"grant select on orders to {name}"):
        examine_login(source.database(url), [orders])
    source.run(f"grant select on orders to {name}")
    assert examine_login(source.database(url), [orders]).endswith("without TLS; 1 tables can be read")
    assert "may write to them too" in examine_login(source.database(), [orders])


def test_a_statement_has_its_time(source: SourceDatabase, orders: SourceTable) -> None:
    database = source.database(minutes=0.005)
    says = r"statement timeout.*SPARKIFY_SOURCE_STATEMENT_MINUTES"
    with pytest.raises(SourceError, match=says), database.snapshot() as snapshot:
        snapshot.fetch("select count(*) from generate_series(1, 10000000000)")


def test_a_table_which_somebody_changes_is_not_waited_for(
    source: SourceDatabase, orders: SourceTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LOCK_SECONDS", 0.05)
    owner = source.client()
    owner.query("begin")
    owner.query("lock table orders in access exclusive mode")
    with pytest.raises(SourceError, match="lock timeout"), source.database().snapshot() as snapshot:
        snapshot.fetch("select count(*) from orders")
    owner.end()


def test_a_connection_which_breaks_is_tried_again(source: SourceDatabase, orders: SourceTable) -> None:
    end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sparkify'"

    def read_on() -> None:
        with source.database().snapshot() as snapshot:
            source.run(end)
            snapshot.fetch("select count(*) from orders")

    with pytest.raises(SourceUnreachable, match="broke off"):
        read_on()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://u:s3cr%2Bt@127.0.0.1:1/x", "127.0.0.1:1/x does not answer: .*Connection refused"),
        ("postgresql://u:s3cr%2Bt@nowhere.invalid/x", "nowhere.invalid/x does not answer"),
        ("postgresql://u:s3cr%2Bt@localhost/x?password=s3cr%2Bt&nonsense=s3cr%2Bt", "invalid URI"),
    ],
)
def test_no_message_holds_the_password(source: SourceDatabase, url: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as raised, source.database(url).snapshot():
        pass
    assert "s3cr" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_server_has_to_prove_who_it_is(source: SourceDatabase) -> None:
    def without_tls(server: socket.socket) -> None:
        client, _ = server.accept()
        client.recv(8)
        client.sendall(b"N")
        client.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=without_tls, args=[server], daemon=True).start()
        url = f"postgresql://u:s3cret@127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(SourceError, match=r"cannot be trusted.*sslrootcert"), source.database(url).snapshot():
            pass


@pytest.mark.parametrize(
    "line",
    ["orders by at", "orders, by note overlap 1 day", "orders, by order_id overlap 1 day", "orders, by none overlap 1"],
)
def test_a_source_line_is_understood_or_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ModelError, match=r"staging_orders\.sql"):
        staging_table(tmp_path, "staging_orders", line, "order_id integer", "note varchar(8)", key="order_id")


def test_a_domain_is_read_as_the_type_below_it(source: SourceDatabase, tmp_path: Path) -> None:
    source.run("create domain a as integer", "create domain b as a", "create table orders (order_id b)")
    table = staging_table(tmp_path, "staging_orders", "orders", "order_id integer")
    with source.database().snapshot() as snapshot:
        columns = source_columns(snapshot, [table])["orders"]
    assert read_expressions(table, columns) == ['cast("order_id" as INTEGER)']
