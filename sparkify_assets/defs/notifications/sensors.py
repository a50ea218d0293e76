"""Sensors which notify people of failed runs and failed checks. They are on by default."""

from collections.abc import Sequence

import dagster as dg
from pydantic import SecretStr

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.partitions import days_of_run
from sparkify_assets.defs.notifications.notifiers import Notice, notifiers, notify_all
from sparkify_assets.quality.failures import failure_message

_MAX_DETAILS = 20
_MAX_LETTERS = 500
_WILL_RETRY = "dagster/will_retry"
_STOPPED_BY_CHECK = "DagsterAssetCheckFailedError"


def run_sensors(webhook: SecretStr | None) -> list[dg.SensorDefinition]:
    """A sensor for runs which failed, and one for runs which did not although checks failed."""

    def notify(context: dg.RunStatusSensorContext) -> None:
        if notice := notice_of(context.instance, context.dagster_run):
            notify_all(notifiers(webhook, context.log), notice, context.log.warning)

    @dg.run_failure_sensor(
        name="notify_on_run_failure",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notifies of each failed run, in the log and to SPARKIFY_NOTIFY_WEBHOOK.",
    )
    def notify_on_run_failure(context: dg.RunFailureSensorContext) -> None:
        notify(context)

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="notify_on_check_failure",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notifies of failed checks of successful runs, in the log and to SPARKIFY_NOTIFY_WEBHOOK.",
    )
    def notify_on_check_failure(context: dg.RunStatusSensorContext) -> None:
        notify(context)

    return [notify_on_run_failure, notify_on_check_failure]


def notice_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Notice | None:
    """What people have to know of a finished run; None if it and all its checks passed."""
    failures, ends, failed = _events_of(instance, run)
    if not (ends or failed):
        return None
    errors = [check for check in failed if check.severity == dg.AssetCheckSeverity.ERROR]
    warnings = [check for check in failed if check.severity == dg.AssetCheckSeverity.WARN]
    reported_by_checks = {check.description for check in errors}
    steps = [
        f"{event.step_key}: {failure_message(event)}"
        for event in failures
        if not _stopped_by_check(event) and failure_message(event) not in reported_by_checks
    ]
    if ends and not (steps or errors):
        steps = [f"No step failed; its process died or was stopped. {ends[-1].message}"]
    if run.tags.get(_WILL_RETRY) == "true":
        steps.append("Dagster retries it.")
    details = [
        *steps,
        *(f"failed check {_name(check)}: {check.description or ''}" for check in errors),
        *(f"warning {_name(check)}: {check.description or ''}" for check in warnings),
    ]
    counts = [f"{len(some)} {word}" for some, word in ((errors, "failed"), (warnings, "warning")) if some]
    outcome = "failed" if ends else "finished"
    checks = f" with {' and '.join(counts)} check{'s' if len(failed) > 1 else ''}" if failed else ""
    return Notice(
        title=f"Sparkify: {run.job_name}{_for_days(run)} {outcome}{checks} (run {run.run_id[:8]})",
        details=_shortened(details),
        is_error=bool(ends or errors),
    )


def _events_of(
    instance: dg.DagsterInstance, run: dg.DagsterRun
) -> tuple[list[dg.DagsterEvent], list[dg.DagsterEvent], list[dg.AssetCheckEvaluation]]:
    """Failures of steps and of the run, and each check whose latest evaluation failed."""
    kinds = dg.DagsterEventType
    of_type = {kinds.STEP_FAILURE, kinds.RUN_FAILURE, kinds.ASSET_CHECK_EVALUATION}
    events = [entry.get_dagster_event() for entry in instance.all_logs(run.run_id, of_type=of_type)]
    evaluations = [e.asset_check_evaluation_data for e in events if e.event_type == kinds.ASSET_CHECK_EVALUATION]
    latest = {(check.asset_key, check.check_name): check for check in evaluations}
    return (
        [event for event in events if event.event_type == kinds.STEP_FAILURE],
        [event for event in events if event.event_type == kinds.RUN_FAILURE],
        [check for check in latest.values() if not check.passed],
    )


def _stopped_by_check(event: dg.DagsterEvent) -> bool:
    """Whether the step failed because a check did, which is reported as such."""
    error = event.step_failure_data.error
    return bool(error and error.cls_name == _STOPPED_BY_CHECK)


def _name(check: dg.AssetCheckEvaluation) -> str:
    return f"{check.asset_key.to_user_string()}.{check.check_name}"


def _for_days(run: dg.DagsterRun) -> str:
    days = days_of_run(run.tags)
    if not days:
        return ""
    return f" for {days[0]}" if days[0] == days[1] else f" for {days[0]} to {days[1]}"


def _shortened(details: Sequence[str]) -> tuple[str, ...]:
    shown = [text if len(text) <= _MAX_LETTERS else f"{text[:_MAX_LETTERS]} ..." for text in details[:_MAX_DETAILS]]
    more = len(details) - len(shown)
    return (*shown, *([f"and {more} more"] if more else []))


@dg.definitions
def defs() -> dg.Definitions:
    """The sensors, with the webhook of the settings."""
    return dg.Definitions(sensors=run_sensors(active_settings().notify_webhook))
