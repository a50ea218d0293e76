"""Parts which the charts of several answers share."""

from collections.abc import Mapping
from typing import Any

import altair as alt
from altair.utils.schemapi import disable_debug_mode

from sparkify_assets.charts.theme import SOFT

# altair checks each part of a chart against its schema, a second in every run; tests look at what is drawn.
disable_debug_mode()

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

BAR = 20
WIDTH = 460


def data(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Records as the data of a chart."""
    return {"values": records}


def title(text: str, *subtitle: str) -> alt.TitleParams:
    """A title with lines of smaller text below."""
    return alt.TitleParams(text, subtitle=list(subtitle), anchor="start", fontSize=16, subtitleFontSize=12, offset=12)


def ranked(field: str) -> alt.Y:
    """One bar per value, in the order of the field `rank`."""
    axis = alt.Axis(ticks=False, domain=False)
    return alt.Y(f"{field}:N", title=None, sort=alt.EncodingSortField("rank", op="min"), axis=axis)


def count(field: str, title: str) -> alt.X:
    """A horizontal axis of whole numbers."""
    return alt.X(field, title=title, axis=alt.Axis(format=",d", tickMinStep=1, tickCount=6))


def label(base: alt.Chart, field: str, text: str) -> alt.Chart:
    """Text behind the end of each bar; `text` is a Vega expression."""
    labels = base.transform_calculate(label=text).mark_text(align="left", dx=5, style=SOFT)
    placed: alt.Chart = labels.encode(x=field, text="label:N")
    return placed


def sized(chart: alt.LayerChart, title: alt.TitleParams) -> alt.LayerChart:
    """The chart with a title, in the width of a card of the report."""
    sized: alt.LayerChart = chart.properties(title=title, width=WIDTH, height=alt.Step(BAR))
    return sized


def plays(row: Mapping[str, Any]) -> str:
    """The number of plays of a row in words."""
    return _counted(row["plays"], "play")


def listeners(row: Mapping[str, Any]) -> str:
    """The number of listeners of a row in words."""
    return _counted(row["listeners"], "listener")


def day(value: object) -> str:
    """A date or the date of a time. Drivers give those beyond the year 9999 as text."""
    return str(value).split(" ")[0]


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
