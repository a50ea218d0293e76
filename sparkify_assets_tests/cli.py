"""The command `sparkify` in this process, in a folder with a small lake."""

import os
import subprocess
import sys
import termios
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from sparkify_assets.cli.main import main
from sparkify_assets.settings import load_settings
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import FIRST, SmallLake

STAR_ALONE = ("--select", '+group:"star"')
"""Options of `run`, where answers and pages are not the subject: they take the most time."""


def small_lake(folder: Path) -> SmallLake:
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log(FIRST, event(), event(itemInSession=1, userId="2"))
    return lake


def set_up(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.chdir(folder)
    patch.setenv("DAGSTER_HOME", str(folder / "dagster"))
    patch.setenv("SPARKIFY_LAKE", str(folder / "lake"))
    patch.setenv("SPARKIFY_DUCKDB_PATH", str(folder / "warehouse.duckdb"))
    patch.setenv("SPARKIFY_LAST_DAY", FIRST)
    patch.setenv("COLUMNS", "200")


def invoke(*arguments: str, answer: str | None = None) -> Result:
    load_settings.cache_clear()
    result = CliRunner().invoke(main, arguments, input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        return connection.execute(query).fetchall()


def on_a_terminal(*arguments: str) -> str:
    """All which a command of its own writes to a terminal, control sequences and all."""
    screen, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (40, 200))
    command = [sys.executable, "-m", "sparkify_assets", *arguments]
    with subprocess.Popen(command, stdout=terminal, stderr=terminal, env=os.environ | {"TERM": "xterm"}) as process:
        os.close(terminal)
        shown = b""
        try:
            while block := os.read(screen, 1 << 16):
                shown += block
        except OSError:  # Linux message so of a terminal which the last writer has left.
            pass
        os.close(screen)
    assert process.returncode == 0, shown.decode()
    return shown.decode()
