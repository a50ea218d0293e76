"""How old a table may become."""

from datetime import timedelta

import dagster as dg

LAKE = "lake"

# The schedule runs every 24 hours; what the sensor builds may come later than that, as the day's file does.
WARN_AFTER = timedelta(hours=26)
FAIL_AFTER = timedelta(hours=50)


def with_freshness_policy(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The asset; a table which is not built again in time shows as stale in the Dagster UI."""
    policy = dg.FreshnessPolicy.time_window(fail_window=FAIL_AFTER, warn_window=WARN_AFTER)
    return spec if spec.group_name == LAKE else dg.apply_freshness_policy(spec, policy, overwrite_existing=False)
