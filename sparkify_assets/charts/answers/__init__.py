"""Answers of the analytics: one module per table, named like the table, each with an `ANSWER`.

A table without a module has no chart, and the report shows its description and its first rows. Importing a module
imports altair.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sparkify_assets.pages.printable import json_value, printable
from sparkify_assets.warehouse.base import Rows

if TYPE_CHECKING:
    from sparkify_assets.charts.parts import Chart

DRAWN = "answer"
"""Metadata of a materialization: its DrawnAnswer, from which the report takes the chart."""

NO_ROWS = "No plays yet."


@dataclass(frozen=True)
class Answer:
    """A question about listening, and how a table answers it.

    `query` is Redshift SQL and gives the rows of the chart, the most important first. `draw` takes these rows and the
    time zone of their dates and hours; without rows it draws an empty chart. `sentence` puts the first row into words.
    `order` is the position in the report. `months_query` gives such rows for each month from `:first_month` on, behind
    a column `play_month`; without it the report shows the same whatever month is chosen.
    """

    question: str
    query: str
    draw: Callable[[Rows, str], "Chart"]
    sentence: Callable[[Mapping[str, Any]], str]
    order: int
    months_query: str = ""


@dataclass(frozen=True)
class DrawnAnswer:
    """An answer as one run drew it; `specification` is Vega-Lite."""

    question: str
    sentence: str
    specification: dict[str, Any]
    order: int


def has_answer(table: str) -> bool:
    """Whether there is a module which is named like the table."""
    return find_spec(f"{__name__}.{table}") is not None


def answer_for(table: str) -> Answer | None:
    """The answer of the module which is named like the table; None if there is none."""
    if not has_answer(table):
        return None
    answer: Answer = import_module(f"{__name__}.{table}").ANSWER
    return answer


def draw_answer(answer: Answer, rows: Rows, time_zone: str, *, validate: bool = True) -> DrawnAnswer:
    """Draw the chart of these rows and put the first one into words, all of it printable.

    Half of the time goes to the proof that the chart is Vega-Lite; `validate` can leave it out.
    """
    first = next(iter(rows.dicts()), None)
    return DrawnAnswer(
        answer.question,
        printable(answer.sentence(first)) if first else NO_ROWS,
        json_value(answer.draw(rows, time_zone).to_dict(validate=validate)),
        answer.order,
    )
