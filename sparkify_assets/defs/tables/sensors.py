"""Sensors which look after runs: `end_dead_runs`, so that the queue goes on, and `delete_old_runs`."""

from datetime import UTC, date, datetime

import dagster as dg
from pydantic import SecretStr

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.partitions import day_tags, days_of_run
from sparkify_assets.defs.notifications.notifiers import notifiers, notify_all
from sparkify_assets.defs.notifications.sensors import notice_of
from sparkify_assets.defs.tables.jobs import sparkify_etl
from sparkify_assets.instance.dead_runs import NO_RETRY, end_dead_runs, take_retries

SECONDS_BETWEEN_TICKS = 10
SECONDS_BETWEEN_DELETIONS = 3600


def dead_runs(webhook: SecretStr | None) -> dg.SensorDefinition:
    """The sensor. It is on by default: a run of the command line which was killed would hold the queue for ever."""

    @dg.sensor(
        name="end_dead_runs",
        job=sparkify_etl,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Ends the runs whose process is gone, and starts those of the command line once more.",
    )
    def tick(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        ended = end_dead_runs(context.instance, sparkify_etl.name)
        for run in ended:
            # Dagster's own sensors see the runs of their code location alone.
            if notice := notice_of(context.instance, run):
                notify_all(notifiers(webhook, context.log), notice, context.log.warning)
        requests = [
            dg.RunRequest(
                run_key=run.run_id,
                asset_selection=sorted(run.asset_selection) if run.asset_selection else None,
                tags=_same_days(run) | NO_RETRY,
            )
            for run in take_retries(context.instance)
        ]
        return dg.SensorResult(
            run_requests=requests, skip_reason=None if requests else f"{len(ended) or 'No'} runs were ended."
        )

    return tick


def _same_days(run: dg.DagsterRun) -> dict[str, str]:
    days = days_of_run(run.tags)
    return day_tags(*map(date.fromisoformat, days)) if days else {}


def old_runs(keep_days: int) -> dg.SensorDefinition:
    """The sensor which deletes runs of more than so many days ago."""

    @dg.sensor(
        name="delete_old_runs",
        job=sparkify_etl,
        minimum_interval_seconds=SECONDS_BETWEEN_DELETIONS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Deletes runs older than SPARKIFY_KEEP_RUNS_DAYS. What is known of tables by them stays.",
    )
    def tick(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # Imported here: what reads the event log takes half a second, and only a tick needs it.
        from sparkify_assets.instance.retention import delete_old_runs

        deleted = delete_old_runs(context.instance, keep_days, datetime.now(UTC))
        return dg.SkipReason(f"{deleted or 'No'} runs were deleted.")

    return tick


@dg.definitions
def defs() -> dg.Definitions:
    """The sensors, with the settings."""
    settings = active_settings()
    return dg.Definitions(sensors=[dead_runs(settings.notify_webhook), old_runs(settings.keep_runs_days)])
