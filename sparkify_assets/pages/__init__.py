"""Pages which need nothing but themselves: HTML with its style and drawings inside, and no script.

`base.html` and `base.css` hold what all pages share; a page extends the one and adds to the other.
Templates escape every value.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

TEMPLATES = Path(__file__).parent


def render(template: str, **values: Any) -> str:
    """The text of a page."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": moment, "number": number, "polyline": polyline}
    return environment


def moment(at: datetime) -> str:
    """A time to the minute, which is UTC."""
    return f"{at:%Y-%m-%d %H:%M}"


def number(value: int | float) -> str:
    """A number with thousands separated, and at most four digits behind the point."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")


def polyline(values: Sequence[int | float], width: int, height: int) -> str:
    """The points of an SVG polyline which fills a box; equal values lie on its middle line."""
    low, high = min(values), max(values)
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{place * step:.1f},{height / 2 if high == low else height - (value - low) / (high - low) * height:.1f}"
        for place, value in enumerate(values)
    )
