"""Group `analytics`: the questions of the analysts, each answered by a table and, where it has one, by a chart."""

from dataclasses import asdict
from typing import Any

import dagster as dg

from sparkify_assets.components.metadata import picture_shown
from sparkify_assets.components.sql_tables import table_assets
from sparkify_assets.models.model import Model, models
from sparkify_assets.warehouse.base import Warehouse

ANALYTICS = tuple(name for name, model in models().items() if model.group == "analytics")


def analytics_assets(days: dg.DailyPartitionsDefinition, time_zone: str) -> list[dg.AssetsDefinition]:
    """The answers, with dates and hours in `time_zone`."""

    def chart(model: Model, warehouse: Warehouse) -> dict[str, Any]:
        try:
            return answer_metadata(model.name, warehouse, time_zone)
        except Exception as error:  # whatever it is: the table is built, and worth more than its picture
            dg.get_dagster_logger().warning(
                f"{model.name} is shown without a chart, which could not be drawn: {type(error).__name__}: {error}"
            )
            return {}

    return table_assets(ANALYTICS, days, time_zone, chart)


def answer_metadata(table: str, warehouse: Warehouse, time_zone: str) -> dict[str, Any]:
    """The chart as a picture for the UI and as a specification for the report; nothing for a table without one."""
    # Imported here: altair takes half a second, and only a run needs it.
    from sparkify_assets.charts.answers import DRAWN, answer_for, draw_answer
    from sparkify_assets.charts.picture import png

    answer = answer_for(table)
    if answer is None:
        return {}
    drawn = draw_answer(answer, warehouse.fetch(answer.query), time_zone)
    return {
        "chart": picture_shown(png(drawn.specification), drawn.question),
        DRAWN: dg.MetadataValue.json(asdict(drawn)),
    }
