"""dlt loads the files which are new; then SQL makes the star from the loaded tables, anew each time, without checks."""

import os
from collections.abc import Iterator
from pathlib import Path

import dlt
import pyarrow as pa
from dlt.sources.filesystem import FileItemDict, filesystem, read_jsonl
from pyarrow import json

LAKE, DATABASE = Path(os.environ["LAKE"]), os.environ["DATABASE"]
STAR = Path(__file__).with_name("star.sql")
TEXTS = (
    "artist", "auth", "firstName", "gender", "lastName", "level", "location", "method", "page", "song", "userAgent",
    "userId",
)  # fmt: skip
INTEGERS, NUMBERS = ("itemInSession", "sessionId", "status", "ts"), ("length", "registration")
EVENT = pa.schema(
    [(name, kind) for names, kind in ((TEXTS, pa.string()), (INTEGERS, pa.int64()), (NUMBERS, pa.float64()))
     for name in names]
)  # fmt: skip


@dlt.transformer
def read_events(files: Iterator[FileItemDict]) -> Iterator[pa.Table]:
    """As Arrow tables, which dlt loads without touching each row."""
    for file in files:
        with file.open() as opened:
            yield json.read_json(opened, parse_options=json.ParseOptions(explicit_schema=EVENT))


def new_files(pattern: str) -> dlt.sources.DltResource:
    found = filesystem(bucket_url=LAKE.as_uri(), file_glob=pattern)
    found.apply_hints(incremental=dlt.sources.incremental("modification_date"))
    return found


def main() -> None:
    pipeline = dlt.pipeline(
        "star", pipelines_dir="pipelines", destination=dlt.destinations.duckdb(DATABASE), dataset_name="sparkify"
    )
    pipeline.run(
        [
            (new_files("log_data/**/*.json") | read_events).with_name("events"),
            (new_files("song_data/**/*.json") | read_jsonl()).with_name("song_records"),
        ]
    )
    with pipeline.sql_client() as client:
        for statement in STAR.read_text(encoding="utf-8").split(";"):
            if statement.strip():
                client.execute_sql(statement)


if __name__ == "__main__":
    main()
