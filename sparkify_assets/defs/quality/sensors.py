"""Keeps the quality dashboard current after runs which skip it.

A run which a check stops ends before the dashboard, and runs of some assets or checks leave it out.
"""

import dagster as dg

from sparkify_assets.defs.quality.assets import QUALITY_DASHBOARD
from sparkify_assets.defs.quality.jobs import refresh_quality


@dg.sensor(
    job=refresh_quality,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds the quality dashboard after a run which skipped it.",
)
def refresh_quality_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Request the dashboard if a run has ended since it was built."""
    ended = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE])
    latest = context.instance.get_run_records(ended, limit=1, order_by="update_timestamp")
    if not latest:
        return dg.SkipReason("No run has ended yet.")
    run = latest[0].dagster_run
    if run.job_name == refresh_quality.name or is_in(context.instance, run.run_id):
        return dg.SkipReason("The dashboard shows the latest run.")
    # A run which somebody waits for goes first.
    return dg.RunRequest(run_key=run.run_id, tags={"dagster/priority": "-1"})


def is_in(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether this run built the dashboard."""
    built = instance.get_latest_materialization_event(QUALITY_DASHBOARD)
    return built is not None and built.run_id == run_id
