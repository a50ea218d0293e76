"""Stage tables of an operational database: extract them to the lake, then replace their rows, in one transaction.

Every row is accounted for: the rows of the snapshot are as many as those of its files, and after the load the staging
table has as many as the table in the snapshot. Of a table which is read by a column that grows, the rows which were
read replace those of the same key, and rows whose key is gone leave. A row which is missing after that was committed
later than the overlap allows: then the table is read once more, as a whole.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import dagster as dg

from sparkify_assets.database.connection import Database
from sparkify_assets.database.extraction import Extract, Files, extract
from sparkify_assets.database.source_table import SourceTable
from sparkify_assets.errors import LoadError
from sparkify_assets.lake.base import Lake
from sparkify_assets.loading.key_audit import audit
from sparkify_assets.loading.table_facts import count, preview
from sparkify_assets.models.ddl import Column
from sparkify_assets.models.model import Model, equal
from sparkify_assets.warehouse.base import Rows, Session, Warehouse


@dataclass(frozen=True)
class StagedExtract:
    """What a load did to a staging table; `audited` are the names of the key rules which were proved."""

    extract: Extract
    rows_before: int
    rows: int
    seconds: float
    preview: Rows
    audited: list[str]


class _Incomplete(Exception):
    """Tables of which rows are missing that were not read."""

    def __init__(self, tables: Iterable[str]) -> None:
        self.tables = frozenset(tables)


def stage_database(
    warehouse: Warehouse, lake: Lake, database: Database, key: str, tables: Sequence[SourceTable]
) -> dict[str, StagedExtract]:
    """Bring the staging tables to the state of one snapshot of the database; what was done, by staging table.

    Raises SourceError or LoadError, with nothing changed in the warehouse.
    """
    highest = warehouse.run(lambda session: _highest(session, tables))
    while True:
        extracts = extract(database, lake, key, tables, highest)
        try:
            staged = warehouse.run(partial(_load_all, lake=lake, extracts=extracts))
        except _Incomplete as incomplete:
            dg.get_dagster_logger().warning(
                f"Some rows of {', '.join(sorted(incomplete.tables))} were committed later than the overlap of their "
                "'source:' lines allows. The tables are read as a whole."
            )
            highest = {name: value for name, value in highest.items() if name not in incomplete.tables}
            lake.delete(_files(extracts))
        except BaseException:
            lake.delete(_files(extracts))
            raise
        else:
            _delete_replaced_files(lake, extracts)
            return staged


def _highest(session: Session, tables: Sequence[SourceTable]) -> Mapping[str, Any]:
    names = {table.model.name: table.by.name for table in tables if table.by}
    return {name: session.fetch(f"select max({by}) as highest from {name}").scalar for name, by in names.items()}


def _load_all(session: Session, lake: Lake, extracts: Mapping[str, Extract]) -> dict[str, StagedExtract]:
    return {name: _load(session, lake, read) for name, read in extracts.items()}


def _load(session: Session, lake: Lake, read: Extract) -> StagedExtract:
    started = time.perf_counter()
    model = read.table.model
    rows_before = count(session, model)
    if read.keys is None:
        session.execute(f"delete from {model.name}")
        session.load_parquet(model.name, lake, read.parts.prefix, read.parts.names)
    else:
        _replace_rows(session, lake, model, read.parts)
        _delete_gone_rows(session, lake, model, read.keys)
    rows = count(session, model)
    if rows < read.total and read.keys:
        raise _Incomplete([model.name])
    if rows != read.total:
        raise LoadError(
            f"{read.table.name} has {read.total} rows in the snapshot, but {model.name} got {rows}. Nothing was "
            "staged. Run again; if it stays, report it."
        )
    audited = audit(session, [model], lambda _: {})
    seconds = time.perf_counter() - started
    return StagedExtract(read, rows_before, rows, seconds, preview(session, model), audited[model.name])


def _replace_rows(session: Session, lake: Lake, model: Model, parts: Files) -> None:
    name, landed = model.name, f"landed_{model.name}"
    _land(session, lake, landed, model.columns, parts)
    session.execute(f"delete from {name} using {landed} where {equal(name, landed, model.primary_key)}")
    columns = ", ".join(model.column_names)
    session.execute(f"insert into {name} ({columns}) select {columns} from {landed}")


def _delete_gone_rows(session: Session, lake: Lake, model: Model, keys: Files) -> None:
    name, there, gone = model.name, f"keys_{model.name}", f"gone_{model.name}"
    key = model.primary_key
    _land(session, lake, there, [column for column in model.columns if column.name in key], keys)
    session.execute(f"drop table if exists {gone}")
    session.execute(
        f"create temp table {gone} as select {', '.join(f'{name}.{column}' for column in key)} from {name} "
        f"left join {there} on {equal(name, there, key)} where {there}.{key[0]} is null"
    )
    session.execute(f"delete from {name} using {gone} where {equal(name, gone, key)}")


def _land(session: Session, lake: Lake, table: str, columns: Sequence[Column], files: Files) -> None:
    session.execute(f"drop table if exists {table}")
    session.execute(f"create temp table {table} ({', '.join(f'{c.name} {c.type}' for c in columns)})")
    session.load_parquet(table, lake, files.prefix, files.names)
    landed = int(session.fetch(f"select count(*) as landed from {table}").scalar)
    if landed != files.rows:
        raise LoadError(
            f"{files.prefix}* of {lake.location} has {files.rows} rows, but {landed} were loaded. Nothing was staged. "
            "Run again; if it stays, report it."
        )


def _files(extracts: Mapping[str, Extract]) -> list[str]:
    return [name for read in extracts.values() for files in (read.parts, read.keys) if files for name in files.names]


def _delete_replaced_files(lake: Lake, extracts: Mapping[str, Extract]) -> None:
    """Delete what earlier extracts of the same day left: a day has one extract of each table."""
    current = {*_files(extracts)}
    for read in extracts.values():
        folder = read.parts.prefix.rpartition("/")[0]
        lake.delete([file.name for file in lake.list_files(folder) if file.name not in current])
