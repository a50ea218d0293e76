"""A transaction on Redshift, on a connection of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from redshift_connector.cursor import Cursor

from sparkify_assets.errors import WarehouseError
from sparkify_assets.lake.base import Lake
from sparkify_assets.models.ddl import storable
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import FileLoad, Rows, excerpt, plain_number
from sparkify_assets.warehouse.redshift.append import append_records
from sparkify_assets.warehouse.redshift.connection import OpenConnection
from sparkify_assets.warehouse.redshift.copy import (
    CopyInto,
    CopyParquet,
    CopySession,
    CopySettings,
    as_load_error,
    is_about_lines,
)
from sparkify_assets.warehouse.redshift.failures import DRIVER_ERRORS, as_warehouse_error, parse_error
from sparkify_assets.warehouse.redshift.load import RedshiftLoad, require_s3
from sparkify_assets.warehouse.redshift.load_views import LoadViews
from sparkify_assets.warehouse.redshift.progress import log_progress


class RedshiftSession(CopySession):
    """A transaction on a connection.

    `view_seconds` bounds the wait for the rows of a view. Statements which run for longer than `progress_seconds` are
    logged, with what `query_elsewhere` finds on another connection.
    """

    def __init__(
        self,
        connection: OpenConnection,
        settings: CopySettings,
        *,
        view_seconds: float,
        progress_seconds: float,
        query_elsewhere: Callable[..., Rows],
    ) -> None:
        self._driver, self._literals = connection.driver, connection.literals
        self._settings = settings
        self._progress_seconds, self._query_elsewhere = progress_seconds, query_elsewhere
        self._views = LoadViews(connection.pid, connection.since, view_seconds)
        self.pid = connection.pid
        self.has_written = False

    def execute(self, statement: str, **parameters: Any) -> None:
        """Run with the values in the text."""
        self.has_written = True
        self._run(self._literals.filled(statement, parameters))

    def execute_idempotent(self, statement: str) -> None:
        """Run a statement of which `commits` need not know, since it does no harm twice."""
        self._run(statement)

    def execute_insert(self, statement: str, parameters: Mapping[str, Any]) -> None:
        """Run with bind variables."""
        self.has_written = True
        self._run(statement, {name: storable(v) if isinstance(v, str) else v for name, v in parameters.items()})

    def take_turn(self, table: str) -> None:
        """Lock the table. A lock takes no snapshot: that is of the first statement after it."""
        self.execute_idempotent(f"lock {table}")

    def quoted(self, text: str) -> str:
        """In quotes, as this server reads them."""
        return self._literals.quoted(text)

    def fetch(self, query: str, **parameters: Any) -> Rows:
        """Run with the values in the text and take all rows; whole numerics come as int, others as float."""
        cursor = self._run(self._literals.filled(query, parameters))
        columns = tuple(column[0] for column in cursor.description or ())
        return Rows(columns, [tuple(map(plain_number, row)) for row in cursor.fetchall()])

    def copy(self, into: CopyInto | CopyParquet) -> int:
        """Run it, and if it fails look for the refused lines once the failed transaction is gone."""
        self.has_written = True
        self._views.copy_begins()
        try:
            self._run(into.statement(self.quoted))
        except WarehouseError as error:
            failure = parse_error(error.__cause__ or error)
            with suppress(*DRIVER_ERRORS):
                self._driver.rollback()
            refused = self._views.refused_lines(self.fetch) if is_about_lines(failure) else []
            raise as_load_error(into, failure, refused) from None
        return int(self.fetch("select pg_last_copy_count() as loaded").scalar)

    def scanned_lines(self, files: Iterable[str]) -> dict[str, int]:
        """From the views."""
        return self._views.scanned_lines(self.fetch, files)

    def load_plain_files(self, load: FileLoad) -> dict[str, int]:
        """COPY the files."""
        return RedshiftLoad(self, self._settings, load).load_plain_files()

    def load_parquet(self, table: str, lake: Lake, prefix: str, names: Sequence[str]) -> None:
        """COPY them by their prefix, which needs no manifest."""
        if names:
            self.copy(CopyParquet(table, require_s3(lake).uri(prefix), self._settings.iam_role))

    def append(self, table: str, path: Path) -> None:
        """COPY the file from the work area, in parts; without one, insert its rows."""
        append_records(self, self._settings, models()[table], path)

    def _run(self, statement: str, bound: Mapping[str, Any] | None = None) -> Cursor:
        cursor = self._driver.cursor()
        cursor.paramstyle = "named"
        try:
            with log_progress(excerpt(statement), self.pid, self._progress_seconds, self._query_elsewhere):
                # Without bind variables the driver does not look for them, in a JSON path for example.
                cursor.execute(statement, bound)
        except DRIVER_ERRORS as error:
            raise as_warehouse_error(error, statement) from error
        return cursor
