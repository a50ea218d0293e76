"""Old runs leave the Dagster instance; what is known of tables and checks by them stays."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from sparkify_assets.instance.home import open_instance
from sparkify_assets.instance.retention import delete_old_runs
from sparkify_assets_tests.dashboards import new_platform, quality_of
from sparkify_assets_tests.test_lake_changes import Watch

DAYS = ("2018-11-01", "2018-11-02", "2018-11-02", "2018-11-01")


def days_from_now(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


@pytest.mark.slow
def test_old_runs_go_and_what_is_known_by_them_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    files = tmp_path / "home/dagster/history/runs"
    with open_instance() as instance:
        platform = new_platform(tmp_path, instance)
        runs = [platform.build(day, select=("staging_songs", "staging_events")).run_id for day in DAYS]
        printed = [tmp_path / "home/dagster/compute_logs" / run / "logs.err" for run in runs]
        for path in printed:
            path.parent.mkdir(parents=True)
            path.touch()
        before = quality_of(platform)
        assert delete_old_runs(instance, 30, days_from_now(29)) == 0
        assert delete_old_runs(instance, 0, days_from_now(31)) == 0
        assert delete_old_runs(instance, 30, days_from_now(31)) == 3
        assert delete_old_runs(instance, 30, days_from_now(31)) == 0
        after = quality_of(platform)
        watch = Watch(platform)
        assert [watch.requests() for _ in range(3)] == [[], [], []]
        assert [run.run_id for run in instance.get_runs()] == runs[-1:]
    assert [path for path in printed if path.exists()] == printed[-1:]
    assert {path.stem for path in files.glob("*.db")} == {"index", runs[-1]}
    assert [vars(table) for table in after.tables] == [vars(table) for table in before.tables]
    with closing(sqlite3.connect(files / "index.db")) as index:
        of_runs = "select distinct run_id from event_logs where dagster_event_type not like 'ASSET_%'"
        assert index.execute(of_runs).fetchall() == [(runs[-1],)]
        loaded = "select run_id, partition from event_logs where dagster_event_type = 'ASSET_MATERIALIZATION'"
        assert {*index.execute(f"{loaded} and asset_key = '[\"staging_events\"]'")} == {
            (runs[2], DAYS[2]),
            (runs[3], DAYS[3]),
        }
        assert index.execute(
            "select count(*) from asset_event_tags where event_id not in (select id from event_logs)"
        ).fetchone() == (0,)


def test_a_run_which_did_not_end_or_whose_check_gave_no_result_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))

    @dg.asset
    def table() -> None: ...

    @dg.asset_check(asset=table)
    def breaks() -> dg.AssetCheckResult:
        raise ValueError("no result")

    with open_instance() as instance:
        broken = dg.materialize([table, breaks], instance=instance, raise_on_error=False).run_id
        started = instance.create_run_for_job(
            dg.define_asset_job("all").resolve(asset_graph=dg.Definitions([table]).resolve_asset_graph())
        ).run_id
        dg.materialize([table], instance=instance)
        newest = dg.materialize([table], instance=instance).run_id
        assert delete_old_runs(instance, 30, days_from_now(31)) == 1
        assert {run.run_id for run in instance.get_runs()} == {broken, started, newest}
