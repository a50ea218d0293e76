"""Days which changed in some table, and which the tables made of it have not processed yet.

A run which dies between two tables leaves them here, and the next run, of whatever day, processes them.
"""

from collections.abc import Iterable
from datetime import date

from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import Session


def daily_readers(changed: Iterable[str], within: Iterable[str] = ()) -> list[Model]:
    """The daily tables made of the changed ones, but for those `within`."""
    names = {*changed}
    return [model for model in models().values() if model.is_daily and model.name not in within and model.reads & names]


def mark_pending(session: Session, tables: Iterable[Model], first_day: date, last_day: date) -> None:
    """Note that the tables have to process these days."""
    for model in tables:
        session.execute(
            "insert into pending_ranges (table_name, first_day, last_day) values (:table_name, :first_day, :last_day)",
            table_name=model.name,
            first_day=first_day,
            last_day=last_day,
        )


def with_pending(session: Session, tables: Iterable[Model], first_day: date, last_day: date) -> tuple[date, date]:
    """These days, widened by those which one of the tables still has to process."""
    pending = session.fetch(
        "select min(first_day) as first_day, max(last_day) as last_day from pending_ranges "
        f"where table_name in ({_names(tables)})"
    ).rows[0]
    return min(first_day, pending[0] or first_day), max(last_day, pending[1] or last_day)


def clear_pending(session: Session, tables: Iterable[Model]) -> None:
    """Note that the tables have processed all days."""
    session.delete_if_any("pending_ranges", f"table_name in ({_names(tables)})")


def _names(tables: Iterable[Model]) -> str:
    return ", ".join(f"'{table.name}'" for table in tables)
