"""CSV and delimited text for COPY: enough to load what UNLOAD and common tools write."""

import csv
import io
from collections.abc import Iterator
from functools import partial

from redshift_stand_in.copy.command import CopyCommand
from redshift_stand_in.copy.record import Record

_FEWER, _MORE = 1203, 1202


def csv_records(text: str, command: CopyCommand, columns: int) -> Iterator[Record]:
    """Each record as a list of texts, None for what NULL AS names."""
    given = command.options
    is_csv = command.format == "CSV"
    null = given.get("NULL", r"\N")
    delimiter = _sign(given.get("DELIMITER", "," if is_csv else "|"))
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=given.get("QUOTE", '"'),
        quoting=csv.QUOTE_MINIMAL if is_csv or command.has("REMOVEQUOTES") else csv.QUOTE_NONE,
        escapechar="\\" if command.has("ESCAPE") else None,
    )
    skipped = given.get("IGNOREHEADER", 0)
    for fields in reader:
        if reader.line_num <= skipped or (not fields and command.has("IGNOREBLANKLINES")):
            continue
        values = [None if field == null else field for field in fields]
        if command.has("FILLRECORD"):
            values += [None] * (columns - len(values))
        parse_error, code = None, _FEWER
        if len(values) < columns:
            parse_error = "Delimiter not found" if len(values) == 1 else "Missing columns: fewer than in the table"
        elif len(values) > columns:
            parse_error, code = "Extra column(s) found", _MORE
        yield Record(reader.line_num, values, partial(delimiter.join, fields), parse_error, code)


def _sign(given: str) -> str:
    return {"\\t": "\t", "\\n": "\n"}.get(given, given)
