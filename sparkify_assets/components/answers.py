"""What an answer shows besides its table: a chart as a picture for the UI, and its specification for the report."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import dagster as dg

from sparkify_assets.components.metadata import image_markdown
from sparkify_assets.pages.printable import printable_text
from sparkify_assets.warehouse.base import Warehouse

if TYPE_CHECKING:
    from sparkify_assets.charts.answers import DrawnAnswer


def answer_metadata(table: str, warehouse: Warehouse, time_zone: str) -> dict[str, Any]:
    """The metadata; none for a table without a chart. What cannot be drawn is left out, and logged."""
    # Imported here: altair takes half a second, and only a run needs it.
    from sparkify_assets.charts.answers import DRAWN, answer_for, draw_answer, has_answer
    from sparkify_assets.charts.renderer import renderer

    if not has_answer(table):
        return {}
    try:
        renderer().start()  # before the import of altair, so that both take their time at once
        answer = answer_for(table)
        assert answer
        drawn = draw_answer(answer, warehouse.fetch(answer.query), time_zone)
    except Exception as error:  # whatever it is: the table is built, and worth more than its picture
        _warn(table, "chart", error)
        return {}
    return {DRAWN: dg.MetadataValue.json(asdict(drawn)), **_picture(table, drawn)}


def _picture(table: str, drawn: "DrawnAnswer") -> dict[str, dg.MarkdownMetadataValue]:
    """The report draws the specification itself, and can have a chart of which there is no picture."""
    from sparkify_assets.charts.picture import png

    try:
        return {"chart": image_markdown(png(drawn.specification), drawn.question)}
    except Exception as error:  # as above
        _warn(table, "picture", error)
        return {}


def _warn(table: str, missing: str, error: Exception) -> None:
    dg.get_dagster_logger().warning(
        f"{table} is shown without a {missing}, which could not be drawn: "
        f"{type(error).__name__}: {printable_text(str(error))}"
    )
