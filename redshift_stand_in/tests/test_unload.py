"""UNLOAD writes files which COPY and others read."""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from copy_bench import ROLE, Bench
from redshift_stand_in.contract import Column, CopyFailed, Refused
from redshift_stand_in.copy.unload import inner_query, run_unload

# UNLOAD

VENUES = [
    Column("id", "integer"),
    Column("name", "character varying(20)"),
    Column("open", "boolean"),
    Column("at", "timestamp without time zone"),
    Column("price", "numeric(7,2)"),
    Column("more", "jsonb"),
]
ROWS: list[tuple[str | None, ...]] = [
    ("1", 'a "b", c', "t", "2018-11-01 12:00:00", "1.50", '{"x": [1]}'),
    ("2", None, "f", None, None, None),
    ("3", "d|e", None, "2018-11-02 00:00:00.5", "2.00", None),
]


def unloaded(bench: Bench, options: str, rows: Sequence[tuple[str | None, ...]] = ROWS) -> dict[str, bytes]:
    statement = f"unload ('select 1') to 's3://{bench.bucket}/out/' iam_role '{ROLE}' {options}"
    done = run_unload(statement, VENUES, iter(rows), bench.s3, 8)
    assert done.row_count == len(rows)
    assert done.notice == f"UNLOAD completed, {len(rows)} record(s) unloaded successfully."
    found = bench.s3.list_objects_v2(Bucket=bench.bucket, Prefix="out/").get("Contents", [])
    return {
        f["Key"].removeprefix("out/"): bench.s3.get_object(Bucket=bench.bucket, Key=f["Key"])["Body"].read()
        for f in found
    }


def test_unload_writes_text_over_the_slices(bench: Bench) -> None:
    assert unloaded(bench, "") == {
        "0000_part_00": b'1|a "b", c|t|2018-11-01 12:00:00|1.50|{"x": [1]}\n3|d|e||2018-11-02 00:00:00.5|2.00|\n',
        "0001_part_00": b"2||f|||\n",
    }


def test_unload_writes_csv_with_a_header_into_one_file(bench: Bench) -> None:
    assert unloaded(bench, "format as csv header parallel off gzip null as 'NONE'").keys() == {"000.gz"}
    assert unloaded(bench, "csv header parallel off allowoverwrite")["000"].decode().splitlines() == [
        "id,name,open,at,price,more",
        '1,"a ""b"", c",t,2018-11-01 12:00:00,1.50,"{""x"": [1]}"',
        "2,,f,,,",
        "3,d|e,,2018-11-02 00:00:00.5,2.00,",
    ]


def test_unload_writes_json_which_copy_reads(bench: Bench) -> None:
    files = unloaded(bench, "format json parallel off")
    assert [json.loads(line) for line in files["000.json"].splitlines()][:2] == [
        {"id": 1, "name": 'a "b", c', "open": True, "at": "2018-11-01 12:00:00", "price": 1.5, "more": {"x": [1]}},
        {"id": 2, "name": None, "open": False, "at": None, "price": None, "more": None},
    ]
    assert len(bench.rows(VENUES, source="out/")) == 3


def test_unload_writes_parquet_of_the_columns_types(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(unloaded(bench, "format parquet parallel off")["000.parquet"])
    with duckdb.connect() as connection:
        found = connection.execute(f"select * from read_parquet('{tmp_path / 'f'}')")
        assert [column[1] for column in found.description] == [
            "INTEGER", "VARCHAR", "BOOLEAN", "TIMESTAMP", "DECIMAL(7,2)", "VARCHAR"
        ]  # fmt: skip
        assert [row[:3] for row in found.fetchall()] == [(1, 'a "b", c', True), (2, None, False), (3, "d|e", None)]


def test_unload_refuses_to_overwrite_without_the_option(bench: Bench) -> None:
    unloaded(bench, "parallel off")
    with pytest.raises(CopyFailed, match="Specified unload destination on S3 is not empty"):
        unloaded(bench, "parallel off")
    assert unloaded(bench, "parallel on cleanpath").keys() == {"0000_part_00", "0001_part_00"}


def test_unload_lists_its_files_in_a_manifest_which_copy_reads(bench: Bench) -> None:
    files = unloaded(bench, "format json manifest verbose")
    entries = json.loads(files["manifest"])["entries"]
    assert [entry["meta"]["record_count"] for entry in entries] == [2, 1]
    assert len(bench.rows(VENUES, "json 'auto' manifest", source="out/manifest")) == 3


def test_unload_begins_a_new_file_at_maxfilesize(bench: Bench) -> None:
    rows = [(str(n), "x" * (29 << 16), "t", None, None, None) for n in range(3)]
    assert unloaded(bench, "csv parallel off maxfilesize 5 mb", rows).keys() == {"000", "001"}


def test_the_query_of_an_unload_is_unescaped_and_bears_no_limit() -> None:
    start = "unload ('select * from t where s = \\'NV\\' and u = ''x''"
    end = f"') to 's3://b/p' iam_role '{ROLE}'"
    assert inner_query(start + end) == "select * from t where s = 'NV' and u = 'x'"
    with pytest.raises(Refused, match="Limit clause is not supported"):
        inner_query(start + " limit 5" + end)
