"""Tables of the database as Parquet files of the lake, all of one snapshot.

<lake>/<key>/<table>/<day>/part-<time>-0000.parquet   rows of the table; the columns of its staging table, in its order
<lake>/<key>/<table>/<day>/keys-<time>-0000.parquet   all keys of a table of which only what grew was read

Rows go from the driver to the files as Arrow, some megabytes at a time.
"""

from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sparkify_assets.database.columns import SourceColumn, arrow_type, read_expressions, source_columns
from sparkify_assets.database.connection import Database, Snapshot
from sparkify_assets.database.source_table import SourceTable
from sparkify_assets.errors import SourceError
from sparkify_assets.lake.base import Lake
from sparkify_assets.models.ddl import Column

if TYPE_CHECKING:
    import pyarrow as pa

_PART_BYTES = 128 << 20
_NOW = """
    select
        cast(to_char(now(), 'YYYY-MM-DD') as text) as day,
        cast(to_char(now(), 'HH24MISSUS') as text) as time,
        now() as taken
"""


@dataclass
class Files:
    """Files which one query was written to: their names begin with `prefix`, those of other files do not."""

    prefix: str
    names: list[str] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class Extract:
    """What was read of a table.

    `parts` are its rows, or with `keys`, the keys of all its rows, those which may have changed. `total` is the number
    of rows in the snapshot. `unread` are the columns which are not staged, `new` those of them which no file names.
    """

    table: SourceTable
    parts: Files
    keys: Files | None
    total: int
    unread: tuple[SourceColumn, ...]

    @property
    def new(self) -> tuple[SourceColumn, ...]:
        """Columns of which nobody has said whether they are to be staged."""
        return tuple(column for column in self.unread if column.name.lower() not in self.table.without)


def extract(
    database: Database, lake: Lake, key: str, tables: Sequence[SourceTable], highest: Mapping[str, Any]
) -> dict[str, Extract]:
    """Read the tables in one snapshot; `highest` is what is staged of the columns by which tables grow, by table.

    A table without one is read as a whole. Raises SourceError, and leaves no file, if a table is not as its staging
    table says, or if fewer or more rows were written than there are.
    """
    written: list[str] = []
    try:
        with database.snapshot() as snapshot:
            columns = source_columns(snapshot, tables)
            reading = _Reading(snapshot, lake, key, written)
            return {t.model.name: reading.table(t, columns[t.name], highest.get(t.model.name)) for t in tables}
    except BaseException:
        lake.delete(written)
        raise


class _Reading:
    def __init__(self, snapshot: Snapshot, lake: Lake, key: str, written: list[str]) -> None:
        self._snapshot, self._lake, self._key, self._written = snapshot, lake, key, written
        (now,) = snapshot.fetch(_NOW).to_pylist()
        self._day, self._time = now["day"], now["time"]

    def table(self, table: SourceTable, columns: Mapping[str, SourceColumn], highest: Any) -> Extract:
        expressions = read_expressions(table, columns)
        bound = table.bound(highest, columns[table.by.name.lower()].type) if table.by else None
        total = self._count(table.name)
        condition = ""
        if table.by and bound:
            grown = columns[table.by.name.lower()].quoted
            condition = f" where {grown} >= {bound} or {grown} is null"
        parts = self._write(table, "part", list(table.model.columns), expressions, condition)
        keys = None
        if condition:
            of_key = [
                (column, expression)
                for column, expression in zip(table.model.columns, expressions, strict=True)
                if column.name in table.model.primary_key
            ]
            keys = self._write(table, "keys", [column for column, _ in of_key], [e for _, e in of_key], "")
        staged = {column.name.lower() for column in table.model.columns}
        unread = tuple(column for name, column in columns.items() if name not in staged)
        return Extract(table, parts, keys, total, unread)

    def _count(self, rows: str) -> int:
        return int(self._snapshot.fetch(f"select count(*) as rows from {rows}")["rows"][0].as_py())

    def _write(
        self, table: SourceTable, kind: str, columns: Sequence[Column], expressions: Sequence[str], condition: str
    ) -> Files:
        files = Files(f"{self._key}/{table.name}/{self._day}/{kind}-{self._time}-")
        reader = self._snapshot.stream(f"select {', '.join(expressions)} from {table.name}{condition}")
        # Closed before the connection is, so that no thread reads from it any more.
        with closing(_read_ahead(reader)) as batches:
            while (batch := next(batches, None)) is not None:
                name = f"{files.prefix}{len(files.names):04d}.parquet"
                with ExitStack() as stack:
                    writer = _Writer(stack, self._lake, name, columns)
                    while batch is not None:
                        writer.write(batch, table)
                        files.rows += batch.num_rows
                        batch = next(batches, None) if writer.bytes < _PART_BYTES else None
                self._written.append(name)
                files.names.append(name)
        counted = self._count(f"{table.name}{condition}")
        if files.rows != counted:
            raise SourceError(
                f"{table.name} has {counted} rows in the snapshot{condition}, but {files.rows} came. Nothing was "
                "staged; run again, and report it if it stays."
            )
        return files


def _read_ahead(reader: "pa.RecordBatchReader") -> Generator["pa.RecordBatch", None, None]:
    """The batches; one is read while the one before is written."""
    batches = iter(reader)
    with ThreadPoolExecutor(1) as thread:
        ahead = thread.submit(next, batches, None)
        while (batch := ahead.result()) is not None:
            ahead = thread.submit(next, batches, None)
            yield batch


class _Writer:
    """One Parquet file, open until its stack ends."""

    def __init__(self, stack: ExitStack, lake: Lake, name: str, columns: Sequence[Column]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        self._columns = columns
        self._schema = pa.schema([(column.name.lower(), arrow_type(column)) for column in columns])
        self._sink = stack.enter_context(pa.OSFile(str(stack.enter_context(lake.writing(name))), "wb"))
        self._file = stack.enter_context(parquet.ParquetWriter(self._sink, self._schema))

    @property
    def bytes(self) -> int:
        """What is written so far."""
        return int(self._sink.tell())

    def write(self, batch: "pa.RecordBatch", table: SourceTable) -> None:
        """Append rows in the types of the columns; raises SourceError at a value which does not fit."""
        import pyarrow as pa

        arrays = [_fitting(values, column, table) for values, column in zip(batch.columns, self._columns, strict=True)]
        self._file.write_batch(pa.record_batch(arrays, schema=self._schema))


def _fitting(values: "pa.Array", column: Column, table: SourceTable) -> "pa.Array":
    import pyarrow as pa
    from pyarrow import compute

    try:
        typed = values.cast(arrow_type(column))
    except pa.ArrowInvalid as error:
        raise _unfit(table, column, str(error)) from None
    if limit := column.byte_limit:
        longest = compute.max(compute.binary_length(typed)).as_py() or 0
        if longest > limit:
            raise _unfit(table, column, f"there is one of {longest} bytes")
    return typed


def _unfit(table: SourceTable, column: Column, why: str) -> SourceError:
    return SourceError(
        f"A value of {table.name}.{column.name} does not fit into {column.type}: {why}. What was staged before stays. "
        f"Widen the column in {table.model.path}, then `sparkify reset` and `sparkify run`."
    )
