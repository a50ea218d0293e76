"""The staging tables and `load_rejects`, with their checks."""

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.partitions import active_days
from sparkify_assets.components.staging_tables import staging_assets, staging_checks


@dg.definitions
def defs() -> dg.Definitions:
    """Partitioned by the days of the settings."""
    days = active_days()
    return dg.Definitions(
        assets=staging_assets(days, active_settings().max_reject_share), asset_checks=staging_checks(days)
    )
