"""COPY of the stand-in and DuckDB take and refuse the same lines of the same lake."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redshift_stand_in.contract import Column, Loaded, Target
from redshift_stand_in.copy.load import run_copy
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets_tests.conftest import BUCKET
from sparkify_assets_tests.lakes import Record, event
from sparkify_assets_tests.production import ROLE
from sparkify_assets_tests.workbench import FIRST, SONG_FIELDS, SmallLake, Tables, as_line

pytestmark = pytest.mark.slow


def copied(s3: Any, columns: Sequence[Column], options: str, source: str, names: str = "") -> Loaded:
    statement = f"copy t {names} from 's3://{BUCKET}/{source}' iam_role '{ROLE}' {options}"
    return run_copy(statement, Target("public", "t", 16384, tuple(columns)), s3, 7)


def rows_of(loaded: Loaded) -> list[tuple[str | None, ...]]:
    fields = (line.decode().removesuffix("\n").split("\t") for line in loaded.rows)
    return [tuple(None if field == r"\N" else plain(field) for field in row) for row in fields]


def plain(field: str) -> str:
    for escape, character in ((r"\t", "\t"), (r"\n", "\n"), (r"\r", "\r"), (r"\\", "\\")):
        field = field.replace(escape, character)
    return field


def columns_of(model: Model, *, without: str) -> list[Column]:
    types = {"INTEGER": "integer", "BIGINT": "bigint", "DOUBLE PRECISION": "double precision"}
    return [
        Column(c.name.lower(), types.get(c.type) or f"character varying({c.byte_limit})", c.nullable)
        for c in model.columns
        if c.name != without
    ]


def upload(s3: Any, folder: Path, below: str) -> None:
    for path in sorted((folder / below).rglob("*.json*")):
        s3.upload_file(str(path), BUCKET, path.relative_to(folder).as_posix())
    s3.upload_file(str(folder / "log_json_path.json"), BUCKET, "paths.json")


def loaded_events(s3: Any, folder: Path, options: str = "") -> Loaded:
    upload(s3, folder, "log_data")
    columns = columns_of(models()["staging_events"], without="log_date")
    options = f"json 's3://{BUCKET}/paths.json' maxerror 100000 {options}"
    return copied(s3, columns, options, "log_data/")


def loaded_songs(s3: Any, folder: Path, options: str = "") -> Loaded:
    upload(s3, folder, "song_data")
    columns = columns_of(models()["staging_songs"], without="source_file")
    names = f"({', '.join(SONG_FIELDS)})"
    return copied(s3, columns, f"json 'auto' maxerror 100000 {options}", "song_data/", names)


def rejects_of(loaded: Loaded) -> list[tuple[str, int, str | None]]:
    start = len(f"s3://{BUCKET}/")
    return sorted((e.file_name[start:], e.line_number, e.column_name or None) for e in loaded.errors)


def typed(model: Model, names: Sequence[str], rows: list[tuple[str | None, ...]]) -> list[tuple[Any, ...]]:
    types = {c.name.lower(): c.type for c in model.columns}
    values = ", ".join(f"cast(c{n} as {types[name.lower()]})" for n, name in enumerate(names))
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({', '.join(f'c{n} varchar' for n in range(len(names)))})")
        connection.executemany(f"insert into t values ({', '.join('?' * len(names))})", rows)
        return sorted(connection.execute(f"select {values} from t").fetchall(), key=repr)


def in_duckdb(tables: Tables, table: str, names: Sequence[str]) -> tuple[list[tuple[Any, ...]], list[Any]]:
    rows = tables.rows(f"select {', '.join(names)} from {table}")
    rejects = tables.rows(
        f"select source_file, line_number, lower(column_name) from load_rejects where table_name = '{table}'"
    )
    return sorted(rows, key=repr), sorted(rejects)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faulty") / "lake"
    generate_lake(folder, days=3, users=100, songs=150, events=1000, faults=0.4, seed=3)
    return folder


def test_the_faults_of_a_generated_lake_are_refused_and_kept_as_in_duckdb(
    s3: Any, faulty: Path, tmp_path: Path
) -> None:
    tables = Tables(SmallLake(faulty), tmp_path / "w.duckdb")
    tables.stage_day("2018-11-01", "2018-11-30")
    tables.stage_songs()
    for table, loaded in (
        ("staging_events", loaded_events(s3, faulty)),
        ("staging_songs", loaded_songs(s3, faulty)),
    ):
        rows, rejects = in_duckdb(tables, table, loaded.columns)
        assert rejects_of(loaded) == rejects
        assert typed(models()[table], loaded.columns, rows_of(loaded)) == rows
        assert len(rejects) > 30
    tables.warehouse.close()


HARD: list[Record | bytes] = [
    event(status="007"), event(status=" 7 "), event(status=""), event(status=1.5), event(status=1.0),
    event(status="1e3"),
    event(status="0x10"), event(status=True), event(status=[1]), event(status=99999999999), event(status=2147483648),
    event(ts=253402214399999), event(ts=9223372036854775808), event(ts=""), event(ts=None), event(length="1.5"),
    event(length="1e3"), event(length=""), event(length="long"), event(length="NaN"), event(length="Infinity"),
    event(length={"seconds": 1}), event(length=True), event(level=""), event(level=5), event(level=True),
    event(level="é" * 8), event(level="é" * 9), event(gender="é"), event(song={"a": [1, None]}), event(song=[]),
    event(song="tab\tand \"quotes\" and 'more' \\ 🎵"), event(page=None), event(ts=None, status="abc", gender="FF"),
    b'{"artist": "Des', b"not json", b"null", b"{}", b'"text"', b"5", event(colour="green"), b"[1]",
    as_line(event()).replace(b"Oslo", b"\\ud800"),]  # fmt: skip


def test_hard_values_are_refused_and_kept_as_in_duckdb(s3: Any, tmp_path: Path) -> None:
    lake = SmallLake(tmp_path / "lake")
    lake.log(FIRST, *HARD)
    tables = Tables(lake, tmp_path / "w.duckdb")
    tables.stage_day()
    loaded = loaded_events(s3, lake.folder)
    rows, rejects = in_duckdb(tables, "staging_events", loaded.columns)
    assert rejects_of(loaded) == rejects
    assert typed(models()["staging_events"], loaded.columns, rows_of(loaded)) == rows
    tables.warehouse.close()
