"""Dagster's SQLite event log with connections which stay open."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any

import dagster as dg
import sqlalchemy as db
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.storage.event_log import SqlEventLogStorageTable, SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

from sparkify_assets.instance.run_storage import PLANS_EACH_DAY
from sparkify_assets.instance.storages import engine_of, first_use, in_home

_OPEN_SHARDS = 8
_INDEX = "index"
_MIRRORED = ASSET_EVENTS | ASSET_CHECK_EVENTS


class _Batch(threading.local):
    """The connections of the batch which a thread is storing, by file; None outside of a batch."""

    connections: dict[str, db.Connection] | None = None


class PooledSqliteEventLogStorage(SqliteEventLogStorage):
    """The same files and rows as Dagster's own, in less than half of the time.

    Dagster opens a connection and a transaction for each of the several statements of each event,
    asks each time which columns a table has, and waits for the disk; a month of partitions makes some
    600 events. This keeps a connection per file, and stores a batch of events (DAGSTER_EVENT_BATCH_SIZE) in one
    transaction per file, in which an asset's summary is written once. It overrides private methods:
    docs/decisions/0001-own-sqlite-storages.md says what that gains and how to leave it.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, db.Engine] = {}
        self._batch = _Batch()
        self._asset_columns: dict[str, bool] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "PooledSqliteEventLogStorage":
        """Build from dagster.yaml."""
        config = in_home(config_value)
        with first_use(config):
            storage = cls(inst_data=inst_data, **config)
            # Complete it, if the process which made the file was killed before it had.
            storage._engine(_INDEX)
        return storage

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events of one run about assets and checks in one transaction per file, others as Dagster does."""
        runs = {event.run_id for event in events}
        if len(runs) != 1 or any(event.dagster_event_type not in _MIRRORED for event in events):
            super().store_event_batch(events)
            return
        rows = [self._event_to_row(event) for event in events]
        with self._db_lock, ExitStack() as transactions:
            run, index = (transactions.enter_context(self._engine(shard).begin()) for shard in (*runs, _INDEX))
            self._batch.connections = {_INDEX: index}
            try:
                run.execute(SqlEventLogStorageTable.insert(), rows)
                index.execute(SqlEventLogStorageTable.insert(), rows)
                last_id = index.execute(db.select(db.func.max(SqlEventLogStorageTable.c.id))).scalar_one()
                self._summarize(index, list(zip(events, range(last_id - len(rows) + 1, last_id + 1), strict=True)))
            finally:
                self._batch.connections = None

    def _summarize(self, index: db.Connection, stored: Sequence[tuple[dg.EventLogEntry, int]]) -> None:
        """Write to the index what follows from the events: tags, the latest state of each asset, and checks."""
        latest: dict[dg.AssetKey | None, tuple[dg.EventLogEntry, int]] = {}
        assets = [(event, event_id) for event, event_id in stored if event.dagster_event_type not in ASSET_CHECK_EVENTS]
        self._store_asset_event_tags(index, [event for event, _ in assets], [event_id for _, event_id in assets])
        for event, event_id in stored:
            if event.dagster_event_type in ASSET_CHECK_EVENTS:
                self.store_asset_check_event(event, event_id)
            else:
                latest[event.get_dagster_event().asset_key] = (event, event_id)
        for event, event_id in latest.values():
            self._store_asset_event(index, event, event_id)

    @cached_property
    def supports_asset_checks(self) -> bool:
        """Whether the files have the table of checks; Dagster's own asks on a new connection for each event."""
        return bool(super().supports_asset_checks)

    @property
    def supports_partition_subset_in_asset_materialization_planned_events(self) -> bool:
        """Whether an asset is planned once with all days of the run: an event a day takes a minute for decades."""
        return not PLANS_EACH_DAY.get()

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; Dagster's own makes an engine and a connection for each question."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[db.Connection]:
        if self._batch.connections is not None:
            yield self._batch.connections[shard]
            return
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _has_asset_key_col_on_connection(self, conn: db.Connection, column_name: str) -> bool:
        if column_name not in self._asset_columns:
            self._asset_columns[column_name] = super()._has_asset_key_col_on_connection(conn, column_name)
        return self._asset_columns[column_name]

    def _engine(self, shard: str) -> db.Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = engine_of(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine, for_index_shard=shard == _INDEX)
                self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        while len(self._engines) > _OPEN_SHARDS:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def dispose(self) -> None:
        """Close the files."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
