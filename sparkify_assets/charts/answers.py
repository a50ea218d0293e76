"""The four answers as charts: the rows each needs, and how it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
from altair.utils.schemapi import disable_debug_mode

from sparkify_assets.charts.theme import ACCENT, CELL, LIGHT, PEAK, SOFT, STRONG, Chart
from sparkify_assets.warehouse.base import Rows

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# altair checks each part of a chart against its schema, a second in every run; tests look at what is drawn.
disable_debug_mode()

_BAR = 20
_WIDTH = 460


@dataclass(frozen=True)
class Answer:
    """A question, the query (in Redshift SQL) whose rows answer it, and how to draw them.

    `draw` takes the rows and the time zone of their dates and hours; without rows it draws an empty chart.
    """

    question: str
    query: str
    draw: Callable[[Rows, str], Chart]


def top_songs(rows: Rows, time_zone: str) -> Chart:
    """Bars, the most played song on top."""
    songs = [
        {**row, "song": f"{row['title'] or 'unknown title'} · {row['artist'] or 'unknown artist'}"}
        for row in rows.dicts()
    ]
    base = alt.Chart(_data(songs)).encode(
        y=_ranked("song"),
        tooltip=[
            alt.Tooltip("title:N", title="Title"),
            alt.Tooltip("artist:N", title="Artist"),
            alt.Tooltip("plays:Q", title="Plays", format=","),
            alt.Tooltip("listeners:Q", title="Listeners", format=","),
        ],
    )
    bars = base.mark_bar(style=STRONG).encode(x=_count("plays:Q", "Plays"))
    title = _title("Most played songs", "All plays, in the catalogue or not")
    return _sized(bars + _label(base, "plays:Q", "format(datum.plays, ',')"), title)


def trending_artists(rows: Rows, time_zone: str) -> Chart:
    """Bars for the plays of the week, and a mark where the weeks before let expect them to end."""
    artists = [{**row, "week_start": _day(row["week_start"])} for row in rows.dicts()]
    week = f"Week of {artists[0]['week_start']}" if artists else "No week yet"
    compared = "bars: plays of the week; marks: plays expected from the four weeks before"
    trend = "At the bars the trend, smoothed for small numbers: (plays + 10) / (expected + 10)"
    title = _title("Trending artists", f"{week} ({time_zone}); {compared}", trend)
    base = alt.Chart(_data(artists)).encode(
        y=_ranked("artist"),
        tooltip=[
            alt.Tooltip("artist:N", title="Artist"),
            alt.Tooltip("plays:Q", title="Plays this week", format=","),
            alt.Tooltip("expected_plays:Q", title="Plays expected", format=",.1f"),
            alt.Tooltip("trend:Q", title="Trend, smoothed", format=".2f"),
            alt.Tooltip("listeners:Q", title="Listeners", format=","),
        ],
    )
    bars = base.mark_bar(style=LIGHT).encode(x=_count("plays:Q", "Plays in the week"))
    expected = base.mark_tick(style=ACCENT, opacity=1, thickness=3, size=_BAR * 0.8).encode(x="expected_plays:Q")
    labels = _label(base, "reach:Q", "isValid(datum.trend) ? format(datum.trend, '.2f') : ''")
    return _sized(bars + expected + labels.transform_calculate(reach=_REACH), title)


def listening_by_demographic(rows: Rows, time_zone: str) -> Chart:
    """Stacked bars of the levels by region, a panel for each gender."""
    names = {"F": "Women", "M": "Men"}
    groups = [
        {
            **row,
            "region": row["region"] or "unknown",
            "gender": names.get(row["gender"], "Gender unknown"),
            "level": row["level"] or "unknown",
        }
        for row in rows.dicts()
    ]
    regions = list(dict.fromkeys(group["region"] for group in groups))
    # In the order of the theme's colours, which go to free, paid and anything else.
    levels = list(dict.fromkeys(["free", "paid", *sorted({group["level"] for group in groups})]))
    title = _title("Who listens", "Plays by state, gender and level; the 15 states with the most plays")
    bars = (
        alt.Chart(_data(groups))
        .mark_bar()
        .encode(
            x=alt.X("sum(plays):Q", title="Plays", axis=alt.Axis(format=",d", tickMinStep=1, tickCount=4)),
            y=alt.Y("region:N", title="State", sort=regions),
            color=alt.Color("level:N", title="Level", scale=alt.Scale(domain=levels)),
            order=alt.Order("level:N", sort="descending"),
            tooltip=[
                alt.Tooltip("region:N", title="State"),
                alt.Tooltip("gender:N", title="Gender"),
                alt.Tooltip("level:N", title="Level"),
                alt.Tooltip("plays:Q", title="Plays", format=","),
                alt.Tooltip("listeners:Q", title="Listeners", format=","),
                alt.Tooltip("plays_per_listener:Q", title="Plays per listener", format=",.1f"),
            ],
        )
        .properties(width=_WIDTH // 2, height=alt.Step(_BAR))
    )
    panels = alt.Column("gender:N", title=None, header=alt.Header(labelFontSize=13, labelFontWeight="bold"))
    facets: alt.FacetChart = bars.facet(column=panels, title=title)
    return facets


def peak_hours(rows: Rows, time_zone: str) -> Chart:
    """A cell for each hour of the week, the darker the busier."""
    hours = rows.dicts()
    busiest = min(hours, key=lambda hour: int(hour["rank"]), default=None)
    subtitle = (
        f"Outlined the busiest hour: {busiest['weekday']} from {busiest['hour']}:00, "
        f"{busiest['plays_per_day']:,.1f} plays on such a day"
        if busiest
        else "No plays yet"
    )
    base = alt.Chart(_data(hours)).encode(
        x=alt.X(
            "hour:O",
            title=f"Hour of the day ({time_zone})",
            scale=alt.Scale(domain=list(range(24))),
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y("weekday:N", title=None, sort=WEEKDAYS, scale=alt.Scale(domain=WEEKDAYS)),
        tooltip=[
            alt.Tooltip("weekday:N", title="Day"),
            alt.Tooltip("hour:Q", title="From hour"),
            alt.Tooltip("plays_per_day:Q", title="Plays per day", format=",.1f"),
            alt.Tooltip("plays:Q", title="Plays in all", format=","),
            alt.Tooltip("listeners:Q", title="Listeners", format=","),
        ],
    )
    cells = base.mark_rect(style=CELL).encode(
        color=alt.Color("plays_per_day:Q", title=["Plays", "per day"], scale=alt.Scale(domainMin=0))
    )
    peak = base.transform_filter("datum.rank === 1").mark_rect(filled=False, style=PEAK)
    week: alt.LayerChart = (cells + peak).properties(
        title=_title(f"When people listen ({time_zone})", subtitle), width=24 * 24, height=7 * 28
    )
    return week


ANSWERS = {
    "top_songs": Answer(
        "What do people listen to?",
        "select rank, title, artist, plays, listeners from top_songs where rank <= 15 order by rank",
        top_songs,
    ),
    "trending_artists": Answer(
        "Which artists are trending?",
        "select week_start, rank, artist, plays, listeners, expected_plays, trend from trending_artists "
        "where rank <= 15 and week_start in (select max(week_start) from trending_artists) order by rank",
        trending_artists,
    ),
    "listening_by_demographic": Answer(
        "How do groups of users behave?",
        "select gender, level, listening_by_demographic.region, plays, listeners, plays_per_listener "
        "from listening_by_demographic inner join ("
        "select region, row_number() over (order by sum(plays) desc, region asc) as place "
        "from listening_by_demographic group by region) as largest "
        "on coalesce(listening_by_demographic.region, '') = coalesce(largest.region, '') "
        "where largest.place <= 15 order by largest.place, rank",
        listening_by_demographic,
    ),
    "peak_hours": Answer(
        "When are the peaks?",
        "select rank, weekday, hour, plays, listeners, plays_per_day from peak_hours order by weekday_number, hour",
        peak_hours,
    ),
}
"""By table."""

_REACH = "isValid(datum.expected_plays) ? max(datum.plays, datum.expected_plays) : datum.plays"


def _data(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {"values": records}


def _title(text: str, *subtitle: str) -> alt.TitleParams:
    return alt.TitleParams(text, subtitle=list(subtitle), anchor="start", fontSize=16, subtitleFontSize=12, offset=12)


def _ranked(field: str) -> alt.Y:
    axis = alt.Axis(ticks=False, domain=False)
    return alt.Y(f"{field}:N", title=None, sort=alt.EncodingSortField("rank", op="min"), axis=axis)


def _count(field: str, title: str) -> alt.X:
    return alt.X(field, title=title, axis=alt.Axis(format=",d", tickMinStep=1, tickCount=6))


def _label(base: alt.Chart, field: str, text: str) -> alt.Chart:
    labels = base.transform_calculate(label=text).mark_text(align="left", dx=5, style=SOFT)
    placed: alt.Chart = labels.encode(x=field, text="label:N")
    return placed


def _sized(chart: alt.LayerChart, title: alt.TitleParams) -> alt.LayerChart:
    sized: alt.LayerChart = chart.properties(title=title, width=_WIDTH, height=alt.Step(_BAR))
    return sized


def _day(day: date | str) -> str:
    return str(day)[:10]
