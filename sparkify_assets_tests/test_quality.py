"""The quality dashboard: planted bad rows show on the page and in the summary until they are fixed."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from sparkify_assets.defs.quality.assets import write_dashboard
from sparkify_assets.defs.quality.sensors import refresh_quality_sensor
from sparkify_assets.pages.folder import LocalPages
from sparkify_assets.pages.rendering import DASHBOARD
from sparkify_assets.quality.state import Quality, Status, TableState
from sparkify_assets_tests.dashboards import (
    CHECKS,
    OWN,
    POOLED,
    check_of,
    checked,
    instance_in,
    new_platform,
    page_of,
    quality_of,
    refresh,
    table_of,
)
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.workbench import EVERYTHING, QUIET, STAR_GRAPH, Platform, tables_of

pytestmark = pytest.mark.slow


WITH_DASHBOARD = (*STAR_GRAPH, "quality_dashboard")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Built once, for tests which change nothing."""
    with dg.DagsterInstance.ephemeral() as instance:
        platform = new_platform(tmp_path_factory.mktemp("untouched"), instance)
        assert platform.build(select=EVERYTHING).success
        yield platform


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Built, in an instance of its own."""
    with dg.DagsterInstance.ephemeral() as instance:
        platform = new_platform(tmp_path, instance)
        assert platform.build(select=WITH_DASHBOARD).success
        yield platform


# The last step of a run


@pytest.mark.long
@pytest.mark.parametrize(("storage", "job"), [(OWN, "daily_etl"), (POOLED, "sparkify_etl")])
def test_the_dashboard_comes_last_and_sees_the_checks_of_its_own_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str, job: str
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    with instance_in(tmp_path / "home", storage, monkeypatch) as instance:
        platform = new_platform(tmp_path, instance)
        run = platform.definitions.resolve_job_def(job).execute_in_process(
            instance=instance, partition_key="2018-11-01", run_config=QUIET
        )
    assert [event.step_key for event in run.get_step_success_events()][-1] == "quality_dashboard"
    (done,) = run.asset_materializations_for_node("quality_dashboard")
    assert done.metadata["checks_passed"].value == len(run.get_asset_check_evaluations()) > 40
    assert done.metadata["checks_never"].value == 0


def test_a_check_which_warns_does_not_keep_the_dashboard_back(untouched: Platform) -> None:
    assert page_of(untouched).text.count("days_have_events") == 1
    assert check_of(quality_of(untouched), "staging_events.days_have_events").status == Status.WARNED


# Bad rows


def test_a_row_which_breaks_a_rule_is_shown_until_it_is_fixed(platform: Platform) -> None:
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    metadata = refresh(platform)

    broken = check_of(quality_of(platform), "users.every_listener_known")
    assert (broken.status, broken.severity, broken.blocking) == (Status.FAILED, "ERROR", True)
    assert (broken.rows, broken.metrics["violations"]) == ([{"user_id": 2}], 1)
    assert [evaluation.status for evaluation in broken.trend] == [Status.PASSED, Status.FAILED]
    assert next(iter(quality_of(platform).checks)) == broken
    assert quality_of(platform).tables[0].name == "users"
    assert metadata["checks_failed"] == 1
    assert "| ✗ failed | users.every_listener_known |" in metadata["summary"]
    assert "1 break the rule, first: user_id=2" in metadata["summary"]
    page = page_of(platform).text
    assert "1 check does not hold." in page
    assert "every_listener_known blocking Each listener of the staged events has a row." in page
    assert "Rows which break the rule user_id 2 " in page
    assert page.index("users failed") < page.index("songs passed")

    platform.build(select=WITH_DASHBOARD)
    fixed = check_of(quality_of(platform), "users.every_listener_known")
    assert (fixed.status, fixed.rows, fixed.message) == (Status.PASSED, [], None)
    assert [evaluation.status for evaluation in fixed.trend] == [Status.PASSED, Status.FAILED, Status.PASSED]
    assert fixed.since == fixed.trend[-1].at
    assert "does not hold" not in page_of(platform).text


def test_the_metrics_stay_when_a_check_fails(platform: Platform) -> None:
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    counted = check_of(quality_of(platform), "users.row_count")
    assert counted.status == Status.WARNED
    assert counted.metrics == {"rows_now": 1, "rows_of_last_run": 2, "rows_before_it": 0, "violations": 1}
    assert counted.series("rows_now") == [2, 1]
    assert counted.message == "the last run left 2 rows: something else has changed the table"


def test_rows_keep_the_order_of_their_columns(platform: Platform) -> None:
    platform.change("update staging_events set level = 'gold' where log_date = '2018-11-01'")
    platform.check("staging_events")
    (row,) = check_of(quality_of(platform), "staging_events.accepted_values").rows
    assert row == {"field": "level", "found": "gold", "events": 1}
    assert list(row) == ["field", "found", "events"]


def test_a_load_which_broke_a_key_shows_its_rows_and_the_skipped_checks(platform: Platform) -> None:
    platform.change("insert into artists from artists")
    assert not platform.build(select=["artists", "songs"], good=False).success
    quality = quality_of(platform)
    broken = check_of(quality, "artists.primary_key")
    assert (broken.status, broken.rows) == (Status.FAILED, [{"artist_id": "AR1", "copies": 2}])
    skipped = check_of(quality, "songs.primary_key")
    assert (skipped.status, skipped.skipped) == (Status.PASSED, True)
    refresh(platform)
    assert "songs star passed 5 skipped lately" in page_of(platform).text
    assert "The latest run skipped this check: this is the result before." in page_of(platform).text


def test_a_check_which_cannot_be_evaluated_is_an_error_with_its_reason(platform: Platform) -> None:
    platform.change("alter table lake_files rename record_count to lines")
    for _ in range(2):
        platform.check("staging_events")
    errored = check_of(quality_of(platform), "staging_events.every_record_accounted")
    assert errored.status == Status.ERRORED
    assert "record_count" in str(errored.message)
    assert [evaluation.status for evaluation in errored.trend] == [Status.PASSED, Status.ERRORED, Status.ERRORED]
    assert errored.since == errored.trend[1].at


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Platform]:
    """Only the staging tables, which take a second."""
    with dg.DagsterInstance.ephemeral() as instance:
        platform = new_platform(tmp_path, instance)
        platform.build(select=("cluster", *tables_of("staging")))
        yield platform


def test_what_one_check_cannot_evaluate_or_show_costs_no_other(staged: Platform) -> None:
    staged.change(
        "alter table lake_files rename record_count to lines",
        "update staging_events set level = 'a' || chr(27) || '[2J' || chr(10), artist = 'BjÃ¶rk' || chr(7)",
    )
    found = staged.check("staging_events")
    assert "staging_events.every_record_accounted" not in found
    assert found["staging_events.not_null"].passed
    missing = found["staging_events.days_have_events"]
    assert (missing.passed, missing.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert str(missing.description).startswith("days_have_events cannot be evaluated: ")
    assert r"found=a\x1b[2J\n" in str(found["staging_events.accepted_values"].description)

    metadata = refresh(staged)
    page = (Path(staged.settings.report_folder) / DASHBOARD).read_text(encoding="utf-8")
    assert r"BjÃ¶rk\x07" in page
    assert not {"\x1b", "\x07"} & {*page, *metadata["summary"]}


@pytest.mark.parametrize("address", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "file:///", ""])
def test_only_web_addresses_become_links_to_runs(tmp_path: Path, address: str) -> None:
    table = TableState("users", "star", [], materialized=datetime.now(UTC), run_id="0123456789")
    written = write_dashboard(Quality(datetime.now(UTC), [table]), LocalPages(str(tmp_path)), address)
    page = Path(written).read_text(encoding="utf-8")
    links = [str(found["href"]) for tag, found in Page(page).elements if tag == "a"]
    assert links == ["#users"]
    assert "run 01234567" in Page(page).text


# Freshness


def test_a_table_shows_when_it_was_materialized_its_rows_and_its_last_day(untouched: Platform) -> None:
    quality = quality_of(untouched)
    latest = untouched.instance.get_latest_materialization_event(dg.AssetKey("staging_events"))
    assert latest
    events = table_of(quality, "staging_events")
    assert (events.rows, events.last_day, events.days, events.run_id) == (2, "2018-11-03", 3, latest.run_id)
    assert events.materialized == datetime.fromtimestamp(latest.timestamp, UTC)
    songs = table_of(quality, "songs")
    assert (songs.rows, songs.last_day, songs.days) == (1, None, None)
    assert "staging_events warned 2 rows · materialized" in page_of(untouched).text


def test_a_table_which_was_never_materialized_says_so(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as fresh:
        platform = new_platform(tmp_path, fresh)
        metadata = refresh(platform)
    assert metadata["checks_never"] == CHECKS
    assert page_of(platform).text.count("never materialized") == 2 * len(checked(platform))
    assert "Nothing has been checked yet. Build the tables: sparkify run" in page_of(platform).text
    assert "| songplays | - never run | 0/12 |  | never |  |" in metadata["summary"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (3599, "59 min"), (7200, "2 h"), (172_799, "47 h"), (172_800, "2 days")],
)
def test_an_age_is_in_its_largest_unit(seconds: int, said: str) -> None:
    now = datetime(2018, 11, 30, tzinfo=UTC)
    assert Quality(now, []).age(now - timedelta(seconds=seconds)) == said


# The page


def test_the_page_needs_nothing_but_itself(untouched: Platform) -> None:
    page = page_of(untouched)
    text = (Path(untouched.settings.report_folder) / DASHBOARD).read_text(encoding="utf-8")
    assert not {"script", "img", "iframe", "object", "embed", "audio", "video"} & {tag for tag, _ in page.elements}
    assert [found["href"] for tag, found in page.elements if tag == "link"] == ["data:,"]
    assert all("src" not in found and "srcset" not in found for _, found in page.elements)
    assert not [mark for mark in ("@import", "url(", "@font-face") if mark in text]
    links = [str(found["href"]) for tag, found in page.elements if tag == "a"]
    assert all(link.startswith(("#", "http://127.0.0.1:3000/runs/")) for link in links)
    run = untouched.instance.get_run_records(limit=1)[0].dagster_run.run_id
    assert f"http://127.0.0.1:3000/runs/{run}" in links


def test_what_rows_hold_is_shown_and_never_run(platform: Platform) -> None:
    attack = "</td><script>alert(1)</script><img src=x onerror=alert(2)>"
    platform.change(f"update staging_events set level = '{attack[:16]}', method = '{attack[5:21]}', auth = '{attack}'")
    platform.check("staging_events")
    metadata = refresh(platform)
    page = page_of(platform)
    assert not {"script", "img"} & {tag for tag, _ in page.elements}
    assert attack in page.text
    assert "<script>" not in metadata["summary"]


def test_status_and_trend_are_in_words_too(platform: Platform) -> None:
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    refresh(platform)
    labels = [str(found["aria-label"]) for tag, found in page_of(platform).elements if "aria-label" in found]
    assert "Last 2 evaluations, the oldest first: 1 passed, 1 not" in labels
    assert "rows_now over the last 2 evaluations: from 2 to 1" in labels


def test_a_folder_which_cannot_be_written_is_named_with_its_setting(platform: Platform) -> None:
    folder = Path(platform.settings.report_folder)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    job = platform.definitions.resolve_job_def("refresh_quality")
    failed = job.execute_in_process(instance=platform.instance, run_config=QUIET, raise_on_error=False)
    assert "Set SPARKIFY_REPORT_FOLDER to a folder" in str(failed.failure_data_for_node("quality_dashboard"))


# The sensor


def requested(platform: Platform) -> dg.RunRequest | dg.SkipReason:
    found = refresh_quality_sensor(dg.build_sensor_context(instance=platform.instance))
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def test_the_sensor_requests_the_dashboard_after_runs_which_skipped_it(platform: Platform) -> None:
    assert isinstance(requested(platform), dg.SkipReason)
    platform.check("users")
    request = requested(platform)
    assert isinstance(request, dg.RunRequest)
    assert request.run_key == platform.instance.get_run_records(limit=1)[0].dagster_run.run_id
    refresh(platform)
    assert isinstance(requested(platform), dg.SkipReason)
    platform.change("insert into artists from artists")
    platform.build(good=False)
    assert isinstance(requested(platform), dg.RunRequest)


def test_the_dashboard_waits_in_the_queue_behind_runs_of_people(platform: Platform) -> None:
    platform.check("users")
    request = requested(platform)
    assert isinstance(request, dg.RunRequest)
    assert int(request.tags["dagster/priority"]) < 0
