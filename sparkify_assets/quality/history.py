"""Reads the state of all tables from a Dagster instance.

The latest evaluations of each check are read in full. Of the older ones only the time since which the status holds is
read, so that a long history costs little.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import dagster as dg

from sparkify_assets.instance.check_executions import (
    TREND,
    CheckRecord,
    RecordStatus,
    SqlEventLogStorage,
    latest_evaluations,
    unbroken_since,
)
from sparkify_assets.quality.checked_tables import CheckedTable
from sparkify_assets.quality.failures import failure_message
from sparkify_assets.quality.state import CheckState, Evaluation, Quality, Status, TableState

ROWS = "rows"
# The only column of a row which is a message and no row of a table: the description of the evaluation says the same.
PROBLEM = "problem"


def read_quality(instance: dg.DagsterInstance, tables: Sequence[CheckedTable]) -> Quality:
    """The state of the tables as the event log has it now."""
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage), "Dagster keeps its event log in a database"
    checks = _Checks(storage, [spec.key for table in tables for spec in table.checks])
    materializations = instance.get_latest_materialization_events([dg.AssetKey(table.name) for table in tables])
    states = [
        _table(
            instance,
            table,
            materializations.get(dg.AssetKey(table.name)),
            [checks.state(spec) for spec in table.checks],
        )
        for table in tables
    ]
    return Quality(datetime.now(UTC), sorted(states, key=lambda table: table.status.severity_rank))


def _table(
    instance: dg.DagsterInstance, table: CheckedTable, event: dg.EventLogEntry | None, checks: Sequence[CheckState]
) -> TableState:
    ordered = sorted(checks, key=lambda check: check.status.severity_rank)
    if event is None or event.asset_materialization is None:
        return TableState(table.name, table.group, ordered)
    days = instance.get_materialized_partitions(dg.AssetKey(table.name)) if table.is_daily else None
    rows = event.asset_materialization.metadata.get("dagster/row_count")
    return TableState(
        table.name,
        table.group,
        ordered,
        materialized=_time(event.timestamp),
        rows=int(rows.value) if isinstance(rows, dg.IntMetadataValue) and rows.value is not None else None,
        last_day=max(days, default=None) if days is not None else None,
        days=len(days) if days is not None else None,
        run_id=event.run_id,
    )


class _Checks:
    """The records of these checks in the event log, read at once."""

    def __init__(self, storage: SqlEventLogStorage, keys: Sequence[dg.AssetCheckKey]) -> None:
        self._storage = storage
        self._latest = storage.get_latest_asset_check_execution_by_key(keys)
        self._evaluations = latest_evaluations(storage)
        self._since = unbroken_since(storage)

        @cache
        def step_failures(run_id: str) -> dict[str | None, dg.EventLogEntry]:
            events = storage.get_logs_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
            return {event.step_key: event for event in events}

        self._step_failures = step_failures

    def state(self, spec: dg.AssetCheckSpec) -> CheckState:
        """The state of one check."""
        unevaluated = CheckState(spec.asset_key.to_user_string(), spec.name, spec.description or "", spec.blocking)
        latest = self._latest.get(spec.key)
        evaluated = [(record, record.evaluation) for record in self._evaluations.get(spec.key, ())]
        trend = [_evaluation(record, found) for record, found in evaluated if found]
        if latest and self._failure(latest):
            return self._errored(replace(unevaluated, trend=trend), spec.key)
        if not evaluated or (found := evaluated[-1][1]) is None:
            return unevaluated
        return replace(
            unevaluated,
            status=trend[-1].status,
            severity=found.severity.value,
            since=_since(trend, self._since[spec.key]),
            message=None if found.passed else found.description,
            rows=_rows(found),
            trend=trend,
            skipped=latest is not None and latest.status == RecordStatus.PLANNED,
        )

    def _errored(self, before: CheckState, key: dg.AssetCheckKey) -> CheckState:
        """A check whose step failed before it gave a result: the event log has only its plan."""
        errors: list[tuple[Evaluation, str]] = []
        for record in self._storage.get_asset_check_execution_history(key, limit=TREND):
            failure = self._failure(record)
            if failure is None:
                break
            message = failure_message(failure.get_dagster_event())
            errors.append((Evaluation(Status.ERRORED, _time(failure.timestamp), record.run_id), message))
        return replace(
            before,
            status=Status.ERRORED,
            since=errors[-1][0].at,
            message=errors[0][1],
            trend=[*before.trend, *(error for error, _ in reversed(errors))][-TREND:],
        )

    def _failure(self, record: CheckRecord) -> dg.EventLogEntry | None:
        """The failure of the step which should have given this result."""
        if record.status != RecordStatus.PLANNED or record.event is None:
            return None
        return self._step_failures(record.run_id).get(record.event.step_key)


def _evaluation(record: CheckRecord, found: dg.AssetCheckEvaluation) -> Evaluation:
    failure = Status.FAILED if found.severity == dg.AssetCheckSeverity.ERROR else Status.WARNED
    return Evaluation(
        Status.PASSED if found.passed else failure,
        _time(record.event.timestamp if record.event else record.create_timestamp),
        record.run_id,
        {
            name: value.value
            for name, value in found.metadata.items()
            if isinstance(value, (dg.IntMetadataValue, dg.FloatMetadataValue)) and value.value is not None
        },
    )


def _rows(found: dg.AssetCheckEvaluation) -> list[dict[str, Any]]:
    rows = found.metadata.get(ROWS)
    if not isinstance(rows, dg.TableMetadataValue):
        return []
    # The event log sorts the fields of a record; its schema keeps their order.
    columns = [column.name for column in rows.schema.columns]
    return [] if columns == [PROBLEM] else [{name: row.data[name] for name in columns} for row in rows.records]


def _since(trend: Sequence[Evaluation], unbroken_since: datetime) -> datetime:
    """Before the trend, warnings and failures count as one status."""
    for later, earlier in pairwise(reversed(trend)):
        if earlier.status != later.status:
            return later.at
    return unbroken_since


def _time(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
