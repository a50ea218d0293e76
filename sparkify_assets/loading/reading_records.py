"""Files read record by record: what fits becomes a clean file which every engine appends, the rest are rejects.

This is slower than an engine by far. It is for the files of a catalog, which are small, and for those which hold
something that no engine reads alike.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import orjson

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.base import LakeFile
from sparkify_assets.lake.json_record import Record
from sparkify_assets.lake.records import read_records
from sparkify_assets.lake.sources import LOADED_COLUMNS
from sparkify_assets.loading.fitting import Fitting, Reject
from sparkify_assets.models.ddl import storable
from sparkify_assets.models.reading import models
from sparkify_assets.scratch import scratch_folder
from sparkify_assets.warehouse.base import FileLoad

REJECTS = "load_rejects"
_FETCHED_AT_ONCE = 1000
_VALUE_CHARACTERS, _LINE_CHARACTERS = 256, 1024


@dataclass
class ReadRecords:
    """Two files of JSON objects, one a line: rows of the staging table and of `load_rejects`; and what was counted."""

    rows_path: Path
    rejects_path: Path
    counts: dict[str, int] = field(default_factory=dict)
    rejects: int = 0


@contextmanager
def read_by_record(load: FileLoad, files: Sequence[LakeFile]) -> Iterator[ReadRecords]:
    """Read the files; what is written lasts as long as the context. Raises LoadError if there is no room for it."""
    with scratch_folder() as folder:
        read = ReadRecords(folder / "rows.json", folder / "rejects.json")
        try:
            with read.rows_path.open("wb") as rows, read.rejects_path.open("wb") as rejects:
                for start in range(0, len(files), _FETCHED_AT_ONCE):
                    _read_some(load, files[start : start + _FETCHED_AT_ONCE], read, rows, rejects)
        except OSError as error:
            raise LoadError(
                f"The records for {load.source.table} cannot be written to {folder}: {error.strerror}. Nothing was "
                "staged. Free some space there, or set TMPDIR to a folder on another disk."
            ) from error
        yield read


def _read_some(load: FileLoad, files: Sequence[LakeFile], read: ReadRecords, rows: BinaryIO, rejects: BinaryIO) -> None:
    fitting = Fitting(load.fields, load.source.usable)
    loaded_columns = [c.name for c in load.source.model.columns if c.name in LOADED_COLUMNS]
    with load.lake.fetched(files) as paths:
        for file in files:
            loaded = {name: {"log_date": file.day, "source_file": file.name}[name] for name in loaded_columns}
            count = 0
            for record in read_records(paths[file.name]):
                count += 1
                found = fitting.row(record)
                if isinstance(found, Reject):
                    read.rejects += 1
                    rejects.write(_line(_reject_row(load.source.table, file, record, found)))
                else:
                    rows.write(_line(found | loaded))
            read.counts[file.name] = count


def _reject_row(table: str, file: LakeFile, record: Record, reject: Reject) -> dict[str, object]:
    texts = {
        "table_name": table,
        "source_file": file.name,
        "column_name": reject.field,
        "reason": reject.reason,
        "raw_value": None if reject.raw is None else reject.raw[:_VALUE_CHARACTERS],
        "raw_line": record.text[:_LINE_CHARACTERS],
    }
    limits = {column.name: column.byte_limit or 0 for column in models()[REJECTS].columns}
    cut = {name: None if text is None else _cut(text, limits[name]) for name, text in texts.items()}
    return cut | {"line_number": record.line, "log_date": file.day}


def _cut(text: str, limit: int) -> str:
    """What a text column holds of a text."""
    return storable(text).encode()[:limit].decode(errors="ignore")


def _line(row: object) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
