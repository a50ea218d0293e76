"""What the README shows is what a newcomer sees: its query on the sample, and the Dagster UI."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
DEADLINE_SECONDS = 90


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which `sparkify run` has made the sample lake and the warehouse."""
    folder = tmp_path_factory.mktemp("newcomer")
    subprocess.run([BIN / "sparkify", "run"], cwd=folder, env=newcomer(), check=True, stdout=subprocess.PIPE)
    return folder


def newcomer() -> dict[str, str]:
    """The environment of somebody who has set nothing."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SPARKIFY_", "DAGSTER_"))}


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
    assert set(re.findall(r"make (\w+)", README)) <= targets | {"sure"}


@pytest.fixture
def ui(home: Path) -> Iterator[str]:
    """`dagster dev` as `make dev` starts it, on a free port, with the instance of the run above."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    module = ("-m", "sparkify_assets.definitions")
    with (home / "dev.log").open("w") as log:
        process = subprocess.Popen(
            [BIN / "dagster", "dev", "--host", "127.0.0.1", "--port", str(port), *module],
            cwd=home,
            env=newcomer() | {"DAGSTER_HOME": str(home / "data")},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield f"http://127.0.0.1:{port}/graphql"
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


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


def asked(url: str, query: str) -> Any:
    """The answer, once the server is up and has loaded the definitions."""
    request = urllib.request.Request(url, json.dumps({"query": query}).encode(), {"Content-Type": "application/json"})
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                data = json.load(response)["data"]
            if data and data["assetNodes"]:
                return data
        except OSError:
            pass
        assert time.monotonic() < deadline, "the UI did not come up; see dev.log"
        time.sleep(0.5)
