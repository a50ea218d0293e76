"""Figures and answers of the report, all from one moment of the warehouse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sparkify_assets.charts.answers import ANSWERS
from sparkify_assets.charts.page import PageChart, page_chart
from sparkify_assets.models.model import Model, models
from sparkify_assets.warehouse.base import Rows, Session

TOP = 15

_FIGURES = """
    select
        played.plays,
        played.listeners,
        heard.songs,
        played.matched_plays,
        calendar.days,
        calendar.first_day,
        calendar.last_day
    from (
        select count(*) as plays, count(distinct user_id) as listeners, count(song_id) as matched_plays from songplays
    ) as played
    cross join (select count(*) as songs from top_songs) as heard
    cross join (
        select count(*) as days, min(first_day) as first_day, max(first_day) as last_day
        from plays_by_calendar
        where calendar_level = 'day'
    ) as calendar
"""


@dataclass(frozen=True)
class Figures:
    """All plays in numbers; `songs` as played, `days` with plays and in the time zone of the settings."""

    plays: int
    listeners: int
    songs: int
    matched_plays: int
    days: int
    first_day: date | None
    last_day: date | None

    @property
    def matched_share(self) -> float | None:
        """Share of the plays which match a song of the catalogue."""
        return self.matched_plays / self.plays if self.plays else None


@dataclass(frozen=True)
class ShownAnswer:
    """An answer: in a sentence, as a chart, and the first rows of its table."""

    question: str
    sentence: str
    chart: PageChart
    top: Rows


@dataclass(frozen=True)
class Content:
    """What the warehouse says; `answers` and `rows` (how many) by table."""

    figures: Figures
    answers: Mapping[str, ShownAnswer]
    rows: Mapping[str, int]


def read_content(session: Session, time_zone: str) -> Content:
    """Read everything in one transaction, so that the numbers of a page agree."""
    (figures,) = session.fetch(_FIGURES).dicts()
    counted = " union all ".join(f"select '{name}' as name, count(*) as number from {name}" for name in models())
    return Content(
        Figures(**figures),
        {name: _answer(session, models()[name], time_zone) for name in ANSWERS},
        {name: int(number) for name, number in session.fetch(counted).rows},
    )


def _answer(session: Session, model: Model, time_zone: str) -> ShownAnswer:
    answer = ANSWERS[model.name]
    latest = (
        f" and week_start in (select max(week_start) from {model.name})" if model.name == "trending_artists" else ""
    )
    top = session.fetch(
        f"select {', '.join(model.column_names)} from {model.name} where rank <= {TOP}{latest} order by rank"
    )
    return ShownAnswer(
        answer.question,
        _SENTENCES[model.name](top.dicts()[0]) if top.rows else "No plays yet.",
        page_chart(answer.draw(session.fetch(answer.query), time_zone)),
        top,
    )


def _top_song(first: Mapping[str, Any]) -> str:
    title, artist = first["title"] or "A song without a title", first["artist"] or "an unknown artist"
    return f"Most played: {title} by {artist}, with {_plays(first)} by {_listeners(first)}."


def _trending_artist(first: Mapping[str, Any]) -> str:
    expected = first["expected_plays"]
    compared = "in the first week" if expected is None else f"where the weeks before promised {expected:,.1f}"
    return f"Most on the rise: {first['artist']}, with {_plays(first)} {compared}."


def _largest_group(first: Mapping[str, Any]) -> str:
    who = {"F": "Women", "M": "Men"}.get(first["gender"], "Listeners of unknown gender")
    return (
        f"{who} in {first['region'] or 'an unknown state'} on the {first['level'] or 'unknown'} level listen most: "
        f"{_plays(first)} by {_listeners(first)}."
    )


def _busiest_hour(first: Mapping[str, Any]) -> str:
    return (
        f"{first['weekday']} from {first['hour']}:00 is the busiest hour, with {first['plays_per_day']:,.1f} plays "
        "on such a day."
    )


def _plays(row: Mapping[str, Any]) -> str:
    return _counted(row["plays"], "play")


def _listeners(row: Mapping[str, Any]) -> str:
    return _counted(row["listeners"], "listener")


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "top_songs": _top_song,
    "trending_artists": _trending_artist,
    "listening_by_demographic": _largest_group,
    "peak_hours": _busiest_hour,
}
