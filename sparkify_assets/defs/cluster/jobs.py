"""Jobs and schedules of the cluster's life; the schedules are off until somebody turns them on."""

import dagster as dg

from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.defs.cluster.warehouse import is_in_aws

TEARDOWN_WORD = "delete the cluster"

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


class ProvisionConfig(dg.Config):
    """`from_snapshot` is the snapshot from which a new cluster is restored."""

    from_snapshot: str = ""


class TeardownConfig(dg.Config):
    """Guards the teardown: `confirm` has to say what will happen."""

    confirm: str = ""
    final_snapshot: bool = True


@dg.op
def create_cluster(context: dg.OpExecutionContext, config: ProvisionConfig, cluster: Cluster) -> None:
    """Create what is missing of the cluster, and wait until it is available."""
    with as_dagster_failure():
        planned = cluster.plan(from_snapshot=config.from_snapshot)
        context.log.info(f"Cost: {planned.price.says}")
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
    """Pause the cluster; nothing happens to a paused one."""
    with as_dagster_failure():
        cluster.pause(context.log.info)


@dg.op
def start_nodes(context: dg.OpExecutionContext, cluster: Cluster) -> None:
    """Resume the cluster and wait for it; nothing happens to a running one."""
    with as_dagster_failure():
        cluster.resume(context.log.info)


@dg.job(description="Create what is missing of the cluster in AWS. It costs from then on: see `sparkify cluster plan`.")
def provision_cluster() -> None:
    """Create what is missing of the cluster in AWS."""
    create_cluster()


@dg.job(description="Delete the cluster, its network and its role. Asks for confirmation in its config.")
def teardown_cluster() -> None:
    """Delete the cluster, its network and its role."""
    delete_cluster()


@dg.job(description="Pause the cluster: only its storage is billed until it is resumed.")
def pause_cluster() -> None:
    """Pause the cluster."""
    stop_nodes()


@dg.job(description="Resume the paused cluster, and wait for it.")
def resume_cluster() -> None:
    """Resume the paused cluster."""
    start_nodes()


resume_cluster_schedule = dg.ScheduleDefinition(
    name="resume_cluster_schedule",
    job=resume_cluster,
    cron_schedule="30 1 * * *",
    execution_timezone="UTC",
    description="At 01:30 UTC, half an hour before the daily job. Off by default.",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)


@dg.schedule(
    job=pause_cluster,
    cron_schedule="0 4-7 * * *",
    execution_timezone="UTC",
    description="At 04:00 UTC, and each hour until 07:00 while runs are still under way. Off by default.",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)
def pause_cluster_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A pause would end the queries of a run which is still under way."""
    runs = context.instance.get_runs(filters=dg.RunsFilter(statuses=_UNDER_WAY), limit=1)
    if runs:
        return dg.SkipReason(f"The run {runs[0].run_id} of {runs[0].job_name} is still under way.")
    return dg.RunRequest()


CLUSTER_JOBS = (provision_cluster, teardown_cluster, pause_cluster, resume_cluster)
CLUSTER_SCHEDULES = (resume_cluster_schedule, pause_cluster_schedule)


@dg.definitions
def defs() -> dg.Definitions:
    """The jobs and schedules of a cluster which AWS knows by name."""
    if not is_in_aws(active_settings()):
        return dg.Definitions()
    return dg.Definitions(jobs=CLUSTER_JOBS, schedules=CLUSTER_SCHEDULES)
