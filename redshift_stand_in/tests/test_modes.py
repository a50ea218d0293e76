"""What is documented, and what is not: each mode does the other thing."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from copy_bench import client as s3_client
from redshift_stand_in import Modes, RedshiftStandIn
from redshift_stand_in.copy.json_records import pieces
from redshift_stand_in.sql.statement import with_escaped_backslashes
from redshift_stand_in.sql.trust import Key, trusting
from sql_client import Client

COPY = "copy plays from 's3://modes/{}' iam_role default json 'auto' region 'us-west-2' maxerror 9"
GOOD, BAD = {"id": 1, "song": "a"}, {"id": "x", "song": "b"}


@pytest.fixture(scope="module")
def bucket(redshift_s3_endpoint: str) -> Callable[..., str]:
    """Puts a file of lines; gives its key."""
    s3 = s3_client(redshift_s3_endpoint)
    s3.create_bucket(Bucket="modes", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

    def put(*lines: Any, key: str = "file.json") -> str:
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        s3.put_object(Bucket="modes", Key=key, Body="\n".join(texts).encode())
        return key

    return put


@pytest.fixture
def plays(redshift: RedshiftStandIn) -> Iterator[Client]:
    client = Client(redshift)
    client.run("create table plays (id int, song varchar(64))")
    yield client
    client.connection.close()


@pytest.fixture
def two(redshift: RedshiftStandIn) -> Iterator[tuple[Client, Client]]:
    """Two sessions, with tables a and b."""
    clients = Client(redshift), Client(redshift)
    clients[0].run("create table a (id int)", "create table b (id int)", "create view seen as select id from a")
    for client in clients:
        client.connection.autocommit = False
    yield clients
    for client in clients:
        client.connection.close()


# Backslashes


@pytest.mark.parametrize(("escapes", "length"), [(True, 1), (False, 2)])
def test_a_backslash_in_a_literal_escapes_or_not(redshift: RedshiftStandIn, escapes: bool, length: int) -> None:
    redshift.modes = Modes(backslash_escapes=escapes)
    assert Client(redshift).rows(r"select len('\\')") == [[length]]


def test_what_is_no_literal_keeps_its_backslashes() -> None:
    assert with_escaped_backslashes(r"""select 'a\', "\" -- '\'""") == r"""select 'a\\', "\" -- '\'"""


@pytest.mark.parametrize(("escapes", "written"), [(True, r"odd\\''.json"), (False, r"odd\''.json")])
def test_a_copy_reads_its_names_alike(
    redshift: RedshiftStandIn, plays: Client, bucket: Callable[..., str], escapes: bool, written: str
) -> None:
    bucket(GOOD, key="odd\\'.json")
    redshift.modes = Modes(backslash_escapes=escapes)
    plays.run(COPY.format(written))
    assert plays.rows("select count(*) from plays") == [[1]]


# Views of loads


def test_the_ids_of_sys_views_are_not_those_of_stl_views(plays: Client, bucket: Callable[..., str]) -> None:
    plays.run(COPY.format(bucket(GOOD, BAD)))
    assert plays.rows("select count(*) from stl_load_errors where query = pg_last_copy_id()") == [[1]]
    for view in ("sys_load_history", "sys_load_detail", "sys_load_error_detail"):
        assert plays.rows(f"select count(*) from {view} where query_id = pg_last_copy_id()") == [[0]]
    (found,) = plays.rows(
        "select load.error_count, file.lines_scanned, error.line_number from sys_load_history as load "
        "inner join sys_load_detail as file on load.query_id = file.query_id "
        "inner join sys_load_error_detail as error on load.query_id = error.query_id "
        "where load.session_id = pg_backend_pid()"
    )
    assert found == [1, 2, 2]


def test_a_rollback_takes_the_id_of_the_last_copy_back(plays: Client, bucket: Callable[..., str]) -> None:
    plays.connection.autocommit = False
    plays.run(COPY.format(bucket(GOOD)))
    assert plays.rows("select pg_last_copy_id() > 0") == [[True]]
    plays.connection.rollback()
    assert plays.rows("select pg_last_copy_id(), pg_last_copy_count()") == [[-1, 1]]


