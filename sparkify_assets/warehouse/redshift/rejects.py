"""Lines which COPY refused, as rows of `load_rejects`: in the lake's terms, and in the words of the other engine."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import orjson

from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.lines import numbered_lines
from sparkify_assets.models.ddl import Column
from sparkify_assets.warehouse.redshift.copy import Refused
from sparkify_assets.warehouse.rejects import LONGEST_LINE, LONGEST_VALUE, Reject

# Codes of AWS's load error reference.
_BAD_UTF8, _MISSING, _TOO_LONG_OR_LARGE, _OVERFLOW = 1220, 1213, 1204, 1222
_NO_RECORD = "not a JSON object"


def lake_rejects(
    lake: Lake,
    files: Mapping[str, LakeFile],
    refused: Iterable[tuple[str, int, Refused]],
    fields: Mapping[str, tuple[str, Column]],
    *,
    documents: bool,
) -> Iterator[Reject]:
    """A reject for each refused line, with its text, read from the lake again.

    `refused` has file, line in it, and what COPY said; `fields` the field of the lake and the column
    by the lower-case name which Redshift gives the column.
    """
    by_file = groupby(sorted(refused, key=lambda found: found[:2]), key=lambda found: found[0])
    for name, found in by_file:
        lines = {line: said for _, line, said in found}
        with lake.fetched([files[name]]) as paths:
            texts = {n: text for n, text in numbered_lines(paths[name], documents=documents) if n in lines}
        for line, said in lines.items():
            yield _reject(files[name], line, said, texts.get(line, b""), fields)


def _reject(file: LakeFile, line: int, said: Refused, text: bytes, fields: Mapping[str, tuple[str, Column]]) -> Reject:
    record = _record(text)
    field, column = fields.get(said.column.lower(), (None, None))
    if record is None or said.code == _BAD_UTF8:
        field = column = None
    value = record.get(field) if record and field else None
    return Reject(
        source_file=file.name,
        line_number=line,
        column_name=field,
        reason=_reason(column, said),
        raw_value=_text(value)[:LONGEST_VALUE] if value is not None else None,
        raw_line=text.decode("utf-8", errors="replace")[:LONGEST_LINE],
        log_date=file.day,
    )


def _record(text: bytes) -> dict[str, object] | None:
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _reason(column: Column | None, said: Refused) -> str:
    if column is None:
        return "not valid UTF-8" if said.code == _BAD_UTF8 else _NO_RECORD
    if said.code == _MISSING:
        return "missing"
    if column.byte_limit:
        return f"longer than {column.byte_limit} bytes" if said.code == _TOO_LONG_OR_LARGE else said.message
    if column.type == "DOUBLE PRECISION":
        return "not a number"
    return f"out of range for {column.type}" if said.code in (_TOO_LONG_OR_LARGE, _OVERFLOW) else "not a whole number"


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
