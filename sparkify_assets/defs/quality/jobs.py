"""The job `refresh_quality`."""

import dagster as dg

from sparkify_assets.defs.quality.assets import QUALITY_DASHBOARD

refresh_quality = dg.define_asset_job(
    "refresh_quality",
    dg.AssetSelection.assets(QUALITY_DASHBOARD),
    description="The quality dashboard alone, from the event log as it is.",
)
