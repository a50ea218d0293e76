"""Jobs of the cluster's life."""

import dagster as dg

from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.defs.cluster.warehouse import is_in_aws

TEARDOWN_WORD = "delete the cluster"


class ProvisionConfig(dg.Config):
    """`from_snapshot` is the snapshot from which a new cluster is restored."""

    from_snapshot: str = ""


class TeardownConfig(dg.Config):
    """`confirm` has to be TEARDOWN_WORD."""

    confirm: str = ""
    final_snapshot: bool = True


@dg.op
def create_cluster(context: dg.OpExecutionContext, config: ProvisionConfig, cluster: Cluster) -> None:
    """Create what is missing of the cluster, and wait until it is available."""
    with as_dagster_failure():
        plan = cluster.plan(from_snapshot=config.from_snapshot)
        context.log.info(f"Cost: {plan.price.message}")
        found = cluster.up(context.log.info, from_snapshot=config.from_snapshot)
        context.log.info(f"{found.name} is {found.status} at {found.host}:{found.port}.")


@dg.op
def delete_cluster(context: dg.OpExecutionContext, config: TeardownConfig, cluster: Cluster) -> None:
    """Delete the cluster, its network and its role."""
    if config.confirm != TEARDOWN_WORD:
        raise dg.Failure(
            f"Nothing was deleted. To confirm, launch this job with the config "
            f"ops: {{delete_cluster: {{config: {{confirm: {TEARDOWN_WORD!r}}}}}}}, or use `sparkify cluster down`.",
            allow_retries=False,
        )
    with as_dagster_failure():
        cluster.down(context.log.info, final_snapshot=config.final_snapshot)


@dg.op
def stop_nodes(context: dg.OpExecutionContext, cluster: Cluster) -> None:
    """Pause the cluster; does nothing to a paused one."""
    with as_dagster_failure():
        cluster.pause(context.log.info)


@dg.op
def start_nodes(context: dg.OpExecutionContext, cluster: Cluster) -> None:
    """Resume the cluster and wait for it; does nothing to a running one."""
    with as_dagster_failure():
        cluster.resume(context.log.info)


@dg.job
def provision_cluster() -> None:
    """Create what is missing of the cluster in AWS. It costs from then on: see `sparkify cluster plan`."""
    create_cluster()


@dg.job
def teardown_cluster() -> None:
    """Delete the cluster, its network and its role. Asks for confirmation in its config."""
    delete_cluster()


@dg.job
def pause_cluster() -> None:
    """Pause the cluster: only its storage is billed until it is resumed."""
    stop_nodes()


@dg.job
def resume_cluster() -> None:
    """Resume the paused cluster, and wait for it."""
    start_nodes()


CLUSTER_JOBS = (provision_cluster, teardown_cluster, pause_cluster, resume_cluster)


@dg.definitions
def defs() -> dg.Definitions:
    """The jobs of the cluster, where AWS knows it by name."""
    if not is_in_aws(active_settings()):
        return dg.Definitions()
    return dg.Definitions(jobs=CLUSTER_JOBS)
