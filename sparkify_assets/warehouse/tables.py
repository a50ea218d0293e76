"""What every engine does alike with the tables of `sql/`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from sqlglot import ParseError, exp

from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.ddl import Column
from sparkify_assets.models.model import Model, dependency_order
from sparkify_assets.models.reading import models, views
from sparkify_assets.warehouse.base import WHOLE_RANGE, Rows, Session

_PENDING, _PENDING_PLAYS = "pending_ranges", "pending_plays"
_WAY_OUT = "Rebuild it: sparkify reset, then sparkify run."


def create_missing(session: Session, schema: str, location: str) -> None:
    """Create what `schema` lacks of `sql/`, with comments.

    Raises WarehouseError for a table with other columns, and for a view in the place of a table or the other way round.
    """
    kinds = _kinds(session, schema)
    columns = stored_columns(session, schema)
    for model in dependency_order(models().values()):
        if model.name in kinds:
            _require_table(model, location, kinds[model.name], columns[model.name])
        else:
            for statement in (model.create, *_comments(session, model)):
                session.execute(statement)
    if _PENDING not in kinds and kinds.keys() & models().keys():
        _process_all_days(session)
    if _PENDING_PLAYS not in kinds:
        # Which plays the tables made of them lack is not known any more: the next load makes them anew.
        session.execute("delete from made_tables")
    for view in views().values():
        if kinds.get(view.name, "view") != "view":
            raise WarehouseError(f"{location} holds a table {view.name}, but sql/ states a view. {_WAY_OUT}")
        session.execute_idempotent(view.create)


def drop_all(session: Session, schema: str) -> None:
    """Drop what has the name of a table or view of `sql/`, of whatever kind and columns."""
    kinds = _kinds(session, schema)
    tables = [model.name for model in reversed(dependency_order(models().values()))]
    names = [name for name in (*tables, *reversed([*views()])) if name in kinds]
    for name in sorted(names, key=lambda name: kinds[name] == "table"):
        session.execute_idempotent(f"drop {kinds[name]} {name}")


def _kinds(session: Session, schema: str) -> dict[str, str]:
    """What the names of a schema are: table or view."""
    found = session.fetch(
        "select table_name, table_type from information_schema.tables where table_schema = :schema_name",
        schema_name=schema,
    )
    return {str(name): "view" if kind == "VIEW" else "table" for name, kind in found.rows}


def stored_columns(session: Session, schema: str) -> Mapping[str, Rows]:
    """Name, type and length of the columns which a schema holds, by table and in its order."""
    found = session.fetch(
        "select table_name, column_name, data_type, character_maximum_length from information_schema.columns "
        "where table_schema = :schema_name order by table_name, ordinal_position",
        schema_name=schema,
    )
    by_table: defaultdict[str, Rows] = defaultdict(lambda: Rows(found.columns[1:], []))
    for name, *column in found.rows:
        by_table[str(name)].rows.append(tuple(column))
    return by_table


def _comments(session: Session, model: Model) -> Iterator[str]:
    yield f"comment on table {model.name} is {session.quoted(model.description)}"
    for column in model.columns:
        yield f"comment on column {model.name}.{column.name} is {session.quoted(column.description)}"


def _process_all_days(session: Session) -> None:
    """Which days are still to process is not known any more."""
    first_day, last_day = WHOLE_RANGE
    daily = [model.name for model in models().values() if model.is_daily]
    session.insert_rows(_PENDING, [{"table_name": n, "first_day": first_day, "last_day": last_day} for n in daily])


def _require_table(model: Model, location: str, kind: str, found: Rows) -> None:
    states = f"sql/{model.group}/{model.name}.sql states"
    if kind != "table":
        raise WarehouseError(f"{location} holds a view {model.name}, but {states} a table. {_WAY_OUT}")
    names = [str(name) for name, *_ in found.rows]
    # Redshift folds names to lower case.
    if [name.lower() for name in names] != [name.lower() for name in model.column_names]:
        raise WarehouseError(
            f"{location} holds a table {model.name} with the columns {', '.join(names)}, but {states} "
            f"{', '.join(model.column_names)}. {_WAY_OUT}"
        )
    for column, (_, data_type, length) in zip(model.columns, found.rows, strict=True):
        if not _is_of_type(column, str(data_type), length):
            raise WarehouseError(
                f"{location} holds a table {model.name} with {column.name} as "
                f"{data_type}{f'({length})' if length else ''}, but {states} {column.type}. {_WAY_OUT}"
            )


def _is_of_type(column: Column, data_type: str, length: int | None) -> bool:
    """Whether an engine's name of a type means that of the column; DuckDB knows no length."""
    return _type(data_type) == _type(column.type) and (length is None or int(length) == column.byte_limit)


@cache
def _type(name: str) -> str:
    try:
        return str(exp.DataType.build(name, dialect="postgres").this)
    except ParseError:
        return name
