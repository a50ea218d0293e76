"""A copy of the package and of `sql/` to which a test adds files, as somebody does who extends the platform."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from unittest import mock

import dagster as dg

ROOT = Path(__file__).parents[1]


class PackageCopy:
    """The copy in `folder`, with a home of its own in which its commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.home = folder / "home"

    @classmethod
    def of_the_checkout(cls, folder: Path) -> Self:
        """A new copy, in which nothing has run."""
        made = cls(folder)
        made.home.mkdir(parents=True)
        for name in ("sparkify_assets", "sql"):
            shutil.copytree(ROOT / name, made.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        return made

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def sparkify(self, *arguments: str, **settings: str) -> str:
        """Run the command in its home, and return what it prints; AssertionError if it fails."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGSTER_")}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", "from sparkify_assets.cli.main import main; main()", *arguments],
            cwd=self.home,
            env=environment | settings | {"PYTHONPATH": str(self.folder), "COLUMNS": "300"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextlib.contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The instance of its runs, which counts its folders from DAGSTER_HOME."""
        home = str(self.home / "data")
        with mock.patch.dict(os.environ, DAGSTER_HOME=home), dg.DagsterInstance.from_config(home) as instance:
            yield instance
