"""Group `analytics`: the questions of the analysts, each answered by a table and drawn."""

from typing import Any

import dagster as dg

from sparkify_assets.components.metadata import picture_shown
from sparkify_assets.components.sql_tables import table_assets
from sparkify_assets.models.model import Model
from sparkify_assets.warehouse.base import Warehouse

ANALYTICS = ("top_songs", "trending_artists", "listening_by_demographic", "peak_hours")


def analytics_assets(days: dg.DailyPartitionsDefinition, time_zone: str) -> list[dg.AssetsDefinition]:
    """The answers, with dates and hours in `time_zone`."""

    def chart(model: Model, warehouse: Warehouse) -> dict[str, Any]:
        # Imported here: altair takes half a second, and only a run needs it.
        from sparkify_assets.charts.answers import ANSWERS
        from sparkify_assets.charts.picture import png

        answer = ANSWERS[model.name]
        drawn = answer.draw(warehouse.fetch(answer.query), time_zone)
        return {"chart": picture_shown(png(drawn), answer.question)}

    return table_assets(ANALYTICS, days, time_zone, chart)
