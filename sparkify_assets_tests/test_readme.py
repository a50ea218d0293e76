"""What the README shows is what a newcomer sees: its query on the sample, and the Dagster UI."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkify_assets_tests.dagster_ui import asked, dagster_ui, newcomer

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which `sparkify run` has made the sample lake and the warehouse."""
    folder = tmp_path_factory.mktemp("newcomer")
    subprocess.run([BIN / "sparkify", "run"], cwd=folder, env=newcomer(), check=True, stdout=subprocess.PIPE)
    return folder


def test_the_query_of_the_readme_answers_as_shown(home: Path) -> None:
    shown = re.search(r"```console\n\$ (sparkify query [^\n]*)\n(.*?)```", README, flags=re.DOTALL)
    assert shown
    command = shlex.split(shown[1])
    answer = subprocess.run([BIN / command[0], *command[1:]], cwd=home, check=True, stdout=subprocess.PIPE, text=True)
    assert [line.split() for line in answer.stdout.splitlines()] == [line.split() for line in shown[2].splitlines()]


def test_every_command_of_the_readme_is_there() -> None:
    named = set(re.findall(r"`sparkify (\w+)", README))
    listed = subprocess.run([BIN / "sparkify", "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert named == set(re.findall(r"^  (\w+)  ", listed, flags=re.MULTILINE))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:\$ |`)make (\w+)", README)) <= targets


@pytest.fixture
def ui(home: Path) -> Iterator[str]:
    """`dagster dev` as `make dev` starts it, with the instance of the run above."""
    with dagster_ui(home) as address:
        yield address


def test_the_ui_shows_the_run_of_the_console_and_its_checks(ui: str) -> None:
    query = """{
        runsOrError { ... on Runs { results { jobName status } } }
        assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks {
            checks { name executionForLatestMaterialization { status } } } } }
    }"""
    answer = asked(ui, query)
    assert answer["runsOrError"] == {"results": [{"jobName": "sparkify_etl", "status": "SUCCESS"}]}
    statuses = {
        check["executionForLatestMaterialization"]["status"]
        for node in answer["assetNodes"]
        for check in node["assetChecksOrError"].get("checks", [])
    }
    assert statuses == {"SUCCEEDED"}
    assert {"songplays", "event_logs", "cluster"} <= {node["assetKey"]["path"][0] for node in answer["assetNodes"]}
