"""Renders the templates of this folder and writes the pages.

A page extends `base.html` and `base.css`, which hold what all pages share. Templates escape every value.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparkify_assets.errors import SparkifyError
from sparkify_assets.pages.printable import printable_text

if TYPE_CHECKING:
    import jinja2

LISTENING_REPORT = "listening_report.html"
ANSWERS = "answers.html"
DASHBOARD = "quality_dashboard.html"

_TEMPLATES = Path(__file__).parent


def render(template: str, **values: Any) -> str:
    """The text of a page."""
    return _environment().get_template(template).render(**values)


def write(text: str, path: Path) -> Path:
    """Write a page and return its absolute path; a reader sees the page before or this one, never a part.

    Raises SparkifyError if the folder cannot be written to.
    """
    page = path.resolve()
    unfinished = page.with_suffix(".part")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(page)
    except OSError as error:
        raise SparkifyError(
            f"The page cannot be written to {page}: {error.strerror}. Set SPARKIFY_REPORT_FOLDER to a folder which "
            "this user may write to."
        ) from error
    return page


@cache
def _environment() -> "jinja2.Environment":
    import jinja2  # only a run renders pages, but the definitions import this module

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        # Markup is what templates made, of values which have come through here.
        finalize=lambda value: printable_text(value) if type(value) is str else value,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"cell": cell, "day": day, "moment": moment, "number": number, "polyline": polyline}
    return environment


def moment(at: datetime) -> str:
    """A time to the minute, which is UTC."""
    return f"{at:%Y-%m-%d %H:%M}"


def day(on: date | str | None) -> str:
    """A date in words; drivers give one beyond the year 9999 as text, which stays as it is."""
    return f"{on.day} {on:%B %Y}" if isinstance(on, date) else cell(on)


def cell(value: Any) -> str:
    """A value of a table; null is a dash."""
    if value is None:
        return "\u2013"
    return number(value) if isinstance(value, (int, float)) else str(value)


def web_address(url: str) -> str:
    """The address without a slash at its end if a link may lead there; empty if it is none of http or https."""
    return url.rstrip("/") if url.lower().startswith(("http://", "https://")) else ""


def number(value: int | float) -> str:
    """A number with thousands separated, and at most four digits behind the point."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")


def polyline(values: Sequence[int | float], width: int, height: int) -> str:
    """The points of an SVG polyline which fills a box; equal values are on its middle line."""
    low, high = min(values), max(values)
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{index * step:.1f},{height / 2 if high == low else height - (value - low) / (high - low) * height:.1f}"
        for index, value in enumerate(values)
    )
