"""Charts as pictures, for places which cannot run a script."""

from io import BytesIO

import altair as alt
from PIL import Image

from sparkify_assets.charts.theme import Chart, Theme

_SCALE = 1.5
_ON_PAPER = Theme(
    light="#9ecae1",
    strong="#2171b5",
    accent="#d94801",
    ink="#1b2230",
    soft="#6b7280",
    line="#dddddd",
    ground="white",
    ramp={"scheme": "blues"},
)


def png(chart: Chart) -> bytes:
    """A picture which reads well on light and dark pages, of 10 to 40 KB: it is kept in the event log of every run."""
    drawn = BytesIO()
    # A background of its own: a transparent one leaves dark text on a dark page.
    pictured = chart.properties(background="white", padding=12, config=alt.Config.from_dict(_ON_PAPER.config()))
    pictured.save(drawn, format="png", scale_factor=_SCALE)
    packed = BytesIO()
    # A palette takes a fifth of the room, and a chart has few colours. Median cut would blend the rare ones of marks.
    palette = Image.open(drawn).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(packed, format="png", optimize=True)
    return packed.getvalue()
