"""A run is killed at a random moment; then one of the other kind starts soon, ends well, and fixes the tables."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sparkify_assets.instance.dead_runs import RETRY_TAG
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests import processes
from sparkify_assets_tests.dagster_ui import MODULE, asked, dagster_ui, newcomer
from sparkify_assets_tests.lakes import Star, contents_of, difference, reference, stored
from sparkify_assets_tests.workbench import tables_of

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("CHAOS_KILLS", "1"))
SEED = int(os.environ.get("CHAOS_SEED", "2018"))
SOON = int(os.environ.get("CHAOS_SECONDS", "120"))
"""Seconds within which the next run has to start; `make chaos`, which has the machine for itself, asks for 30."""
LONGEST = 240
until = partial(processes.until, seconds=LONGEST, pause=0.1)
SPARKIFY = Path(sys.executable).with_name("sparkify")
LAST_DAY = "2018-11-02"
BUILT = ("cluster", *tables_of("staging", "star"))
RETRY_OF = "dagster/run_key"
LAUNCH = """
mutation {
    launchRun(executionParams: {
        selector: {repositoryName: "__repository__", repositoryLocationName: "%s", jobName: "sparkify_etl"
            assetSelection: [%s], assetCheckSelection: null}
        runConfigData: {}
        executionMetadata: {tags: [
            {key: "dagster/asset_partition_range_start", value: "2018-11-01"}
            {key: "dagster/asset_partition_range_end", value: "2018-11-02"}
        ]}
    }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
}
"""
RUNS = """
{ runsOrError { ... on Runs { results {
    runId jobName status startTime endTime tags { key value } repositoryOrigin { repositoryName }
} } } }
"""


class Machine:
    """A folder in which somebody works on the command line beside the UI."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self._url = folder, url
        self.environment = newcomer() | {"DAGSTER_HOME": str(folder / "data"), "SPARKIFY_LAST_DAY": LAST_DAY}

    def runs(self) -> Mapping[str, dict[str, Any]]:
        """All runs by id, the latest first, with their tags as a mapping."""
        found = asked(self._url, RUNS)["runsOrError"]["results"]
        return {run["runId"]: run | {"tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in found}

    def begin_on_the_command_line(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [SPARKIFY, "run", "--select", '+group:"star"'],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def begin_in_the_ui(self) -> str:
        selected = " ".join(f'{{path: ["{name}"]}}' for name in BUILT)
        launched = asked(self._url, LAUNCH % (MODULE, selected))["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def workers(self) -> dict[str, int]:
        """The processes of the runs which go on, by run."""
        notes = (self.folder / "data/data/dagster/history/processes").glob("*")
        return {note.name: json.loads(note.read_text() or '{"pid": 0}')["pid"] for note in notes}

    def kill_on_the_command_line(self, moment: float) -> None:
        """So many seconds after its run has started, or, if they are less than 0, after the command has."""
        process = self.begin_on_the_command_line()
        if moment > 0:
            until(lambda: process.pid in self.workers().values() or process.poll() is not None)
        time.sleep(abs(moment))
        process.kill()
        process.communicate()

    def kill_in_the_ui(self, moment: float) -> None:
        """So many seconds after the run has started."""
        run = self.begin_in_the_ui()
        until(lambda: run in self.workers() or is_over(self.runs()[run]))
        time.sleep(max(moment, 0))
        if worker := self.workers().get(run):
            os.kill(worker, signal.SIGKILL)

    def finish_on_the_command_line(self) -> float:
        """Seconds until the run starts; it has to end well."""
        before, begun = self.runs().keys(), time.time()
        output, _ = (process := self.begin_on_the_command_line()).communicate(timeout=LONGEST)
        assert process.returncode == 0, output
        ours = [run for run_id, run in self.runs().items() if run_id not in before and not run["repositoryOrigin"]]
        return min(float(run["startTime"]) for run in ours) - begun

    def finish_in_the_ui(self) -> float:
        """Seconds until the run starts; it has to end well."""
        begun = time.time()
        run = self.begin_in_the_ui()
        until(lambda: is_over(self.runs()[run]))
        assert self.runs()[run]["status"] == "SUCCESS"
        return float(self.runs()[run]["startTime"]) - begun

    def tables(self) -> Star:
        warehouse = DuckDBWarehouse(
            path=str(self.folder / "data/sparkify.duckdb"), read_only=True, wait_seconds=LONGEST
        )
        try:
            return stored(lambda query: warehouse.fetch(query).rows)
        finally:
            warehouse.close()


def is_over(run: Mapping[str, Any]) -> bool:
    return run["status"] in ("SUCCESS", "FAILURE", "CANCELED")


def etl(runs: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Those which build tables; a sensor has the dashboard built after others."""
    return [run for run in runs.values() if run["jobName"] == "sparkify_etl"]


def is_settled(runs: Mapping[str, dict[str, Any]]) -> bool:
    """Whether no run goes on, and each which failed was started once more."""
    retried = {run["tags"].get(RETRY_OF) for run in etl(runs)}
    waits_for_retry = [
        run_id
        for run_id, run in runs.items()
        if run["status"] == "FAILURE"
        and (
            (RETRY_TAG in run["tags"] and run_id not in retried)
            or (run["tags"].get("dagster/will_retry") == "true" and "dagster/auto_retry_run_id" not in run["tags"])
        )
    ]
    # A run of the command line which was killed before it started is none which goes on.
    return not waits_for_retry and all(is_over(run) or run["status"] == "NOT_STARTED" for run in runs.values())


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two days in two versions: of the second some files are changed, and some are gone."""
    folder = tmp_path_factory.mktemp("lakes")
    for name, seed in (("one", 1), ("two", 2)):
        generate_lake(folder / name, days=2, users=20, songs=20, seed=seed)
    return folder / "one", folder / "two"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with dagster_ui(tmp_path, {"SPARKIFY_LAST_DAY": LAST_DAY}) as url:
        yield Machine(tmp_path, url)


def bring(lake: Path, machine: Machine) -> None:
    target = machine.folder / "data/lake"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(lake, target)


def test_after_a_kill_a_run_of_the_other_kind_starts_and_fixes_it(machine: Machine, lakes: tuple[Path, Path]) -> None:
    chance = random.Random(SEED)
    wanted = [reference(contents_of(lake)) for lake in lakes]
    bring(lakes[1], machine)
    machine.finish_on_the_command_line()
    (first,) = etl(machine.runs())
    seconds = first["endTime"] - first["startTime"]
    starts = []
    for kill in range(KILLS):
        bring(lakes[kill % 2], machine)
        moment = chance.uniform(-0.2, 0.8) * seconds
        if (kill + kill // 2) % 2:
            machine.kill_in_the_ui(moment)
            starts.append(machine.finish_on_the_command_line())
        else:
            machine.kill_on_the_command_line(moment)
            starts.append(machine.finish_in_the_ui())
        told = f"kill {kill} of seed {SEED}, after {moment:.3f} s"
        print(f"{told}: the next run started after {starts[-1]:.1f} s", flush=True)
        assert starts[-1] < SOON, told
        until(lambda: is_settled(machine.runs()))
        assert difference(machine.tables(), wanted[kill % 2]) == "", told
    ended = etl(machine.runs())
    killed = [run for run in ended if run["status"] == "FAILURE"]
    retries = [run for run in ended if {"dagster/retry_number", RETRY_OF} & run["tags"].keys()]
    assert 0 < len(killed) <= KILLS
    assert [run["status"] for run in retries] == ["SUCCESS"] * len(killed)
    print(f"{KILLS} kills, {len(killed)} of them at work; the next run started after {max(starts):.1f} s at most.")
