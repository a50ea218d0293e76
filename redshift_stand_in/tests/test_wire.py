"""The stand-in speaks to the unmodified redshift_connector as Redshift does, and fails on request."""

import contextlib
import gc
import json
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import redshift_connector
from redshift_connector.error import Error, InterfaceError, ProgrammingError

from redshift_stand_in import (
    ERROR_1023,
    S3_ACCESS_DENIED,
    S3_SLOW_DOWN,
    Fault,
    RedshiftStandIn,
)

COPY = "copy plays from 's3://lake/plays/' iam_role default json 'auto' region 'us-west-2'"
REFUSED = "insert into plays values (1) on conflict do nothing"
Rows = list[list[Any]]


@pytest.fixture(scope="module")
def started(redshift_s3_endpoint: str) -> Iterator[RedshiftStandIn]:
    with RedshiftStandIn(redshift_s3_endpoint, users={"analyst": "Analyst-1"}) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(started: RedshiftStandIn) -> RedshiftStandIn:
    """An empty database."""
    started.reset()
    return started


class Client:
    """A connection of redshift_connector."""

    def __init__(self, stand_in: RedshiftStandIn, autocommit: bool = False, **changes: Any) -> None:
        self.connection = redshift_connector.connect(**(stand_in.dsn | changes))
        self.connection.autocommit = autocommit
        self.cursor = self.connection.cursor()

    def run(self, sql: str, *arguments: Any) -> int:
        self.cursor.execute(sql, *arguments)
        return int(self.cursor.rowcount)

    def rows(self, sql: str) -> Rows:
        self.cursor.execute(sql)
        return [list(row) for row in self.cursor.fetchall()]

    def commit(self) -> None:
        self.connection.commit()

    def rollback(self) -> None:
        self.connection.rollback()

    def refused(self, sql: str) -> dict[str, str]:
        """The fields of the error."""
        with pytest.raises(Error) as caught:
            self.cursor.execute(sql)
        fields = caught.value.args[0]
        assert isinstance(fields, dict), fields
        return fields

    def dropped(self, act: Callable[[], object]) -> None:
        with pytest.raises((InterfaceError, OSError), match=r"BrokenPipe|closed|reset"):
            act()


@pytest.fixture
def connect(stand_in: RedshiftStandIn) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def open_one(**changes: Any) -> Client:
        clients.append(Client(stand_in, **changes))
        return clients[-1]

    yield open_one
    for client in clients:
        with contextlib.suppress(InterfaceError):
            client.connection.close()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()


@pytest.fixture
def plays(client: Client) -> Client:
    """A client, and a table with two rows which everybody sees."""
    client.run("create table plays (id integer, song varchar(10))")
    client.run("insert into plays values (1, 'one'), (2, 'two')")
    client.commit()
    return client


