"""Evaluations of all checks in one query each: Dagster's own methods read one check at a time.

The statements run on every event log storage which is a database.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecord as CheckRecord
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as RecordStatus
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable

__all__ = ["CheckRecord", "RecordStatus", "SqlEventLogStorage", "latest_evaluations", "unbroken_since"]

_TABLE = AssetCheckExecutionsTable
_EVALUATED = _TABLE.c.execution_status.in_([RecordStatus.SUCCEEDED.value, RecordStatus.FAILED.value])


def latest_evaluations(storage: SqlEventLogStorage, limit: int) -> Mapping[dg.AssetCheckKey, Sequence[CheckRecord]]:
    """The latest evaluations of each check, the oldest first; a check which was only planned has none."""
    age = db.func.row_number().over(partition_by=[_TABLE.c.asset_key, _TABLE.c.check_name], order_by=_TABLE.c.id.desc())
    ranked = db.select(_TABLE.c.id, age.label("age")).where(_EVALUATED).subquery()
    query = (
        db.select(_TABLE).join(ranked, ranked.c.id == _TABLE.c.id).where(ranked.c.age <= limit).order_by(_TABLE.c.id)
    )
    found: dict[dg.AssetCheckKey, list[CheckRecord]] = defaultdict(list)
    with storage.index_connection() as connection:
        for row in connection.execute(query).mappings():
            key = _key(row)
            found[key].append(CheckRecord.from_db_row(row, key=key))
    return found


def unbroken_since(storage: SqlEventLogStorage) -> Mapping[dg.AssetCheckKey, datetime]:
    """Time of the first of the uninterrupted evaluations in which each check passed, or did not pass.

    Warnings count as failures here: the severity is in the text of the event, which is not read.
    """
    keys = (_TABLE.c.asset_key, _TABLE.c.check_name)
    last_pass, last_failure = (
        db.func.coalesce(db.func.max(db.case((_TABLE.c.execution_status == status.value, _TABLE.c.id))), 0)
        for status in (RecordStatus.SUCCEEDED, RecordStatus.FAILED)
    )
    last = (
        db.select(*keys, last_pass.label("passed"), last_failure.label("failed"))
        .where(_EVALUATED)
        .group_by(*keys)
        .subquery()
    )
    last_other = db.case((last.c.passed < last.c.failed, last.c.passed), else_=last.c.failed)
    query = (
        db.select(*keys, db.func.min(_TABLE.c.evaluation_event_timestamp).label("since"))
        .join(last, db.and_(last.c.asset_key == keys[0], last.c.check_name == keys[1]))
        .where(_EVALUATED, _TABLE.c.id > last_other)
        .group_by(*keys)
    )
    with storage.index_connection() as connection:
        return {_key(row): row["since"].replace(tzinfo=UTC) for row in connection.execute(query).mappings()}


def _key(row: db.RowMapping) -> dg.AssetCheckKey:
    table = dg.AssetKey.from_db_string(row["asset_key"])
    assert table is not None
    return dg.AssetCheckKey(table, row["check_name"])
