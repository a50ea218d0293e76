"""The transaction of a session: what it may run, which tables it locks, and values which outlive its rollback."""

from redshift_stand_in.cluster import Cluster
from redshift_stand_in.contract import Refused, Translated
from redshift_stand_in.faults import ERROR_1018, ERROR_1023
from redshift_stand_in.postgres.backend import Backend, literal
from redshift_stand_in.postgres.protocol import FAILED, IDLE, OPEN
from redshift_stand_in.serializable import Work
from redshift_stand_in.sql.trust import Key

# The snapshot is taken by the first statement and holds for the transaction; a write over a later commit is refused.
BEGIN = "begin isolation level repeatable read"
LAST_ID, LAST_COUNT = "stand_in.last_copy_id", "stand_in.last_copy_count"
INITIAL_VALUES = {LAST_ID: "-1", LAST_COUNT: "0"}
DECLARED_KEYS = """
select table_name, kind, (select string_agg(name, ',') from jsonb_array_elements_text(columns) as named (name)),
    references_table
from redshift.declared_keys
"""
READ_BY_VIEWS = """
with recursive named (id) as (
    select to_regclass(name) from unnest(array[{names}]) as listed (name)
    union
    select pg_depend.refobjid::regclass
    from named
    join pg_rewrite on pg_rewrite.ev_class = named.id
    join pg_depend on pg_depend.objid = pg_rewrite.oid and pg_depend.refclassid = 'pg_class'::regclass
)
select distinct relname from named join pg_class on pg_class.oid = named.id and relkind = 'r' and relpersistence <> 't'
"""


class Transaction:
    """One after the other on a connection to PostgreSQL."""

    def __init__(self, cluster: Cluster, backend: Backend, database: str) -> None:
        self.cluster, self.backend, self.database = cluster, backend, database
        self.session_id = backend.process_id
        self._row_count = "0"
        self._values_at_risk = False
        self._locked: set[str] = set()
        self._written = ""
        self._work, self._since = Work(), 0

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
        if self.cluster.modes.isolation == "serializable" and (statement.tables or statement.writes):
            self._keep_serializable(statement)

    def _keep_serializable(self, statement: Translated) -> None:
        """Count the statement in, and refuse it with 1023 where no order of the transactions explains what they saw."""
        if not (self._work.reads or self._work.writes):
            self._since = self.cluster.history.now
        self._work.add(statement, self._base_tables({*statement.tables, statement.writes} - {""}))
        if self.cluster.history.conflict(self._work, self._since):
            raise ERROR_1023.with_traceback(None)

    def _base_tables(self, names: set[str]) -> set[str]:
        listed = ", ".join(map(literal, sorted(names)))
        return {str(name) for (name,) in self.backend.query(READ_BY_VIEWS.format(names=listed))}

    def declared_keys(self) -> list[Key]:
        """Those of all tables."""
        rows = self.cluster.query_postgres(DECLARED_KEYS, database=self.database)
        return [
            Key(str(table), str(kind), frozenset(str(columns).split(",")), references or "")
            for table, kind, columns, references in rows
        ]

    def commits(self) -> None:
        """Before a COMMIT: from now on those which run at once conflict with what was done."""
        if self.backend.state == OPEN:
            self.cluster.history.commit(self._work)

    def lock_for_write(self, table: str) -> None:
        """Wait until no other transaction writes the table, and keep others from it until the end of this one.

        LOCK takes no snapshot: who waits as the first thing in a transaction sees what the others committed.
        """
        if self.backend.state == OPEN and table not in self._locked:
            self.backend.query(f"lock table {table} in share row exclusive mode")
            self._locked.add(table)

    def set_last_copy(self, row_count: int, query_id: int | None = None) -> None:
        """What pg_last_copy_count() and pg_last_copy_id() give; None keeps the id.

        The count outlives a rollback, the id does not: it is not updated then (Developer Guide: PG_LAST_COPY_ID).
        """
        self._row_count = str(row_count)
        changed = {} if query_id is None else {LAST_ID: str(query_id)}
        self._set(changed | {LAST_COUNT: self._row_count})

    def _set(self, values: dict[str, str]) -> None:
        if self.backend.state != FAILED:
            calls = ", ".join(f"set_config({literal(name)}, {literal(value)}, false)" for name, value in values.items())
            self.backend.query(f"select {calls}")
        self._values_at_risk = self.backend.state != IDLE

    def on_state_change(self) -> None:
        """After the end of a transaction: release its locks, set again what a rollback may have undone."""
        if self.backend.state == IDLE:
            self._locked.clear()
            self._work = Work()
            if self._values_at_risk:
                self._set({LAST_COUNT: self._row_count})

    def conflict_detail(self) -> str:
        """DETAIL of error 1023."""
        ((table_id,),) = self.cluster.query_postgres(
            f"select coalesce(to_regclass({literal(self._written or None)})::oid::bigint, 0)", database=self.database
        )
        return (
            f"Serializable isolation violation on table - {table_id}, transactions forming the cycle are: "
            f"{self.cluster.next_id()}, {self.cluster.next_id()} (pid:{self.session_id})"
        )
