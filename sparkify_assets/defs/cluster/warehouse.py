"""Group `infrastructure`: the warehouse itself."""

from collections.abc import Set

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.components.staging_tables import CLUSTER
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.open import open_warehouse


@dg.definitions
def defs() -> dg.Definitions:
    """The asset `cluster` of a warehouse which AWS does not know by name."""
    settings = active_settings()
    return dg.Definitions(assets=[] if is_in_aws(settings) else [warehouse_asset(open_warehouse(settings).kinds)])


def is_in_aws(settings: Settings) -> bool:
    """Whether AWS knows the cluster by name: DuckDB has none, and an endpoint with a password may be anywhere."""
    named = settings.redshift_cluster_identifier or settings.redshift_workgroup
    return "aws" in open_warehouse(settings).kinds and bool(named or settings.cluster_managed)


def warehouse_asset(kinds: Set[str]) -> dg.AssetsDefinition:
    """The asset of a warehouse of these kinds."""

    @dg.asset(key=CLUSTER, group_name="infrastructure", kinds={*kinds}, backfill_policy=ONE_RUN)
    def cluster(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
        """The warehouse: reachable, and with every table of `sql/` in it."""
        with as_dagster_failure():
            warehouse.create_tables()
            return dg.MaterializeResult(metadata=dict(warehouse.facts()))

    return cluster
