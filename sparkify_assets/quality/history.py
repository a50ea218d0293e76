"""Reads the state of all tables from a Dagster instance, in a time which hardly grows with the history.

Of each check the latest evaluations are read in full; what lies behind them only as far as it takes to say since
when the check stands as it does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecord
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Recorded
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.base import EventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable

from sparkify_assets.models import models
from sparkify_assets.quality.state import CheckState, Evaluation, Quality, Status, TableState

TREND = 30
ROWS = "rows"
# The only field of a row which stands for no row of a table: the description of the evaluation tells it.
PROBLEM = "problem"
_EVALUATED = {Recorded.SUCCEEDED, Recorded.FAILED}


@dataclass(frozen=True)
class WatchedTable:
    """A table of `sql/` which is an asset, with its checks."""

    name: str
    group: str
    is_daily: bool
    checks: Sequence[dg.AssetCheckSpec]


def watched_tables(assets: Iterable[object], checks: Iterable[object]) -> list[WatchedTable]:
    """The tables among the assets of a definition, in their order, and what checks them."""
    specs = [spec for group in checks if isinstance(group, dg.AssetChecksDefinition) for spec in group.check_specs]
    tables = [spec for asset in assets if isinstance(asset, dg.AssetsDefinition) for spec in asset.specs]
    return [
        WatchedTable(
            name,
            models()[name].group,
            table.partitions_def is not None,
            [spec for spec in specs if spec.asset_key == table.key],
        )
        for table in tables
        if (name := table.key.to_user_string()) in models()
    ]


def read_quality(
    instance: dg.DagsterInstance, tables: Sequence[WatchedTable], *, now: datetime | None = None
) -> Quality:
    """The state of the tables, from the events which are stored at this moment."""
    storage = instance.event_log_storage
    latest = storage.get_latest_asset_check_execution_by_key([spec.key for table in tables for spec in table.checks])
    materializations = instance.get_latest_materialization_events([dg.AssetKey(table.name) for table in tables])
    failures = _StepFailures(storage)
    states = [
        _table(
            instance,
            table,
            materializations.get(dg.AssetKey(table.name)),
            [_check(storage, table.name, spec, latest.get(spec.key), failures) for spec in table.checks],
        )
        for table in tables
    ]
    return Quality(now or datetime.now(UTC), sorted(states, key=lambda table: table.status.place))


class _StepFailures:
    """When steps failed, by run and step; a run is looked up once."""

    def __init__(self, storage: EventLogStorage) -> None:
        @cache
        def of_run(run_id: str) -> Mapping[str | None, tuple[datetime, str]]:
            events = storage.get_logs_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
            return {event.step_key: (_time(event.timestamp), _reason(event)) for event in events}

        self._of_run = of_run

    def of(self, record: AssetCheckExecutionRecord) -> tuple[datetime, str] | None:
        """Time and reason, if the step of a check which has no result has failed."""
        if record.status != Recorded.PLANNED or record.event is None:
            return None
        return self._of_run(record.run_id).get(record.event.step_key)


def _table(
    instance: dg.DagsterInstance, table: WatchedTable, event: dg.EventLogEntry | None, checks: Sequence[CheckState]
) -> TableState:
    ordered = sorted(checks, key=lambda check: check.status.place)
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


def _check(
    storage: EventLogStorage,
    table: str,
    spec: dg.AssetCheckSpec,
    latest: AssetCheckExecutionRecord | None,
    failures: _StepFailures,
) -> CheckState:
    standing = CheckState(table, spec.name, spec.description or "", spec.blocking)
    if latest is None:
        return standing
    records = storage.get_asset_check_execution_history(spec.key, limit=TREND, status=_EVALUATED)
    evaluations = [(record, record.evaluation) for record in reversed(records)]
    trend = [_evaluation(record, found) for record, found in evaluations if found]
    if failures.of(latest):
        return _errored(storage, standing, spec.key, trend, failures)
    if not trend:
        return standing
    _, found = evaluations[-1]
    assert found
    return CheckState(
        table,
        spec.name,
        standing.rule,
        spec.blocking,
        status=trend[-1].status,
        severity=found.severity.value,
        since=_since(storage, spec.key, records, trend),
        says=None if found.passed else found.description,
        rows=_rows(found),
        trend=trend,
        skipped=latest.status == Recorded.PLANNED,
    )


def _errored(
    storage: EventLogStorage,
    standing: CheckState,
    key: dg.AssetCheckKey,
    trend: Sequence[Evaluation],
    failures: _StepFailures,
) -> CheckState:
    """A check whose step fails before it gives a result; the event log holds nothing but its plan."""
    errors: list[tuple[datetime, str, str]] = []
    for record in storage.get_asset_check_execution_history(key, limit=TREND):
        failure = failures.of(record)
        if failure is None:
            break
        errors.append((*failure, record.run_id))
    marks = [Evaluation(Status.ERRORED, at, run_id) for at, _, run_id in reversed(errors)]
    return CheckState(
        standing.table,
        standing.name,
        standing.rule,
        standing.blocking,
        status=Status.ERRORED,
        since=errors[-1][0],
        says=errors[0][1],
        trend=[*trend, *marks][-TREND:],
    )


def _evaluation(record: AssetCheckExecutionRecord, found: dg.AssetCheckEvaluation) -> Evaluation:
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


def _since(
    storage: EventLogStorage,
    key: dg.AssetCheckKey,
    records: Sequence[AssetCheckExecutionRecord],
    trend: Sequence[Evaluation],
) -> datetime:
    first = len(trend) - 1
    while first and trend[first - 1].status == trend[-1].status:
        first -= 1
    if first or len(records) < TREND:
        return trend[first].at
    return _since_before(storage, key, records[0].status) or trend[0].at


def _since_before(storage: EventLogStorage, key: dg.AssetCheckKey, status: Recorded) -> datetime | None:
    """Since when a check gives this result, further back than the trend.

    Whether a failure is a warning stands in the event itself, which would have to be parsed for each
    evaluation; so behind the trend a rule which is broken counts as one status. Dagster's own methods
    cannot ask for the first record after another one.
    """
    if not isinstance(storage, SqlEventLogStorage):
        return None
    columns = AssetCheckExecutionsTable.c
    of_check = db.and_(
        columns.asset_key == key.asset_key.to_string(),
        columns.check_name == key.name,
        columns.execution_status.in_([recorded.value for recorded in _EVALUATED]),
    )
    last_other = db.select(db.func.coalesce(db.func.max(columns.id), 0)).where(
        of_check, columns.execution_status != status.value
    )
    first = db.select(db.func.min(columns.evaluation_event_timestamp)).where(
        of_check, columns.id > last_other.scalar_subquery()
    )
    with storage.index_connection() as connection:
        found: datetime | None = connection.execute(first).scalar()
    return found.replace(tzinfo=UTC) if found else None


def _reason(event: dg.EventLogEntry) -> str:
    failure = event.get_dagster_event().step_failure_data
    said = failure.user_failure_data.description if failure.user_failure_data else None
    error = failure.error.cause or failure.error if failure.error else None
    return said or (error.message.strip() if error else "the step failed")


def _time(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
