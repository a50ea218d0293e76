"""The Dagster instance of a working folder: runs of the console and of the UI share it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import dagster as dg
import yaml  # type: ignore[import-untyped]
from dagster._check import CheckError
from dagster._core.instance.ref import InstanceRef

from sparkify_assets.errors import SettingsError
from sparkify_assets.instance.damage import require_usable, translate_instance_errors
from sparkify_assets.instance.folders import require_writable

CONFIG = "dagster.yaml"

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


@contextmanager
def open_instance() -> Iterator[dg.DagsterInstance]:
    """The instance, created at the first use; without a dagster.yaml it gets the one of this package.

    Raises SettingsError if the home cannot be written or its dagster.yaml is none, and InstanceError if a file of the
    instance is damaged or cannot be written, now or while it is in use.
    """
    home = dagster_home()
    _write_missing_config(home)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    ref = _read_config(home)
    with translate_instance_errors(home, ref):
        require_usable(home, ref)
        with _described(home):
            instance = dg.DagsterInstance.from_ref(ref)
        with instance:
            yield instance


def examine_instance() -> str:
    """How the instance is, for people; raises as `open_instance` does, but reads all of it and makes nothing."""
    home = dagster_home()
    require_writable(home, "DAGSTER_HOME")
    if not (home / CONFIG).exists():
        return f"{home}; the first run makes it"
    require_usable(home, _read_config(home), thorough=True)
    return str(home)


def _write_missing_config(home: Path) -> None:
    config = home / CONFIG
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not config.exists():
            text = resources.files(__package__).joinpath(CONFIG).read_text("utf-8")
            # Only the home of a checkout is the folder above `data/`.
            _write_at_once(config, text.replace("base_dir: data/", "base_dir: "))
    except OSError as error:
        raise SettingsError(
            f"The Dagster instance cannot be made in {home}: {error.strerror}. Set DAGSTER_HOME to a folder "
            "which this user may write to."
        ) from error


def _read_config(home: Path) -> InstanceRef:
    with _described(home):
        if not (home / CONFIG).read_bytes().strip():
            raise ValueError("it is empty")
        return InstanceRef.from_dir(str(home), overrides=_UNCAPTURED)


@contextmanager
def _described(home: Path) -> Iterator[None]:
    """Raise SettingsError for what Dagster says of its configuration."""
    config = home / CONFIG
    try:
        yield
    except (dg.DagsterError, CheckError, yaml.YAMLError, ValueError, OSError) as error:
        raise SettingsError(
            f"{config} does not describe a Dagster instance: {str(error).partition(' Expected: ')[0]}\n"
            "The tables are untouched. Correct it, or move it away (`sparkify doctor --repair` does): the next command "
            "writes one.",
            [config],
        ) from error


def _write_at_once(path: Path, text: str) -> None:
    """Another process which makes the same home finds the whole file, or none."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)
