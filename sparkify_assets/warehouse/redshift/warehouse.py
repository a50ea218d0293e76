"""The production warehouse: Amazon Redshift, provisioned or serverless, through `redshift-connector`."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import dagster as dg
import redshift_connector
from redshift_connector.core import Connection
from redshift_connector.cursor import Cursor

from sparkify_assets.errors import WarehouseError, WarehouseUnreachable
from sparkify_assets.models.model import Model, dependency_order, models, views
from sparkify_assets.warehouse.base import Rows, Session, Source, Staged, T, Warehouse, beginning, named, plain_number
from sparkify_assets.warehouse.redshift.copy import CopyInto, CopySession, explain_copy
from sparkify_assets.warehouse.redshift.failures import DRIVER_ERRORS, TransientFailure, explain, said
from sparkify_assets.warehouse.redshift.login import Login
from sparkify_assets.warehouse.redshift.progress import watched
from sparkify_assets.warehouse.redshift.stage import RedshiftStage
from sparkify_assets.warehouse.redshift.work_area import WorkArea
from sparkify_assets.warehouse.tables import comments, refuse_other_columns

APPLICATION = "sparkify"
_KEEPALIVE: dict[str, Any] = {
    "tcp_keepalive": True,
    "tcp_keepalive_idle": 60,
    "tcp_keepalive_interval": 30,
    "tcp_keepalive_count": 5,
}
_TOKENS_KEPT_DAYS = 7


class RedshiftSession(CopySession):
    """A transaction on a connection of its own. `pid` is the server's process, which other sessions know it by."""

    def __init__(self, connection: Connection, pid: int, warehouse: "RedshiftWarehouse") -> None:
        self._connection, self._warehouse = connection, warehouse
        self.pid = pid
        self.has_written = False

    def execute(self, statement: str, **parameters: Any) -> None:
        """Run as written."""
        self.has_written = True
        self._run(statement, parameters)

    def execute_untold(self, statement: str) -> None:
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
        cursor = self._connection.cursor()
        try:
            with self._warehouse.watching(self.pid, into.statement):
                cursor.execute(into.statement)
        except DRIVER_ERRORS as error:
            failure = explain(error, into.statement)
            if isinstance(failure, TransientFailure):
                raise failure from error
            raise explain_copy(self._after_rollback, into, said(error).text) from None
        return int(self.fetch("select pg_last_copy_count() as loaded").scalar)

    def stage(self, model: Model, source: Source) -> Staged:
        """COPY the files."""
        warehouse = self._warehouse
        return RedshiftStage(self, model, source, warehouse.iam_role, warehouse.work_area, warehouse.slices).run()

    def _run(self, statement: str, parameters: dict[str, Any]) -> Cursor:
        cursor = self._connection.cursor()
        cursor.paramstyle = "named"
        try:
            with self._warehouse.watching(self.pid, statement):
                # Without parameters the driver does not look for them, in a JSON path for example.
                cursor.execute(statement, named(statement, parameters) or None)
        except DRIVER_ERRORS as error:
            raise explain(error, statement) from error
        return cursor

    def _after_rollback(self, query: str) -> Rows:
        """Ask on this session, which alone knows its last COPY, once the failed transaction is gone."""
        self._connection.rollback()
        return self.fetch(query)


