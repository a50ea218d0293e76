"""The quality dashboard: planted bad rows show on the page, in Markdown and in the terminal, until they are mended."""

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType

from sparkify_assets.components.catalog import ANALYSTS, ENGINEERS
from sparkify_assets.definitions import build_definitions
from sparkify_assets.defs.quality.dashboard import PAGE, write_page
from sparkify_assets.defs.quality.refresh import is_in, refresh_quality_sensor
from sparkify_assets.instance.home import open_instance
from sparkify_assets.models.model import models
from sparkify_assets.quality.checked_tables import WatchedTable, watched_tables
from sparkify_assets.quality.history import TREND, read_quality
from sparkify_assets.quality.markdown import summary
from sparkify_assets.quality.state import CheckState, Quality, Status, TableState
from sparkify_assets.settings import Settings
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.test_cli import invoke, set_up, small_lake
from sparkify_assets_tests.workbench import EVERYTHING, FIRST, QUIET, Platform, SmallLake

OWN = "{module: dagster._core.storage.event_log, class: SqliteEventLogStorage"
POOLED = "{module: sparkify_assets.instance.event_log, class: PooledSqliteEventLogStorage"
CHECKS = len(build_definitions(Settings(_env_file=None)).resolve_asset_graph().asset_check_keys)
EVALUATIONS, STORED_RUNS, SECONDS = 10_000, 20, 1.0


def new_platform(folder: Path, instance: dg.DagsterInstance) -> Platform:
    """Two listeners, a play of each; the third day has no file, which is a warning."""
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log("2018-11-01", event())
    lake.log("2018-11-02", event(userId="2", sessionId=2, ts=at("2018-11-02 08:00")))
    return Platform(lake, folder / "warehouse.duckdb", instance, last_day="2018-11-03")


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
        assert platform.build(select=EVERYTHING).success
        yield platform


def watched(platform: Platform) -> list[WatchedTable]:
    return watched_tables(platform.definitions.assets or (), platform.definitions.asset_checks or ())


def quality_of(platform: Platform) -> Quality:
    return read_quality(platform.instance, watched(platform))


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


