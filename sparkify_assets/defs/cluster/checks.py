"""Checks of the asset `cluster` on Redshift: whether the cluster in AWS is safe."""

from collections.abc import Iterator

import dagster as dg

from sparkify_assets.cluster.health import RULES, HealthResult
from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.staging_tables import CLUSTER
from sparkify_assets.defs.cluster.warehouse import is_in_aws
from sparkify_assets.errors import SparkifyError


def cluster_checks() -> dg.AssetChecksDefinition:
    """A check for each rule of safety. They stop the run if the cluster is managed by this project, else they warn."""

    @dg.multi_asset_check(
        name="cluster_checks",
        can_subset=True,
        specs=[
            dg.AssetCheckSpec(rule, asset=CLUSTER, description=meaning, blocking=True)
            for rule, meaning in RULES.items()
        ],
    )
    def check_cluster(context: dg.AssetCheckExecutionContext, cluster: Cluster) -> Iterator[dg.AssetCheckResult]:
        severity = dg.AssetCheckSeverity.ERROR if cluster.managed else dg.AssetCheckSeverity.WARN
        selected = {key.name for key in context.selected_asset_check_keys}
        for result in _health(cluster):
            if result.rule in selected:
                yield dg.AssetCheckResult(
                    asset_key=CLUSTER,
                    check_name=result.rule,
                    passed=result.passed,
                    severity=severity,
                    description=result.message,
                )

    return check_cluster


def _health(cluster: Cluster) -> list[HealthResult]:
    try:
        return cluster.health()
    except SparkifyError as error:
        return [HealthResult(rule, False, f"The check failed: {error}") for rule in RULES]


@dg.definitions
def defs() -> dg.Definitions:
    """The checks of the cluster, where AWS knows it by name."""
    if not is_in_aws(active_settings()):
        return dg.Definitions()
    return dg.Definitions(asset_checks=[cluster_checks()])
