"""The months of the report: side by side, and the answers of each, which the page shows when its reader chooses one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from sparkify_assets.charts.answers import Answer, draw_answer
from sparkify_assets.charts.months import draw_months
from sparkify_assets.charts.page import PageChart, page_chart
from sparkify_assets.pages.printable import json_value, printable_text
from sparkify_assets.warehouse.base import Rows, Session

TOP = 15

_MONTHS = """
    select
        play_month,
        plays,
        lag(plays) over (order by play_month) as plays_before,
        listeners,
        songs
    from plays_cube
    where dimensions = 'month'
    order by play_month desc
    limit 12
"""


@dataclass(frozen=True)
class Period:
    """What an answer says of a month or of all time; `rows` are the first ones of the table."""

    rows: Rows
    sentence: str | None = None
    chart: PageChart | None = None


def read_months(session: Session) -> list[dict[str, Any]]:
    """The latest twelve months with plays, the newest first; `month` is the name of each."""
    return [{**row, "month": _name(row["play_month"])} for row in session.fetch(_MONTHS).dicts()]


def trend(months: Sequence[Mapping[str, Any]]) -> PageChart | None:
    """The chart of these months; None for fewer than two."""
    shown = [{name: month[name] for name in ("month", "plays", "listeners", "songs")} for month in reversed(months)]
    return page_chart(json_value(draw_months(shown).to_dict())) if len(shown) > 1 else None


def answers_by_month(
    session: Session, answer: Answer, months: Sequence[Mapping[str, Any]], time_zone: str
) -> dict[str, Period]:
    """What the answer says of each of these months; nothing if it has no query for months, or cannot be drawn."""
    if not months or not answer.months_query:
        return {}
    found = session.fetch(answer.months_query, first_month=months[-1]["play_month"])
    of_month: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for month, *row in found.rows:
        of_month[_name(month)].append(tuple(row))
    try:
        return {
            month["month"]: _period(answer, Rows(found.columns[1:], of_month[month["month"]]), time_zone)
            for month in months
        }
    except Exception as error:  # whatever it is: the page shows all time, and is worth more than its months
        dg.get_dagster_logger().warning(
            f"The report does not show '{answer.question}' by month, which could not be drawn: "
            f"{type(error).__name__}: {printable_text(str(error))}"
        )
        return {}


def _period(answer: Answer, rows: Rows, time_zone: str) -> Period:
    # The same chart over all time was proved by the step which made the table.
    drawn = draw_answer(answer, rows, time_zone, validate=False)
    return Period(Rows(rows.columns, rows.rows[:TOP]), drawn.sentence, page_chart(drawn.specification))


def _name(month: object) -> str:
    """2018-11; drivers give a month beyond the year 9999 as text."""
    return str(month).split(" ")[0].rpartition("-")[0]
