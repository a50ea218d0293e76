"""What a process of pytest prints after its last test: nothing of what Hypothesis keeps."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from sparkify_assets_tests.conftest import pytest_unconfigure

TEST = """
import duckdb
import pytest
from hypothesis import given, settings, strategies


class Reader:
    def rows(self, connection: duckdb.DuckDBPyConnection):
        pass


@pytest.mark.parametrize("reader", [Reader])
@settings(database=None, max_examples=2)
@given(strategies.integers())
def test_x(reader, number):
    pass
"""


def printed_by_pytest(folder: Path, conftest: str) -> str:
    folder.mkdir()
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_x.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout + done.stderr


@pytest.mark.slow
def test_no_line_about_leaks_comes_after_tests_with_hypothesis(tmp_path: Path) -> None:
    assert "leaked" in printed_by_pytest(tmp_path / "as it is", "")
    hook = f"import sys\nfrom types import ModuleType\n\n\n{inspect.getsource(pytest_unconfigure)}"
    assert "leaked" not in printed_by_pytest(tmp_path / "with the hook", hook)
