"""The Dagster instance of a working folder: runs of the console and of the UI share it."""

import os
from importlib import resources
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

# What `sparkify run` prints is for the console: Dagster's default takes it, and the progress display with it,
# through files and four processes which follow them.
_UNCAPTURED = {
    "compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
}


def dagster_home() -> Path:
    """DAGSTER_HOME if set; else this folder if it has a dagster.yaml; else `data/` in it."""
    if home := os.environ.get("DAGSTER_HOME"):
        return Path(home).expanduser()
    here = Path.cwd()
    return here if (here / "dagster.yaml").exists() else here / "data"


def open_instance() -> dg.DagsterInstance:
    """The instance, created at the first use; without a dagster.yaml it gets the one of this package."""
    home = dagster_home()
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(resources.files(__package__).joinpath("dagster.yaml").read_text("utf-8"), encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=_UNCAPTURED))
