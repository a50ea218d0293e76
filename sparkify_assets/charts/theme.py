"""How charts look: a chart names the style of each part, a theme gives the style its colors."""

from dataclasses import dataclass
from typing import Any

STRONG, LIGHT, ACCENT, SOFT, CELL, PEAK = "strong", "light", "accent", "soft", "cell", "peak"


@dataclass(frozen=True)
class Theme:
    """Colors in any notation of CSS; `ramp` goes from few to many."""

    light: str
    strong: str
    accent: str
    ink: str
    soft: str
    line: str
    ground: str
    ramp: dict[str, str] | list[str]

    def config(self) -> dict[str, Any]:
        """The theme as the `config` of a Vega-Lite specification."""
        axis = {
            "labelColor": self.soft, "titleColor": self.soft, "domainColor": self.line, "tickColor": self.line,
            "gridColor": self.line,
        }  # fmt: skip
        return {
            "view": {"stroke": None},
            "axis": axis,
            # Names of songs and artists need room.
            "axisY": {"labelColor": self.ink, "labelLimit": 330},
            "legend": {"labelColor": self.soft, "titleColor": self.soft},
            "header": {"labelColor": self.ink, "titleColor": self.ink},
            "title": {"color": self.ink, "subtitleColor": self.soft},
            "range": {"category": [self.light, self.strong, self.soft], "heatmap": self.ramp},
            "style": {
                STRONG: {"color": self.strong},
                LIGHT: {"color": self.light},
                ACCENT: {"color": self.accent},
                SOFT: {"color": self.soft},
                CELL: {"stroke": self.ground, "strokeWidth": 1},
                PEAK: {"color": self.accent, "strokeWidth": 3},
            },
        }
