"""What a killed load leaves in TMPDIR goes with the next load, and nothing else does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sparkify_assets.scratch import scratch_folder

HOLD = """
import sys
from sparkify_assets.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "rows.json").write_text("half a load")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def start(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process in the middle of a load, and its folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_load_left_goes_and_what_is_in_use_stays(temporary: Path) -> None:
    of_others = temporary / "sparkify-notes"
    of_others.mkdir()
    alive, in_use = start(temporary)
    killed, left = start(temporary)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert (left / "rows.json").exists()
    with scratch_folder() as own:
        assert {*temporary.iterdir()} == {of_others, in_use, own}
    assert {*temporary.iterdir()} == {of_others, in_use}
    alive.communicate()
    assert {*temporary.iterdir()} == {of_others}


def test_a_folder_goes_with_its_load_also_if_that_fails(temporary: Path) -> None:
    with pytest.raises(FileNotFoundError, match="rows"), scratch_folder() as folder:
        (folder / "rows.json").read_text()
    assert [*temporary.iterdir()] == []
