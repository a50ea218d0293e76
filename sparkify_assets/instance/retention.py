"""Removes old runs from the Dagster instance, but not what is known of its assets and checks by them.

Dagster's own `delete_run` forgets with a run that its days were loaded, leaves its evaluations, and keeps its file.
The statements run on every event log storage which is a database.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as db
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqlEventLogStorageTable, SqliteEventLogStorage
from dagster._core.storage.event_log.schema import AssetEventTagsTable
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.exc import OperationalError

from sparkify_assets.instance.check_executions import CHECKS, SqlEventLogStorage, needed_check_ids, unevaluated_runs
from sparkify_assets.instance.home import dagster_home

_EVENTS = SqlEventLogStorageTable
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_KEPT_EVENTS = (dg.DagsterEventType.ASSET_MATERIALIZATION.value, dg.DagsterEventType.ASSET_OBSERVATION.value)
_RUNS_AT_ONCE = 100
_FREE_SHARE = 0.25


def delete_old_runs(instance: dg.DagsterInstance, keep_days: int, now: datetime) -> int:
    """Delete the runs which ended and were created more than `keep_days` days before; how many, at most 100.

    Of each asset and day the latest materialization and observation stay, of each check its latest evaluations and the
    first with the status of now; so does the newest run, and one whose check waits for a result.
    With 0 days all runs stay.
    """
    storage = instance.event_log_storage
    if not keep_days or not isinstance(storage, SqlEventLogStorage):
        return 0
    old = dg.RunsFilter(statuses=_ENDED, created_before=now - timedelta(days=keep_days))
    found = [run.run_id for run in instance.get_runs(old, limit=_RUNS_AT_ONCE, ascending=True)]
    if not found:
        return 0
    try:
        with storage.index_connection() as index:
            needed = {*index.execute(unevaluated_runs()).scalars(), *(run.run_id for run in instance.get_runs(limit=1))}
            runs = [run_id for run_id in found if run_id not in needed]
            _delete_events(index, runs)
        # As dagster.yaml says, not as in this instance: that of the command line keeps nothing, and deletes nothing.
        printed = InstanceRef.from_dir(str(dagster_home())).compute_log_manager
        for run_id in runs:
            if isinstance(storage, SqliteEventLogStorage):
                _delete_file(Path(storage.path_for_shard(run_id)))
            printed.delete_logs(prefix=[run_id])
            instance.run_storage.delete_run(run_id)
        if isinstance(storage, SqliteEventLogStorage):
            _give_back_space(Path(storage.path_for_shard("index")))
    except OperationalError:  # somebody else is writing; the next time will do
        return 0
    return len(runs)


def _delete_events(index: db.Connection, runs: Sequence[str]) -> None:
    latest = (
        db.select(db.func.max(_EVENTS.c.id))
        .where(_EVENTS.c.dagster_event_type.in_(_KEPT_EVENTS), _EVENTS.c.asset_key.is_not(None))
        .group_by(_EVENTS.c.asset_key, _EVENTS.c.dagster_event_type, _EVENTS.c.partition)
    )
    old = db.and_(_EVENTS.c.run_id.in_(runs), _EVENTS.c.id.not_in(latest))
    tags = AssetEventTagsTable.c.event_id.in_(db.select(_EVENTS.c.id).where(old))
    index.execute(AssetEventTagsTable.delete().where(tags))
    index.execute(_EVENTS.delete().where(old))
    kept = needed_check_ids()
    index.execute(CHECKS.delete().where(CHECKS.c.run_id.in_(runs), CHECKS.c.id.not_in(kept)))


def _delete_file(path: Path) -> None:
    """With what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _give_back_space(path: Path) -> None:
    """Free pages are used again by later runs; only where they are many, the file is written anew without them."""
    with closing(sqlite3.connect(path, timeout=SQLITE_BUSY_TIMEOUT_SECONDS, isolation_level=None)) as database:
        (free,), (pages,) = (database.execute(f"pragma {n}").fetchone() for n in ("freelist_count", "page_count"))
        if free > pages * _FREE_SHARE:
            database.execute("vacuum")
            database.execute("pragma wal_checkpoint(truncate)")
