"""The embedded warehouse: a DuckDB file.

duckdb itself is imported by what opens the file: the definitions, which every process of Dagster
loads, only have to know that there is such a warehouse.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import PrivateAttr

from sparkify_assets.errors import WarehouseBusy, WarehouseError
from sparkify_assets.models.reading import models, views
from sparkify_assets.warehouse.base import FileLoad, Rows, Session, Warehouse, quoted, used_parameters
from sparkify_assets.warehouse.duckdb.failures import require_database, require_whole, translate_duckdb_errors
from sparkify_assets.warehouse.duckdb.queue import Queue, named
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql
from sparkify_assets.warehouse.duckdb.values import identifier
from sparkify_assets.warehouse.tables import create_missing, drop_all

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DEFAULT_SCHEMA = "main"
_POLL_SECONDS = 0.1
_ENOUGH_BYTES = 1 << 30
_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")


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


class NoSchema(WarehouseError):
    """The file has not got the schema which is to be read, or not all of its tables."""


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
        return self._file

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
                for schema, table in (
                    self._open().execute("select schema_name, table_name from duckdb_tables()").fetchall()
                ):
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
            self._require_file()
            self._connection = self._connect()
            # Connections of one process to one file share their configuration: another one has locked it.
            if self._connection.execute("select current_setting('lock_configuration')").fetchone() != (True,):
                self._configure(self._connection)
            self._use_schema(self._connection)
            if create and not self.read_only:
                self.create_tables()
        return self._connection

    def _configure(self, connection: "DuckDBPyConnection") -> None:
        # Rows have no order of their own in a table; keeping that of the files costs memory and time.
        connection.execute("set preserve_insertion_order = false")
        # Redshift divides integers as integers.
        connection.execute("set global integer_division = true")
        # In a notebook without ipywidgets the bar is off, and DuckDB refuses to set it.
        if connection.execute("select current_setting('enable_progress_bar')").fetchone() == (True,):
            connection.execute("set enable_progress_bar = false")
        if self.memory_limit:
            self._limit_memory(connection)
        if self.read_only:
            # The folder beside the file, where DuckDB spills, stays open to it.
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")

    def _use_schema(self, connection: "DuckDBPyConnection") -> None:
        if self.read_only and self.schema_name != DEFAULT_SCHEMA:
            # What the schema lacks, DuckDB would read of the default one.
            found = connection.execute(
                "select table_name from information_schema.tables where table_schema = $schema",
                {"schema": self.schema_name},
            )
            if not {*models(), *views()} <= {name for (name,) in found.fetchall()}:
                self.close()
                raise NoSchema(
                    f"The schema {self.schema_name} of {self.path} has not got all tables yet. Build them: sparkify run"
                )
        ((database,),) = connection.execute("select current_database()").fetchall()
        # With the database: a schema may have its name.
        name = f"{identifier(database)}.{identifier(self.schema_name)}"
        if not self.read_only:
            connection.execute(f"create schema if not exists {name}")
        connection.execute(f"use {name}")

    def _limit_memory(self, connection: "DuckDBPyConnection") -> None:
        import duckdb

        try:
            connection.execute(f"set memory_limit = {quoted(self.memory_limit)}")
        except duckdb.Error:
            self.close()
            raise WarehouseError(
                f"DuckDB takes no SPARKIFY_DUCKDB_MEMORY_LIMIT = {self.memory_limit!r}. Write it like 3GB or 50%."
            ) from None

    @property
    def _file(self) -> str:
        """The whole path: DuckDB takes a first part with a colon for the name of an extension."""
        return str(Path(self.path).resolve())

    def _require_file(self) -> None:
        require_database(Path(self._file))
        if self.read_only:
            if not Path(self.path).exists():
                raise WarehouseError(f"There is no database {self.path} yet. Build it: sparkify run")
            return
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WarehouseError(
                f"The folder of the database {self.path} cannot be made: {error.strerror}. "
                "Set SPARKIFY_DUCKDB_PATH elsewhere."
            ) from error

    def _connect(self) -> "DuckDBPyConnection":
        """Open the file, and wait while another process holds it, behind those who wait already."""
        deadline = time.monotonic() + self.wait_seconds
        is_logged = False
        with Queue(Path(self._file), read_only=self.read_only) as queue:
            while True:
                is_late = time.monotonic() >= deadline
                ahead = queue.ahead()
                found = self._try_to_connect() if is_late or not ahead else None
                if found is not None and not isinstance(found, re.Match):
                    return found
                if is_late or not is_logged:
                    reason = self._held_by(found) if found else f"{len(ahead)} came first, {named(ahead[0])} foremost."
                    if is_late:
                        behind = f" behind {len(ahead)} which came first" if ahead else ""
                        raise WarehouseBusy(
                            f"{reason} Waited {self.wait_seconds:.0f} s{behind}. Wait for that run, or stop it."
                        )
                    dg.get_dagster_logger().warning(f"Waiting for {self.path}. {reason}")
                    is_logged = True
                queue.enter()
                time.sleep(_POLL_SECONDS)

    def _try_to_connect(self) -> "DuckDBPyConnection | re.Match[str]":
        """The connection, or who holds the file."""
        import duckdb

        try:
            return duckdb.connect(self._file, read_only=self.read_only)
        except duckdb.Error as error:
            if holder := _HOLDER.search(str(error)):
                return holder
            require_whole(error, Path(self._file))
            raise WarehouseError(f"The database {self.path} cannot be opened: {error}") from error

    def _held_by(self, holder: re.Match[str]) -> str:
        process = named(int(holder["pid"]), holder["program"])
        return f"The database {self.path} is held by {process}, and DuckDB lets one process in."
