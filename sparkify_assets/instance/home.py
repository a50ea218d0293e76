"""The Dagster instance of a working folder: runs of the console and of the UI share it."""

import os
from importlib import resources
from pathlib import Path

import dagster as dg
import yaml  # type: ignore[import-untyped]
from dagster._check import CheckError
from dagster._core.instance.ref import InstanceRef

from sparkify_assets.errors import SettingsError

# What `sparkify run` prints is for the console: Dagster's default takes it, and the progress display with it,
# through files and four processes which follow them.
_UNCAPTURED = {
    "compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
}


def dagster_home() -> Path:
    """DAGSTER_HOME if set; else this folder if it has a dagster.yaml; else `data/` in it."""
    here = Path.cwd()
    if home := os.environ.get("DAGSTER_HOME"):
        return here / os.path.expanduser(home)
    return here if (here / "dagster.yaml").exists() else here / "data"


def open_instance() -> dg.DagsterInstance:
    """The instance, created at the first use; without a dagster.yaml it gets the one of this package.

    Raises SettingsError if the home cannot be written, or its dagster.yaml is none.
    """
    home = dagster_home()
    config = home / "dagster.yaml"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not config.exists():
            text = resources.files(__package__).joinpath("dagster.yaml").read_text("utf-8")
            # Only the home of a checkout is the folder above `data/`.
            _write_at_once(config, text.replace("base_dir: data/", "base_dir: "))
    except OSError as error:
        raise SettingsError(
            f"The Dagster instance cannot be made in {home}: {error.strerror}. Set DAGSTER_HOME to a folder "
            "which this user may write to."
        ) from error
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    try:
        return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=_UNCAPTURED))
    except (dg.DagsterError, CheckError, yaml.YAMLError, ValueError, OSError) as error:
        raise SettingsError(
            f"{config} does not describe a Dagster instance: {str(error).partition(' Expected: ')[0]}\n"
            "Correct it, or move it away: the next command writes one."
        ) from error


def _write_at_once(path: Path, text: str) -> None:
    """Another process which makes the same home finds the whole file, or none."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)
