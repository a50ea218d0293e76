"""Automation: the daily schedule, freshness policies, and runs which are started again."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.definitions.freshness_evaluator import TimeWindowFreshnessPolicyEvaluator
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time

from sparkify_assets.definitions import build_definitions
from sparkify_assets.settings import Settings
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import FIRST, QUIET, Platform, SmallLake

ROOT = Path(__file__).parents[1]

# Dagster's own helper for schedules calls a method which Dagster deprecates.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Function `JobDefinition.run_request_for_partition`:DeprecationWarning"),
]


@pytest.fixture
def fresh() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


# The daily schedule


def daily_request(now: datetime, **changes: Any) -> dg.RunRequest:
    definitions = build_definitions(Settings(_env_file=None, **changes))
    schedule = definitions.resolve_schedule_def("daily_etl_schedule")
    context = dg.build_schedule_context(scheduled_execution_time=now, repository_def=definitions.get_repository_def())
    (request,) = schedule.evaluate_tick(context).run_requests or []
    return request


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize(("now", "day"), [("2018-11-03T02:00", "2018-11-02"), ("2019-03-01T02:00", "2019-02-28")])
def test_the_schedule_asks_for_the_day_before_in_utc(
    monkeypatch: pytest.MonkeyPatch, zone: str, now: str, day: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert daily_request(datetime.fromisoformat(f"{now}+00:00"), last_day=None).partition_key == day
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_schedule_is_at_two_in_utc_and_off_until_it_is_switched_on() -> None:
    schedule = build_definitions(Settings(_env_file=None)).resolve_schedule_def("daily_etl_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "UTC")
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED


def test_the_schedule_of_a_lake_of_the_past_asks_for_its_last_day_once() -> None:
    keys = {daily_request(datetime(2026, 11, day, 2, tzinfo=UTC)).run_key for day in (3, 4, 5)}
    assert keys == {"2018-11-30"}


def test_what_the_schedule_asks_for_is_the_day_which_is_just_over(tmp_path: Path, fresh: dg.DagsterInstance) -> None:
    today = datetime.now(UTC).date()
    lake = SmallLake(tmp_path / "lake")
    lake.song("A.json", song())
    for days in range(3):
        lake.log(str(today - timedelta(days=days)), event(sessionId=days))
    first_day = today - timedelta(days=9)
    platform = Platform(lake, tmp_path / "warehouse.duckdb", fresh, first_day=first_day, last_day=None)
    request = daily_request(datetime.now(UTC), first_day=first_day, last_day=None)
    job = platform.definitions.resolve_job_def("daily_etl")
    assert job.execute_in_process(instance=fresh, partition_key=request.partition_key, run_config=QUIET).success
    assert platform.rows("select log_date, session_id from songplays") == [(today - timedelta(days=1), 1)]


# Freshness


def policies(last_day: date | None) -> dict[str, bool]:
    graph = build_definitions(Settings(_env_file=None, last_day=last_day)).resolve_asset_graph()
    return {
        key.to_user_string(): graph.get(key).freshness_policy is not None
        for key in graph.get_all_asset_keys()
    }  # fmt: skip


def test_tables_of_a_growing_lake_have_to_be_fresh_and_its_files_have_not() -> None:
    found = policies(None)
    assert {name for name, has in found.items() if not has} == {"event_logs", "song_files"}
    assert found["songplays"]


def test_a_table_of_a_lake_of_the_past_is_never_stale() -> None:
    assert not any(policies(date(2018, 11, 30)).values())


def test_a_table_is_stale_when_its_daily_build_stays_away(tmp_path: Path, fresh: dg.DagsterInstance) -> None:
    lake = SmallLake(tmp_path / "lake")
    lake.song("A.json", song())
    lake.log(FIRST, event())
    platform = Platform(lake, tmp_path / "warehouse.duckdb", fresh, last_day=None)
    built = datetime.now(UTC)
    platform.build(FIRST)
    node = platform.definitions.resolve_asset_graph().get(dg.AssetKey("songplays"))

    def state(hours: int) -> FreshnessState:
        with freeze_time(built + timedelta(hours=hours)):
            evaluator = TimeWindowFreshnessPolicyEvaluator()
            return asyncio.run(evaluator.evaluate_freshness(context=LoadingContextForTest(fresh), node=node))

    assert [state(hours) for hours in (1, 25, 27, 51)] == [
        FreshnessState.PASS, FreshnessState.PASS, FreshnessState.WARN, FreshnessState.FAIL,
    ]  # fmt: skip


# Runs whose process died


@pytest.mark.parametrize("config", [ROOT / "dagster.yaml", ROOT / "sparkify_assets" / "instance" / "dagster.yaml"])
def test_only_a_run_whose_process_died_is_started_again_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dagster.yaml").write_text(config.read_text())
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 1
        assert not instance.run_retries_retry_on_asset_or_op_failure
