"""What the load views show of one COPY."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from redshift_stand_in.contract import LoadedFile, LoadError, Outcome, Target
from redshift_stand_in.postgres.backend import literal
from redshift_stand_in.postgres.protocol import OPEN
from redshift_stand_in.wire.transaction import Transaction


class LoadLog:
    """Written on another connection, where the client's ROLLBACK does not reach it."""

    def __init__(self, transaction: Transaction, query_id: int, target: Target, statement: str) -> None:
        self._transaction, self._query_id = transaction, query_id
        ((self._transaction_id,),) = transaction.backend.query("select pg_current_xact_id()")
        self._load: dict[str, object] = {
            "visible_at": _now(),
            "user_id": 100,
            "transaction_id": self._transaction_id,
            "session_id": transaction.session_id,
            "database_name": transaction.database,
            "table_id": target.table_id,
            "table_name": target.table,
            "start_time": _now(),
            "status": "running",
            "query_text": statement,
        }
        self._write(*self._insertions("load", [self._load]))

    def close(
        self,
        status: str,
        outcome: Outcome | None = None,
        files: Sequence[LoadedFile] = (),
        errors: Sequence[LoadError] = (),
    ) -> None:
        """The load, its files and errors: for everybody, and for its own transaction if that goes on."""
        self._load |= {"status": status, "end_time": _now()} | (asdict(outcome) if outcome else {})
        tables: dict[str, list[dict[str, object]]] = {
            "load": self._visible_later([self._load], 1),
            "load_file": self._visible_later([asdict(file) for file in files], 2),
            "load_error": self._visible_later([asdict(error) for error in errors], 2),
        }
        running = f"delete from stand_in.all_load where query_id = {self._query_id}"
        self._write(running, *(sql for name in tables for sql in self._insertions(name, tables[name])))
        backend = self._transaction.backend
        if status == "completed" and backend.state == OPEN:
            for name, records in tables.items():
                for sql in self._insertions(name, records, seen_by=self._transaction_id):
                    backend.query(sql)

    def _visible_later(self, records: Sequence[dict[str, object]], delays: int) -> list[dict[str, object]]:
        """The first after so many delays of the mode, those behind it after one more."""
        delay, now = timedelta(seconds=self._transaction.cluster.modes.view_delay), _now()
        return [record | {"visible_at": now + delay * (delays + bool(n))} for n, record in enumerate(records)]

    def _insertions(self, table: str, records: Sequence[dict[str, object]], seen_by: str | None = None) -> list[str]:
        """One statement per thousand records, or none."""
        common = {"seen_by": seen_by, "query_id": self._query_id}
        statements = []
        for start in range(0, len(records), 1000):
            some = [common | record for record in records[start : start + 1000]]
            rows = ", ".join(f"({', '.join(literal(value) for value in record.values())})" for record in some)
            statements.append(f"insert into stand_in.all_{table} ({', '.join(some[0])}) values {rows}")
        return statements

    def _write(self, *statements: str) -> None:
        self._transaction.cluster.query_postgres("; ".join(statements), database=self._transaction.database)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
