"""Charts as pictures, for places which cannot run a script."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image

from sparkify_assets.charts.renderer import RenderError, renderer
from sparkify_assets.charts.theme import Theme

_SCALE = 1.5
_LARGE_CHARACTER = re.compile("[\U00010000-\U0010ffff]")
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
    """The chart of this Vega-Lite specification on white, as 10 to 40 KB: each run keeps it in the event log.

    Raises RenderError if it cannot be drawn.
    """
    # A background of its own: a transparent one leaves dark text on a dark page.
    pictured = {**specification, "background": "white", "padding": 12, "config": _ON_PAPER.config()}
    text = json.dumps(pictured, ensure_ascii=False)
    try:
        drawn = _drawn(text)
    except RenderError:
        # Vega may cut a long label inside a character of two UTF-16 units, such as an emoji, and refuses the half.
        if not _LARGE_CHARACTER.search(text):
            raise
        drawn = _drawn(_LARGE_CHARACTER.sub("\ufffd", text))
    # A palette takes a fifth of the room, and a chart has few colors. Median cut would blend the rare ones of marks.
    palette = (
        Image.open(BytesIO(drawn)).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    packed = BytesIO()
    palette.save(packed, format="png", optimize=True)
    return packed.getvalue()


def _drawn(specification: str) -> bytes:
    return b64decode(renderer().call("vegalite_to_png", vl_spec=specification, scale=_SCALE))
