"""Thousands of tiny catalog files as a few large ones, which is what COPY reads fast.

Each part is gzip NDJSON, a song a line, with the file it came from as `source_file` and the line in
it as `source_line`; so a line which COPY refuses is found in the lake.
"""

import gzip
import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.lines import numbered_lines
from sparkify_assets.warehouse.redshift.rejects import Reject

_FETCHED_AT_ONCE = 1000
_PART_BYTES = 1 << 28
_SOURCE_FILE, _SOURCE_LINE = "source_file", "source_line"


@dataclass
class Compacted:
    """What was written: the parts, the records in them, the lines of each file, and those which are no record."""

    parts: list[Path]
    records: int = 0
    line_counts: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)


def compact(lake: Lake, files: Sequence[LakeFile], slices: int, folder: Path) -> Compacted:
    """Write the files as a multiple of `slices` parts of equal size into `folder`; some files are fetched at a time."""
    rounds = max(1, math.ceil(sum(file.size for file in files) / (_PART_BYTES * slices)))
    count = min(slices * rounds, len(files))
    done = Compacted([folder / f"part-{number:04d}.json.gz" for number in range(count)])
    with ExitStack() as stack:
        parts = [stack.enter_context(gzip.open(path, "wb", compresslevel=6)) for path in done.parts]
        for start in range(0, len(files), _FETCHED_AT_ONCE):
            with lake.fetched(files[start : start + _FETCHED_AT_ONCE]) as paths:
                for name, path in paths.items():
                    done.line_counts[name] = 0
                    for number, line in numbered_lines(path, one_record_per_file=True):
                        done.line_counts[name] += 1
                        if parse_error := _parse_error(line):
                            done.rejects.append(_reject(name, number, line, parse_error))
                        else:
                            parts[done.records % count].write(_with_source(line, name, number))
                            done.records += 1
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
        return None if isinstance(orjson.loads(line), dict) else "not a JSON object"
    except UnicodeDecodeError:
        return "not valid UTF-8"
    except orjson.JSONDecodeError:
        return "not a JSON object"


def _reject(name: str, number: int, line: bytes, parse_error: str) -> Reject:
    return Reject(name, number, None, parse_error, None, line.decode("utf-8", errors="replace"), None)


def _with_source(line: bytes, name: str, number: int) -> bytes:
    added = {_SOURCE_FILE: name, _SOURCE_LINE: number}
    record = orjson.loads(line)
    if not record or record.keys() & added.keys():
        return orjson.dumps(record | added, option=orjson.OPT_APPEND_NEWLINE)
    # The record's own text, so that COPY judges the numbers as the lake has them.
    return line[:-1] + b"," + orjson.dumps(added, option=orjson.OPT_APPEND_NEWLINE)[1:]
