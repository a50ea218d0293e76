"""Which columns of a table are read, and how each becomes what its staging column holds.

| staging column                | of a column of the database                                                          |
|-------------------------------|--------------------------------------------------------------------------------------|
| SMALLINT, INTEGER, BIGINT     | whole numbers of at most as many bytes                                               |
| DECIMAL                       | numeric, if each value fits without rounding; whole numbers                          |
| REAL, DOUBLE PRECISION        | real; double precision too for the latter                                            |
| BOOLEAN                       | boolean                                                                              |
| DATE, TIMESTAMP               | date; timestamp, and timestamptz in UTC; infinity is null                            |
| VARCHAR                       | text of any kind, enum, uuid, json, network addresses, time and interval as text; an |
|                               | array as JSON; each value has to fit, by bytes                                       |

A domain is read as the type under it. What is not here (tsvector, bytea, geometry, ranges, rows) is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify_assets.database.connection import Snapshot
from sparkify_assets.database.source_table import SourceTable
from sparkify_assets.errors import SourceError
from sparkify_assets.models.ddl import Column

if TYPE_CHECKING:
    import pyarrow as pa

_WHOLE = ("int2", "int4", "int8")
_SOURCES = {
    "SMALLINT": _WHOLE[:1],
    "INTEGER": _WHOLE[:2],
    "BIGINT": _WHOLE,
    "DECIMAL": ("numeric", *_WHOLE),
    "REAL": ("float4",),
    "DOUBLE PRECISION": ("float4", "float8"),
    "BOOLEAN": ("bool",),
    "DATE": ("date",),
    "TIMESTAMP": ("timestamp", "timestamptz"),
    "VARCHAR": (
        *("text", "varchar", "bpchar", "name", "char", "citext", "enum", "array", "uuid", "json", "jsonb", "xml"),
        *("inet", "cidr", "macaddr", "time", "timetz", "interval"),
    ),
}
_COLUMNS = """
    with recursive wanted as (
        select name, to_regclass(name) as id from unnest(array[{names}]) as listed (name)
    ),
    base as (
        select oid as id, oid as base_id, typtype, typbasetype from pg_type
        union all
        select base.id, pg_type.oid, pg_type.typtype, pg_type.typbasetype
        from base
        inner join pg_type on base.typbasetype = pg_type.oid
        where base.typtype = 'd'
    )
    select
        wanted.name as table_name,
        cast(pg_attribute.attname as text) as column_name,
        cast(format_type(pg_attribute.atttypid, pg_attribute.atttypmod) as text) as type_name,
        cast(
            case
                when pg_type.typtype = 'e' then 'enum' when pg_type.typcategory = 'A' then 'array' else pg_type.typname
            end as text
        ) as base_name
    from wanted
    left join pg_attribute
        on wanted.id = pg_attribute.attrelid and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
    left join base on pg_attribute.atttypid = base.id and base.typtype <> 'd'
    left join pg_type on base.base_id = pg_type.oid
    order by wanted.name, pg_attribute.attnum
"""


@dataclass(frozen=True)
class SourceColumn:
    """A column of the database: its type for people, and the name of the type under all domains."""

    name: str
    type: str
    base: str

    @property
    def quoted(self) -> str:
        """The name in SQL."""
        return '"' + self.name.replace('"', '""') + '"'


def source_columns(snapshot: Snapshot, tables: Sequence[SourceTable]) -> dict[str, dict[str, SourceColumn]]:
    """The columns of each table by their names in lower case; raises SourceError for tables which are missing."""
    names = ", ".join(f"'{table.name}'" for table in tables)
    found: dict[str, dict[str, SourceColumn]] = {table.name: {} for table in tables}
    for row in snapshot.fetch(_COLUMNS.format(names=names)).to_pylist():
        if row["column_name"]:
            column = SourceColumn(row["column_name"], row["type_name"], row["base_name"])
            found[row["table_name"]][column.name.lower()] = column
    if missing := [name for name, columns in found.items() if not columns]:
        raise SourceError(
            f"The database has no table {', '.join(missing)}. Was it renamed, or is it in another schema? Correct the "
            "'source:' line of its staging table (schema.table), or delete that file. What was staged before stays."
        )
    return found


def read_expressions(table: SourceTable, columns: Mapping[str, SourceColumn]) -> list[str]:
    """What is selected for each staging column, in the order of the table.

    Raises SourceError for a column which is gone, or whose type has changed.
    """
    problems, expressions = [], []
    for column in table.model.columns:
        source = columns.get(column.name.lower())
        if source is None:
            problems.append(f"{column.name} is gone")
        elif source.base not in _SOURCES.get(column.kind, ()):
            problems.append(f"{column.name} is {source.type}, which {column.type} does not hold")
        else:
            expressions.append(_expression(column, source))
    if problems:
        raise SourceError(
            f"{table.name} has changed: {'; '.join(problems)}. What was staged before stays. Correct "
            f"{table.model.path}, then `sparkify reset` and `sparkify run`."
        )
    return expressions


def arrow_type(column: Column) -> "pa.DataType":
    """The type in Arrow and Parquet, which COPY takes for a column: exactly its own."""
    import pyarrow as pa

    if column.kind == "DECIMAL":
        precision, scale = map(int, re.findall(r"\d+", column.type) or ("18", "0"))
        return pa.decimal128(precision, scale)
    types = {
        "SMALLINT": pa.int16(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "REAL": pa.float32(),
        "DOUBLE PRECISION": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "VARCHAR": pa.string(),
    }
    return types[column.kind]


def _expression(column: Column, source: SourceColumn) -> str:
    name, kind = source.quoted, column.kind
    if source.base == "array":
        return f"cast(to_jsonb({name}) as text)"
    if kind in ("VARCHAR", "DECIMAL"):
        return f"cast({name} as text)"  # a numeric comes as text anyway; Arrow makes a decimal of it, or says why not
    if kind in ("DATE", "TIMESTAMP"):
        at = f"{name} at time zone 'UTC'" if source.base == "timestamptz" else name
        return f"case when isfinite({name}) then cast({at} as {column.type}) end"
    return f"cast({name} as {column.type})"
