"""What every engine does alike with the tables of `sql/`."""

from collections.abc import Iterator, Sequence

from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.model import Model
from sparkify_assets.warehouse.base import quoted


def comments(model: Model) -> Iterator[str]:
    """The statements which write the comments of a file into the database."""
    yield f"comment on table {model.name} is {quoted(model.description)}"
    for column in model.columns:
        yield f"comment on column {model.name}.{column.name} is {quoted(column.description)}"


def refuse_other_columns(model: Model, place: str, found: Sequence[str], expected: Sequence[str]) -> None:
    """Raise WarehouseError if the table at `place` has other columns than its file states."""
    if tuple(found) != tuple(expected):
        raise WarehouseError(
            f"{place} holds a table {model.name} with the columns {', '.join(found)}, but sql/{model.group}/"
            f"{model.name}.sql states {', '.join(model.column_names)}. Rebuild it: sparkify reset, then sparkify run."
        )
