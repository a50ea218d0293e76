"""What people see of a table: how many rows it has, by day too, and the first of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sparkify_assets.models.model import Model
from sparkify_assets.warehouse.base import Rows, Session

PREVIEW_ROWS = 10


def count(session: Session, model: Model) -> int:
    """Rows of the table."""
    return int(session.fetch(f"select count(*) from {model.name}").scalar)


def rows_by_day(session: Session, model: Model, days: tuple[date, date] | None) -> dict[date, int]:
    """Rows of each of these days, for a table with a `log_date`."""
    if not days or "log_date" not in model.column_names:
        return {}
    found = session.fetch(
        f"select log_date, count(*) as rows_of_day from {model.name} "
        "where log_date between :first_day and :last_day group by log_date",
        first_day=days[0],
        last_day=days[1],
    )
    return {day: int(rows) for day, rows in found.rows}


def preview(session: Session, model: Model, run: Mapping[str, Any] | None = None) -> Rows:
    """Some rows, for people: the first by key, or any of a table which grows with the history.

    Of a table by weeks or months they are the first of those which a load wrote; `run` is what its statements may name.
    """
    key = next(filter(None, (model.primary_key, *model.unique)), ())
    rows = f"select {', '.join(model.column_names)} from {model.name}"
    limit, first = f"limit {PREVIEW_ROWS}", f"order by {', '.join(key)}" if key else ""
    if model.follows_plays and run:
        written = session.fetch(f"{rows} where {model.scope} {first} {limit}", **run)
        if written.rows:
            return written
    grows = model.grows_by_day or model.follows_plays
    return session.fetch(f"{rows} {limit}" if grows else f"{rows} {first} {limit}")
