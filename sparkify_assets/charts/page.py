"""Charts inside a page which works offline: their specifications, and the script which draws them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from sparkify_assets.charts.renderer import RenderError, renderer
from sparkify_assets.charts.theme import Theme
from sparkify_assets.errors import SparkifyError
from sparkify_assets.pages.rendering import write

# Properties of base.css, so that charts follow the light and dark scheme of the page and of the printer.
_ON_PAGE = Theme(
    light="var(--chart-light)",
    strong="var(--chart-strong)",
    accent="var(--chart-accent)",
    ink="var(--ink)",
    soft="var(--soft)",
    line="var(--line)",
    ground="var(--card)",
    # Mixed by the program, which knows no properties: clear where there is little, on whatever ground.
    ramp=["rgba(46, 125, 209, 0.05)", "rgba(46, 125, 209, 1)"],
)

_HEIGHT = 340

_making = Lock()


@dataclass(frozen=True)
class PageChart:
    """A chart whose title is text of the page; `specification` is Vega-Lite, its width left to the page."""

    title: str
    subtitle: list[str]
    specification: dict[str, Any]


def page_chart(drawn: Mapping[str, Any]) -> PageChart:
    """The chart of this Vega-Lite specification as a page shows it."""
    specification = dict(drawn)
    title = specification.pop("title", "")
    text, subtitle = (title["text"], title.get("subtitle", [])) if isinstance(title, Mapping) else (title, [])
    if "facet" not in specification:
        # Vega-Lite fits a width only where it knows the height.
        specification["height"] = _HEIGHT
    theme = _ON_PAGE.config()
    larger = {"labelFontSize": 12, "titleFontSize": 12}
    specification["config"] = theme | {
        "background": "transparent",
        # On the right for the number behind the longest bar, which has no room of its own.
        "padding": {"left": 0, "right": 28, "top": 5, "bottom": 5},
        "font": "system-ui, sans-serif",
        "axis": theme["axis"] | larger | {"titleFontWeight": "normal"},
        "axisX": {"labelOverlap": True},
        "legend": theme["legend"] | larger | {"orient": "top", "titleFontWeight": "normal", "gradientThickness": 10},
    }
    return PageChart(text, [subtitle] if isinstance(subtitle, str) else list(subtitle), specification)


def begin_drawing_script(folder: Path) -> Thread:
    """Start the renderer, and let it make the script in this thread; what fails is told by `drawing_script`."""

    def make() -> None:
        with suppress(RenderError, SparkifyError):
            drawing_script(folder)

    renderer().start()
    begun = Thread(target=make, daemon=True)
    begun.start()
    return begun


def drawing_script(folder: Path | None) -> str:
    """Vega, Vega-Lite and vega-embed (`window.vegaEmbed`), cached in `folder` if there is one: they take a second.

    Raises RenderError if they cannot be bundled, and SparkifyError if they cannot be written.
    """
    if folder is None:
        return _bundle()
    cached = folder / f".vega-{version('vl-convert-python')}-{version('altair')}.js"
    with _making:
        if not cached.is_file():
            write(_bundle(), cached)
    return cached.read_text(encoding="utf-8")


def _bundle() -> str:
    import altair

    release = altair.SCHEMA_VERSION.rpartition(".")[0]  # v6.4 of v6.4.1
    bundle: str = renderer().call("javascript_bundle", snippet="window.vegaEmbed = vegaEmbed;", vl_version=release)
    return bundle.replace("</script", "<\\/script")
