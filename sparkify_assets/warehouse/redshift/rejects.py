"""Lines which COPY refused, as rows of `load_rejects`: by file of the lake, with the same reasons as on DuckDB."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import orjson

from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.lines import numbered_lines
from sparkify_assets.models.model import Column
from sparkify_assets.warehouse.redshift.copy import RefusedLine

_LONGEST_VALUE, _LONGEST_LINE = 256, 1024
# Codes of AWS's load error reference.
_BAD_UTF8, _MISSING, _TOO_LONG_OR_LARGE, _OVERFLOW = 1220, 1213, 1204, 1222
_NO_RECORD = "not a JSON object"


@dataclass(frozen=True)
class Reject:
    """A row of `load_rejects` but for the table: a line of a file of the lake, and the first reason found."""

    source_file: str
    line_number: int
    column_name: str | None
    reason: str
    raw_value: str | None
    raw_line: str
    log_date: date | None


def lake_rejects(
    lake: Lake,
    files: Mapping[str, LakeFile],
    refused: Iterable[tuple[str, int, RefusedLine]],
    fields: Mapping[str, tuple[str, Column]],
    *,
    one_record_per_file: bool,
) -> Iterator[Reject]:
    """A reject for each refused line, with its text, read from the lake again.

    `refused` has file, line in it, and the refusal; `fields` the field of the lake and the column
    by the lower-case name which Redshift gives the column.
    """
    by_file = groupby(sorted(refused, key=lambda found: found[:2]), key=lambda found: found[0])
    for name, found in by_file:
        refusals = {line: refusal for _, line, refusal in found}
        with lake.fetched([files[name]]) as paths:
            texts = {
                n: text
                for n, text in numbered_lines(paths[name], one_record_per_file=one_record_per_file)
                if n in refusals
            }
        for line, refusal in refusals.items():
            yield _reject(files[name], line, refusal, texts.get(line, b""), fields)


def _reject(
    file: LakeFile, line: int, refusal: RefusedLine, text: bytes, fields: Mapping[str, tuple[str, Column]]
) -> Reject:
    record = _record(text)
    field, column = fields.get(refusal.column.lower(), (None, None))
    if record is None or refusal.code == _BAD_UTF8:
        field = column = None
    value = record.get(field) if record and field else None
    return Reject(
        source_file=file.name,
        line_number=line,
        column_name=field,
        reason=_reason(column, refusal),
        raw_value=_text(value)[:_LONGEST_VALUE] if value is not None else None,
        raw_line=text.decode("utf-8", errors="replace")[:_LONGEST_LINE],
        log_date=file.day,
    )


def _record(text: bytes) -> dict[str, object] | None:
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _reason(column: Column | None, refusal: RefusedLine) -> str:
    if column is None:
        return "not valid UTF-8" if refusal.code == _BAD_UTF8 else _NO_RECORD
    if refusal.code == _MISSING:
        return "missing"
    if column.byte_limit:
        return f"longer than {column.byte_limit} bytes" if refusal.code == _TOO_LONG_OR_LARGE else refusal.message
    if column.type == "DOUBLE PRECISION":
        return "not a number"
    return (
        f"out of range for {column.type}" if refusal.code in (_TOO_LONG_OR_LARGE, _OVERFLOW) else "not a whole number"
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
