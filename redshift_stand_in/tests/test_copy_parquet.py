"""COPY of Parquet takes columns by position, in the types of the table, or nothing."""

from pathlib import Path

import duckdb
import pytest

from copy_bench import Bench
from redshift_stand_in.contract import Column, CopyFailed

PARQUET = "format as parquet statupdate off"
COLUMNS = [
    Column("id", "integer"),
    Column("name", "character varying(5)"),
    Column("at", "timestamp without time zone"),
    Column("open", "boolean", nullable=False),
]


def parquet(folder: Path, query: str) -> bytes:
    path = folder / "file.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")
    return path.read_bytes()


def test_columns_come_by_position_whatever_their_names(bench: Bench, tmp_path: Path) -> None:
    rows = r"(1, E'a\t\\', timestamp '2024-02-29 01:02:03.5', true), (null, null, null, false)"
    bench.put(a=parquet(tmp_path, f"select * from (values {rows}) as t (a, b, c, d)"))
    assert bench.rows(COLUMNS, PARQUET) == [
        ("1", "a\t\\", "2024-02-29 01:02:03.5", "true"),
        (None, None, None, "false"),
    ]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select 1, 'a', timestamp '2024-01-01'", "Unmatched number of columns"),
        ("select 1::bigint, 'a', timestamp '2024-01-01', true", "incompatible Parquet schema for column 'id'"),
        ("select 1, 'a', date '2024-01-01', true", "incompatible Parquet schema for column 'at'"),
        ("select 1, 'äöü', timestamp '2024-01-01', true", "Table: 5, Data: 6"),
        ("select 1, 'a', timestamp '2024-01-01', null::boolean", "Null value found in not null column 'open'"),
    ],
)
def test_a_file_which_is_not_like_the_table_fails_the_load(bench: Bench, tmp_path: Path, query: str, says: str) -> None:
    bench.put(a=parquet(tmp_path, query))
    with pytest.raises(CopyFailed, match="Spectrum Scan Error") as raised:
        bench.copy(COLUMNS, PARQUET)
    assert says in raised.value.detail


def test_a_decimal_has_the_bytes_of_its_precision(bench: Bench, tmp_path: Path) -> None:
    bench.put(a=parquet(tmp_path, "select 1.5::decimal(5, 2) as price"))  # DuckDB writes it as a whole number
    with pytest.raises(CopyFailed) as raised:
        bench.copy([Column("price", "numeric(5,2)")], PARQUET)
    assert "incompatible Parquet schema for column 'price'" in raised.value.detail
