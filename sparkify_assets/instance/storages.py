"""Dagster's own storages of files, with a relative `base_dir` in DAGSTER_HOME instead of the working folder."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as db
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData

from sparkify_assets.instance.folders import require_writable


def in_home(config: Any) -> Any:
    """The configuration of a storage, with the whole path of its folder; raises SettingsError if it is not writable."""
    folder = Path(os.environ.get("DAGSTER_HOME") or os.getcwd()) / config["base_dir"]
    require_writable(folder, "DAGSTER_HOME")
    return config | {"base_dir": str(folder)}


@contextmanager
def first_use(config: Mapping[str, str]) -> Iterator[None]:
    """While a storage with this configuration is opened: one process at a time may find that it has to create it.

    Two of them at once leave two versions in its `alembic_version`, and nobody can open it any more.
    """
    folder = Path(config["base_dir"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "first_use.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Dagster creates each table and index in a transaction of its own, on an engine which only it knows.
        db.event.listen(db.Engine, "connect", _do_not_wait)
        try:
            yield
        finally:
            db.event.remove(db.Engine, "connect", _do_not_wait)


def engine_of(conn_string: str) -> db.Engine:
    """Connections to a SQLite file of the instance, whose commits do not wait for the disk.

    What is committed stays however a process ends. A power cut may take the last commits; the file is whole after it.
    """
    engine = db.create_engine(conn_string, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
    db.event.listen(engine, "connect", _do_not_wait)
    return engine


def _do_not_wait(connection: sqlite3.Connection, _record: object) -> None:
    # Without a write-ahead log, which Dagster asks for only after it has made its tables, each commit waits.
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")


class HomeScheduleStorage(SqliteScheduleStorage):
    """Ticks and states of schedules and sensors."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """Build from dagster.yaml."""
        config = in_home(config_value)
        with first_use(config):
            return super().from_config_value(inst_data, config)


class HomeArtifactStorage(LocalArtifactStorage):
    """Files which belong to runs."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """Build from dagster.yaml."""
        return super().from_config_value(inst_data, in_home(config_value))


class HomeComputeLogManager(LocalComputeLogManager):
    """What steps print."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """Build from dagster.yaml."""
        return super().from_config_value(inst_data, in_home(config_value))
