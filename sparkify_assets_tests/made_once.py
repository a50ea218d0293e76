"""Folders which take long to fill: one worker makes them, and all tests of the session look at them."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sparkify_assets_tests.cli import invoke, set_up, small_lake
from sparkify_assets_tests.dagster_ui import newcomer


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> tuple[Path, str]:
    """A folder which `make` has filled, and what `make` gave back. No test may change it."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made_once" / name
    folder, kept = shared / "folder", shared / "printed.txt"
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            kept.write_text(make(folder), encoding="utf-8")
        return folder, kept.read_text(encoding="utf-8")


def first_run_of_a_newcomer(folder: Path) -> str:
    """What `sparkify run` does and prints in an empty folder: a sample lake, and everything made of it."""
    script = Path(sys.executable).with_name("sparkify")
    done = subprocess.run(
        [script, "run"], cwd=folder, env=newcomer(), capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def run_of_a_small_lake(folder: Path) -> str:
    """What `sparkify run` prints over one day with two plays."""
    small_lake(folder)
    with pytest.MonkeyPatch.context() as patch:
        set_up(folder, patch)
        done = invoke("run")
        assert done.exit_code == 0, done.output
    return done.output
