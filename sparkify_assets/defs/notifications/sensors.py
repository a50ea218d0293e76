"""Sensors which tell people of failed runs and failed checks. They are on by default."""

from collections.abc import Sequence

import dagster as dg
from dagster._core.storage.tags import WILL_RETRY_TAG
from pydantic import SecretStr

from sparkify_assets.components.partitions import days_of_run
from sparkify_assets.defs.notifications.notifiers import Notice, notifiers, tell_all
from sparkify_assets.quality.failures import failure_message as said_by

_TOLD_DETAILS = 20
_TOLD_LETTERS = 500
_STOPPED_BY_CHECK = "DagsterAssetCheckFailedError"


def run_sensors(webhook: SecretStr | None) -> list[dg.SensorDefinition]:
    """A sensor for runs which failed, and one for runs which did not although checks failed."""

    def tell(context: dg.RunStatusSensorContext) -> None:
        if notice := notice_of(context.instance, context.dagster_run):
            tell_all(notifiers(webhook, context.log), notice, context.log.warning)

    @dg.run_failure_sensor(
        name="tell_failed_runs",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of each failed run, in the log and to SPARKIFY_NOTIFY_WEBHOOK.",
    )
    def tell_failed_runs(context: dg.RunFailureSensorContext) -> None:
        tell(context)

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="tell_failed_checks",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of failed checks of runs which went on, in the log and to SPARKIFY_NOTIFY_WEBHOOK.",
    )
    def tell_failed_checks(context: dg.RunStatusSensorContext) -> None:
        tell(context)

    return [tell_failed_runs, tell_failed_checks]


def notice_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Notice | None:
    """What people have to know of a finished run; None if it and all its checks went well."""
    kinds = {
        dg.DagsterEventType.STEP_FAILURE,
        dg.DagsterEventType.RUN_FAILURE,
        dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    }
    events = [entry.get_dagster_event() for entry in instance.all_logs(run.run_id, of_type=kinds)]
    latest = {
        (check.asset_key, check.check_name): check
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        for check in [event.asset_check_evaluation_data]
    }
    failed = [check for check in latest.values() if not check.passed]
    errors = [check for check in failed if check.severity == dg.AssetCheckSeverity.ERROR]
    warnings = [check for check in failed if check.severity == dg.AssetCheckSeverity.WARN]
    ended = [event for event in events if event.event_type == dg.DagsterEventType.RUN_FAILURE]
    if not (ended or failed):
        return None
    said_by_checks = {check.description for check in errors}
    steps = [
        f"{event.step_key}: {said_by(event)}"
        for event in events
        if event.event_type == dg.DagsterEventType.STEP_FAILURE
        and not _stopped_by_check(event)
        and said_by(event) not in said_by_checks
    ]
    if ended and not (steps or errors):
        steps = [f"No step failed; its process died or was stopped. {ended[-1].message}"]
    if run.tags.get(WILL_RETRY_TAG) == "true":
        steps.append("It is started again by itself.")
    details = [
        *steps,
        *(f"failed check {_name(check)}: {check.description or ''}" for check in errors),
        *(f"warning {_name(check)}: {check.description or ''}" for check in warnings),
    ]
    counts = [f"{len(some)} {word}" for some, word in ((errors, "failed"), (warnings, "warning")) if some]
    outcome = "failed" if ended else "finished"
    found = f" with {' and '.join(counts)} check{'s' if len(failed) > 1 else ''}" if failed else ""
    return Notice(
        title=f"Sparkify: {run.job_name}{_days(run)} {outcome}{found} (run {run.run_id[:8]})",
        details=_some(details),
        is_error=bool(ended or errors),
    )


def _stopped_by_check(event: dg.DagsterEvent) -> bool:
    """Whether the step failed since a check did, which is told as such."""
    error = event.step_failure_data.error
    return bool(error and error.cls_name == _STOPPED_BY_CHECK)


def _name(check: dg.AssetCheckEvaluation) -> str:
    return f"{check.asset_key.to_user_string()}.{check.check_name}"


def _days(run: dg.DagsterRun) -> str:
    days = days_of_run(run.tags)
    if not days:
        return ""
    return f" for {days[0]}" if days[0] == days[1] else f" for {days[0]} to {days[1]}"


def _some(details: Sequence[str]) -> tuple[str, ...]:
    shown = [text if len(text) <= _TOLD_LETTERS else f"{text[:_TOLD_LETTERS]} ..." for text in details[:_TOLD_DETAILS]]
    more = len(details) - len(shown)
    return (*shown, *([f"and {more} more"] if more else []))
