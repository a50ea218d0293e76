"""Dagster's SQLite run storage, for runs of several days, and for runs whose process may die."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG as _LAST_TAG
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_START_TAG as _FIRST_TAG
from dagster._serdes import ConfigurableClassData

from sparkify_assets.instance.run_processes import RunProcesses
from sparkify_assets.instance.storages import engine_of, first_use, in_home

_MANY_DAYS = 366
_ENDS = (dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_CANCELED)
PLANS_EACH_DAY: ContextVar[bool] = ContextVar("plans_each_day", default=True)
"""Whether the run which was added last is planned day by day, so that the UI shows each as in progress or failed."""


class TaggedDaysRunStorage(SqliteRunStorage):
    """The same file and rows as Dagster's own, but the days of a run are in its tags alone.

    Dagster also writes them into the run if the asset of the run which is last by name has partitions.
    Then it plans each asset and check once for each day, also those without partitions: for a month
    30 rows and 44 kB of each check, which no evaluation ever updates. From the tags it plans each
    according to its own partitions. See docs/decisions/0001-own-sqlite-storages.md.

    Of each run which has started, and has not ended, it notes the process: `processes`.
    """

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._engine = engine_of(conn_string)
        self.processes = RunProcesses(Path(str(db.make_url(conn_string).database)).with_name("processes"))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "TaggedDaysRunStorage":
        """Build from dagster.yaml."""
        config = in_home(config_value)
        with first_use(config):
            return cls.from_local(inst_data=inst_data, **config)

    @contextmanager
    def connect(self) -> Iterator[db.Connection]:
        """A transaction on a connection which is kept; Dagster makes a new one for each."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the file."""
        self._engine.dispose()
        super().dispose()

    def add_run(self, dagster_run: dg.DagsterRun) -> dg.DagsterRun:
        """Store a new run; Dagster plans events from the one which is returned, those of very many days as one."""
        first, last = (dagster_run.tags.get(tag) for tag in (_FIRST_TAG, _LAST_TAG))
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days if first and last else 0
        PLANS_EACH_DAY.set(days < _MANY_DAYS)
        return super().add_run(dagster_run._replace(partitions_subset=None))

    def handle_run_event(self, run_id: str, event: dg.DagsterEvent, update_timestamp: datetime | None = None) -> None:
        """Store the status which follows; the process which works on a run is the one which says that it starts."""
        if event.event_type == dg.DagsterEventType.RUN_START:
            self.processes.begin(run_id)
        super().handle_run_event(run_id, event, update_timestamp)
        if event.event_type in _ENDS:
            self.processes.end(run_id)
