"""The embedded warehouse: a DuckDB file.

duckdb itself is imported by what opens the file: the definitions, which every process of Dagster
loads, only have to know that there is such a warehouse.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import PrivateAttr

from sparkify_assets.errors import WarehouseBusy, WarehouseError
from sparkify_assets.models.model import Model, dependency_order, models, views
from sparkify_assets.warehouse.base import Rows, Session, Source, Staged, Warehouse, named
from sparkify_assets.warehouse.duckdb.failures import explained
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql
from sparkify_assets.warehouse.tables import comments, refuse_other_columns

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_POLL_SECONDS = 0.2
_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")


class DuckDBSession(Session):
    """A transaction on the embedded warehouse."""

    def __init__(self, connection: "DuckDBPyConnection", path: str) -> None:
        self._connection, self._path = connection, path

    def execute(self, statement: str, **parameters: Any) -> None:
        """Translate and run."""
        with explained(statement, self._path):
            self._connection.execute(duckdb_sql(statement), named(statement, parameters))

    def fetch(self, query: str, **parameters: Any) -> Rows:
        """Translate, run, and take all rows."""
        with explained(query, self._path):
            cursor = self._connection.execute(duckdb_sql(query), named(query, parameters))
            return Rows(tuple(column[0] for column in cursor.description or ()), cursor.fetchall())

    def stage(self, model: Model, source: Source) -> Staged:
        """Read the files inside the engine."""
        from sparkify_assets.warehouse.duckdb.stage import Stage

        with explained(f"the load of {model.name}", self._path):
            return Stage(self._connection, model, source).run()


class DuckDBWarehouse(Warehouse):
    """A database file, opened at the first use and closed at the end of the run.

    DuckDB lets one process write: a second one waits up to `wait_seconds`.
    """

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
        with explained("the whole transaction", self.path):
            connection.commit()

    def create_tables(self) -> None:
        """Create what is missing, with the comments of `sql/`."""
        with self.transaction() as session:
            known = {row[0] for row in session.fetch("select table_name from duckdb_tables()").rows}
            for model in dependency_order(models().values()):
                if model.name not in known:
                    self._create(model)
                else:
                    found = session.fetch(f"select * from {model.name} where 1 = 0").columns
                    refuse_other_columns(model, self.path, found, model.column_names)
            for view in views().values():
                session.execute(view.create)

    def _create(self, model: Model) -> None:
        connection = self._open()
        connection.execute(duckdb_sql(model.create))
        for comment in comments(model):
            connection.execute(comment)

    def drop_tables(self) -> None:
        """Drop every table of `sql/`."""
        with self.transaction() as session:
            for view in reversed([*views().values()]):
                session.execute(f"drop view if exists {view.name}")
            for model in reversed(dependency_order(models().values())):
                session.execute(f"drop table if exists {model.name}")

    @property
    def place(self) -> str:
        """The file."""
        return str(Path(self.path).resolve())

    def facts(self) -> dict[str, str | int]:
        """Version of DuckDB, place and size of the file."""
        ((version,),) = self._open().execute("select version()").fetchall()
        return {"engine": f"DuckDB {version}", "place": self.path, "bytes": os.path.getsize(self.path)}

    def table_place(self, table: str) -> str:
        """File name, schema and table."""
        return f"{Path(self.path).stem}.main.{table}"

    def engine_sql(self, statement: str) -> str:
        """The statement in DuckDB's SQL."""
        return duckdb_sql(statement)

    def _open(self) -> "DuckDBPyConnection":
        if self._connection is None:
            self._connection = self._connect()
            # Rows have no order of their own in a table; keeping that of the files costs memory and time.
            self._connection.execute("set preserve_insertion_order = false")
            # In a notebook without ipywidgets the bar is off, and DuckDB refuses to be told so.
            if self._connection.execute("select current_setting('enable_progress_bar')").fetchone() == (True,):
                self._connection.execute("set enable_progress_bar = false")
            if self.memory_limit:
                self._connection.execute(f"set memory_limit = '{self.memory_limit}'")
            if not self.read_only:
                self.create_tables()
        return self._connection

    def _connect(self) -> "DuckDBPyConnection":
        import duckdb

        if not self.read_only:
            try:
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise WarehouseError(
                    f"The folder of the database {self.path} cannot be made: {error.strerror}. "
                    "Set SPARKIFY_DUCKDB_PATH elsewhere."
                ) from error
        elif not Path(self.path).exists():
            raise WarehouseError(f"There is no database {self.path} yet. Build it: sparkify run")
        deadline = time.monotonic() + self.wait_seconds
        told = False
        while True:
            try:
                return duckdb.connect(self.path, read_only=self.read_only)
            except duckdb.IOException as error:
                holder = _HOLDER.search(str(error))
                if not holder:
                    raise WarehouseError(f"The database {self.path} cannot be opened: {error}") from error
                if time.monotonic() > deadline:
                    raise WarehouseBusy(
                        f"The database {self.path} is held by process {holder['pid']} ({holder['program']}), and "
                        f"DuckDB lets one process in. Waited {self.wait_seconds:.0f} s. Wait for that run, or stop it."
                    ) from None
                if not told:
                    dg.get_dagster_logger().warning(
                        f"Waiting for process {holder['pid']} ({holder['program']}) to let go of {self.path}."
                    )
                    told = True
                time.sleep(_POLL_SECONDS)
