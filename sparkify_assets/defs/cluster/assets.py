"""Group `infrastructure` on Redshift: the cluster in AWS, and whether it is safe."""

from collections.abc import Iterator

import dagster as dg

from sparkify_assets.cluster.health import Finding, rules
from sparkify_assets.cluster.lifecycle import Cluster, cluster_of
from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.partitions import ONE_RUN
from sparkify_assets.components.staging_tables import CLUSTER
from sparkify_assets.defs.cluster.warehouse import is_in_aws
from sparkify_assets.errors import SparkifyError
from sparkify_assets.warehouse.base import Warehouse


def redshift_cluster() -> dg.AssetsDefinition:
    """The asset `cluster` of a warehouse which lives in AWS."""

    @dg.asset(key=CLUSTER, group_name="infrastructure", kinds={"redshift", "aws"}, backfill_policy=ONE_RUN)
    def cluster_in_aws(
        context: dg.AssetExecutionContext, cluster: Cluster, warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult[None]:
        """The warehouse: its cluster available, and every table of `sql/` in it.

        With SPARKIFY_CLUSTER_MANAGED what is missing in AWS is created and a paused cluster resumed; without it
        the cluster is only looked at.
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


def cluster_checks() -> dg.AssetChecksDefinition:
    """A check for each rule of safety. They stop the run where the cluster is ours to mend, else they warn."""

    @dg.multi_asset_check(
        name="cluster_checks",
        can_subset=True,
        specs=[
            dg.AssetCheckSpec(name, asset=CLUSTER, description=meaning, blocking=True)
            for name, meaning in rules().items()
        ],
    )
    def check_cluster(context: dg.AssetCheckExecutionContext, cluster: Cluster) -> Iterator[dg.AssetCheckResult]:
        severity = dg.AssetCheckSeverity.ERROR if cluster.managed else dg.AssetCheckSeverity.WARN
        chosen = {key.name for key in context.selected_asset_check_keys}
        for finding in _findings(cluster):
            if finding.rule in chosen:
                yield dg.AssetCheckResult(
                    asset_key=CLUSTER,
                    check_name=finding.rule,
                    passed=finding.passed,
                    severity=severity,
                    description=finding.says,
                )

    return check_cluster


def _findings(cluster: Cluster) -> list[Finding]:
    try:
        return cluster.health()
    except SparkifyError as error:
        return [Finding(name, False, f"It could not be looked at: {error}") for name in rules()]


@dg.definitions
def defs() -> dg.Definitions:
    """The asset, its checks and the resource of a cluster which AWS knows by name."""
    settings = active_settings()
    if not is_in_aws(settings):
        return dg.Definitions()
    return dg.Definitions(
        assets=[redshift_cluster()], asset_checks=[cluster_checks()], resources={"cluster": cluster_of(settings)}
    )
