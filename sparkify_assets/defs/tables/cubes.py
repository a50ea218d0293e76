"""Group `cubes`: plays added up along their dimensions, and the operations of OLAP on them as tables."""

import dagster as dg

from sparkify_assets.components.sql_tables import table_assets

CUBES = (
    "plays_cube",
    "plays_by_place",
    "plays_by_calendar",
    "plays_drill_down",
    "plays_slice_paid",
    "plays_dice_weekend_evenings",
)


def cube_assets(days: dg.DailyPartitionsDefinition, time_zone: str) -> list[dg.AssetsDefinition]:
    """The cube and the tables made from it, with dates and hours in `time_zone`."""
    return table_assets(CUBES, days, time_zone)
