"""COPY and UNLOAD inside the client's transaction; what is in the files is the work of `redshift_stand_in.copy`."""

from typing import Literal

from redshift_stand_in.contract import Column, CopyFailed, Refused, Target, Translated
from redshift_stand_in.copy.load import run_copy
from redshift_stand_in.copy.unload import inner_query, run_unload
from redshift_stand_in.postgres.backend import ServerError, literal, quoted
from redshift_stand_in.sql.translate import translate
from redshift_stand_in.wire.load_log import LoadLog
from redshift_stand_in.wire.transaction import Transaction

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


def copy(transaction: Transaction, statement: str, table: str) -> str:
    """Load the table; the notice for the client. Raises Refused, CopyFailed or ServerError."""
    cluster = transaction.cluster
    query_id = cluster.next_id()
    target = _read_target(transaction, table)
    log = LoadLog(transaction, query_id, target, statement)
    try:
        loaded = run_copy(statement, target, cluster.s3, query_id, attached_roles=cluster.roles, modes=cluster.modes)
        if loaded.outcome.loaded_rows:
            columns = ", ".join(quoted(name) for name in loaded.columns)
            name = f"{quoted(target.schema)}.{quoted(target.table)}"
            transaction.backend.copy_in(f"copy {name} ({columns}) from stdin", loaded.rows)
    except CopyFailed as failure:
        log.close("aborted", failure.outcome, failure.files, failure.errors)
        transaction.set_last_copy(0, query_id if failure.errors else None)
        raise
    except (Refused, ServerError):
        log.close("aborted")
        transaction.set_last_copy(0)
        raise
    log.close("completed", loaded.outcome, loaded.files, loaded.errors)
    transaction.set_last_copy(loaded.outcome.loaded_rows, query_id)
    return loaded.notice


def unload(transaction: Transaction, statement: str) -> str:
    """Run the inner query and hand its rows on; the notice for the client."""
    cluster = transaction.cluster
    query = translate(inner_query(statement))
    transaction.prepare(query)
    described, rows = transaction.backend.stream(query.sql)
    try:
        return run_unload(statement, _columns_of(transaction, described), rows, cluster.s3, cluster.next_id()).notice
    finally:
        for _ in rows:
            pass


def _columns_of(transaction: Transaction, described: list[tuple[str, int, int]]) -> list[Column]:
    calls = ", ".join(f"format_type({type_id}, {modifier})" for _, type_id, modifier in described)
    (types,) = transaction.cluster.query_postgres(f"select {calls}", database=transaction.database)
    return [Column(name, type_ or "") for (name, _, _), type_ in zip(described, types, strict=True)]


def _read_target(transaction: Transaction, table: str) -> Target:
    """The table as the client's transaction sees it, locked against other writers."""
    try:
        transaction.prepare(Translated("copy", "", writes=table))
        rows = transaction.backend.query(TARGET.format(table=literal(table)))
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
