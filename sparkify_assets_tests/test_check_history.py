"""The history of checks: since when a status holds, read from a long event log within a second."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType

from sparkify_assets.defs.quality.assets import write_dashboard
from sparkify_assets.instance.check_executions import TREND
from sparkify_assets.pages.folder import LocalPages
from sparkify_assets.quality.checked_tables import CheckedTable
from sparkify_assets.quality.history import read_quality
from sparkify_assets.quality.markdown import summary
from sparkify_assets.quality.state import Status
from sparkify_assets_tests.dashboards import OWN, POOLED, check_of, instance_in

pytestmark = pytest.mark.slow

EVALUATIONS, STORED_RUNS, SECONDS = 10_000, 20, 2.0


# Since when


def evaluate(instance: dg.DagsterInstance, *outcomes: bool | dg.AssetCheckSeverity) -> None:
    """Record that `users.not_null` passed (True), failed (False) or failed with this severity."""
    for outcome in outcomes:
        severity = outcome if isinstance(outcome, dg.AssetCheckSeverity) else dg.AssetCheckSeverity.ERROR
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey("users"), check_name="not_null", passed=outcome is True, severity=severity
            )
        )


def times(instance: dg.DagsterInstance) -> list[datetime]:
    key = dg.AssetCheckKey(dg.AssetKey("users"), "not_null")
    records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1000)
    return [datetime.fromtimestamp(record.event.timestamp, UTC) for record in reversed(records) if record.event]


WARN = dg.AssetCheckSeverity.WARN
USERS = [CheckedTable("users", "star", True, [dg.AssetCheckSpec("not_null", asset="users")])]


@pytest.mark.parametrize(
    ("outcomes", "first", "status"),
    [
        ([False, True, False, False, False], 2, Status.FAILED),
        ([True, True, True], 0, Status.PASSED),
        ([False, True], 1, Status.PASSED),
        ([True, WARN, WARN, False, False], 3, Status.FAILED),
        ([True, False, WARN], 2, Status.WARNED),
        ([True, *[False] * (TREND + 5)], 1, Status.FAILED),
        ([False, *[True] * TREND], 1, Status.PASSED),
        ([True] * (TREND + 5), 0, Status.PASSED),
    ],
)
def test_a_status_holds_since_the_first_of_the_uninterrupted_evaluations(
    outcomes: list[bool | dg.AssetCheckSeverity], first: int, status: Status
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        evaluate(instance, *outcomes)
        (check,) = read_quality(instance, USERS).checks
        assert (check.status, check.since) == (status, times(instance)[first])


# Speed


LONG = [
    CheckedTable(f"t{table}", "star", False, [dg.AssetCheckSpec(f"c{n}", asset=f"t{table}") for n in range(10)])
    for table in range(10)
]


@pytest.fixture(scope="module")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred runs of a hundred checks, of which every tenth fails with ten rows.

    To store one takes Dagster two milliseconds: so twenty runs are stored, and their records copied to the others.
    """
    home = tmp_path_factory.mktemp("long")
    specs = [spec for table in LONG for spec in table.checks]
    with pytest.MonkeyPatch.context() as patch, instance_in(home, POOLED, patch) as instance:
        for run in range(STORED_RUNS):
            instance.event_log_storage.store_event_batch(
                [evaluated(spec, run, (run + index) % 10 > 0) for index, spec in enumerate(specs)]
            )
    with closing(sqlite3.connect(home / "events" / "index.db")) as index, index:
        names = [name for _, name, *_ in index.execute("pragma table_info(asset_check_executions)") if name != "id"]
        copied = ", ".join("run_id || '-{copy}'" if name == "run_id" else name for name in names)
        stored = f"from asset_check_executions where id <= {STORED_RUNS * len(specs)} order by id"
        for copy in range(1, EVALUATIONS // (STORED_RUNS * len(specs))):
            index.execute(
                f"insert into asset_check_executions ({', '.join(names)}) select {copied.format(copy=copy)} {stored}"
            )
        assert index.execute("select count(*) from asset_check_executions").fetchone() == (EVALUATIONS,)
    return home


def evaluated(spec: dg.AssetCheckSpec, run: int, passed: bool) -> dg.EventLogEntry:
    rows = [dg.TableRecord({"user_id": number, "name": "x" * 20}) for number in range(10)]
    evaluation = dg.AssetCheckEvaluation(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=passed,
        metadata={"violations": 0 if passed else 10, "rows_now": run}
        | ({} if passed else {"rows": dg.MetadataValue.table(rows)}),
    )
    return dg.EventLogEntry(  # type: ignore[no-untyped-call]
        error_info=None,
        level=20,
        user_message="",
        run_id=f"run{run}",
        timestamp=1.7e9 + 86_400 * run,
        job_name="long",
        dagster_event=DagsterEvent(
            DagsterEventType.ASSET_CHECK_EVALUATION.value, "long", event_specific_data=evaluation
        ),
    )


@pytest.mark.parametrize("storage", [OWN, POOLED])
def test_ten_thousand_evaluations_make_a_page_within_two_seconds(
    long_history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    taken = []
    with instance_in(long_history, storage, monkeypatch) as instance:
        for _ in range(3):
            started = time.process_time()
            quality = read_quality(instance, LONG)
            write_dashboard(quality, LocalPages(str(tmp_path)), "http://127.0.0.1:3000")
            summary(quality)
            taken.append(time.process_time() - started)
    assert (quality.counts[Status.FAILED], quality.counts[Status.PASSED]) == (10, 90)
    assert check_of(quality, "t0.c0").since == datetime.fromtimestamp(1.7e9 + 86_400 * 11, UTC)
    # Processor time of this process, which two tests on one core make half as long again.
    assert min(taken) < SECONDS, taken
