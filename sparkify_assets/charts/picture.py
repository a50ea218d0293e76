"""Charts as pictures, for places which cannot run a script."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import vl_convert
from PIL import Image

from sparkify_assets.charts.theme import Theme

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


def png(specification: Mapping[str, Any]) -> bytes:
    """The chart of this Vega-Lite specification on white, as 10 to 40 KB: each run keeps it in the event log."""
    # A background of its own: a transparent one leaves dark text on a dark page.
    pictured = {**specification, "background": "white", "padding": 12, "config": _ON_PAPER.config()}
    drawn = vl_convert.vegalite_to_png(pictured, scale=_SCALE)
    # A palette takes a fifth of the room, and a chart has few colors. Median cut would blend the rare ones of marks.
    palette = (
        Image.open(BytesIO(drawn)).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    packed = BytesIO()
    palette.save(packed, format="png", optimize=True)
    return packed.getvalue()
