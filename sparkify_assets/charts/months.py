"""The trend over the months: plays as bars, listeners as a line."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from sparkify_assets.charts import parts
from sparkify_assets.charts.theme import ACCENT, LIGHT


def draw_months(months: Sequence[Mapping[str, Any]]) -> alt.LayerChart:
    """A chart of rows with `month`, `plays`, `listeners` and `songs`; each measure has an axis of its own."""
    base = alt.Chart(parts.data([dict(month) for month in months])).encode(
        x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=0)),
        tooltip=[
            alt.Tooltip("month:O", title="Month"),
            alt.Tooltip("plays:Q", title="Plays", format=","),
            alt.Tooltip("listeners:Q", title="Listeners", format=","),
            alt.Tooltip("songs:Q", title="Songs", format=","),
        ],
    )
    whole = alt.Axis(format=",d", tickMinStep=1, tickCount=5)
    plays = base.mark_bar(style=LIGHT).encode(y=alt.Y("plays:Q", title="Plays (bars)", axis=whole))
    listeners = base.mark_line(style=ACCENT, point=True).encode(
        y=alt.Y("listeners:Q", title="Listeners (line)", axis=whole, scale=alt.Scale(zero=True))
    )
    title = parts.title("Months", "Plays of each month, and its distinct listeners")
    both: alt.LayerChart = (plays + listeners).resolve_scale(y="independent").properties(title=title)
    return both
