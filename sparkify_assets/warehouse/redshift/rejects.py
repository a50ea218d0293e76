"""Lines which COPY refused, as rows of `load_rejects`: by file of the lake, with the same reasons as on DuckDB."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import orjson

from sparkify_assets.lake.base import LakeFile
from sparkify_assets.lake.lines import numbered_lines
from sparkify_assets.models.ddl import Column
from sparkify_assets.warehouse.base import FileLoad
from sparkify_assets.warehouse.redshift.copy import RefusedLine

NO_RECORD, BAD_TEXT = "not a JSON object", "not valid UTF-8"
_LONGEST_VALUE, _LONGEST_LINE = 256, 1024
# Codes of AWS's load error reference.
_BAD_UTF8, _MISSING, _TOO_LONG_OR_LARGE, _OVERFLOW = 1220, 1213, 1204, 1222


def reject_row(
    table: str, file: LakeFile, line: int, text: bytes, reason: str, field: str | None = None, value: str | None = None
) -> dict[str, Any]:
    """A row of `load_rejects`, long texts cut."""
    return {
        "table_name": table,
        "source_file": file.name,
        "line_number": line,
        "column_name": field,
        "reason": reason,
        "raw_value": None if value is None else value[:_LONGEST_VALUE],
        "raw_line": text.decode("utf-8", errors="replace")[:_LONGEST_LINE],
        "log_date": file.day,
    }


def reject_rows(load: FileLoad, refused: Iterable[tuple[str, int, RefusedLine]]) -> Iterator[dict[str, Any]]:
    """A row for each refused line, with its text, read from the lake again.

    `refused` has the file, the line in it, and the refusal.
    """
    files = {file.name: file for file in load.files}
    # Redshift names columns in lower case.
    fed = {column.name.lower(): (field, column) for field, column in load.fields.items()}
    for name, found in groupby(sorted(refused, key=lambda one: one[:2]), key=lambda one: one[0]):
        refusals = {line: refusal for _, line, refusal in found}
        one_record = load.source.one_record_per_file
        with load.lake.fetched([files[name]]) as paths:
            lines = numbered_lines(paths[name], one_record_per_file=one_record)
            texts = {number: text for number, text in lines if number in refusals}
        for line, refusal in refusals.items():
            text = texts.get(line, b"")
            record = _record(text)
            field, column = fed.get(refusal.column.lower(), (None, None))
            if record is None or refusal.code == _BAD_UTF8:
                field = column = None
            value = _text(record[field]) if record and field and record.get(field) is not None else None
            yield reject_row(load.source.table, files[name], line, text, _reason(column, refusal), field, value)


def _record(text: bytes) -> dict[str, object] | None:
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _reason(column: Column | None, refusal: RefusedLine) -> str:
    if column is None:
        return BAD_TEXT if refusal.code == _BAD_UTF8 else NO_RECORD
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
