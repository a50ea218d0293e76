"""How many people listen? Distinct listeners by day, week and month."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from sparkify_assets.charts import parts
from sparkify_assets.charts.answers import Answer
from sparkify_assets.warehouse.base import Rows

_PERIODS = {"monthly_listeners": "month", "weekly_listeners": "week", "daily_listeners": "day"}


def draw(rows: Rows, time_zone: str) -> parts.Chart:
    """A line each for the listeners of a day, of its week and of its month."""
    days = [{**row, "play_date": parts.day(row["play_date"])} for row in rows.dicts()]
    shown = f"{days[-1]['play_date']} to {days[0]['play_date']}" if days else "No day yet"
    title = parts.title(
        "Active listeners", f"Distinct listeners of a day, its week and its month; {shown} ({time_zone})"
    )
    name = " : ".join(f"datum.column === '{column}' ? '{period}'" for column, period in _PERIODS.items())
    lines: alt.Chart = (
        alt.Chart(parts.data(days))
        .transform_fold([*_PERIODS], as_=["column", "listeners"])
        .transform_calculate(period=f"{name} : ''")
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            # In UTC, as Vega reads a date: in the time zone of a browser it may be the day before.
            x=alt.X("utcyearmonthdate(play_date):T", title=None, axis=alt.Axis(format="%d %b %Y", tickCount=5)),
            y=alt.Y("listeners:Q", title="Listeners", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color("period:N", title="Listeners of the", sort=[*_PERIODS.values()]),
            tooltip=[
                alt.Tooltip("utcyearmonthdate(play_date):T", title="Day", format="%d %b %Y"),
                alt.Tooltip("daily_listeners:Q", title="Listeners of the day", format=","),
                alt.Tooltip("weekly_listeners:Q", title="Of its week", format=","),
                alt.Tooltip("monthly_listeners:Q", title="Of its month", format=","),
            ],
        )
    )
    return lines.properties(title=title, width=parts.WIDTH, height=240)


def sentence(first: Mapping[str, Any]) -> str:
    """The listeners of the latest day."""
    of_day = parts.listeners({"listeners": first["daily_listeners"]})
    others = f"{first['weekly_listeners']:,} in its week and {first['monthly_listeners']:,} in its month"
    return f"On {parts.day(first['play_date'])}: {of_day}, {others}."


ANSWER = Answer(
    question="How many people listen?",
    query="select * from active_listeners order by play_date desc limit 400",
    draw=draw,
    sentence=sentence,
    order=5,
    months_query=(
        "select cast(date_trunc('month', play_date) as date) as play_month, active_listeners.* "
        "from active_listeners where play_date >= :first_month order by play_date desc"
    ),
)
