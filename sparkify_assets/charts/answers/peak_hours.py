"""When are the peaks? Plays per weekday and hour."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from sparkify_assets.charts import parts
from sparkify_assets.charts.answers import Answer
from sparkify_assets.charts.theme import CELL, PEAK
from sparkify_assets.warehouse.base import Rows

_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def draw(rows: Rows, time_zone: str) -> parts.Chart:
    """A cell per hour of the week, the darker the busier."""
    hours = rows.dicts()
    busiest = hours[0] if hours else None
    subtitle = (
        f"Outlined the busiest hour: {busiest['weekday']} from {busiest['hour']}:00, "
        f"{busiest['plays_per_day']:,.1f} plays on such a day"
        if busiest
        else "No plays yet"
    )
    base = alt.Chart(parts.data(hours)).encode(
        x=alt.X(
            "hour:O",
            title=f"Hour of the day ({time_zone})",
            scale=alt.Scale(domain=list(range(24))),
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y("weekday:N", title=None, sort=_WEEKDAYS, scale=alt.Scale(domain=_WEEKDAYS)),
        tooltip=[
            alt.Tooltip("weekday:N", title="Day"),
            alt.Tooltip("hour:Q", title="From hour"),
            alt.Tooltip("plays_per_day:Q", title="Plays per day", format=",.1f"),
            alt.Tooltip("plays:Q", title="Plays in all", format=","),
        ],
    )
    cells = base.mark_rect(style=CELL).encode(
        color=alt.Color("plays_per_day:Q", title=["Plays", "per day"], scale=alt.Scale(domainMin=0))
    )
    peak = base.transform_filter("datum.rank === 1").mark_rect(filled=False, style=PEAK)
    week: alt.LayerChart = (cells + peak).properties(
        title=parts.title(f"When people listen ({time_zone})", subtitle), width=24 * 24, height=7 * 28
    )
    return week


def sentence(first: Mapping[str, Any]) -> str:
    """The hour with the most plays per day."""
    return (
        f"{first['weekday']} from {first['hour']}:00 is the busiest hour, with {first['plays_per_day']:,.1f} plays "
        "on such a day."
    )


ANSWER = Answer(
    question="When are the peaks?",
    query=(
        "select rank, weekday_number, weekday, hour, plays, days, plays_per_day "
        "from peak_hours where play_month is null order by rank"
    ),
    draw=draw,
    sentence=sentence,
    order=4,
    months_query=(
        "select play_month, rank, weekday_number, weekday, hour, plays, days, plays_per_day "
        "from peak_hours where play_month >= :first_month order by play_month, rank"
    ),
)