class Page(HTMLParser):
    """Elements with their attributes, and the text, of the page which `refresh` wrote."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += f"{data.strip()} " if data.strip() else ""


def page_of(platform: Platform) -> Page:
    return Page((Path(platform.settings.report_folder) / PAGE).read_text(encoding="utf-8"))


# Its place in a run


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
    assert page_of(untouched).said.count("days_have_events") == 1
    assert check_of(quality_of(untouched), "staging_events.days_have_events").status == Status.WARNED


# Bad rows


def test_a_row_which_breaks_a_rule_fails_is_shown_and_is_green_once_mended(platform: Platform) -> None:
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    told = refresh(platform)

    broken = check_of(quality_of(platform), "users.every_listener_known")
    assert (broken.status, broken.severity, broken.blocking) == (Status.FAILED, "ERROR", True)
    assert (broken.rows, broken.numbers["violations"]) == ([{"user_id": 2}], 1)
    assert [evaluation.status for evaluation in broken.trend] == [Status.PASSED, Status.FAILED]
    assert next(iter(quality_of(platform).checks)) == broken
    assert quality_of(platform).tables[0].name == "users"
    assert told["checks_failed"] == 1
    assert "| ✗ failed | users.every_listener_known |" in told["summary"]
    assert "1 break the rule, first: user&#95;id=2" in told["summary"]
    page = page_of(platform).said
    assert "1 check does not hold." in page
    assert "every_listener_known blocking Each listener of the staged events has a row." in page
    assert "Rows which break the rule user_id 2 " in page
    assert page.index("users failed") < page.index("songs passed")

    platform.build(select=EVERYTHING)
    mended = check_of(quality_of(platform), "users.every_listener_known")
    assert (mended.status, mended.rows, mended.says) == (Status.PASSED, [], None)
    assert [evaluation.status for evaluation in mended.trend] == [Status.PASSED, Status.FAILED, Status.PASSED]
    assert mended.since == mended.trend[-1].at
    assert "does not hold" not in page_of(platform).said


def test_the_numbers_compared_stay_when_a_check_fails(platform: Platform) -> None:
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    counted = check_of(quality_of(platform), "users.row_count")
    assert counted.status == Status.WARNED
    assert counted.numbers == {"rows_now": 1, "rows_of_last_run": 2, "rows_before_it": 0, "violations": 1}
    assert counted.series("rows_now") == [2, 1]
    assert counted.says == "the last run left 2 rows: something else has changed the table"


def test_rows_keep_the_order_of_their_columns(platform: Platform) -> None:
    platform.change("update staging_events set level = 'gold' where log_date = '2018-11-01'")
    platform.check("staging_events")
    (row,) = check_of(quality_of(platform), "staging_events.accepted_values").rows
    assert list(row) == ["auth", "gender", "level", "method", "events"]
    assert row["level"] == "gold"


def test_a_load_which_broke_a_key_shows_its_rows_and_what_it_kept_from_running(platform: Platform) -> None:
    platform.change("insert into artists from artists")
    assert not platform.build(select=["artists", "songs"], good=False).success
    quality = quality_of(platform)
    broken = check_of(quality, "artists.primary_key")
    assert (broken.status, broken.rows) == (Status.FAILED, [{"artist_id": "AR1", "copies": 2}])
    unreached = check_of(quality, "songs.primary_key")
    assert (unreached.status, unreached.skipped) == (Status.PASSED, True)
    refresh(platform)
    assert "songs star passed 5 not reached lately" in page_of(platform).said
    assert "The latest run did not come to this check: this is the result before." in page_of(platform).said


def test_a_check_which_cannot_be_evaluated_is_an_error_with_its_reason(platform: Platform) -> None:
    platform.change("alter table lake_files rename line_count to lines")
    for _ in range(2):
        platform.check("staging_events")
    errored = check_of(quality_of(platform), "staging_events.every_line_accounted")
    assert errored.status == Status.ERRORED
    assert "line_count" in str(errored.says)
    assert [evaluation.status for evaluation in errored.trend] == [Status.PASSED, Status.ERRORED, Status.ERRORED]
    assert errored.since == errored.trend[1].at


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
USERS = [WatchedTable("users", "star", True, [dg.AssetCheckSpec("not_null", asset="users")])]


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


# Freshness


def test_a_table_tells_when_it_was_materialized_its_rows_and_its_last_day(untouched: Platform) -> None:
    quality = quality_of(untouched)
    latest = untouched.instance.get_latest_materialization_event(dg.AssetKey("staging_events"))
    assert latest
    events = table_of(quality, "staging_events")
    assert (events.rows, events.last_day, events.days, events.run_id) == (2, "2018-11-03", 3, latest.run_id)
    assert events.materialized == datetime.fromtimestamp(latest.timestamp, UTC)
    songs = table_of(quality, "songs")
    assert (songs.rows, songs.last_day, songs.days) == (1, None, None)
    assert "staging_events warned 2 rows · materialized" in page_of(untouched).said


def test_a_table_which_was_never_materialized_says_so(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as fresh:
        platform = new_platform(tmp_path, fresh)
        told = refresh(platform)
    assert told["checks_never"] == CHECKS
    assert page_of(platform).said.count("never materialized") == 2 * len(watched(platform))
    assert "Nothing has been checked yet. Build the tables: sparkify run" in page_of(platform).said
    assert "| songplays | - never run | 0/12 |  | never |  |" in told["summary"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (3599, "59 min"), (7200, "2 h"), (172_799, "47 h"), (172_800, "2 days")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, said: str) -> None:
    now = datetime(2018, 11, 30, tzinfo=UTC)
    assert Quality(now, []).age(now - timedelta(seconds=seconds)) == said


# The page


def test_the_page_needs_nothing_but_itself(untouched: Platform) -> None:
    page = page_of(untouched)
    text = (Path(untouched.settings.report_folder) / PAGE).read_text(encoding="utf-8")
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
    told = refresh(platform)
    page = page_of(platform)
    assert not {"script", "img"} & {tag for tag, _ in page.elements}
    assert attack in page.said
    assert "<script>" not in told["summary"]


def test_a_status_is_told_in_words_and_the_trend_too(platform: Platform) -> None:
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    refresh(platform)
    labels = [str(found["aria-label"]) for tag, found in page_of(platform).elements if "aria-label" in found]
    assert "Last 2 evaluations, the oldest first: 1 passed, 1 not" in labels
    assert "rows_now over the last 2 evaluations: from 2 to 1" in labels


def test_a_folder_which_cannot_be_written_is_told_with_its_setting(platform: Platform) -> None:
    folder = Path(platform.settings.report_folder)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    job = platform.definitions.resolve_job_def("refresh_quality")
    failed = job.execute_in_process(instance=platform.instance, run_config=QUIET, raise_on_error=False)
    assert "Set SPARKIFY_REPORT_FOLDER to a folder" in str(failed.failure_data_for_node("quality_dashboard"))


# Speed


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


LONG = [
    WatchedTable(f"t{table}", "star", False, [dg.AssetCheckSpec(f"c{n}", asset=f"t{table}") for n in range(10)])
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
                [evaluated(spec, run, (run + place) % 10 > 0) for place, spec in enumerate(specs)]
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
def test_ten_thousand_evaluations_make_a_page_within_a_second(
    long_history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    taken = []
    with instance_in(long_history, storage, monkeypatch) as instance:
        for _ in range(3):
            started = time.process_time()
            quality = read_quality(instance, LONG)
            write_page(quality, tmp_path, "http://127.0.0.1:3000")
            summary(quality)
            taken.append(time.process_time() - started)
    assert (quality.counts[Status.FAILED], quality.counts[Status.PASSED]) == (10, 90)
    assert check_of(quality, "t0.c0").since == datetime.fromtimestamp(1.7e9 + 86_400 * 11, UTC)
    # Of this process alone, all of it in memory and files: on a quiet machine that is the time which passes.
    assert min(taken) < SECONDS, taken


# The terminal


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which nothing had run, then everything."""
    folder = tmp_path_factory.mktemp("built")
    small_lake(folder)
    with pytest.MonkeyPatch.context() as patch:
        set_up(folder, patch)
        nothing = invoke("checks")
        assert nothing.exit_code == 2
        assert f"0 failed, 0 errored, 0 warned, {CHECKS} never run, 0 passed" in nothing.output
        assert invoke("run").exit_code == 0
    return folder


