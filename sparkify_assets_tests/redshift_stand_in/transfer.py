"""COPY and UNLOAD of a session: the table, the rows and the books; what is in the files is other modules' work."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from .contract import Column, CopyFailed, LoadedFile, LoadError, Outcome, Refused, Target
from .copy_load import run_copy
from .postgres import ServerError, literal, quoted
from .protocol import OPEN, info
from .sql_translate import translate
from .unload import inner_query, run_unload

if TYPE_CHECKING:
    from .session import Prepared, Session

TARGET = """
select c.oid, n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), a.attidentity
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
where c.oid = {table}::regclass
order by a.attnum
"""
IDENTITIES: dict[str, Literal["", "always", "by default"]] = {"a": "always", "d": "by default"}


def copy(session: "Session", prepared: "Prepared") -> str:
    """Load the table inside the client's transaction; the tag of the answer.

    The books are kept on another connection, where the client's ROLLBACK does not reach them.
    """
    query_id = session.stand_in.next_id()
    target = read_target(session, prepared.translated.writes)
    books = Books(session, query_id, target, prepared.text)
    try:
        loaded = run_copy(prepared.text, target, session.stand_in.s3, query_id, attached_roles=session.stand_in.roles)
        if loaded.outcome.loaded_rows:
            columns = ", ".join(quoted(name) for name in loaded.columns)
            name = f"{quoted(target.schema)}.{quoted(target.table)}"
            session.backend.copy_in(f"copy {name} ({columns}) from stdin", loaded.rows)
    except CopyFailed as failure:
        books.close("aborted", failure.outcome, failure.files, failure.errors)
        session.keep(
            **{"stand_in.last_copy_count": "0"} | ({"stand_in.last_copy_id": str(query_id)} if failure.errors else {})
        )
        raise
    except (Refused, ServerError):
        books.close("aborted", None, (), ())
        session.keep(**{"stand_in.last_copy_count": "0"})
        raise
    books.close("completed", loaded.outcome, loaded.files, loaded.errors)
    session.keep(
        **{"stand_in.last_copy_count": str(loaded.outcome.loaded_rows), "stand_in.last_copy_id": str(query_id)}
    )
    session.client.write(info(loaded.notice))
    return "COPY"


def unload(session: "Session", prepared: "Prepared") -> str:
    """Run the inner query inside the client's transaction and hand its rows on; the tag of the answer."""
    query = translate(inner_query(prepared.text))
    session.prepare_transaction(query)
    described, rows = session.backend.stream(query.sql)
    try:
        unloaded = run_unload(
            prepared.text, columns_of(session, described), rows, session.stand_in.s3, session.stand_in.next_id()
        )
    finally:
        for _ in rows:
            pass
    session.client.write(info(unloaded.notice))
    return "UNLOAD"


def columns_of(session: "Session", described: list[tuple[str, int, int]]) -> list[Column]:
    calls = ", ".join(f"format_type({type_id}, {modifier})" for _, type_id, modifier in described)
    (types,) = session.stand_in.look(f"select {calls}", database=session.database)
    return [Column(name, type_ or "") for (name, _, _), type_ in zip(described, types, strict=True)]


def read_target(session: "Session", table: str) -> Target:
    """The table as the client's transaction sees it, locked against other writers."""
    try:
        session.make_way(table)
        rows = session.backend.query(TARGET.format(table=literal(table)))
    except ServerError as error:
        if error.fields["C"] in ("42P01", "3F000"):
            raise Refused("XX000", f"Cannot COPY into nonexistent table {table.rpartition('.')[2]}") from error
        raise
    columns = tuple(
        Column(str(name), str(type_), not_null == "f", default, IDENTITIES.get(str(identity), ""))
        for _, _, _, name, type_, not_null, default, identity in rows
    )
    table_id, schema, name = rows[0][:3]
    return Target(str(schema), str(name), int(str(table_id)), columns)


class Books:
    """What the load views show of one COPY."""

    def __init__(self, session: "Session", query_id: int, target: Target, statement: str) -> None:
        self.session, self.query_id = session, query_id
        ((self.transaction_id,),) = session.backend.query("select pg_current_xact_id()")
        self.load: dict[str, object] = {
            "user_id": 100,
            "transaction_id": self.transaction_id,
            "session_id": session.id,
            "database_name": session.database,
            "table_id": target.table_id,
            "table_name": target.table,
            "start_time": now(),
            "status": "running",
            "query_text": statement,
        }
        self._for_all(*self._insertions("load", [self.load]))

    def close(
        self, status: str, outcome: Outcome | None, files: Sequence[LoadedFile], errors: Sequence[LoadError]
    ) -> None:
        """The load, its files and errors: for everybody, and for its own transaction if that goes on."""
        self.load |= {"status": status, "end_time": now()} | (asdict(outcome) if outcome else {})
        tables: dict[str, list[dict[str, object]]] = {
            "load": [self.load],
            "load_file": [asdict(file) for file in files],
            "load_error": [asdict(error) for error in errors],
        }
        running = f"delete from stand_in.all_load where query_id = {self.query_id}"
        self._for_all(running, *(sql for name in tables for sql in self._insertions(name, tables[name])))
        if status == "completed" and self.session.backend.state == OPEN:
            for name, records in tables.items():
                for sql in self._insertions(name, records, seen_by=self.transaction_id):
                    self.session.backend.query(sql)

    def _insertions(self, table: str, records: Sequence[dict[str, object]], seen_by: str | None = None) -> list[str]:
        """One statement per thousand records, or none."""
        common = {"seen_by": seen_by, "query_id": self.query_id}
        statements = []
        for start in range(0, len(records), 1000):
            some = [common | record for record in records[start : start + 1000]]
            rows = ", ".join(f"({', '.join(literal(value) for value in record.values())})" for record in some)
            statements.append(f"insert into stand_in.all_{table} ({', '.join(some[0])}) values {rows}")
        return statements

    def _for_all(self, *statements: str) -> None:
        self.session.stand_in.look("; ".join(statements), database=self.session.database)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
