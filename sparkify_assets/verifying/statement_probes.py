"""Probes of statements: values, keys, aggregates, isolation."""

from contextlib import closing

import redshift_connector
from redshift_connector.config import ClientProtocolVersion

from sparkify_assets.errors import WarehouseError
from sparkify_assets.verifying.probes import Probe, Refused
from sparkify_assets.warehouse.base import Session
from sparkify_assets.warehouse.redshift.connection import APPLICATION
from sparkify_assets.warehouse.redshift.failures import DRIVER_ERRORS, parse_error
from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse

_BROKEN_KEYS = (
    "create table probed_keys (k integer not null, primary key (k))",
    "insert into probed_keys values (1), (1)",
    "create table probed_plays (k integer, foreign key (k) references probed_keys (k))",
    "insert into probed_plays values (1), (2)",
)
_WRITTEN = "Values are written into the text, typed, so nothing depends on it."
_AUDIT = (
    "select count(*) as broken from probed_plays as plays "
    "left join probed_keys on greatest(plays.k, plays.k) = probed_keys.k "
    "where greatest(plays.k, plays.k) is not null and probed_keys.k is null"
)


def taken(warehouse: RedshiftWarehouse, statement: str) -> str:
    """Whether a statement is taken, with a bind variable if it has one."""

    def work(session: Session) -> str:
        session.execute("create temp table probed (name varchar(8))")
        try:
            if ":value" in statement:
                session.execute_insert(statement, {"value": 1})
            else:
                session.execute(statement)
        except WarehouseError as error:
            raise Refused(str(error)) from error
        return "taken"

    return warehouse.run(work)


def values(warehouse: RedshiftWarehouse, query: str) -> str:
    """The last column of a query."""
    return ", ".join(str(row[-1]).strip() for row in warehouse.fetch(query, database=warehouse.database).rows)


def of_broken_keys(warehouse: RedshiftWarehouse, query: str) -> str:
    """The rows of a query of one column, over tables whose declared keys do not hold."""

    def create(session: Session) -> None:
        for statement in _BROKEN_KEYS:
            session.execute(statement)

    def drop(session: Session) -> None:
        for table in ("probed_plays", "probed_keys"):
            session.execute_idempotent(f"drop table {table}")

    warehouse.run(create)
    try:
        return ", ".join(str(value) for (value,) in warehouse.fetch(query).rows)
    finally:
        warehouse.run(drop)


def tables_of_plan(warehouse: RedshiftWarehouse, explain: str) -> str:
    """Whether a plan reads what its query names."""
    plan = of_broken_keys(warehouse, explain)
    missing = [name for name in ("probed_plays", "probed_keys") if name not in plan]
    return f"does not read {' and '.join(missing)}" if missing else "reads both tables"


def by_binary_protocol(warehouse: RedshiftWarehouse, query: str) -> str:
    """A number as the driver reads it by its own default, which this package does not use."""
    arguments = {**warehouse.login.arguments(), "client_protocol_version": ClientProtocolVersion.BINARY}
    try:
        with closing(redshift_connector.connect(**arguments, application_name=APPLICATION)) as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            ((total,),) = cursor.fetchall()
    except DRIVER_ERRORS as error:
        raise WarehouseError(parse_error(error).text) from error
    return str(int(total))


STATEMENT_PROBES = (
    Probe(
        "bind variable in CREATE TABLE AS",
        "create temp table probed_values as select cast(:value as integer) as n",
        "refused",
        _WRITTEN,
        taken,
    ),
    Probe(
        "bind variable in a sub-query",
        "select n from (select cast(:value as integer) as n) as inner_query",
        "refused",
        _WRITTEN,
        taken,
    ),
    Probe(
        "text without a type in INSERT .. SELECT",
        "insert into probed select 'a'",
        "refused",
        _WRITTEN,
        taken,
    ),
    Probe(
        "backslash in a literal",
        r"select len('\\') as characters",
        "1",
        "Each session measures it, and writes backslashes accordingly.",
        values,
    ),
    Probe(
        "DISTINCT in GROUPING SETS",
        "select city, count(distinct person) as people "
        "from (select 1 as city, 1 as person union all select 1, 1 union all select 2, 1) as seen "
        "group by grouping sets ((city), ()) order by city",
        "1, 1, 1",
        "The cubes and answers which count listeners cannot be built, or count wrongly.",
        values,
    ),
    Probe(
        "DISTINCT in CUBE beside a column",
        "select city, count(distinct person) as people "
        "from (select 1 as seen_in, 1 as city, 1 as person union all select 1, 1, 1 union all select 1, 2, 1) as seen "
        "group by seen_in, cube (city) order by city",
        "1, 1, 1",
        "`plays_cube` cannot be built, or counts groups of listeners wrongly.",
        values,
    ),
    Probe(
        "DISTINCT over a declared key which holds twice",
        "select count(*) as found from (select distinct k from probed_keys) as keys",
        "1",
        "The planner answers from declared keys. The audit does not ask in this way: see the next three.",
        of_broken_keys,
    ),
    Probe(
        "audit of a key which holds twice",
        "select count(*) as doubled from (select k from (select greatest(k, k) as k from probed_keys) as written "
        "group by k having count(*) > 1) as found",
        "1",
        "A doubled key is not found: the audit is answered from the declaration.",
        of_broken_keys,
    ),
    Probe(
        "audit of a reference which does not hold",
        _AUDIT,
        "1",
        "A broken reference is not found: the audit is answered from the declaration.",
        of_broken_keys,
    ),
    Probe(
        "plan of that audit",
        f"explain {_AUDIT}",
        "reads both tables",
        "The planner leaves a table out of the audit, which then proves nothing.",
        tables_of_plan,
    ),
    Probe(
        "NUMERIC by the driver's binary protocol",
        "select sum(n) as total from (select cast(7 as bigint) as n) as one",
        "7",
        "The driver reads another number. This package asks for text, and is not concerned.",
        by_binary_protocol,
    ),
    Probe(
        "isolation of the database",
        "select database_isolation_level from svv_redshift_databases where database_name = :database",
        "Snapshot Isolation",
        "Loads which read and write one table at once conflict (1023), and the later one is done again.",
        values,
    ),
)
