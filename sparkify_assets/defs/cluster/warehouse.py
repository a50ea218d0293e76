"""Group `infrastructure`: the warehouse itself."""

from collections.abc import Iterable

import dagster as dg

from sparkify_assets.components.failures import explained
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.components.staging_tables import CLUSTER
from sparkify_assets.warehouse.base import Warehouse


def warehouse_asset(kinds: Iterable[str]) -> dg.AssetsDefinition:
    """The asset `cluster` of a warehouse which has no cluster to create; `kinds` are those of its engine."""

    @dg.asset(key=CLUSTER, group_name="infrastructure", kinds=set(kinds), backfill_policy=ONE_RUN)
    def cluster(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
        """The warehouse: reachable, and with every table of `sql/` in it."""
        with explained():
            warehouse.create_tables()
            return dg.MaterializeResult(metadata=dict(warehouse.facts()))

    return cluster
