"""The transaction of a session: what it may run, which tables it locks, and values which outlive its rollback."""

from redshift_stand_in.cluster import Cluster
from redshift_stand_in.contract import Refused, Translated
from redshift_stand_in.faults import ERROR_1018
from redshift_stand_in.postgres.backend import Backend, literal
from redshift_stand_in.postgres.protocol import FAILED, IDLE, OPEN

# The snapshot is taken by the first statement and holds for the transaction; a write over a later commit is refused.
BEGIN = "begin isolation level repeatable read"
INITIAL_VALUES = {"stand_in.last_copy_id": "-1", "stand_in.last_copy_count": "0"}


class Transaction:
    """One after the other on a connection to PostgreSQL."""

    def __init__(self, cluster: Cluster, backend: Backend, database: str) -> None:
        self.cluster, self.backend, self.database = cluster, backend, database
        self.session_id = backend.process_id
        self._values = dict(INITIAL_VALUES)
        self._values_at_risk = False
        self._locked: set[str] = set()
        self._written = ""

    def prepare(self, statement: Translated) -> None:
        """Before a statement of an open transaction: refuse it where it must not run, and wait for other writers."""
        if self.backend.state != OPEN:
            return
        if statement.outside_transaction:
            raise Refused("25001", f"{statement.outside_transaction} cannot run inside a transaction block")
        if statement.writes:
            self._written = statement.writes
            self.lock_for_write(statement.writes)
        if statement.tables:
            names = ", ".join(f"({literal(name)})" for name in statement.tables)
            if self.backend.query(
                f"select name from (values {names}) as named (name) where to_regclass(name) is not null "
                "and not exists (select from pg_class where pg_class.oid = to_regclass(name))"
            ):
                raise ERROR_1018.with_traceback(None)

    def lock_for_write(self, table: str) -> None:
        """Wait until no other transaction writes the table, and keep others from it until the end of this one.

        LOCK takes no snapshot: who waits as the first thing in a transaction sees what the others committed.
        """
        if self.backend.state == OPEN and table not in self._locked:
            self.backend.query(f"lock table {table} in share row exclusive mode")
            self._locked.add(table)

    def set_last_copy(self, row_count: int, query_id: int | None = None) -> None:
        """What pg_last_copy_count() and pg_last_copy_id() give, also after a rollback; None keeps the id."""
        changed = {"stand_in.last_copy_count": str(row_count)}
        if query_id is not None:
            changed["stand_in.last_copy_id"] = str(query_id)
        self._values |= changed
        self._set(changed)

    def _set(self, values: dict[str, str]) -> None:
        if self.backend.state != FAILED:
            calls = ", ".join(f"set_config({literal(name)}, {literal(value)}, false)" for name, value in values.items())
            self.backend.query(f"select {calls}")
        self._values_at_risk = self.backend.state != IDLE

    def on_state_change(self) -> None:
        """After the end of a transaction: release its locks, set again what a rollback may have undone."""
        if self.backend.state == IDLE:
            self._locked.clear()
            if self._values_at_risk:
                self._set(self._values)

    def conflict_detail(self) -> str:
        """DETAIL of error 1023."""
        ((table_id,),) = self.cluster.query_postgres(
            f"select coalesce(to_regclass({literal(self._written or None)})::oid::bigint, 0)", database=self.database
        )
        return (
            f"Serializable isolation violation on table - {table_id}, transactions forming the cycle are: "
            f"{self.cluster.next_id()}, {self.cluster.next_id()} (pid:{self.session_id})"
        )