@pytest.fixture(scope="module")
def bucket(redshift_s3_endpoint: str) -> Iterator[Any]:
    """What the COPY and UNLOAD of these tests read and write."""
    s3 = boto3.resource(
        "s3", "us-west-2", endpoint_url=redshift_s3_endpoint, aws_access_key_id="x", aws_secret_access_key="x"
    )
    bucket = s3.Bucket("lake")
    bucket.create(CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    yield bucket
    s3.meta.client.close()


@pytest.fixture
def put(bucket: Any) -> Callable[..., None]:
    """Make these records the only ones of the lake."""

    def put_only(*records: Any) -> None:
        bucket.objects.delete()
        body = "\n".join(json.dumps(record) for record in records)
        bucket.put_object(Key="plays/a.json", Body=body.encode())

    return put_only


@pytest.fixture
def swept() -> Iterator[None]:
    """The driver leaves the socket of a refused connection open; it goes here, not in another test."""
    yield
    gc.collect()


leaves_sockets = [
    pytest.mark.usefixtures("swept"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning"),
]


class TestLogin:
    pytestmark = leaves_sockets

    def test_the_wrong_password_is_refused_with_28000(self, stand_in: RedshiftStandIn) -> None:
        with pytest.raises(InterfaceError) as caught:
            Client(stand_in, password="wrong")
        assert caught.value.args[0]["C"] == "28000"
        assert "awsuser" in caught.value.args[0]["M"]
        assert "wrong" not in str(caught.value)

    def test_a_user_nobody_made_is_refused(self, stand_in: RedshiftStandIn) -> None:
        with pytest.raises(InterfaceError, match="28000"):
            Client(stand_in, user="stranger")

    @pytest.mark.parametrize(("user", "password"), [("analyst", "Analyst-1"), ("IAM:etl", "any"), ("IAMA:x", "any")])
    def test_other_users_get_in_as_themselves(self, connect: Callable[..., Client], user: str, password: str) -> None:
        assert connect(user=user, password=password).rows("select current_user") == [[user]]

    def test_a_database_which_is_not_there_is_named(self, stand_in: RedshiftStandIn) -> None:
        with pytest.raises(ProgrammingError, match=r'database "nowhere" does not exist'):
            Client(stand_in, database="nowhere")

    def test_a_server_without_tls_refuses_it(self, stand_in: RedshiftStandIn) -> None:
        with pytest.raises(InterfaceError, match="Server refuses SSL"):
            Client(stand_in, ssl=True)


@pytest.fixture(scope="module")
def encrypted() -> Iterator[RedshiftStandIn]:
    with RedshiftStandIn(tls=True) as stand_in:
        yield stand_in


class TestTLS:
    pytestmark = leaves_sockets

    @pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
    def test_the_driver_verifies_the_certificate(
        self, encrypted: RedshiftStandIn, monkeypatch: pytest.MonkeyPatch, mode: str
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(encrypted.certificate))
        client = Client(encrypted, sslmode=mode)
        assert client.rows("select 1") == [[1]]
        assert isinstance(client.connection._usock, ssl.SSLSocket)
        client.connection.close()

    def test_a_certificate_nobody_vouches_for_is_not_accepted(self, encrypted: RedshiftStandIn) -> None:
        with pytest.raises(InterfaceError) as caught:
            Client(encrypted, sslmode="verify-full")
        assert "CERTIFICATE_VERIFY_FAILED" in repr(caught.value)


class TestStatements:
    def test_rows_are_counted_as_on_redshift(self, client: Client) -> None:
        client.run("create table plays (id integer)")
        assert client.run("insert into plays values (1), (2), (3)") == 3
        assert client.run("update plays set id = 9 where id > 1") == 2
        assert client.run("select * from plays") == -1
        assert client.cursor.redshift_rowcount == 3
        assert client.run("delete from plays") == 3

    @pytest.mark.parametrize(
        ("style", "sql", "arguments"),
        [
            ("format", "select * from plays where id = %s and song = %s", (2, "two")),
            ("qmark", "select * from plays where id = ? and song = ?", (2, "two")),
            ("numeric", "select * from plays where id = :1 and song = :2", (2, "two")),
            ("named", "select * from plays where id = :id and song = :song", {"id": 2, "song": "two"}),
        ],
    )
    def test_parameters_are_bound_in_every_style(self, plays: Client, style: str, sql: str, arguments: Any) -> None:
        plays.cursor.paramstyle = style
        for _ in range(2):
            plays.run(sql, arguments)
            assert list(plays.cursor.fetchall()) == [[2, "two"]]

    def test_statements_without_names_work_too(self, connect: Callable[..., Client], plays: Client) -> None:
        unnamed = connect(max_prepared_statements=0)
        assert [unnamed.rows("select song from plays where id = 1") for _ in range(2)] == [[["one"]]] * 2

    def test_an_error_comes_as_fields(self, client: Client) -> None:
        fields = client.refused("select * from nothing")
        assert (fields["S"], fields["C"], fields["M"]) == ("ERROR", "42P01", 'relation "nothing" does not exist')

    def test_one_statement_per_execute(self, client: Client) -> None:
        assert client.refused("select 1; select 2")["C"] == "42601"

    def test_every_text_is_logged_as_the_client_sent_it(
        self, stand_in: RedshiftStandIn, connect: Callable[..., Client]
    ) -> None:
        client = connect(application_name="lint me")
        client.rows("select 1  -- as it was")
        client.refused(REFUSED)
        client.rollback()
        client.refused("select * from nothing")
        texts = [statement.text for statement in stand_in.statements]
        assert texts == [
            "begin transaction",
            "select 1  -- as it was",
            REFUSED,
            "rollback",
            "begin transaction",
            "select * from nothing",
        ]
        assert {statement.application_name for statement in stand_in.statements} == {"lint me"}

    def test_a_reset_leaves_an_empty_database(
        self, stand_in: RedshiftStandIn, plays: Client, connect: Callable[..., Client]
    ) -> None:
        start = time.monotonic()
        stand_in.reset()
        assert time.monotonic() - start < 2
        plays.dropped(lambda: plays.rows("select 1"))
        assert connect().refused("select * from plays")["C"] == "42P01"

    def test_a_reset_to_what_was_saved_brings_it_back(
        self, stand_in: RedshiftStandIn, plays: Client, connect: Callable[..., Client]
    ) -> None:
        plays.commit()
        stand_in.save("two plays")
        plays.dropped(lambda: plays.rows("select 1"))
        again = connect(autocommit=True)
        again.run("drop table plays")
        stand_in.reset("two plays")
        again.dropped(lambda: again.rows("select 1"))
        assert connect().rows("select song from plays order by id") == [["one"], ["two"]]
        assert stand_in.saved == {"two plays"}


class TestTransactions:
    def test_work_is_seen_after_the_commit_only(self, plays: Client, connect: Callable[..., Client]) -> None:
        other = connect(autocommit=True)
        plays.run("insert into plays values (3, 'three')")
        assert other.rows("select count(*) from plays") == [[2]]
        plays.commit()
        assert other.rows("select count(*) from plays") == [[3]]

    def test_a_rollback_takes_tables_and_rows_away(self, plays: Client) -> None:
        plays.run("delete from plays")
        plays.run("create table more (id integer)")
        plays.rollback()
        assert plays.rows("select count(*) from plays") == [[2]]
        assert plays.refused("select * from more")["C"] == "42P01"

    def test_a_client_which_goes_without_commit_leaves_nothing(
        self, plays: Client, connect: Callable[..., Client]
    ) -> None:
        going = connect()
        going.run("delete from plays")
        going.connection.close()
        assert plays.rows("select count(*) from plays") == [[2]]
        plays.run("delete from plays")  # the lock is free again

    @pytest.mark.parametrize(
        "statement",
        [
            "select * from nothing",
            REFUSED,
            COPY.replace("lake", "absent"),
        ],
        ids=["from PostgreSQL", "from the translation", "from COPY"],
    )
    def test_after_an_error_only_a_rollback_helps(self, plays: Client, statement: str) -> None:
        plays.run("delete from plays")
        plays.refused(statement)
        for following in ("select 1", COPY, REFUSED, "truncate plays"):
            assert plays.refused(following)["C"] == "25P02"
        plays.rollback()
        assert plays.rows("select count(*) from plays") == [[2]]

    def test_truncate_commits_what_came_before_it(self, plays: Client, connect: Callable[..., Client]) -> None:
        plays.run("create table before (id integer)")
        plays.run("truncate plays")
        assert not plays.connection.in_transaction
        plays.rollback()
        other = connect(autocommit=True)
        assert other.rows("select count(*) from plays") == [[0]]
        assert other.rows("select count(*) from before") == [[0]]


class TestConflicts:
    def test_a_write_over_a_later_commit_is_1023(self, plays: Client, connect: Callable[..., Client]) -> None:
        other = connect()
        plays.rows("select * from plays")
        other.run("delete from plays")
        other.commit()
        fields = plays.refused("delete from plays")
        assert (fields["C"], fields["M"]) == ("XX000", "1023")
        table_id = plays_id(other)
        assert re.fullmatch(
            rf"Serializable isolation violation on table - {table_id}, "
            r"transactions forming the cycle are: \d+, \d+ \(pid:\d+\)",
            fields["D"],
        )
        plays.rollback()
        assert plays.run("delete from plays") == 0

    def test_writers_of_a_table_wait_and_then_see_what_was_committed(
        self, plays: Client, connect: Callable[..., Client]
    ) -> None:
        other = connect()
        plays.run("delete from plays where id = 1")
        counts: list[int] = []
        waiting = threading.Thread(target=lambda: counts.append(other.run("delete from plays")))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        plays.commit()
        waiting.join(30)
        assert counts == [1]

    def test_a_lock_as_the_first_statement_comes_before_the_snapshot(
        self, plays: Client, connect: Callable[..., Client]
    ) -> None:
        other = connect()
        plays.run("delete from plays")
        waiting = threading.Thread(target=lambda: other.run("lock plays"))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        plays.commit()
        waiting.join(30)
        assert other.rows("select count(*) from plays") == [[0]]

    def test_readers_do_not_wait(self, plays: Client, connect: Callable[..., Client]) -> None:
        plays.run("delete from plays")
        assert connect().rows("select count(*) from plays") == [[2]]

    def test_tables_written_in_different_orders_deadlock(self, plays: Client, connect: Callable[..., Client]) -> None:
        plays.run("create table users (id integer)")
        plays.commit()
        other = connect()
        plays.run("insert into plays values (3, 'three')")
        other.run("insert into users values (1)")
        outcomes: list[str] = []

        def write(client: Client, sql: str) -> None:
            try:
                client.run(sql)
                outcomes.append("done")
            except ProgrammingError as error:
                outcomes.append(error.args[0]["C"])
                client.rollback()

        crossing = threading.Thread(target=write, args=(other, "delete from plays"))
        crossing.start()
        write(plays, "delete from users")
        crossing.join(30)
        assert sorted(outcomes) == ["40P01", "done"]

    def test_a_table_swapped_after_the_snapshot_is_1018(self, plays: Client, connect: Callable[..., Client]) -> None:
        other = connect()
        other.rows("select 1 from plays limit 1")
        other.commit()
        other.rows("select 1 from pg_namespace limit 1")  # takes the snapshot
        plays.run("alter table plays rename to plays_old")
        plays.run("create table plays (id integer, song varchar(10))")
        plays.commit()
        fields = other.refused("select count(*) from plays")
        assert (fields["C"], fields["M"]) == ("XX000", "1018")
        other.rollback()
        assert other.rows("select count(*) from plays") == [[0]]


def plays_id(client: Client) -> int:
    return int(client.rows("select 'plays'::regclass::oid::integer")[0][0])


class TestLoads:
    def test_a_copy_belongs_to_the_transaction(self, put: Callable[..., None], plays: Client) -> None:
        put({"id": 3, "song": "three"}, {"id": 4, "song": None})
        assert plays.run(COPY) == -1
        notice = plays.connection.notices[-1]
        assert notice[b"S"] == b"INFO"
        assert notice[b"M"] == b"Load into table 'plays' completed, 2 record(s) loaded successfully."
        assert plays.rows("select * from plays where id > 2 order by id") == [[3, "three"], [4, None]]
        assert plays.rows("select pg_last_copy_count()") == [[2]]
        plays.rollback()
        assert plays.rows("select count(*) from plays") == [[2]]
        assert plays.rows("select pg_last_copy_count()") == [[2]]

    def test_the_transaction_of_a_copy_sees_its_load_once(self, put: Callable[..., None], plays: Client) -> None:
        put({"id": 3, "song": "three"}, {"id": "x", "song": "bad"})
        loads = """
            select load.status, load.loaded_rows, file.lines_scanned, error.line_number
            from sys_load_history as load
            inner join sys_load_detail as file on load.query_id = file.query_id
            inner join sys_load_error_detail as error on load.query_id = error.query_id
            where load.session_id = pg_backend_pid()
        """
        plays.rows("select count(*) from plays")
        plays.run(f"{COPY} maxerror 2")
        assert plays.rows(loads) == [["completed", 1, 2, 2]]
        plays.commit()
        assert plays.rows(loads) == [["completed", 1, 2, 2]]

    def test_errors_outlive_the_rollback_and_are_found_by_the_session(
        self, put: Callable[..., None], plays: Client
    ) -> None:
        put({"id": 3, "song": "three"}, {"id": "x", "song": "bad"})
        assert re.match(r"Load into table 'plays' failed\. +Check 's", plays.refused(COPY)["M"])
        plays.rollback()
        found = plays.rows(
            "select trim(file_name), line_number, trim(column_name), error_code from sys_load_error_detail "
            "where session_id = pg_backend_pid()"
        )
        assert [row[:3] for row in found] == [["s3://lake/plays/a.json", 2, "id"]]
        assert plays.rows("select pg_last_copy_count()") == [[0]]
        assert plays.rows("select count(*) from plays") == [[2]]
        history = plays.rows(
            "select trim(status), error_count from sys_load_history where session_id = pg_backend_pid()"
        )
        assert history == [["aborted", 1]]

    def test_a_copy_which_never_read_a_row_has_no_id(self, put: Callable[..., None], plays: Client) -> None:
        put({"id": 3, "song": "three"})
        plays.run(COPY)
        first = plays.rows("select pg_last_copy_id()")
        plays.commit()
        plays.refused(COPY.replace("/plays/", "/absent/"))
        plays.rollback()
        assert plays.rows("select pg_last_copy_id(), pg_last_copy_count()") == [[*first[0], 0]]

    def test_a_missing_table_is_named(self, client: Client) -> None:
        fields = client.refused(COPY)
        assert (fields["C"], fields["M"]) == ("XX000", "Cannot COPY into nonexistent table plays")

    def test_copies_of_one_table_wait_for_each_other(
        self, put: Callable[..., None], plays: Client, connect: Callable[..., Client]
    ) -> None:
        put({"id": 3, "song": "three"})
        other = connect()
        plays.run(COPY)
        waiting = threading.Thread(target=lambda: other.run(COPY))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        plays.commit()
        waiting.join(30)
        assert other.rows("select count(*) from plays") == [[4]]

    def test_unload_takes_the_rows_of_the_transaction(
        self, put: Callable[..., None], bucket: Any, plays: Client
    ) -> None:
        put({"id": 3, "song": "three"})
        plays.run("delete from plays where id = 1")
        plays.run(
            "unload ('select id, song from plays order by id') to 's3://lake/out/' iam_role default "
            "format json parallel off allowoverwrite region 'us-west-2'"
        )
        files = [found.get()["Body"].read() for found in bucket.objects.filter(Prefix="out/")]
        lines = b"".join(files).splitlines()
        assert [json.loads(line) for line in lines] == [{"id": 2, "song": "two"}]


class TestFaults:
    def test_dropped_before_the_commit_nothing_happened(
        self, stand_in: RedshiftStandIn, plays: Client, connect: Callable[..., Client]
    ) -> None:
        stand_in.faults.add(Fault("drop_before", "^commit"))
        plays.run("delete from plays")
        plays.dropped(plays.commit)
        assert connect().rows("select count(*) from plays") == [[2]]

    @pytest.mark.parametrize("kind", ["drop_after", "drop_during"])
    def test_dropped_after_the_commit_it_happened_unheard(
        self, stand_in: RedshiftStandIn, plays: Client, connect: Callable[..., Client], kind: Any
    ) -> None:
        stand_in.faults.add(Fault(kind, "^commit"))
        plays.run("delete from plays")
        plays.dropped(plays.commit)
        assert connect().rows("select count(*) from plays") == [[0]]

    @pytest.mark.parametrize("autocommit", [False, True])
    def test_dropped_while_it_runs_a_statement_is_undone(
        self, stand_in: RedshiftStandIn, plays: Client, connect: Callable[..., Client], autocommit: bool
    ) -> None:
        fault = stand_in.faults.add(Fault("drop_during", "^delete"))
        dropped = connect(autocommit=autocommit)
        dropped.dropped(lambda: dropped.run("delete from plays"))
        assert fault.fired == 1
        assert plays.run("delete from plays") == 2

    def test_dropped_after_a_statement_of_its_own_transaction_it_is_done(
        self, stand_in: RedshiftStandIn, plays: Client, connect: Callable[..., Client]
    ) -> None:
        stand_in.faults.add(Fault("drop_after", "^delete"))
        dropped = connect(autocommit=True)
        dropped.dropped(lambda: dropped.run("delete from plays"))
        assert plays.rows("select count(*) from plays") == [[0]]

    def test_a_delay_holds_the_statement_back(self, stand_in: RedshiftStandIn, plays: Client) -> None:
        stand_in.faults.add(Fault("delay", "count", seconds=0.3))
        start = time.monotonic()
        assert plays.rows("select count(*) from plays") == [[2]]
        assert time.monotonic() - start >= 0.3

    def test_an_error_fires_as_often_as_it_should_and_fails_the_transaction(
        self, stand_in: RedshiftStandIn, plays: Client
    ) -> None:
        stand_in.faults.add(Fault("error", lambda text: "delete" in text, times=2, error=ERROR_1023))
        for _ in range(2):
            fields = plays.refused("delete from plays")
            assert (fields["C"], fields["M"]) == ("XX000", "1023")
            assert plays.refused("select 1")["C"] == "25P02"
            plays.rollback()
        assert plays.run("delete from plays") == 2
        assert not stand_in.faults.waiting

    @pytest.mark.parametrize(("error", "words"), [(S3_SLOW_DOWN, "503,Error SlowDown"), (S3_ACCESS_DENIED, "403")])
    def test_s3_may_refuse_a_copy(
        self, stand_in: RedshiftStandIn, put: Callable[..., None], plays: Client, error: Any, words: str
    ) -> None:
        put({"id": 3, "song": "three"})
        stand_in.faults.add(Fault("error", "^copy", error=error))
        fields = plays.refused(COPY)
        assert fields["M"].startswith("S3ServiceException:")
        assert words in fields["M"]
        assert re.search(r"code: +8001", fields["D"])
        plays.rollback()
        plays.run(COPY)
        assert plays.rows("select count(*) from plays") == [[3]]

    def test_a_copy_dropped_while_it_runs_loads_nothing(
        self, stand_in: RedshiftStandIn, put: Callable[..., None], plays: Client, connect: Callable[..., Client]
    ) -> None:
        put({"id": 3, "song": "three"})
        stand_in.faults.add(Fault("drop_during", "^copy"))
        dropped = connect(autocommit=True)
        dropped.dropped(lambda: dropped.run(COPY))
        assert plays.run("delete from plays") == 2
        assert plays.rows("select loaded_rows from sys_load_history") == [[1]]

    def test_the_nth_statement_from_now_on(self, stand_in: RedshiftStandIn, plays: Client) -> None:
        stand_in.faults.add(Fault("error", 3))
        plays.run("select 1")  # with the driver's own begin: two
        plays.refused("select 1")


class TestProcesses:
    def test_a_client_killed_in_another_process_leaves_nothing(self, stand_in: RedshiftStandIn, plays: Client) -> None:
        script = f"""
import redshift_connector, sys, time
connection = redshift_connector.connect(**{stand_in.dsn!r})
connection.cursor().execute("delete from plays")
print("deleted", flush=True)
time.sleep(60)
"""
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "deleted\n"
            process.kill()
        assert plays.run("delete from plays") == 2

    @pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
    def test_started_by_hand_it_prints_its_dsn_and_stops_postgresql_with_it(self, ending: signal.Signals) -> None:
        command = [sys.executable, "-m", "redshift_stand_in", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            printed: list[str] = []
            for line in process.stdout:
                printed.append(line)
                if line.startswith("Ctrl-C"):
                    break
            settings = dict(line.split(maxsplit=1) for line in printed[:5])
            connection = redshift_connector.connect(
                host=settings["host"].strip(),
                port=int(settings["port"]),
                database=settings["database"].strip(),
                user=settings["user"].strip(),
                password=settings["password"].strip(),
                ssl=False,
            )
            cursor = connection.cursor()
            cursor.execute("select 1")
            connection.close()
            folder = Path(postgres_folder(process.pid))
            assert (folder / "postmaster.pid").exists()
            process.send_signal(ending)
            process.wait(30)
        deadline = time.monotonic() + 30
        while folder.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not folder.exists()


def postgres_folder(process_id: int) -> str:
    """Where the PostgreSQL of this process keeps its data: PGDATA of the shell between them."""
    (child,) = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    settings = Path(f"/proc/{child}/environ").read_bytes().decode().split("\0")
    return next(setting.removeprefix("PGDATA=") for setting in settings if setting.startswith("PGDATA="))
