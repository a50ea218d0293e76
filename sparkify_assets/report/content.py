"""Figures and answers of the report, all from one moment of the warehouse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg

from sparkify_assets.charts.answers import DRAWN, DrawnAnswer, answer_for
from sparkify_assets.charts.page import PageChart, page_chart
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models, tables_in
from sparkify_assets.report.months import TOP, Period, answers_by_month, read_months, trend
from sparkify_assets.warehouse.base import Rows, Session

_GROUP = "analytics"

# The only place which names derived tables: to count from the plays takes longer with each day.
_FIGURES = """
    select
        heard.plays,
        played.listeners,
        heard.songs,
        heard.matched_plays,
        calendar.days,
        calendar.first_day,
        calendar.last_day
    from (
        select coalesce(sum(plays), 0) as plays, count(*) as songs, coalesce(sum(matched_plays), 0) as matched_plays
        from top_songs
        where play_month is null
    ) as heard
    cross join (select count(distinct user_id) as listeners from listener_months) as played
    cross join (
        select count(*) as days, min(first_day) as first_day, max(first_day) as last_day
        from plays_by_calendar
        where calendar_level = 'day'
    ) as calendar
"""


@dataclass(frozen=True)
class Figures:
    """All plays in numbers; `songs` as played, `days` with plays and in the time zone of the settings.

    A day beyond the year 9999 is a text.
    """

    plays: int
    listeners: int
    songs: int
    matched_plays: int
    days: int
    first_day: date | str | None
    last_day: date | str | None

    @property
    def matched_share(self) -> float | None:
        """Share of the plays which match a song of the catalog."""
        return self.matched_plays / self.plays if self.plays else None


@dataclass(frozen=True)
class ShownAnswer:
    """A table of the analytics; without a drawn answer its period has no sentence and no chart.

    `periods` are all time under the empty name, then the months by theirs, if the answer is by month.
    """

    heading: str
    key: tuple[str, ...]
    periods: Mapping[str, Period]


@dataclass(frozen=True)
class Content:
    """What the warehouse says; `answers` and `rows` (how many) by table, and the latest months, the newest first.

    `trend` is the chart of these months, if there are two.
    """

    figures: Figures
    months: Sequence[Mapping[str, Any]]
    trend: PageChart | None
    answers: Mapping[str, ShownAnswer]
    rows: Mapping[str, int]

    @property
    def specifications(self) -> Mapping[str, Any]:
        """The charts in Vega-Lite, by table; those of a month by table and month; that of all months by `months`."""
        charts = {
            f"{name} {month}".strip(): period.chart
            for name, answer in self.answers.items()
            for month, period in answer.periods.items()
        }
        return {name: chart.specification for name, chart in (charts | {"months": self.trend}).items() if chart}


def drawn_answers(instance: dg.DagsterInstance) -> dict[str, DrawnAnswer]:
    """The answers as the latest run of each table drew them, by table."""
    tables = [dg.AssetKey(model.name) for model in tables_in(_GROUP)]
    found = {}
    for key, event in instance.get_latest_materialization_events(tables).items():
        drawn = event.asset_materialization.metadata.get(DRAWN) if event and event.asset_materialization else None
        if isinstance(drawn, dg.JsonMetadataValue) and isinstance(drawn.data, dict):
            found[key.to_user_string()] = DrawnAnswer(**drawn.data)
    return found


def read_content(session: Session, drawn: Mapping[str, DrawnAnswer], time_zone: str) -> Content:
    """Read everything in one transaction, so that the numbers of a page agree."""
    (figures,) = session.fetch(_FIGURES).dicts()
    counted = " union all ".join(
        f"select cast('{name}' as varchar(128)) as name, count(*) as number from {name}" for name in models()
    )
    analytics = sorted(
        tables_in(_GROUP),
        key=lambda model: drawn[model.name].order if model.name in drawn else len(models()),
    )
    months = read_months(session)
    return Content(
        Figures(**figures),
        months,
        trend(months),
        {model.name: _answer(session, model, drawn.get(model.name), months, time_zone) for model in analytics},
        {name: int(number) for name, number in session.fetch(counted).rows},
    )


def _answer(
    session: Session, model: Model, drawn: DrawnAnswer | None, months: Sequence[Mapping[str, Any]], time_zone: str
) -> ShownAnswer:
    key = next(filter(None, (model.primary_key, *model.unique)), model.column_names)
    answer = answer_for(model.name) if drawn else None
    if drawn is None or answer is None:
        first = f"select {', '.join(model.column_names)} from {model.name} order by {', '.join(key)} limit {TOP}"
        return ShownAnswer(model.description.splitlines()[0], key, {"": Period(session.fetch(first))})
    rows = session.fetch(answer.query)
    top = Rows(rows.columns, rows.rows[:TOP])
    return ShownAnswer(
        drawn.question,
        key,
        {"": Period(top, drawn.sentence, page_chart(drawn.specification))}
        | answers_by_month(session, answer, months, time_zone),
    )
