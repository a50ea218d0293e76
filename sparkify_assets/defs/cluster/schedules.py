"""Schedules which pay for the cluster only in the hours of work; they are off by default."""

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.defs.cluster.jobs import pause_cluster, resume_cluster
from sparkify_assets.defs.cluster.warehouse import is_in_aws

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

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
    description="At 04:00 UTC, and each hour until 07:00 if runs are unfinished. Off by default.",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)
def pause_cluster_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A pause would end the queries of an unfinished run."""
    runs = context.instance.get_runs(filters=dg.RunsFilter(statuses=_UNFINISHED), limit=1)
    if runs:
        return dg.SkipReason(f"The run {runs[0].run_id} of {runs[0].job_name} is not finished.")
    return dg.RunRequest()


CLUSTER_SCHEDULES = (resume_cluster_schedule, pause_cluster_schedule)


@dg.definitions
def defs() -> dg.Definitions:
    """The schedules of the cluster, where AWS knows it by name."""
    if not is_in_aws(active_settings()):
        return dg.Definitions()
    return dg.Definitions(schedules=CLUSTER_SCHEDULES)
