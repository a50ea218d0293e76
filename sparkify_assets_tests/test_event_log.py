"""The event log holds the same as Dagster's own; what has no partitions is planned without; logs can go to S3."""

import re
import sqlite3
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.components.partitions import daily_partitions, day_tags
from sparkify_assets.instance.home import open_instance

pytestmark = pytest.mark.slow

OWN = ("dagster._core.storage.event_log", "SqliteEventLogStorage")
POOLED = ("sparkify_assets.instance.event_log", "PooledSqliteEventLogStorage")
FIRST, LAST = date(2018, 11, 1), date(2018, 11, 3)
ONE_RUN = dg.BackfillPolicy.single_run()


@dg.asset(partitions_def=daily_partitions(FIRST, LAST), backfill_policy=ONE_RUN)
def daily(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    for index, day in enumerate(context.partition_keys):
        context.add_asset_metadata({"index": index}, partition_key=day)
    return dg.MaterializeResult(tags={"kind": "daily"})


@dg.asset(deps=[daily], backfill_policy=ONE_RUN)
def whole() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset_check(asset=whole)
def rows_are_there() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


def stored(home: Path, storage: tuple[str, str], batch: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the files hold after two runs of three days, without ids and times."""
    home.mkdir()
    (home / "dagster.yaml").write_text(
        f"telemetry: {{enabled: false}}\n"
        f"event_log_storage: {{module: {storage[0]}, class: {storage[1]}, config: {{base_dir: {home}/events}}}}\n"
        f"run_storage: {{module: dagster._core.storage.runs, class: SqliteRunStorage, config: {{base_dir: {home}}}}}\n"
        "schedule_storage:\n"
        f"  {{module: dagster._core.storage.schedules, class: SqliteScheduleStorage, config: {{base_dir: {home}}}}}\n"
    )
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", batch)
    with dg.DagsterInstance.get() as instance:
        runs = [
            dg.materialize([daily, whole, rows_are_there], instance=instance, tags=day_tags(FIRST, LAST)).run_id
            for _ in range(2)
        ]
        check = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(whole.key, "rows_are_there"), limit=9
        )
        seen: list[Any] = [
            [(record.status, record.run_id == runs[-1]) for record in check],
            sorted(instance.get_materialized_partitions(daily.key)),
            [
                (record.partition_key, record.asset_materialization and record.asset_materialization.metadata)
                for record in instance.fetch_materializations(daily.key, limit=9).records
            ],
        ]
    index = sqlite3.connect(home / "events" / "index.db")
    kinds = (
        "select dagster_event_type, asset_key, partition, count(*) from event_logs group by 1, 2, 3 order by 1, 2, 3"
    )
    seen.append(index.execute(kinds).fetchall())
    for run in runs:
        seen.append(sqlite3.connect(home / "events" / f"{run}.db").execute(kinds).fetchall())
    latest = index.execute("select asset_key, last_run_id, last_materialization from asset_keys order by 1").fetchall()
    seen.append([(key, run == runs[-1], "2018-11-03" in event) for key, run, event in latest])
    return seen


@pytest.mark.parametrize("batch", ["0", "2", "1000"])
def test_the_pooled_event_log_holds_what_dagsters_own_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: str
) -> None:
    expected = stored(tmp_path / "own", OWN, "0", monkeypatch)
    assert expected[1] == ["2018-11-01", "2018-11-02", "2018-11-03"]
    assert stored(tmp_path / "pooled", POOLED, batch, monkeypatch) == expected


@dg.asset(deps=[whole], partitions_def=daily_partitions(FIRST, LAST), backfill_policy=ONE_RUN)
def with_days_and_last_by_name() -> None: ...


def test_a_run_of_some_days_plans_once_what_has_no_partitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with open_instance() as instance:
        everything = [daily, whole, rows_are_there, with_days_and_last_by_name]
        assert dg.materialize(everything, instance=instance, tags=day_tags(FIRST, LAST)).success
    index = sqlite3.connect(tmp_path / "dagster" / "history" / "runs" / "index.db")
    planned = "select asset_key, partition from event_logs where dagster_event_type = 'ASSET_MATERIALIZATION_PLANNED'"
    days = ["2018-11-01", "2018-11-02", "2018-11-03"]
    assert sorted(index.execute(planned), key=str) == [
        *(('["daily"]', day) for day in days),
        ('["whole"]', None),
        *(('["with_days_and_last_by_name"]', day) for day in days),
    ]
    checks = "select check_name, partition, execution_status from asset_check_executions"
    assert index.execute(checks).fetchall() == [("rows_are_there", None, "FAILED")]


def production_example() -> str:
    """dagster.yaml with the block in comments, which is for production, instead of the one above it."""
    text = resources.files("sparkify_assets.instance").joinpath("dagster.yaml").read_text("utf-8")
    example = re.search(r"(^# compute_logs:\n(?:^# .*\n)+)", text, flags=re.MULTILINE)
    assert example
    before, after = text.split("compute_logs:\n", 1)[0], text[example.end() :]
    return before + re.sub(r"^# ", "", example[1], flags=re.MULTILINE) + after


def test_the_production_example_keeps_what_steps_print_in_s3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: Any
) -> None:
    s3.create_bucket(Bucket="my-logs")
    (tmp_path / "dagster.yaml").write_text(production_example())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    @dg.asset
    def prints() -> None:
        print("hello from the step")

    with dg.DagsterInstance.get() as instance:
        assert type(instance.compute_log_manager).__name__ == "S3ComputeLogManager"
        assert dg.materialize([prints], instance=instance).success
    kept = [found["Key"] for found in s3.list_objects_v2(Bucket="my-logs")["Contents"]]
    assert all(key.startswith("sparkify/storage/") for key in kept)
    printed = [s3.get_object(Bucket="my-logs", Key=key)["Body"].read() for key in kept]
    assert any(b"hello from the step" in text for text in printed)
