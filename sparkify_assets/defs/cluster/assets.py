"""Group `infrastructure` on Redshift: the cluster in AWS."""

import dagster as dg

from sparkify_assets.cluster.lifecycle import Cluster, cluster_of
from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.components.staging_tables import CLUSTER
from sparkify_assets.defs.cluster.warehouse import is_in_aws
from sparkify_assets.warehouse.base import Warehouse


def redshift_cluster() -> dg.AssetsDefinition:
    """The asset `cluster` of a warehouse in AWS."""

    @dg.asset(key=CLUSTER, group_name="infrastructure", kinds={"redshift", "aws"}, backfill_policy=ONE_RUN)
    def cluster_in_aws(
        context: dg.AssetExecutionContext, cluster: Cluster, warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult[None]:
        """The warehouse: its cluster available, and every table of `sql/` in it.

        With SPARKIFY_CLUSTER_MANAGED missing parts are created and a paused cluster is resumed; without it
        nothing in AWS is changed.
        """
        with as_dagster_failure():
            found = cluster.up(context.log.info) if cluster.managed else cluster.endpoint()
            warehouse.create_tables()
            return dg.MaterializeResult(
                metadata={
                    **warehouse.facts(),
                    "status": found.status,
                    "size": found.size,
                    "endpoint": f"{found.host}:{found.port}",
                    "role": found.default_role or "none",
                    "managed": cluster.managed,
                }
            )

    return cluster_in_aws


@dg.definitions
def defs() -> dg.Definitions:
    """The cluster and its resource, where AWS knows it by name."""
    settings = active_settings()
    if not is_in_aws(settings):
        return dg.Definitions()
    return dg.Definitions(assets=[redshift_cluster()], resources={"cluster": cluster_of(settings)})
