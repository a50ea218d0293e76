"""The whole graph on Redshift, as people start it: from the shell, from the schedule, and from the Dagster UI."""

import os
import re
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlfluff.core import FluffConfig, Linter

from redshift_stand_in.sql.refusals import lint
from sparkify_assets.definitions import build_definitions
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.dagster_ui import asked, dagster_ui, newcomer
from sparkify_assets_tests.production import Production, aws_environment, comparable, in_order
from sparkify_assets_tests.workbench import QUIET

pytestmark = pytest.mark.long

BIN = Path(sys.executable).parent
FIRST, LAST = date(2018, 11, 1), date(2018, 11, 3)
MOST_SECONDS_OF_PYTHON = 20
DEADLINE_SECONDS = 120
BUILT = ("cluster", "staging_events", "staging_songs", "users", "artists", "songs", "time", "songplays")

LAUNCH = """
mutation {
    launchRun(executionParams: {
        selector: {repositoryName: "__repository__", repositoryLocationName: "%s", jobName: "sparkify_etl"
            assetCheckSelection: [], assetSelection: [%s]}
        runConfigData: {}
        executionMetadata: {tags: [
            {key: "dagster/asset_partition_range_start", value: "2018-11-01"}
            {key: "dagster/asset_partition_range_end", value: "2018-11-03"}
        ]}
    }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
}
"""


@pytest.fixture
def lake(production: Production, tmp_path: Path) -> Production:
    generate_lake(tmp_path / "lake", days=3, users=30, songs=40, seed=11, start=FIRST)
    production.bring(tmp_path / "lake")
    return production


def settings_of(production: Production) -> dict[str, str]:
    aws = aws_environment(os.environ["AWS_ENDPOINT_URL"])
    return aws | production.environment(first_day="2018-11-01", last_day="2018-11-03")


def environment(production: Production, home: Path) -> dict[str, str]:
    return newcomer() | settings_of(production) | {"DAGSTER_HOME": str(home)}


def plays(production: Production) -> int:
    return int(production.stand_in.query_postgres("select count(*) from songplays")[0][0] or 0)


def all_rows(production: Production) -> dict[str, list[tuple[Any, ...]]]:
    warehouse = open_warehouse(production.settings())
    return {t: in_order(warehouse.fetch(comparable(t)).rows) for t in BUILT if t != "cluster"}


def test_sparkify_run_builds_it_with_little_python_and_no_secret_anywhere(lake: Production, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [BIN / "sparkify", "run"], cwd=tmp_path, env=environment(lake, tmp_path), capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert plays(lake) > 0
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < MOST_SECONDS_OF_PYTHON
    secret = lake.stand_in.password
    assert secret not in ended.stdout + ended.stderr
    assert all(secret not in statement.text for statement in lake.stand_in.statements)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if secret.encode() in path.read_bytes()] == []


def shape(text: str) -> str:
    """A statement whose values and parameters are all alike; sqlfluff knows no parameters."""
    return re.sub(r"'(?:[^']|'')*'", "'x'", re.sub(r"\$\d+|\b\d+\b", "1", text))


def not_in(grammar: Linter, text: str) -> bool:
    """Whether sqlfluff's grammar cannot read a part of a text."""
    parsed = grammar.parse_string(text + "\n")
    tree = parsed.root_variant()
    return tree is None or tree.tree is None or any(True for _ in tree.tree.recursive_crawl("unparsable"))


# Dagster's own helper for schedules calls a method which Dagster deprecates.
@pytest.mark.filterwarnings("ignore:Function `JobDefinition.run_request_for_partition`:DeprecationWarning")
def test_the_daily_schedule_builds_its_day_by_redshift_sql(lake: Production, instance: dg.DagsterInstance) -> None:
    definitions = build_definitions(lake.settings(first_day=FIRST, last_day=LAST))
    schedule = definitions.get_repository_def().get_schedule_def("daily_etl_schedule")
    with dg.build_schedule_context(
        instance,
        scheduled_execution_time=datetime(2018, 11, 3, 2, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    ) as context:
        (request,) = schedule.evaluate_tick(context).run_requests or []
    assert request.partition_key == "2018-11-02"
    definitions.resolve_job_def("daily_etl").execute_in_process(
        instance=instance, partition_key=request.partition_key, tags=request.tags, run_config=QUIET
    )
    assert lake.stand_in.query_postgres("select distinct log_date from songplays") == [("2018-11-02",)]
    texts = {statement.text for statement in lake.stand_in.statements}
    assert len(texts) > 100
    assert {text: problems for text in texts if (problems := lint(text))} == {}
    grammar = Linter(config=FluffConfig(overrides={"dialect": "redshift"}))
    assert [text for text in {shape(text) for text in texts} if not_in(grammar, text)] == []


def test_the_ui_builds_it_and_forked_workers_give_the_same_tables(lake: Production, tmp_path: Path) -> None:
    subprocess.run(
        [BIN / "sparkify", "run", "--select", " or ".join(f'key:"{name}"' for name in BUILT)],
        cwd=tmp_path,
        env=environment(lake, tmp_path),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    in_one_process = all_rows(lake)
    lake.stand_in.reset()
    with dagster_ui(tmp_path, settings_of(lake) | {"SPARKIFY_EXECUTOR": "forked"}) as url:
        locations = asked(url, "{ workspaceOrError { ... on Workspace { locationEntries { name } } } }")
        (location,) = locations["workspaceOrError"]["locationEntries"]
        selected = " ".join(f'{{path: ["{name}"]}}' for name in BUILT)
        launched = asked(url, LAUNCH % (location["name"], selected))["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        run = launched["run"]["runId"]
        assert ended(url, run) == "SUCCESS", (tmp_path / "dev.log").read_text()[-3000:]
    assert all_rows(lake) == in_one_process


def ended(url: str, run: str) -> str:
    """How the run ended."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        status = asked(url, f'{{ runOrError(runId: "{run}") {{ ... on Run {{ status }} }} }}')["runOrError"]["status"]
        if status in ("SUCCESS", "FAILURE", "CANCELED"):
            return str(status)
        assert time.monotonic() < deadline, f"the run is {status}"
        time.sleep(0.5)