def test_a_load_may_be_shown_late_and_its_errors_one_by_one(
    redshift: RedshiftStandIn, plays: Client, bucket: Callable[..., str]
) -> None:
    redshift.modes = Modes(view_delay=0.2)
    plays.run(COPY.format(bucket(GOOD, BAD, BAD)))
    seen: list[tuple[int, int]] = []
    for _ in range(200):
        ((loads,),) = plays.rows("select count(*) from sys_load_history where status = 'completed'")
        ((errors,),) = plays.rows("select count(*) from sys_load_error_detail")
        if not seen or seen[-1] != (loads, errors):
            seen.append((loads, errors))
        if errors == 2:
            break
        time.sleep(0.02)
    assert seen == [(0, 0), (1, 0), (1, 1), (1, 2)]


def test_a_long_name_is_cut_in_the_views(plays: Client, bucket: Callable[..., str]) -> None:
    plays.run(COPY.format(bucket(GOOD, key="x" * 300)))
    assert plays.rows("select len(file_name) from sys_load_detail") == [[256]]


@pytest.mark.parametrize(("counts", "scanned"), [("records", 1), ("lines", 3)])
def test_lines_scanned_are_records_or_lines(
    redshift: RedshiftStandIn, plays: Client, bucket: Callable[..., str], counts: Any, scanned: int
) -> None:
    redshift.modes = Modes(lines_scanned=counts)
    plays.run(COPY.format(bucket('{"id": 1,\n"song":\n"a"}')))
    assert plays.rows("select lines_scanned from sys_load_detail") == [[scanned]]


def test_slices_of_data_are_of_type_d(plays: Client) -> None:
    assert plays.rows("select count(*) from stv_slices where type = 'D'") == [[4]]
    assert plays.rows("select count(*) from stv_slices where type = 'C'") == [[1]]


# Broken JSON


CUT = '{"id": 1}\n{"song": "cu\n{"id": 2}\n{"id": 3}'


@pytest.mark.parametrize(("swallows", "lines"), [(False, [1, 2, 3, 4]), (True, [1, 4])])
def test_a_record_cut_in_a_text_costs_itself_or_what_follows(swallows: bool, lines: list[int]) -> None:
    assert [piece.line for piece in pieces(CUT, swallows=swallows)] == lines


def test_copy_goes_on_as_the_mode_says(redshift: RedshiftStandIn, plays: Client, bucket: Callable[..., str]) -> None:
    redshift.modes = Modes(broken_json="swallow")
    plays.run(COPY.format(bucket(CUT)))
    assert plays.rows("select id from plays") == [[1]]


# Isolation


def at_once(two: tuple[Client, Client], first: str, second: str, then: tuple[str, str]) -> str:
    """Both see the same moment; the first commits, then the second goes on. What it is told, if it is refused."""
    one, other = two
    one.run(first)
    other.run(second)
    one.run(then[0])
    one.connection.commit()
    code, message = "", ""
    try:
        other.run(then[1])
        other.connection.commit()
    except Exception as error:  # the driver's classes differ by SQLSTATE
        fields = error.args[0]
        code, message = fields["C"], fields["M"]
        other.connection.rollback()
    return f"{code} {message}".strip()


CONFLICTS = [
    ("select * from a", "select * from a", ("insert into a values (1)", "insert into a values (2)")),
    ("select * from a", "select * from b", ("insert into b values (1)", "insert into a values (2)")),
    ("select * from seen", "select * from a", ("delete from a where id = 8", "delete from a where id = 9")),
]
NO_CONFLICTS = [
    ("select 1", "select 1", ("insert into a values (1)", "insert into a values (2)")),
    ("select * from a", "select * from b", ("insert into a values (1)", "insert into b values (2)")),
    ("select * from a", "select * from a", ("select * from a", "insert into a values (2)")),
]


