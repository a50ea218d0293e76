"""A transaction on Redshift, on a connection of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import redshift_connector
from redshift_connector.core import Connection
from redshift_connector.cursor import Cursor

from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import FileLoad, Rows, Session, excerpt, plain_number, used_parameters
from sparkify_assets.warehouse.redshift.append import append_records
from sparkify_assets.warehouse.redshift.copy import CopyInto, as_load_error
from sparkify_assets.warehouse.redshift.failures import (
    DRIVER_ERRORS,
    TransientFailure,
    as_warehouse_error,
    parse_error,
)
from sparkify_assets.warehouse.redshift.load import RedshiftLoad
from sparkify_assets.warehouse.redshift.login import Login
from sparkify_assets.warehouse.redshift.progress import log_progress

if TYPE_CHECKING:
    from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse

APPLICATION = "sparkify"
_KEEPALIVE: dict[str, Any] = {
    "tcp_keepalive": True,
    "tcp_keepalive_idle": 60,
    "tcp_keepalive_interval": 30,
    "tcp_keepalive_count": 5,
}


def connect(login: Login, query_group: str, statement_minutes: int) -> tuple[Connection, int]:
    """A connection, and the server's process which serves it; raises WarehouseError or TransientFailure."""
    try:
        connection = redshift_connector.connect(
            **login.arguments(), application_name=APPLICATION, max_prepared_statements=0, **_KEEPALIVE
        )
    except DRIVER_ERRORS as error:
        found = parse_error(error)
        problem = WarehouseError(
            f"Redshift at {login.location} does not let this process in: {found.text}. `sparkify doctor` looks "
            "at the settings; is the cluster available, and does its security group admit this address?"
        )
        raise TransientFailure(problem) if found.is_transient else problem from None
    try:
        # Settings belong to the session, so they are made before the first transaction begins.
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"set query_group to '{query_group}'")
        cursor.execute(f"set statement_timeout to {statement_minutes * 60_000}")
        cursor.execute("select pg_backend_pid()")
        ((pid,),) = cursor.fetchall()
        connection.autocommit = False
    except DRIVER_ERRORS as error:
        raise as_warehouse_error(error, "set up the session") from error
    return connection, int(pid)


class RedshiftSession(Session):
    """A transaction on a connection. `pid` is the server's process, which other sessions know it by."""

    def __init__(self, connection: Connection, pid: int, warehouse: "RedshiftWarehouse") -> None:
        self._connection, self._warehouse = connection, warehouse
        self.pid = pid
        self.has_written = False

    def execute(self, statement: str, **parameters: Any) -> None:
        """Run as written."""
        self.has_written = True
        self._run(statement, parameters)

    def execute_idempotent(self, statement: str) -> None:
        """Run a statement of which `commits` need not know, since it does no harm twice."""
        self._run(statement, {})

    def fetch(self, query: str, **parameters: Any) -> Rows:
        """Run as written and take all rows; whole numerics come as int, others as float."""
        cursor = self._run(query, parameters)
        columns = tuple(column[0] for column in cursor.description or ())
        return Rows(columns, [tuple(map(plain_number, row)) for row in cursor.fetchall()])

    def copy(self, into: CopyInto) -> int:
        """Run a COPY; the rows it loaded. Raises LoadError, with the refused lines as a table, if it fails."""
        self.has_written = True
        try:
            self._run(into.statement, {})
        except WarehouseError as error:
            message = parse_error(error.__cause__ or error).text
            raise as_load_error(self._fetch_after_rollback, into, message) from None
        return int(self.fetch("select pg_last_copy_count() as loaded").scalar)

    def load_plain_files(self, load: FileLoad) -> dict[str, int]:
        """COPY the files."""
        return RedshiftLoad(self, self._warehouse, load).load_plain_files()

    def append(self, table: str, path: Path) -> None:
        """COPY the file from the work area, in parts; without one, insert its rows."""
        append_records(self, self._warehouse, models()[table], path)

    def _run(self, statement: str, parameters: dict[str, Any]) -> Cursor:
        cursor, warehouse = self._connection.cursor(), self._warehouse
        cursor.paramstyle = "named"
        query = warehouse.query_on_new_connection
        try:
            with log_progress(excerpt(statement), self.pid, warehouse.progress_seconds, query):
                # Without parameters the driver does not look for them, in a JSON path for example.
                cursor.execute(statement, used_parameters(statement, parameters) or None)
        except DRIVER_ERRORS as error:
            raise as_warehouse_error(error, statement) from error
        return cursor

    def _fetch_after_rollback(self, query: str) -> Rows:
        """Query this session, which alone knows its last COPY, once the failed transaction is gone."""
        self._connection.rollback()
        return self.fetch(query)
