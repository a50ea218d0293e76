"""What people see of a table: how many rows it has, by day too, and the first of them."""

from datetime import date

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


def preview(session: Session, model: Model) -> Rows:
    """Some rows, for people; the first by key, unless the table grows by the day."""
    key = next(filter(None, (model.primary_key, *model.unique)), ())
    ordered = f" order by {', '.join(key)}" if key and not model.grows_by_day else ""
    return session.fetch(f"select {', '.join(model.column_names)} from {model.name}{ordered} limit {PREVIEW_ROWS}")
