"""COPY and UNLOAD by the driver: transactions and load views."""

from collections.abc import Iterator
from typing import Any

import pytest
import redshift_connector
from redshift_connector.error import ProgrammingError

from copy_bench import Bench
from redshift_stand_in import RedshiftStandIn

# Through the wire


@pytest.fixture
def cursor(redshift: RedshiftStandIn) -> Iterator[Any]:
    with redshift_connector.connect(**redshift.dsn) as connection:
        found = connection.cursor()
        found.execute("create table t (id integer not null, name varchar(8), kind varchar(4) default 'new')")
        connection.commit()
        yield found


def answer(cursor: Any, query: str) -> list[list[Any]]:
    cursor.execute(query)
    return [list(row) for row in cursor.fetchall()]


LOAD = "copy t (id, name) from 's3://{}/in/' iam_role default json 'auto'"
ERRORS = (
    "select trim(file_name), line_number, trim(column_name), error_code from sys_load_error_detail "
    "where session_id = pg_backend_pid() order by line_number"
)


def test_a_load_takes_part_in_the_transaction_and_its_errors_do_not(bench: Bench, cursor: Any) -> None:
    bench.put(f='{"id":1,"name":"a\\tb\\\\"}\n{"id":"x"}\n{"name":"y"}\n')
    cursor.execute(LOAD.format(bench.bucket) + " maxerror 3")
    assert answer(cursor, "select * from t") == [[1, "a\tb\\", "new"]]
    assert answer(cursor, "select pg_last_copy_count()") == [[1]]
    cursor.execute("rollback")
    assert answer(cursor, "select * from t") == []
    file = f"s3://{bench.bucket}/in/f"
    assert answer(cursor, ERRORS) == [[file, 2, "id", 1207], [file, 3, "id", 1213]]


def test_a_load_which_fails_leaves_its_errors(bench: Bench, cursor: Any) -> None:
    bench.put(f='{"id":1}\n{"id":2,"name":"123456789"}\n')
    with pytest.raises(ProgrammingError, match="Check 'sys_load_error_detail' system table"):
        cursor.execute(LOAD.format(bench.bucket))
    cursor.execute("rollback")
    assert answer(cursor, "select count(*) from t") == [[0]]
    assert [row[1:] for row in answer(cursor, ERRORS)] == [[2, "name", 1204]]
    assert answer(
        cursor, "select trim(raw_field_value), trim(raw_line), trim(type), trim(col_length) from stl_load_errors"
    ) == [["123456789", '{"id":2,"name":"123456789"}', "varchar", "8"]]
    assert answer(cursor, "select status, loaded_rows, error_count from sys_load_history") == [["aborted", 0, 1]]


def test_the_load_views_show_each_file_and_pad_their_texts(bench: Bench, cursor: Any) -> None:
    bench.put(f='{"id":1}\n{"id":"x"}\n', g='{"id":3}')
    cursor.execute(LOAD.format(bench.bucket) + " maxerror 3")
    cursor.execute("commit")
    files = answer(cursor, "select file_name, lines_scanned, bytes_scanned from sys_load_detail order by 1")
    assert [(name.rstrip()[-1], len(name), lines, size) for name, lines, size in files] == [
        ("f", 256, 2, 20), ("g", 256, 1, 8)
    ]  # fmt: skip
    assert answer(
        cursor,
        "select status, table_name, data_source, loaded_rows, source_file_count, source_file_bytes, error_count "
        "from sys_load_history",
    ) == [["completed", "t", f"s3://{bench.bucket}/in/", 2, 2, 28, 1]]
    assert len(answer(cursor, "select filename from stl_load_commits")) == 2
    assert {len(row[0]) for row in answer(cursor, "select error_message from sys_load_error_detail")} == {512}


def test_what_unload_writes_copy_reads(bench: Bench, cursor: Any) -> None:
    cursor.execute("insert into t values (1, 'a|b', null), (2, null, 'k')")
    out = f"'s3://{bench.bucket}/out/' iam_role default"
    cursor.execute(f"unload ('select id, name, kind from t') to {out} format json")
    cursor.execute(f"copy t from {out} format json 'auto'")
    assert answer(cursor, "select id, name, kind, count(*) from t group by 1, 2, 3 order by 1") == [
        [1, "a|b", None, 2], [2, None, "k", 2]
    ]  # fmt: skip
