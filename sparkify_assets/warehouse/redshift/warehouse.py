"""The production warehouse: Amazon Redshift, provisioned or serverless, through `redshift-connector`."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import dagster as dg

from sparkify_assets.errors import WarehouseError, WarehouseUnreachable
from sparkify_assets.warehouse.base import Rows, Session, T, Warehouse
from sparkify_assets.warehouse.redshift.connection import APPLICATION, OpenConnection, connect
from sparkify_assets.warehouse.redshift.copy import CopySettings
from sparkify_assets.warehouse.redshift.dependents import require_no_dependents
from sparkify_assets.warehouse.redshift.failures import (
    DRIVER_ERRORS,
    TransientFailure,
    as_warehouse_error,
    parse_error,
)
from sparkify_assets.warehouse.redshift.login import Login
from sparkify_assets.warehouse.redshift.session import RedshiftSession
from sparkify_assets.warehouse.tables import create_missing, drop_all

DEFAULT_SCHEMA = "public"
_EXPIRED = "committed_at < dateadd(day, -7, cast(getdate() as timestamp))"


class RedshiftWarehouse(Warehouse):
    """A database on Redshift. Each transaction has a connection of its own.

    What fails for a moment (a write conflict, a broken connection, S3 asking for patience) is done again,
    the whole transaction, up to `attempts` times, after waits which double from `retry_seconds`.
    `statement_minutes` bounds one statement, `view_seconds` the wait for the rows of a view. Queries carry
    `query_group`, so that they can be found.
    Manifests and compacted files go to the S3 prefix `work_uri`, if it is not empty.
    """

    kinds = frozenset({"redshift", "aws"})

    schema_name: str = DEFAULT_SCHEMA
    login: dg.ResourceDependency[Login]
    iam_role: str = "default"
    work_uri: str = ""
    query_group: str = APPLICATION
    statement_minutes: int = 240
    attempts: int = 5
    retry_seconds: float = 2.0
    progress_seconds: float = 30.0
    view_seconds: float = 30.0

    @property
    def database_location(self) -> str:
        """Endpoint, cluster or workgroup, and database."""
        return self.login.location

    @property
    def database(self) -> str:
        """Name of the database."""
        return self.login.database

    def run(self, work: Callable[[RedshiftSession], T]) -> T:
        """Do `work` in a transaction, again after transient failures."""
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
        connection = connect(self.login, self.schema_name, self.query_group, self.statement_minutes)
        try:
            session = RedshiftSession(
                connection,
                CopySettings(self.iam_role, self.work_uri, self.slices),
                view_seconds=self.view_seconds,
                progress_seconds=self.progress_seconds,
                query_elsewhere=self.query_on_new_connection,
            )
            try:
                yield session
            except BaseException:
                with suppress(*DRIVER_ERRORS):
                    connection.driver.rollback()
                raise
            self._commit(connection, session)
        finally:
            with suppress(*DRIVER_ERRORS):
                connection.driver.close()

    def create_tables(self) -> None:
        """Create what is missing, the schema and the comments of `sql/` included; delete old tokens of `commits`."""

        def create(session: Session) -> None:
            self._create_schema(session)
            create_missing(session, self.schema_name, self.location)

        self.run(create)
        # Every transaction writes to `commits`: to read it in one of them would be a conflict where SERIALIZABLE is.
        if self.fetch(f"select count(*) as expired from commits where {_EXPIRED}").scalar:
            self.run(lambda session: session.execute_idempotent(f"delete from commits where {_EXPIRED}"))

    def drop_tables(self) -> None:
        """Drop every table of `sql/`; raises WarehouseError for views of somebody else which are made of them."""

        def drop(session: Session) -> None:
            require_no_dependents(session, self.schema_name, self.location)
            drop_all(session, self.schema_name)

        self.run(drop)

    def facts(self) -> dict[str, str | int]:
        """Version and location."""
        version = str(self.fetch("select version() as version").scalar).rstrip("\0")
        return {"engine": version, "location": self.location}

    def health_checks(self) -> Mapping[str, Callable[[], str]]:
        """Whether it is in reach, may hold the tables, and how transactions which run at once are kept apart."""
        return {**super().health_checks(), "schema": self._schema_state, "isolation": self._isolation}

    def engine_sql(self, statement: str) -> str:
        """The statement itself: `sql/` is written for Redshift."""
        return statement

    def slices(self) -> int:
        """Slices of the cluster, each of which reads one file at a time; 8 on serverless, which does not say."""
        try:
            return int(self.fetch("select count(*) as slices from stv_slices where type = 'D'").scalar) or 8
        except WarehouseError:
            return 8

    def query_on_new_connection(self, query: str, **parameters: Any) -> Rows:
        """Run a query beside the transactions which are open, without retries."""
        with self.transaction() as session:
            return session.fetch(query, **parameters)

    def _create_schema(self, session: Session) -> None:
        """Create it if it is missing: whoever may not create one may use one which is there."""
        query = "select count(*) as found from pg_namespace where nspname = :name"
        if not session.fetch(query, name=self.schema_name).scalar:
            session.execute(f'create schema "{self.schema_name}"')

    def _schema_state(self) -> str:
        name, database = self.schema_name, self.database
        found = self.fetch(
            "select has_schema_privilege(cast(nspname as varchar(128)), 'create') as may_create from pg_namespace "
            "where nspname = :name",
            name=name,
        ).rows
        if found and not found[0][0]:
            raise WarehouseError(
                f"This user may not create tables in the schema {name}. As its owner: grant all on schema {name} to "
                "<user>; or name another one in SPARKIFY_SCHEMA."
            )
        if found:
            return f"{name} is there, and this user may create tables in it"
        may_create = "select has_database_privilege(cast(:database as varchar(128)), 'create') as may_create"
        if not self.fetch(may_create, database=database).scalar:
            raise WarehouseError(
                f"There is no schema {name}, and this user may not create it. As the admin: create schema {name} "
                f"authorization <user>; or: grant create on database {database} to <user>."
            )
        return f"{name} does not exist yet; the first run makes it"

    def _isolation(self) -> str:
        query = "select database_isolation_level from svv_redshift_databases where database_name = :database"
        level = next((str(value) for (value,) in self.fetch(query, database=self.database).rows), "not known")
        if "serializable" not in level.lower():
            return f"{level}. Loads of different rows run at once"
        return (
            f"{level}. Loads which read and write one table at once conflict (1023), and the later one is done again. "
            f"To avoid it: alter database {self.database} isolation level snapshot (not possible for dev)"
        )

    def _commit(self, connection: OpenConnection, session: RedshiftSession) -> None:
        token = uuid4().hex if session.has_written else ""
        if token:
            session.execute(
                "insert into commits (token, committed_at) values (:token, cast(getdate() as timestamp))", token=token
            )
        try:
            connection.driver.commit()
        except DRIVER_ERRORS as error:
            if parse_error(error).by_server or not token or not self._was_committed(token, session.pid):
                raise as_warehouse_error(error, "commit") from error
            dg.get_dagster_logger().warning("The connection broke during a commit; Redshift has it, nothing is lost.")

    def _was_committed(self, token: str, pid: int) -> bool:
        """Whether a transaction got through whose COMMIT was under way when its connection broke."""

        def find(session: RedshiftSession) -> bool:
            # Waits until the transaction, which wrote to this table, has ended one way or the other.
            session.execute_idempotent("lock commits")
            return bool(session.fetch("select count(*) from commits where token = :token", token=token).scalar)

        with suppress(WarehouseError, TransientFailure), self.transaction() as session:
            session.fetch("select pg_terminate_backend(:pid)", pid=pid)
        try:
            return self.run(find)
        except WarehouseUnreachable as error:
            raise WarehouseUnreachable(
                f"The connection broke during a commit, and Redshift does not answer whether it got through: {error}\n"
                "Run again once it is back: what was committed is not loaded twice."
            ) from None
