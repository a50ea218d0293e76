"""How old a table may become."""

from collections.abc import Sequence
from datetime import date, timedelta

import dagster as dg

from sparkify_assets.defs.lake.assets import GROUP as LAKE

# The schedule runs every 24 hours; what the sensor builds may come later than that, as the day's file does.
WARN_AFTER = timedelta(hours=26)
FAIL_AFTER = timedelta(hours=50)


def kept_fresh(
    assets: Sequence[dg.AssetSpec | dg.AssetsDefinition], last_day: date | None
) -> list[dg.AssetSpec | dg.AssetsDefinition]:
    """The assets; a table which is not built again in time shows as stale in the Dagster UI.

    With a last day they stay as they are: a lake of the past is as fresh as it will ever be.
    """
    policy = dg.FreshnessPolicy.time_window(fail_window=FAIL_AFTER, warn_window=WARN_AFTER)

    def built_daily(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec if spec.group_name == LAKE else dg.apply_freshness_policy(spec, policy, overwrite_existing=False)

    return list(assets) if last_day else list(dg.map_asset_specs(built_daily, assets))
