"""Group `infrastructure`: the warehouse itself."""

import dagster as dg

from sparkify_assets.components.failures import explained
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.warehouse.base import Warehouse

CLUSTER = dg.AssetKey("cluster")


@dg.asset(key=CLUSTER, group_name="infrastructure", kinds={"duckdb"}, backfill_policy=ONE_RUN)
def cluster(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
    """The warehouse: reachable, and with every table of `sql/` in it."""
    with explained():
        warehouse.create_tables()
        return dg.MaterializeResult(metadata=dict(warehouse.facts()))