@pytest.fixture
def home(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it."""
    folder = shutil.copytree(built, tmp_path / "home")
    set_up(folder, monkeypatch)
    return folder


def change(*statements: str) -> None:
    with duckdb.connect("warehouse.duckdb") as connection:
        for statement in statements:
            connection.execute(statement)


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
        f"1 failed, 0 errored, 0 warned, 0 never run, {CHECKS - 1} passed; 3 not reached by their latest run"
    )


def test_a_run_which_is_stopped_refreshes_the_page(home: Path) -> None:
    change("insert into artists from artists")
    stopped = invoke("run", "--select", "artists")
    assert stopped.exit_code == 1
    assert "✓ quality_dashboard" in stopped.output
    assert "1 check does not hold." in Page((home / "data/reports" / PAGE).read_text(encoding="utf-8")).said


def test_a_run_of_some_tables_builds_the_page_itself(home: Path) -> None:
    with open_instance() as instance:
        before = instance.get_runs_count()
        assert invoke("run", "--select", "artists").exit_code == 0
        assert instance.get_runs_count() == before + 1
        assert is_in(instance, instance.get_runs(limit=1)[0].run_id)


def test_json_tells_all_to_a_program(home: Path) -> None:
    told = json.loads(invoke("checks", "--json").stdout)
    assert told["counts"] == {"failed": 0, "errored": 0, "warned": 0, "never run": 0, "passed": CHECKS}
    plays = next(table for table in told["tables"] if table["table"] == "songplays")
    assert (plays["rows"], plays["last_day"], plays["days"]) == (2, FIRST, 1)
    counted = next(c for c in told["checks"] if (c["table"], c["check"]) == ("songplays", "every_play_counted"))
    assert counted["numbers"] == {"plays_staged": 2, "rows_in_songplays": 2, "violations": 0}
    assert (counted["status"], counted["severity"], counted["blocking"]) == ("passed", "ERROR", True)
    assert datetime.fromisoformat(counted["since"]).tzinfo == UTC


def test_a_warning_is_bad_only_strictly(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "2018-11-02")
    assert invoke("run").exit_code == 0
    assert "staging_events.days_have_events" in invoke("checks", "--failed").output
    assert invoke("checks").exit_code == 0
    assert invoke("checks", "--strict").exit_code == 1


# Behind no run


def asked(platform: Platform) -> dg.RunRequest | dg.SkipReason:
    found = refresh_quality_sensor(dg.build_sensor_context(instance=platform.instance))
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def test_the_sensor_asks_for_the_dashboard_after_runs_which_did_not_come_to_it(platform: Platform) -> None:
    assert isinstance(asked(platform), dg.SkipReason)
    platform.check("users")
    request = asked(platform)
    assert isinstance(request, dg.RunRequest)
    assert request.run_key == platform.instance.get_run_records(limit=1)[0].dagster_run.run_id
    refresh(platform)
    assert isinstance(asked(platform), dg.SkipReason)
    platform.change("insert into artists from artists")
    platform.build(good=False)
    assert isinstance(asked(platform), dg.RunRequest)


# The catalog


def test_every_asset_has_an_owner_and_every_table_links_to_its_file(untouched: Platform) -> None:
    for node in untouched.definitions.resolve_asset_graph().asset_nodes:
        name = node.key.to_user_string()
        assert node.owners in ([ENGINEERS], [ANALYSTS]), name
        if name in models():
            (link,) = node.metadata["dagster/code_references"].code_references
            assert f"create table if not exists {name}" in Path(link.file_path).read_text()


def test_assets_which_name_listeners_are_tagged(untouched: Platform) -> None:
    nodes = untouched.definitions.resolve_asset_graph().asset_nodes
    assert {node.key.to_user_string() for node in nodes if "personal_data" in node.tags} == {
        "event_logs", "load_rejects", "staging_events", "users", "songplays"
    }  # fmt: skip
