"""A platform with a quality dashboard, and what the event log, the page and the job say of it."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.definitions import build_definitions
from sparkify_assets.pages.rendering import DASHBOARD
from sparkify_assets.quality.checked_tables import CheckedTable, checked_tables
from sparkify_assets.quality.history import read_quality
from sparkify_assets.quality.state import CheckState, Quality, TableState
from sparkify_assets.settings import Settings
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.workbench import QUIET, Platform, SmallLake

OWN = "{module: dagster._core.storage.event_log, class: SqliteEventLogStorage"
POOLED = "{module: sparkify_assets.instance.event_log, class: PooledSqliteEventLogStorage"
CHECKS = len(build_definitions(Settings(_env_file=None)).resolve_asset_graph().asset_check_keys)


def new_platform(folder: Path, instance: dg.DagsterInstance) -> Platform:
    """Two listeners, a play of each; the third day has no file, which is a warning."""
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log("2018-11-01", event())
    lake.log("2018-11-02", event(userId="2", sessionId=2, ts=at("2018-11-02 08:00")))
    return Platform(lake, folder / "warehouse.duckdb", instance, last_day="2018-11-03")


def checked(platform: Platform) -> list[CheckedTable]:
    return checked_tables(platform.definitions.assets or (), platform.definitions.asset_checks or ())


def quality_of(platform: Platform) -> Quality:
    return read_quality(platform.instance, checked(platform))


def table_of(quality: Quality, name: str) -> TableState:
    return next(table for table in quality.tables if table.name == name)


def check_of(quality: Quality, name: str) -> CheckState:
    return next(check for check in quality.checks if f"{check.table}.{check.name}" == name)


def refresh(platform: Platform) -> dict[str, Any]:
    """Metadata of the dashboard, built alone."""
    job = platform.definitions.resolve_job_def("refresh_quality")
    result = job.execute_in_process(instance=platform.instance, run_config=QUIET)
    (done,) = result.asset_materializations_for_node("quality_dashboard")
    return {name: value.value for name, value in done.metadata.items()}


def page_of(platform: Platform) -> Page:
    return Page((Path(platform.settings.report_folder) / DASHBOARD).read_text(encoding="utf-8"))


def instance_in(home: Path, storage: str, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text(
        f"telemetry: {{enabled: false}}\n"
        f"event_log_storage: {storage}, config: {{base_dir: {home}/events}}}}\n"
        f"run_storage: {{module: dagster._core.storage.runs, class: SqliteRunStorage, config: {{base_dir: {home}}}}}\n"
        "schedule_storage:\n"
        f"  {{module: dagster._core.storage.schedules, class: SqliteScheduleStorage, config: {{base_dir: {home}}}}}\n"
    )
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return dg.DagsterInstance.get()
