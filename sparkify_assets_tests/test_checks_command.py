"""`sparkify checks`: what it prints, and how it ends."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sparkify_assets.defs.quality.sensors import is_in
from sparkify_assets.instance.home import open_instance
from sparkify_assets.pages.rendering import DASHBOARD
from sparkify_assets_tests.cli import STAR_ALONE, invoke, set_up, small_lake
from sparkify_assets_tests.dashboards import CHECKS
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.workbench import FIRST


@pytest.fixture
def home(ran: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a folder in which everything has run."""
    folder = Path(shutil.copytree(ran[0], tmp_path / "home"))
    set_up(folder, monkeypatch)
    return folder


def change(*statements: str) -> None:
    with duckdb.connect("warehouse.duckdb") as connection:
        for statement in statements:
            connection.execute(statement)


def test_before_the_first_run_no_check_has_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_lake(tmp_path)
    set_up(tmp_path, monkeypatch)
    nothing = invoke("checks")
    assert nothing.exit_code == 2
    assert f"0 failed, 0 errored, 0 warned, {CHECKS} never run, 0 passed" in nothing.output


def test_checks_which_hold_end_with_0(home: Path) -> None:
    told = invoke("checks")
    assert told.exit_code == 0
    assert "✓ passed  users.every_listener_known" in told.output
    assert f"0 failed, 0 errored, 0 warned, 0 never run, {CHECKS} passed" in told.output
    assert "songplays" in told.output
    failed = invoke("checks", "--failed")
    assert (failed.exit_code, failed.output.strip()) == (
        0,
        f"0 failed, 0 errored, 0 warned, 0 never run, {CHECKS} passed",
    )


def test_a_check_which_failed_ends_with_1_and_shows_the_rows(home: Path) -> None:
    change("insert into artists from artists")
    assert invoke("run", "--select", "artists").exit_code == 1
    told = invoke("checks", "--failed")
    assert told.exit_code == 1
    lines = told.output.splitlines()
    assert any(line.startswith("✗ failed  artists.primary_key") for line in lines)
    assert "AR1        2" in told.output
    assert lines[-1] == (
        f"1 failed, 0 errored, 0 warned, 0 never run, {CHECKS - 1} passed; 27 skipped by their latest run"
    )


def test_a_run_which_is_stopped_refreshes_the_page(home: Path) -> None:
    change("insert into artists from artists")
    stopped = invoke("run", "--select", "artists")
    assert stopped.exit_code == 1
    assert "✓ quality_dashboard" in stopped.output
    assert "1 check does not hold." in Page((home / "data/reports" / DASHBOARD).read_text(encoding="utf-8")).text


def test_a_run_of_some_tables_builds_the_page_itself(home: Path) -> None:
    with open_instance() as instance:
        before = instance.get_runs_count()
        assert invoke("run", "--select", "artists").exit_code == 0
        assert instance.get_runs_count() == before + 1
        assert is_in(instance, instance.get_runs(limit=1)[0].run_id)


def test_json_has_everything_for_a_program(home: Path) -> None:
    told = json.loads(invoke("checks", "--json").stdout)
    assert told["counts"] == {"failed": 0, "errored": 0, "warned": 0, "never run": 0, "passed": CHECKS}
    plays = next(table for table in told["tables"] if table["table"] == "songplays")
    assert (plays["rows"], plays["last_day"], plays["days"]) == (2, FIRST, 1)
    counted = next(c for c in told["checks"] if (c["table"], c["check"]) == ("songplays", "every_play_counted"))
    assert counted["metrics"] == {"plays_staged": 2, "rows_in_songplays": 2, "violations": 0}
    assert (counted["status"], counted["severity"], counted["blocking"]) == ("passed", "ERROR", True)
    assert datetime.fromisoformat(counted["since"]).tzinfo == UTC


def test_a_warning_fails_only_the_strict_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "2018-11-02")
    assert invoke("run", *STAR_ALONE).exit_code == 0
    assert "staging_events.days_have_events" in invoke("checks", "--failed").output
    assert invoke("checks").exit_code == 0
    assert invoke("checks", "--strict").exit_code == 1
