"""Evaluations of all checks in few queries: Dagster's own methods read one check at a time.

The statements run on every event log storage which is a database. They look for their rows in an index by check and
status, which is made where it is missing: of a long history it is a small part.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecord as CheckRecord
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as RecordStatus
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable

__all__ = [
    "CHECKS", "TREND", "CheckRecord", "RecordStatus", "SqlEventLogStorage", "latest_evaluations", "needed_check_ids",
    "unbroken_since", "unevaluated_runs",
]  # fmt: skip

TREND = 20
"""How many evaluations of a check are shown."""

CHECKS = AssetCheckExecutionsTable
_KEYS = (CHECKS.c.asset_key, CHECKS.c.check_name)
_EVALUATED = CHECKS.c.execution_status.in_([RecordStatus.SUCCEEDED.value, RecordStatus.FAILED.value])
_BY_STATUS = """
    create index if not exists sparkify_checks_by_status
    on asset_check_executions (asset_key, check_name, execution_status, id)
"""


@contextmanager
def _read(storage: SqlEventLogStorage) -> Iterator[db.Connection]:
    with storage.index_connection() as connection:
        connection.execute(db.text(_BY_STATUS))
        yield connection


def latest_evaluations(storage: SqlEventLogStorage) -> Mapping[dg.AssetCheckKey, Sequence[CheckRecord]]:
    """The latest TREND evaluations of each check, the oldest first; a check which was only planned has none."""
    query = db.select(CHECKS).where(CHECKS.c.id.in_(_latest_ids())).order_by(CHECKS.c.id)
    found: dict[dg.AssetCheckKey, list[CheckRecord]] = defaultdict(list)
    with _read(storage) as connection:
        for row in connection.execute(query).mappings():
            key = _key(row)
            found[key].append(CheckRecord.from_db_row(row, key=key))
    return found


def unbroken_since(storage: SqlEventLogStorage) -> Mapping[dg.AssetCheckKey, datetime]:
    """Time of the first of the uninterrupted evaluations in which each check passed, or did not pass.

    Warnings count as failures here: the severity is in the text of the event, which is not read.
    """
    query = db.select(*_KEYS, CHECKS.c.evaluation_event_timestamp.label("since")).where(
        CHECKS.c.id.in_(_first_unbroken_ids())
    )
    with _read(storage) as connection:
        return {_key(row): row["since"].replace(tzinfo=UTC) for row in connection.execute(query).mappings()}


def needed_check_ids() -> db.CompoundSelect[Any]:
    """Ids of what the functions above read, and of the latest execution of each check, whatever became of it."""
    return db.union(_latest_ids(), _first_unbroken_ids(), _last_ids())


def unevaluated_runs() -> db.Select[Any]:
    """Runs which planned a check last, and gave no result: what happened to it is in their events."""
    return db.select(CHECKS.c.run_id).where(
        CHECKS.c.id.in_(_last_ids()), CHECKS.c.execution_status == RecordStatus.PLANNED.value
    )


def _latest_ids() -> db.Select[Any]:
    age = db.func.row_number().over(partition_by=_KEYS, order_by=CHECKS.c.id.desc())
    ranked = db.select(CHECKS.c.id, age.label("age")).where(_EVALUATED).subquery()
    return db.select(ranked.c.id).where(ranked.c.age <= TREND)


def _first_unbroken_ids() -> db.Select[Any]:
    last_pass, last_failure = (
        db.func.coalesce(db.func.max(db.case((CHECKS.c.execution_status == status.value, CHECKS.c.id))), 0)
        for status in (RecordStatus.SUCCEEDED, RecordStatus.FAILED)
    )
    last = (
        db.select(*_KEYS, last_pass.label("passed"), last_failure.label("failed"))
        .where(_EVALUATED)
        .group_by(*_KEYS)
        .subquery()
    )
    last_other = db.case((last.c.passed < last.c.failed, last.c.passed), else_=last.c.failed)
    return (
        db.select(db.func.min(CHECKS.c.id))
        .join(last, db.and_(last.c.asset_key == _KEYS[0], last.c.check_name == _KEYS[1]))
        .where(_EVALUATED, CHECKS.c.id > last_other)
        .group_by(*_KEYS)
    )


def _last_ids() -> db.Select[Any]:
    return db.select(db.func.max(CHECKS.c.id)).group_by(*_KEYS)


def _key(row: db.RowMapping) -> dg.AssetCheckKey:
    table = dg.AssetKey.from_db_string(row["asset_key"])
    assert table is not None
    return dg.AssetCheckKey(table, row["check_name"])