class RedshiftWarehouse(Warehouse):
    """A database on Redshift. Each transaction has a connection of its own.

    What fails for a moment (a write conflict, a broken connection, S3 asking for patience) is done again,
    the whole transaction, up to `attempts` times, after waits which double from `retry_seconds`.
    `statement_minutes` bounds one statement. Queries carry `query_group`, so that they can be found.
    """

    login: dg.ResourceDependency[Login]
    iam_role: str = "default"
    work_uri: str = ""
    query_group: str = APPLICATION
    statement_minutes: int = 240
    attempts: int = 5
    retry_seconds: float = 2.0
    progress_seconds: float = 30.0

    @property
    def place(self) -> str:
        """Endpoint, cluster or workgroup, and database."""
        return self.login.place

    @property
    def work_area(self) -> WorkArea | None:
        """Where manifests and compacted files go, if anywhere."""
        return WorkArea.at(self.work_uri) if self.work_uri else None

    @property
    def picks_files(self) -> bool:
        """Only a manifest, which needs the work prefix, names files one by one."""
        return bool(self.work_uri)

    def run(self, work: Callable[[RedshiftSession], T]) -> T:
        """Do `work` in a transaction, again after failures which pass."""
        for attempt in range(1, self.attempts + 1):
            try:
                with self.transaction() as session:
                    return work(session)
            except TransientFailure as failure:
                if attempt == self.attempts:
                    raise WarehouseUnreachable(
                        f"{failure.error}\nTried {attempt} times; all was rolled back."
                    ) from None
                wait = self.retry_seconds * 2 ** (attempt - 1)
                dg.get_dagster_logger().warning(
                    f"{failure.error}\nThe transaction was rolled back; it is done again in {wait:.1f} s "
                    f"(attempt {attempt + 1} of {self.attempts})."
                )
                time.sleep(wait)
        raise AssertionError("attempts has to be positive")

    @contextmanager
    def transaction(self) -> Iterator[RedshiftSession]:
        """A new connection; commit at the end, and roll back if the block raises."""
        connection, pid = self._connect()
        try:
            session = RedshiftSession(connection, pid, self)
            try:
                yield session
            except BaseException:
                with suppress(*DRIVER_ERRORS):
                    connection.rollback()
                raise
            self._commit(connection, session)
        finally:
            with suppress(*DRIVER_ERRORS):
                connection.close()

    @contextmanager
    def watching(self, pid: int, statement: str) -> Iterator[None]:
        """Tell the run's log how a long statement goes."""
        with watched(beginning(statement), pid, self.progress_seconds, self._ask_beside):
            yield

    def create_tables(self) -> None:
        """Create what is missing, with the comments of `sql/`, and forget old tokens of `commits`."""
        self.run(self._create_missing)

    def drop_tables(self) -> None:
        """Drop every table of `sql/`."""

        def drop(session: RedshiftSession) -> None:
            for view in reversed([*views().values()]):
                session.execute_untold(f"drop view if exists {view.name}")
            for model in reversed(dependency_order(models().values())):
                session.execute_untold(f"drop table if exists {model.name}")

        self.run(drop)

    def facts(self) -> dict[str, str | int]:
        """Version and place."""
        version = str(self.fetch("select version() as version").scalar).rstrip("\0")
        return {"engine": version, "place": self.place}

    def table_place(self, table: str) -> str:
        """Database, schema and table."""
        return f"{self.login.database}.public.{table}"

    def engine_sql(self, statement: str) -> str:
        """The statement itself: `sql/` is written for Redshift."""
        return statement

    def slices(self) -> int:
        """Slices of the cluster, each of which reads one file at a time; serverless does not say: 8."""
        try:
            return int(self.fetch("select count(*) from stv_slices").scalar) or 8
        except WarehouseError:
            return 8

    def _connect(self) -> tuple[Connection, int]:
        try:
            connection = redshift_connector.connect(
                **self.login.arguments(), application_name=APPLICATION, max_prepared_statements=0, **_KEEPALIVE
            )
        except DRIVER_ERRORS as error:
            found = said(error)
            problem = WarehouseError(
                f"Redshift at {self.place} does not let this process in: {found.text}. `sparkify doctor` looks "
                "at the settings; is the cluster available, and does its security group admit this address?"
            )
            raise TransientFailure(problem) if found.is_transient else problem from None
        try:
            # Settings belong to the session, so they are made before the first transaction begins.
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(f"set query_group to '{self.query_group}'")
            cursor.execute(f"set statement_timeout to {self.statement_minutes * 60_000}")
            cursor.execute("select pg_backend_pid()")
            ((pid,),) = cursor.fetchall()
            connection.autocommit = False
        except DRIVER_ERRORS as error:
            raise explain(error, "set up the session") from error
        return connection, int(pid)

    def _commit(self, connection: Connection, session: RedshiftSession) -> None:
        token = uuid4().hex if session.has_written else ""
        if token:
            session.execute(
                "insert into commits (token, committed_at) values (:token, cast(getdate() as timestamp))", token=token
            )
        try:
            connection.commit()
        except DRIVER_ERRORS as error:
            if said(error).by_server or not token or not self._was_committed(token, session.pid):
                raise explain(error, "commit") from error
            dg.get_dagster_logger().warning("The connection broke during a commit; Redshift has it, nothing is lost.")

    def _was_committed(self, token: str, pid: int) -> bool:
        """What became of a transaction whose COMMIT was under way when its connection broke."""

        def ask(session: RedshiftSession) -> bool:
            # Waits until the transaction, which wrote to this table, has ended one way or the other.
            session.execute_untold("lock commits")
            return bool(session.fetch("select count(*) from commits where token = :token", token=token).scalar)

        with suppress(WarehouseError, TransientFailure), self.transaction() as session:
            session.fetch("select pg_terminate_backend(:pid)", pid=pid)
        try:
            return self.run(ask)
        except WarehouseUnreachable as error:
            raise WarehouseUnreachable(
                f"The connection broke during a commit, and Redshift cannot be asked what became of it: {error}\n"
                "Run again once it is back: what was committed is not loaded twice."
            ) from None

    def _create_missing(self, session: Session) -> None:
        found = session.fetch("select table_name from information_schema.tables where table_schema = 'public'")
        known = {str(row[0]) for row in found.rows}
        for model in dependency_order(models().values()):
            if model.name not in known:
                for statement in (model.create, *comments(model)):
                    session.execute(statement)
            else:
                # Redshift folds names to small letters.
                expected = [name.lower() for name in model.column_names]
                found_columns = session.fetch(f"select * from {model.name} where 1 = 0").columns
                refuse_other_columns(model, self.place, found_columns, expected)
        for view in views().values():
            session.execute(view.create)
        session.execute(
            "delete from commits where committed_at < dateadd(day, :days, cast(getdate() as timestamp))",
            days=-_TOKENS_KEPT_DAYS,
        )

    def _ask_beside(self, query: str, **parameters: Any) -> Rows:
        """Ask on another connection, once."""
        with self.transaction() as session:
            return session.fetch(query, **parameters)
