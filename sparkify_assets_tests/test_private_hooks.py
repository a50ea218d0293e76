"""What `instance/` takes from Dagster's private parts is still as it was; a new Dagster which changes it fails here."""

import inspect
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.execution.context.metadata_logging import OutputMetadataAccumulator
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage

from sparkify_assets.instance.event_log import PooledSqliteEventLogStorage
from sparkify_assets.instance.run_storage import TaggedDaysRunStorage
from sparkify_assets.instance.storages import HomeArtifactStorage, HomeComputeLogManager, HomeScheduleStorage

EVENT_LOG = "instance/event_log.py (docs/decisions/0001-own-sqlite-storages.md)"
RUN_STORAGE = "instance/run_storage.py (docs/decisions/0001-own-sqlite-storages.md)"
STORAGES = "instance/storages.py"
DAYS = "instance/day_metadata.py"
HOME = "instance/home.py"
HOOKS: list[tuple[str, type, str, list[str]]] = [
    (EVENT_LOG, SqliteEventLogStorage, "__init__", ["base_dir", "inst_data"]),
    (EVENT_LOG, SqliteEventLogStorage, "from_config_value", ["inst_data", "config_value"]),
    (EVENT_LOG, SqliteEventLogStorage, "store_event_batch", ["events"]),
    (EVENT_LOG, SqliteEventLogStorage, "store_asset_check_event", ["event", "event_id"]),
    (EVENT_LOG, SqliteEventLogStorage, "conn_string_for_shard", ["shard_name"]),
    (EVENT_LOG, SqliteEventLogStorage, "dispose", []),
    (EVENT_LOG, SqliteEventLogStorage, "_connect", ["shard"]),
    (EVENT_LOG, SqliteEventLogStorage, "_initdb", ["engine", "for_index_shard"]),
    (EVENT_LOG, SqliteEventLogStorage, "_event_to_row", ["event"]),
    (EVENT_LOG, SqliteEventLogStorage, "_has_asset_key_col_on_connection", ["conn", "column_name"]),
    (EVENT_LOG, SqliteEventLogStorage, "_store_asset_event", ["conn", "event", "event_id"]),
    (EVENT_LOG, SqliteEventLogStorage, "_store_asset_event_tags", ["conn", "events", "event_ids"]),
    (EVENT_LOG, SqliteEventLogStorage, "has_table", ["table_name"]),
    (RUN_STORAGE, SqliteRunStorage, "__init__", ["conn_string", "inst_data"]),
    (RUN_STORAGE, SqliteRunStorage, "from_local", ["base_dir", "inst_data"]),
    (RUN_STORAGE, SqliteRunStorage, "from_config_value", ["inst_data", "config_value"]),
    (RUN_STORAGE, SqliteRunStorage, "connect", []),
    (RUN_STORAGE, SqliteRunStorage, "dispose", []),
    (RUN_STORAGE, SqliteRunStorage, "add_run", ["dagster_run"]),
    (RUN_STORAGE, SqliteRunStorage, "handle_run_event", ["run_id", "event", "update_timestamp"]),
    (STORAGES, SqliteScheduleStorage, "from_config_value", ["inst_data", "config_value"]),
    (STORAGES, LocalArtifactStorage, "from_config_value", ["inst_data", "config_value"]),
    (STORAGES, LocalComputeLogManager, "from_config_value", ["inst_data", "config_value"]),
    (DAYS, dg.AssetExecutionContext, "get_step_execution_context", []),
    (DAYS, OutputMetadataAccumulator, "get_asset_metadata", ["asset_key", "partition_key"]),
    (HOME, InstanceRef, "from_dir", ["base_dir", "config_dir", "config_filename", "overrides"]),
    (HOME, NoOpComputeLogManager, "from_config_value", ["inst_data", "config_value"]),
]


@pytest.mark.parametrize(("user", "owner", "name", "expected"), HOOKS, ids=[f"{h[1].__name__}.{h[2]}" for h in HOOKS])
def test_a_method_of_dagster_which_we_hook_is_as_expected(
    user: str, owner: type, name: str, expected: list[str]
) -> None:
    method = getattr(owner, name, None)
    assert method is not None, f"This Dagster has no {owner.__name__}.{name} any more: adapt {user}."
    parameters = [parameter for parameter in inspect.signature(method).parameters if parameter != "self"]
    assert parameters == expected, f"{owner.__name__}.{name} of this Dagster takes {parameters}: adapt {user}."


@pytest.mark.parametrize(
    "ours",
    [
        PooledSqliteEventLogStorage,
        TaggedDaysRunStorage,
        HomeScheduleStorage,
        HomeArtifactStorage,
        HomeComputeLogManager,
    ],
)
def test_each_method_of_a_storage_which_overrides_dagsters_is_listed(ours: type) -> None:
    (dagsters,) = ours.__bases__
    overridden = {
        name for name, member in vars(ours).items() if callable(getattr(ours, name)) and name in dir(dagsters)
    }
    ignored = {"__doc__", "__module__", "__abstractmethods__", "__init_subclass__"}
    assert overridden - ignored <= {name for _, owner, name, _ in HOOKS if owner is dagsters}


def test_the_event_log_asks_dagsters_attributes_for_its_lock_and_files(tmp_path: Path) -> None:
    storage: Any = SqliteEventLogStorage(str(tmp_path))
    for name in ("_db_lock", "_initialized_dbs", "supports_asset_checks"):
        assert hasattr(storage, name), f"This Dagster's event log has no {name} any more: adapt {EVENT_LOG}."


def test_a_run_of_dagster_still_has_the_days_which_we_take_out() -> None:
    assert "partitions_subset" in inspect.signature(dg.DagsterRun).parameters, (
        f"Runs have no partitions_subset: adapt {RUN_STORAGE}."
    )
