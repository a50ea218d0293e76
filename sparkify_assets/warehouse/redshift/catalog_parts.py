"""Thousands of tiny catalog files as a few large ones, which is what COPY reads fast.

Each part is gzip NDJSON, a record a line, with the file it came from as `source_file` and the line in
it as `source_line`; so a line which COPY refuses is found in the lake.
"""

import gzip
import math
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from sparkify_assets.lake.lines import numbered_lines
from sparkify_assets.warehouse.base import FileLoad
from sparkify_assets.warehouse.redshift.rejects import BAD_TEXT, NO_RECORD, reject_row

_FETCHED_AT_ONCE = 1000
_PART_BYTES = 1 << 28
_SOURCE_FILE, _SOURCE_LINE = "source_file", "source_line"


@dataclass
class Compacted:
    """What was written: the parts, the lines of each file, and rows of `load_rejects` for those which are no record."""

    parts: list[Path]
    line_counts: dict[str, int] = field(default_factory=dict)
    rejects: list[dict[str, Any]] = field(default_factory=list)


def compact(load: FileLoad, slices: int, folder: Path) -> Compacted:
    """Write the files as a multiple of `slices` parts of equal size into `folder`; some files are fetched at a time."""
    files, one_record = load.files, load.source.one_record_per_file
    rounds = max(1, math.ceil(sum(file.size for file in files) / (_PART_BYTES * slices)))
    count = min(slices * rounds, len(files))
    done = Compacted([folder / f"part-{number:04d}.json.gz" for number in range(count)])
    records = 0
    with ExitStack() as stack:
        parts = [stack.enter_context(gzip.open(path, "wb", compresslevel=6)) for path in done.parts]
        for start in range(0, len(files), _FETCHED_AT_ONCE):
            some = files[start : start + _FETCHED_AT_ONCE]
            with load.lake.fetched(some) as paths:
                for file in some:
                    done.line_counts[file.name] = 0
                    for number, line in numbered_lines(paths[file.name], one_record_per_file=one_record):
                        done.line_counts[file.name] += 1
                        if parse_error := _parse_error(line):
                            done.rejects.append(reject_row(load.source.table, file, number, line, parse_error))
                        else:
                            parts[records % count].write(_with_source(line, file.name, number))
                            records += 1
    return done


def locate_lines(part: Path, lines: set[int]) -> Iterator[tuple[int, str, int]]:
    """For some lines of a part: the line, the file of the lake, and the line there."""
    with gzip.open(part) as file:
        for number, line in enumerate(file, start=1):
            if number in lines:
                record = orjson.loads(line)
                yield number, record[_SOURCE_FILE], record[_SOURCE_LINE]


def _parse_error(line: bytes) -> str | None:
    try:
        line.decode("utf-8")
        return None if isinstance(orjson.loads(line), dict) else NO_RECORD
    except UnicodeDecodeError:
        return BAD_TEXT
    except orjson.JSONDecodeError:
        return NO_RECORD


def _with_source(line: bytes, name: str, number: int) -> bytes:
    added = {_SOURCE_FILE: name, _SOURCE_LINE: number}
    record = orjson.loads(line)
    if not record or record.keys() & added.keys():
        return orjson.dumps(record | added, option=orjson.OPT_APPEND_NEWLINE)
    # The record's own text, so that COPY judges the numbers as the lake has them.
    return line[:-1] + b"," + orjson.dumps(added, option=orjson.OPT_APPEND_NEWLINE)[1:]
