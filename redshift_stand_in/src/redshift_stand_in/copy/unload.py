"""UNLOAD: the rows of a query to S3 as text, CSV, JSON or Parquet.

Names, manifest and refusals follow the page on UNLOAD: `<prefix>0000_part_00` for each of two slices,
`<prefix>000` with PARALLEL OFF, `<prefix>manifest`, and no overwriting unless the statement allows it. Parquet is
written by DuckDB; MAXFILESIZE does not split it. PARTITION BY is not there.
"""

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import orjson

from redshift_stand_in.contract import Column, Refused, Row, S3Client, Unloaded
from redshift_stand_in.copy.command import UnloadCommand, parse_unload
from redshift_stand_in.copy.objects import Bucket, failed, split_url

_SLICES = 2
_SMALLEST, _LARGEST = 5 << 20, 6349 << 20
_NOT_EMPTY = (
    "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing "
    "the target files in S3, or using the ALLOWOVERWRITE option."
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_NUMERIC = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_PARQUET_TYPES = {
    "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "real": "FLOAT", "double precision": "DOUBLE",
    "boolean": "BOOLEAN", "date": "DATE", "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMPTZ",
}  # fmt: skip


@dataclass
class _File:
    """A file to write: its key and its rows."""

    key: str
    rows: list[Row] = field(default_factory=list)


def inner_query(statement: str) -> str:
    """The SELECT of an UNLOAD; raises Refused."""
    query = parse_unload(statement).query
    if re.search(r"\blimit\s+\d+\s*;?\s*$", query, re.IGNORECASE):
        raise Refused("0A000", "Limit clause is not supported")
    return query


def run_unload(statement: str, columns: Sequence[Column], rows: Iterator[Row], s3: S3Client, query_id: int) -> Unloaded:
    """Write the rows of the inner query; raises Refused or CopyFailed."""
    command = parse_unload(statement)
    _refuse_conflicts(command)
    bucket = Bucket(s3, command.options.get("REGION"), query_id)
    name, prefix = split_url(command.target)
    _make_room(command, name, prefix, bucket)
    files = _distributed(command, columns, rows, prefix)
    entries: list[dict[str, object]] = []
    for file in files:
        body = _rendered(command, columns, file.rows)
        bucket.write(name, file.key, body)
        meta = {"content_length": len(body)} | ({"record_count": len(file.rows)} if _is_verbose(command) else {})
        entries.append({"url": f"s3://{name}/{file.key}", "meta": meta})
    total = sum(len(file.rows) for file in files)
    if command.has("MANIFEST"):
        bucket.write(name, f"{prefix}manifest", _manifest(command, columns, entries, total))
    urls = tuple(f"s3://{name}/{file.key}" for file in files)
    return Unloaded(total, f"UNLOAD completed, {total} record(s) unloaded successfully.", urls)


def _refuse_conflicts(command: UnloadCommand) -> None:
    forbidden = {
        "JSON": ("HEADER", "DELIMITER", "ADDQUOTES", "ESCAPE", "NULL"),
        "PARQUET": ("HEADER", "DELIMITER", "ADDQUOTES", "ESCAPE", "NULL", "GZIP", "BZIP2", "ZSTD"),
        "CSV": ("ESCAPE", "ADDQUOTES"),
    }
    for option in forbidden.get(command.format, ()):
        if option in command.options:
            raise Refused("0A000", f"{option} is not supported for UNLOAD to {command.format}")
    for option in ("BZIP2", "ZSTD"):
        if command.has(option):
            raise Refused("0A000", f"The stand-in does not write {option}")
    if not _SMALLEST <= command.options.get("MAXFILESIZE", _LARGEST) <= _LARGEST:
        raise Refused("22023", "MAXFILESIZE must be between 5 MB and 6.2 GB")
    if command.has("CLEANPATH") and command.has("ALLOWOVERWRITE"):
        raise Refused("42601", "You can't specify the CLEANPATH option with the ALLOWOVERWRITE option.")


def _make_room(command: UnloadCommand, name: str, prefix: str, bucket: Bucket) -> None:
    there = bucket.keys(name, prefix)
    if command.has("CLEANPATH"):
        for key in there:
            bucket.delete(name, key)
    elif there and not command.has("ALLOWOVERWRITE"):
        raise failed(_NOT_EMPTY, f"Listing bucket={name} prefix={prefix}", bucket.query_id)


def _distributed(command: UnloadCommand, columns: Sequence[Column], rows: Iterator[Row], prefix: str) -> list[_File]:
    """Rows in turn to each slice, and to a next file where one is full; slices without rows write none."""
    slices = 1 if command.options.get("PARALLEL") == "OFF" else _SLICES
    largest = _LARGEST if command.format == "PARQUET" else command.options.get("MAXFILESIZE", _LARGEST)
    files: list[list[_File]] = [[] for _ in range(slices)]
    sizes = [0] * slices
    for number, row in zip(count(), rows):
        index = number % slices
        size = sum(len(value.encode()) + 1 for value in row if value is not None) + len(row)
        if not files[index] or sizes[index] + size > largest:
            files[index].append(_File(_key(command, prefix, slices, index, len(files[index]))))
            sizes[index] = 0
        files[index][-1].rows.append(row)
        sizes[index] += size
    found = [file for of_slice in files for file in of_slice]
    if not found and command.format != "JSON":
        found.append(_File(_key(command, prefix, slices, 0, 0)))
    return found


def _key(command: UnloadCommand, prefix: str, slices: int, index: int, part: int) -> str:
    number = f"{part:03}" if slices == 1 else f"{index:04}_part_{part:02}"
    given = command.options.get("EXTENSION")
    ending = f".{given}" if given else {"PARQUET": ".parquet", "JSON": ".json"}.get(command.format, "")
    return f"{prefix}{number}{ending}" + (".gz" if command.has("GZIP") and not given else "")


def _rendered(command: UnloadCommand, columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    match command.format:
        case "PARQUET":
            return _parquet(columns, rows)
        case "JSON":
            body = _json(columns, rows)
        case _:
            body = _text(command, columns, rows)
    return gzip.compress(body, mtime=0) if command.has("GZIP") else body


def _text(command: UnloadCommand, columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    is_csv = command.format == "CSV"
    delimiter = {"\\t": "\t"}.get(given := command.options.get("DELIMITER", "," if is_csv else "|"), given)
    null = command.options.get("NULL", "")
    lines = [tuple(null if value is None else value for value in row) for row in rows]
    if command.has("HEADER"):
        lines.insert(0, tuple(column.name for column in columns))
    target = io.StringIO()
    if is_csv or command.has("ADDQUOTES"):
        csv.writer(
            target, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if is_csv else csv.QUOTE_ALL, lineterminator="\n"
        ).writerows(lines)
    else:
        escape = _escaping(delimiter) if command.has("ESCAPE") else str
        target.writelines(delimiter.join(map(escape, line)) + "\n" for line in lines)
    return target.getvalue().encode()


def _escaping(delimiter: str) -> Callable[[str], str]:
    special = re.compile(rf"[\\\n\r\"'{re.escape(delimiter)}]")
    return lambda value: special.sub(r"\\\g<0>", value)


def _json(columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    names = [column.name for column in columns]
    kinds = [_json_kind(column) for column in columns]
    return b"".join(
        orjson.dumps({name: kind(value) for name, kind, value in zip(names, kinds, row, strict=True)}) + b"\n"
        for row in rows
    )


def _json_kind(column: Column) -> Callable[[str | None], object]:
    name = column.type.partition("(")[0]
    if name in _NUMERIC:
        return lambda value: orjson.Fragment(value) if value is not None and _NUMBER.fullmatch(value) else value
    if name in ("jsonb", "json", "super"):
        return lambda value: None if value is None else orjson.Fragment(value)
    if name == "boolean":
        return lambda value: None if value is None else value in ("t", "true")
    return lambda value: value


def _parquet(columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    names = [f"c{number}" for number in range(len(columns))]
    values = ", ".join(
        f'cast({name} as {_parquet_type(column)}) as "{column.name.replace(chr(34), chr(34) * 2)}"'
        for name, column in zip(names, columns, strict=True)
    )
    with TemporaryDirectory(prefix="unload-") as folder:
        source, target = Path(folder, "rows.ndjson"), Path(folder, "rows.parquet")
        source.write_bytes(b"".join(orjson.dumps(dict(zip(names, row, strict=True))) + b"\n" for row in rows))
        texts = ", ".join(f"{name}: 'VARCHAR'" for name in names)
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(
                f"copy (select {values} from read_json('{source}', format = 'newline_delimited', "
                f"columns = {{{texts}}})) to '{target}' (format parquet)"
            )
        return target.read_bytes()


def _parquet_type(column: Column) -> str:
    if numeric := re.fullmatch(r"numeric\((\d+),\s*(-?\d+)\)", column.type):
        return f"DECIMAL({numeric[1]}, {numeric[2]})"
    return "DECIMAL(38, 10)" if column.type == "numeric" else _PARQUET_TYPES.get(column.type, "VARCHAR")


def _is_verbose(command: UnloadCommand) -> bool:
    return bool(command.options.get("MANIFEST") == "VERBOSE")


def _manifest(command: UnloadCommand, columns: Sequence[Column], entries: list[dict[str, object]], total: int) -> bytes:
    manifest: dict[str, object] = {"entries": entries}
    if _is_verbose(command):
        manifest["schema"] = {"elements": [{"name": c.name, "type": {"base": c.type}} for c in columns]}
        manifest["meta"] = {"record_count": total}
        manifest["author"] = {"name": "Amazon Redshift", "version": "1.0.0"}
    return json.dumps(manifest, indent=2).encode()
