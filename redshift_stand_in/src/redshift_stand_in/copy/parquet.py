"""Rows of a Parquet file for COPY: by position, and only of the types which the columns have.

Developer Guide, COPY from columnar data formats: as many columns as the table, in its order. How Redshift refuses a
type was seen in public logs. Assumed, because no source read states it, is what other writers of Parquet give it: INT32
for SMALLINT and INTEGER, INT64 for BIGINT, microseconds or INT96 for TIMESTAMP, and a DECIMAL in as many bytes as its
precision needs (G-Research/ParquetSharp#252).
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from redshift_stand_in.contract import Column, CopyFailed
from redshift_stand_in.copy.fields import NULL, escaped
from redshift_stand_in.copy.objects import Content, detail_block

_TYPES = {
    "smallint": {"INT32"}, "integer": {"INT32"}, "bigint": {"INT64"}, "real": {"FLOAT"}, "double precision": {"DOUBLE"},
    "boolean": {"BOOLEAN"}, "date": {"INT32 DATE"}, "timestamp without time zone": {"INT64 TIMESTAMP_MICROS", "INT96"},
    "character varying": {"BYTE_ARRAY UTF8"}, "character": {"BYTE_ARRAY UTF8"},
    "numeric": {"FIXED_LEN_BYTE_ARRAY DECIMAL"},
}  # fmt: skip
_SCHEMA = """
    select name, type, type_length, converted_type, precision, scale, num_children
    from parquet_schema('{path}')
    offset 1
"""


def parquet_rows(content: Content, columns: Sequence[Column], query_id: int) -> Iterator[bytes]:
    """The rows as PostgreSQL's COPY reads them; raises CopyFailed if the file is not like the columns."""
    with TemporaryDirectory(prefix="copy-") as folder, duckdb.connect() as connection:
        path = Path(folder, "file.parquet")
        path.write_bytes(content.plain)
        try:
            schema = connection.execute(_SCHEMA.format(path=path)).fetchall()
        except duckdb.Error as error:
            raise _failed(content, f"Invalid Parquet file: {error}", query_id) from error
        if len(schema) != len(columns):
            message = f"Number of columns in parquet file: {len(schema)}, in table: {len(columns)}"
            raise _failed(content, f"Unmatched number of columns between table and file. {message}", query_id)
        for column, found in zip(columns, schema, strict=True):
            _require_type(content, column, found, query_id)
        connection.execute("set timezone = 'UTC'")
        names = (str(found[0]).replace('"', '""') for found in schema)
        values = ", ".join(f'cast("{name}" as varchar)' for name in names)
        cursor = connection.execute(f"select {values} from read_parquet('{path}')")
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                fields = (_field(content, c, v, query_id) for c, v in zip(columns, row, strict=True))
                yield "\t".join(fields).encode() + b"\n"


def _require_type(content: Content, column: Column, found: tuple[Any, ...], query_id: int) -> None:
    name, physical, length, converted, precision, scale, _ = found
    kind = column.type.partition("(")[0]
    converted = converted if converted in ("UTF8", "DATE", "DECIMAL", "TIMESTAMP_MICROS") else ""
    if f"{physical} {converted}".strip() not in _TYPES.get(kind, ()):
        raise _failed(
            content,
            f"has an incompatible Parquet schema for column '{column.name}'. Column type: {column.type}, Parquet "
            f"schema: {physical} {converted} {name}",
            query_id,
        )
    if kind == "numeric":
        digits, places = (int(number) for number in re.findall(r"\d+", column.type) or ("18", "0"))
        expected = next(size for size in range(1, 17) if 2 ** (8 * size - 1) > 10**digits)
        if int(length) != expected:
            message = f"column '{column.name}' has an invalid type length. Expecting: {expected} len in file: {length}"
            raise _failed(content, message, query_id)
        if (precision, scale) != (digits, places):
            message = f"has an incompatible Parquet schema for column '{column.name}'. Column type: {column.type}"
            raise _failed(content, f"{message}, Parquet schema: DECIMAL({precision}, {scale})", query_id)


def _field(content: Content, column: Column, value: str | None, query_id: int) -> str:
    if value is None:
        if not column.nullable:
            raise _failed(content, f"Null value found in not null column '{column.name}'", query_id)
        return NULL
    limit = re.fullmatch(r"character(?: varying)?\((\d+)\)", column.type)
    if limit and len(value.encode()) > int(limit[1]):
        lengths = f"Table: {limit[1]}, Data: {len(value.encode())}"
        message = (
            f"The length of the data column {column.name} is longer than the length defined in the table. {lengths}"
        )
        raise _failed(content, message, query_id)
    return escaped(value)


def _failed(content: Content, message: str, query_id: int) -> CopyFailed:
    context = f"File '{content.object.url}' {message}"
    detail = detail_block("Spectrum Scan Error", context, query_id, code=15001, location="dory_util.cpp:1450")
    return CopyFailed("XX000", "Spectrum Scan Error", detail)
