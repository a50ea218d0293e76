"""What every engine does alike with the tables of `sql/`."""

from collections.abc import Iterator, Sequence

from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.model import Model, dependency_order
from sparkify_assets.models.reading import models, views
from sparkify_assets.warehouse.base import Session


def create_missing(session: Session, schema: str, location: str) -> None:
    """Create what `schema` lacks of `sql/`, with comments; raises WarehouseError for a table with other columns."""
    found = session.fetch(
        "select table_name from information_schema.tables where table_schema = :schema_name", schema_name=schema
    )
    known = {str(name) for (name,) in found.rows}
    for model in dependency_order(models().values()):
        if model.name in known:
            _require_same_columns(model, location, session.fetch(f"select * from {model.name} where 1 = 0").columns)
        else:
            for statement in (model.create, *_comments(session, model)):
                session.execute(statement)
    for view in views().values():
        session.execute_idempotent(view.create)


def drop_all(session: Session) -> None:
    """Drop every table and view of `sql/`."""
    for view in reversed([*views().values()]):
        session.execute_idempotent(f"drop view if exists {view.name}")
    for model in reversed(dependency_order(models().values())):
        session.execute_idempotent(f"drop table if exists {model.name}")


def _comments(session: Session, model: Model) -> Iterator[str]:
    yield f"comment on table {model.name} is {session.quoted(model.description)}"
    for column in model.columns:
        yield f"comment on column {model.name}.{column.name} is {session.quoted(column.description)}"


def _require_same_columns(model: Model, location: str, found: Sequence[str]) -> None:
    # Redshift folds names to lower case.
    if [name.lower() for name in found] != [name.lower() for name in model.column_names]:
        raise WarehouseError(
            f"{location} holds a table {model.name} with the columns {', '.join(found)}, but sql/{model.group}/"
            f"{model.name}.sql states {', '.join(model.column_names)}. Rebuild it: sparkify reset, then sparkify run."
        )
