"""The embedded warehouse: a DuckDB file.

duckdb itself is imported by what opens the file: the definitions, which every process of Dagster
loads, only have to know that there is such a warehouse.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import PrivateAttr

from sparkify_assets.errors import WarehouseError
from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import FileLoad, Rows, Session, Warehouse, quoted, used_parameters
from sparkify_assets.warehouse.duckdb.connection import (
    DEFAULT_SCHEMA,
    NoSchema,
    configure,
    connect,
    use_schema,
    whole_path,
)
from sparkify_assets.warehouse.duckdb.failures import translate_duckdb_errors
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql
from sparkify_assets.warehouse.duckdb.values import literal_path
from sparkify_assets.warehouse.tables import create_missing, drop_all

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ENOUGH_BYTES = 1 << 30


class DuckDBSession(Session):
    """A transaction on the embedded warehouse."""

    def __init__(self, connection: "DuckDBPyConnection", path: str) -> None:
        self._connection, self._path = connection, path

    def execute(self, statement: str, **parameters: Any) -> None:
        """Translate and run."""
        with translate_duckdb_errors(statement, self._path):
            self._connection.execute(duckdb_sql(statement), used_parameters(statement, parameters))

    def fetch(self, query: str, **parameters: Any) -> Rows:
        """Translate, run, and take all rows."""
        with translate_duckdb_errors(query, self._path):
            cursor = self._connection.execute(duckdb_sql(query), used_parameters(query, parameters))
            return Rows(tuple(column[0] for column in cursor.description or ()), cursor.fetchall())

    def insert_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert by column: forty times as fast as row by row."""
        if rows:
            types = {column.name: column.type for column in models()[table].columns}
            values = ", ".join(f"unnest(${name}::{types[name]}[])" for name in rows[0])
            with translate_duckdb_errors(f"insert into {table}", self._path):
                self._connection.execute(
                    f"insert into {table} ({', '.join(rows[0])}) select {values}",
                    {name: [row[name] for row in rows] for name in rows[0]},
                )

    def load_plain_files(self, load: FileLoad) -> dict[str, int]:
        """Read the files inside the engine."""
        from sparkify_assets.warehouse.duckdb.load import DuckDBLoad

        with translate_duckdb_errors(f"the load of {load.source.table}", self._path):
            return DuckDBLoad(self._connection, load).load_plain_files()

    def load_parquet(self, table: str, lake: Lake, prefix: str, names: Sequence[str]) -> None:
        """Read the files inside the engine."""
        if not names:
            return
        with lake.fetched([LakeFile(name, 0, "") for name in names]) as paths:
            listed = ", ".join(quoted(literal_path(path)) for path in paths.values())
            with translate_duckdb_errors(f"insert into {table}", self._path):
                self._connection.execute(
                    f"insert into {table} select * from read_parquet([{listed}], hive_partitioning = false)"
                )

    def append(self, table: str, path: Path) -> None:
        """Read the file inside the engine."""
        columns = models()[table].columns
        types = ", ".join(f"{column.name.lower()}: {quoted(column.type)}" for column in columns)
        names = ", ".join(column.name for column in columns)
        with translate_duckdb_errors(f"insert into {table}", self._path):
            self._connection.execute(
                f"""
                insert into {table} ({names})
                select {names} from read_json(
                    {quoted(str(path))}, format = 'newline_delimited', columns = {{{types}}}, hive_partitioning = false
                )
                """
            )


class DuckDBWarehouse(Warehouse):
    """A database file, opened at the first use and closed at the end of the run.

    DuckDB lets one process write: others wait up to `wait_seconds`, in the order in which they came.
    """

    kinds = frozenset({"duckdb"})
    single_process = True
    hash_function = "hash"

    schema_name: str = DEFAULT_SCHEMA
    path: str
    wait_seconds: float = 600
    read_only: bool = False
    memory_limit: str = ""
    _connection: "DuckDBPyConnection | None" = PrivateAttr(default=None)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Close the file, so that other processes may open it."""
        self.close()

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._connection:
            self._connection.close()
            self._connection = None

    @contextmanager
    def transaction(self) -> Iterator[DuckDBSession]:
        """One DuckDB transaction."""
        connection = self._open()
        connection.begin()
        try:
            yield DuckDBSession(connection, self.path)
        except BaseException:
            connection.rollback()
            raise
        with translate_duckdb_errors("the whole transaction", self.path):
            connection.commit()

    def create_tables(self) -> None:
        """Create what is missing, with the comments of `sql/`."""
        self.run(lambda session: create_missing(session, self.schema_name, self.location))

    def drop_tables(self) -> None:
        """Drop every table of `sql/`, of whatever columns."""
        self._open(create=False)
        self.run(lambda session: drop_all(session, self.schema_name))

    @property
    def database_location(self) -> str:
        """The file."""
        return whole_path(self.path)

    @property
    def database(self) -> str:
        """Name of the file."""
        return Path(self.path).stem

    def facts(self) -> dict[str, str | int]:
        """Version of DuckDB, location and size of the file."""
        ((version,),) = self._open().execute("select version()").fetchall()
        return {"engine": f"DuckDB {version}", "location": self.location, "bytes": os.path.getsize(self.path)}

    def health_checks(self) -> Mapping[str, Callable[[], str]]:
        """The file, and the disk which holds it."""
        return {"warehouse": self._file_state, "disk": self._disk_state}

    def engine_sql(self, statement: str) -> str:
        """The statement in DuckDB's SQL."""
        return duckdb_sql(statement)

    def _file_state(self) -> str:
        if not Path(self.path).exists():
            return f"{self.path} does not exist yet; the first run makes it"
        try:
            self._read_all()
        except NoSchema as error:
            return str(error)
        return self._reached()

    def _read_all(self) -> None:
        """Read each block of each table, so that one which is damaged is found."""
        try:
            with translate_duckdb_errors("the reading of each table", self.path):
                found = self._open().execute("select schema_name, table_name from duckdb_tables()").fetchall()
                for schema, table in found:
                    self._open().execute(f'select max(hash(t)) from "{schema}"."{table}" as t')
        finally:
            self.close()

    def _disk_state(self) -> str:
        folder = Path(self.path).resolve().parent
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise WarehouseError(
                f"This user may not write to {folder}. Give the right, or set SPARKIFY_DUCKDB_PATH elsewhere."
            )
        free = shutil.disk_usage(folder).free
        if free < _ENOUGH_BYTES:
            raise WarehouseError(
                f"{folder} has {free / 1e6:.0f} MB left. Make room, or set SPARKIFY_DUCKDB_PATH to another disk."
            )
        return f"{folder} is writable and has {free / 1e9:.1f} GB left"

    def _open(self, *, create: bool = True) -> "DuckDBPyConnection":
        if self._connection is None:
            connection = connect(self.path, self.wait_seconds, read_only=self.read_only)
            try:
                configure(connection, self.memory_limit, read_only=self.read_only)
                if self.schema_name != DEFAULT_SCHEMA:
                    use_schema(connection, self.path, self.schema_name, read_only=self.read_only)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
            if create and not self.read_only:
                self.create_tables()
        return self._connection
