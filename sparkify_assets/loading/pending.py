"""Days which are staged, and which the tables above have not processed yet."""

from datetime import date

from sparkify_assets.models.model import Model, models
from sparkify_assets.warehouse.base import Session


def mark_pending(session: Session, staging_table: str, first_day: date, last_day: date) -> None:
    """Note that the daily tables which read `staging_table` have to take these days over."""
    for model in models().values():
        if model.is_daily and staging_table in model.upstream:
            session.execute(
                "insert into pending_ranges (table_name, first_day, last_day) "
                "values (:table_name, :first_day, :last_day)",
                table_name=model.name,
                first_day=first_day,
                last_day=last_day,
            )


def with_pending(session: Session, model: Model, days: tuple[date, date] | None) -> tuple[date, date] | None:
    """These days, widened by those which the table still has to process; None stays None."""
    if days is None:
        return None
    pending = session.fetch(
        "select min(first_day) as first_day, max(last_day) as last_day from pending_ranges "
        "where table_name = :table_name",
        table_name=model.name,
    ).rows[0]
    return min(days[0], pending[0] or days[0]), max(days[1], pending[1] or days[1])
