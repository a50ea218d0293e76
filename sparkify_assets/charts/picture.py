"""Charts as pictures, for places which cannot run a script."""

from io import BytesIO

import altair as alt

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

_SCALE = 1.5


def png(chart: Chart) -> bytes:
    """A picture which reads well on a light and on a dark page, of a size which fits into an event log."""
    drawn = BytesIO()
    # A background of its own: a transparent one leaves dark text on a dark page.
    chart.properties(background="white", padding=12).save(drawn, format="png", scale_factor=_SCALE)
    return drawn.getvalue()
