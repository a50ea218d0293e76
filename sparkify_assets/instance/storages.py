"""Dagster's own storages of files, with a relative `base_dir` in DAGSTER_HOME instead of the working folder."""

import os
from pathlib import Path
from typing import Any

from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._serdes import ConfigurableClassData

from sparkify_assets.instance.folders import require_writable


def in_home(config: Any) -> Any:
    """The configuration of a storage, with the whole path of its folder; raises SettingsError if it is not writable."""
    folder = Path(os.environ.get("DAGSTER_HOME") or os.getcwd()) / config["base_dir"]
    require_writable(folder, "DAGSTER_HOME")
    return config | {"base_dir": str(folder)}


class HomeScheduleStorage(SqliteScheduleStorage):
    """Ticks and states of schedules and sensors."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """Build from dagster.yaml."""
        return super().from_config_value(inst_data, in_home(config_value))


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
