"""Which artists are trending? The artists of the latest week, against the weeks before."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from sparkify_assets.charts import parts
from sparkify_assets.charts.answers import Answer
from sparkify_assets.charts.theme import ACCENT, LIGHT
from sparkify_assets.warehouse.base import Rows

_REACH = "isValid(datum.expected_plays) ? max(datum.plays, datum.expected_plays) : datum.plays"


def draw(rows: Rows, time_zone: str) -> parts.Chart:
    """Bars for the plays of the week, with a mark for the plays which the weeks before let expect."""
    artists = [{**row, "week_start": parts.day(row["week_start"])} for row in rows.dicts()]
    week = f"Week of {artists[0]['week_start']}" if artists else "No week yet"
    compared = "bars: plays of the week; marks: plays expected from the four weeks before"
    trend = "At the bars the trend, smoothed for small numbers: (plays + 10) / (expected + 10)"
    title = parts.title("Trending artists", f"{week} ({time_zone}); {compared}", trend)
    base = alt.Chart(parts.data(artists)).encode(
        y=parts.ranked("artist"),
        tooltip=[
            alt.Tooltip("artist:N", title="Artist"),
            alt.Tooltip("plays:Q", title="Plays this week", format=","),
            alt.Tooltip("expected_plays:Q", title="Plays expected", format=",.1f"),
            alt.Tooltip("trend:Q", title="Trend, smoothed", format=".2f"),
            alt.Tooltip("listeners:Q", title="Listeners", format=","),
        ],
    )
    bars = base.mark_bar(style=LIGHT).encode(x=parts.count("plays:Q", "Plays in the week"))
    expected = base.mark_tick(style=ACCENT, opacity=1, thickness=3, size=parts.BAR * 0.8).encode(x="expected_plays:Q")
    labels = parts.label(base, "reach:Q", "isValid(datum.trend) ? format(datum.trend, '.2f') : ''")
    return parts.sized(bars + expected + labels.transform_calculate(reach=_REACH), title)


def sentence(first: Mapping[str, Any]) -> str:
    """The artist with the highest trend."""
    expected = first["expected_plays"]
    compared = "in the first week" if expected is None else f"where the weeks before promised {expected:,.1f}"
    return f"Most on the rise: {first['artist']}, with {parts.plays(first)} {compared}."


ANSWER = Answer(
    question="Which artists are trending?",
    query=(
        "select * from trending_artists "
        "where rank <= 15 and week_start in (select max(week_start) from trending_artists) order by rank"
    ),
    draw=draw,
    sentence=sentence,
    order=2,
    # Of each month the last week which has a day in it.
    months_query=(
        "select weeks.play_month, trending_artists.* from trending_artists inner join ("
        "select months.play_month, max(begun.week_start) as week_start "
        "from plays_cube as months inner join trending_artists as begun "
        "on begun.week_start > dateadd(day, -7, months.play_month) "
        "and begun.week_start < dateadd(month, 1, months.play_month) "
        "where months.dimensions = 'month' and months.play_month >= :first_month "
        "and begun.week_start > dateadd(day, -7, :first_month) group by months.play_month"
        ") as weeks on trending_artists.week_start = weeks.week_start "
        "where rank <= 15 and trending_artists.week_start > dateadd(day, -7, :first_month) "
        "order by weeks.play_month, rank"
    ),
)
