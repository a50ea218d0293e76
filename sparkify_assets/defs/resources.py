"""The lake and the warehouse of the settings, by the names which assets and checks ask for."""

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.lake.open import open_lake
from sparkify_assets.warehouse.open import open_warehouse


@dg.definitions
def defs() -> dg.Definitions:
    """Nothing is connected yet."""
    settings = active_settings()
    return dg.Definitions(resources={"lake": open_lake(settings.lake), "warehouse": open_warehouse(settings)})
