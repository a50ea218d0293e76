"""What an answer shows besides its table: a chart as a picture for the UI, and its specification for the report."""

from dataclasses import asdict
from typing import Any

import dagster as dg

from sparkify_assets.components.metadata import image_markdown
from sparkify_assets.warehouse.base import Warehouse


def answer_metadata(table: str, warehouse: Warehouse, time_zone: str) -> dict[str, Any]:
    """The metadata; none for a table without a chart, or one whose chart cannot be drawn, which is logged."""
    # Imported here: altair takes half a second, and only a run needs it.
    from sparkify_assets.charts.answers import DRAWN, answer_for, draw_answer
    from sparkify_assets.charts.picture import png

    try:
        answer = answer_for(table)
        if answer is None:
            return {}
        drawn = draw_answer(answer, warehouse.fetch(answer.query), time_zone)
        return {
            "chart": image_markdown(png(drawn.specification), drawn.question),
            DRAWN: dg.MetadataValue.json(asdict(drawn)),
        }
    except Exception as error:  # whatever it is: the table is built, and worth more than its picture
        dg.get_dagster_logger().warning(
            f"{table} is shown without a chart, which could not be drawn: {type(error).__name__}: {error}"
        )
        return {}