@pytest.mark.parametrize(("first", "second", "then"), CONFLICTS)
def test_serializable_refuses_what_no_order_explains(
    redshift: RedshiftStandIn, two: tuple[Client, Client], first: str, second: str, then: tuple[str, str]
) -> None:
    assert at_once(two, first, second, then) == ""
    redshift.modes = Modes(isolation="serializable")
    assert at_once(two, first, second, then) == "XX000 1023"


@pytest.mark.parametrize(("first", "second", "then"), NO_CONFLICTS)
def test_serializable_lets_pass_what_an_order_explains(
    redshift: RedshiftStandIn, two: tuple[Client, Client], first: str, second: str, then: tuple[str, str]
) -> None:
    redshift.modes = Modes(isolation="serializable")
    assert at_once(two, first, second, then) == ""


def test_the_isolation_of_a_database_can_be_read(redshift: RedshiftStandIn) -> None:
    query = "select database_isolation_level from svv_redshift_databases where database_name = 'dev'"
    assert Client(redshift).rows(query) == [["Snapshot Isolation"]]
    redshift.modes = Modes(isolation="serializable")
    assert Client(redshift).rows(query) == [["Serializable"]]


# Keys


KEYS = [
    Key("users", "primary key", frozenset({"id"})),
    Key("plays", "unique", frozenset({"session", "item"})),
    Key("plays", "foreign key", frozenset({"user_id"}), "users"),
]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("select distinct id, name from users", "SELECT id, name FROM users"),
        ("select id, count(*) from users group by id having count(*) > 1",
         "SELECT id, COUNT(*) FROM users GROUP BY id HAVING 1 = 0"),
        ("select item, count(*) from (select session, item from plays) as p group by session, item having count(*) > 1",
         "SELECT item, COUNT(*) FROM (SELECT session, item FROM plays) AS p GROUP BY session, item HAVING 1 = 0"),
        ("select count(*) from plays where user_id in (select id from users)",
         "SELECT COUNT(*) FROM plays WHERE NOT user_id IS NULL"),
        ("select p.item from plays as p left join users on p.user_id = users.id "
         "where not p.user_id is null and users.id is null",
         "SELECT p.item FROM plays AS p LEFT JOIN users ON p.user_id = users.id "
         "WHERE (NOT p.user_id IS NULL AND users.id IS NULL) AND 1 = 0"),
    ],
)  # fmt: skip
def test_a_planner_who_trusts_keys_leaves_out_what_they_answer(written: str, left: str) -> None:
    assert trusting(written, KEYS) == left


@pytest.mark.parametrize(
    "written",
    [
        "select distinct name from users",
        "select greatest(id, id), count(*) from users group by greatest(id, id) having count(*) > 1",
        "select count(*) from plays where user_id + 0 in (select id from users)",
        "select count(*) from plays where user_id in (select id from users where id > 5)",
        "select session, count(*) from plays group by session having count(*) > 1",
    ],
)
def test_what_keys_do_not_answer_is_asked(written: str) -> None:
    assert trusting(written, KEYS) == written


def test_the_keys_are_those_which_tables_declare(redshift: RedshiftStandIn) -> None:
    client = Client(redshift)
    client.run("create table users (id int, primary key (id))", "insert into users values (1), (1)")
    assert client.rows("select distinct id from users") == [[1]]
    redshift.modes = Modes(trusts_keys=True)
    assert Client(redshift).rows("select distinct id from users") == [[1], [1]]


# NUMERIC


def test_the_binary_protocol_may_read_zero_of_a_numeric(redshift: RedshiftStandIn) -> None:
    redshift.modes = Modes(numeric="zero")
    query = "select sum(cast(7 as bigint)), cast(7 as numeric(18, 0)), 7"
    assert [[int(v) for v in row] for row in Client(redshift).rows(query)] == [[0, 7, 7]]
    assert [[int(v) for v in row] for row in Client(redshift, client_protocol_version=0).rows(query)] == [[7, 7, 7]]


def test_a_reset_sets_the_modes_back(redshift: RedshiftStandIn) -> None:
    redshift.modes = Modes(numeric="zero")
    redshift.reset()
    assert redshift.modes == Modes()
