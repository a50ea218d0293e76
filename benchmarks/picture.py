"""docs/cost_against_history.svg: processor time of one more day against days of history."""

from collections.abc import Mapping
from pathlib import Path

import altair as alt
import pandas as pd

PICTURE = Path(__file__).parents[1] / "docs" / "cost_against_history.svg"


def draw(curves: Mapping[str, Mapping[int, float]], place: Path = PICTURE) -> None:
    """Write the picture: a line per contender, processor seconds by days of history."""
    rows = [
        {"contender": name, "days of history": days, "processor seconds of one more day": seconds}
        for name, curve in curves.items()
        for days, seconds in curve.items()
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("days of history:Q", scale=alt.Scale(zero=True)),
        y=alt.Y("processor seconds of one more day:Q", scale=alt.Scale(zero=True)),
        color=alt.Color("contender:N", sort=list(curves), title=None, legend=alt.Legend(labelLimit=0)),
    )
    chart = base.mark_line(point=True).properties(width=560, height=320)
    place.parent.mkdir(exist_ok=True)
    chart.save(place)
