"""The listening report says the same as the tables: figures, answers, checks and the data dictionary."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.charts.renderer import Renderer, RenderError
from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.models.reading import models
from sparkify_assets.pages.rendering import LISTENING_REPORT
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.answers import ANSWERED
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.production import Production
from sparkify_assets_tests.reports import ATTACK, HOSTILE, SHOWN, page_of, refresh, report_of, small_platform
from sparkify_assets_tests.workbench import EVERYTHING, QUIET, Platform

pytestmark = pytest.mark.slow


UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


def shown_rows(page: Path, table: str) -> list[dict[str, Any]]:
    """The rows behind a chart."""
    specification = specifications(page)[table]
    rows: list[dict[str, Any]] = specification["datasets"][specification["data"]["name"]]
    return rows


def specifications(page: Path) -> dict[str, Any]:
    """What the charts show, by table."""
    found = re.search(r'id="charts">(.*?)</script>', page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, dg.ExecuteInProcessResult]]:
    with dg.DagsterInstance.ephemeral() as instance:
        platform = small_platform(tmp_path_factory.mktemp("built"), instance)
        yield platform, platform.build(select=EVERYTHING)


@pytest.fixture(scope="module")
def page(built: tuple[Platform, dg.ExecuteInProcessResult]) -> Page:
    return page_of(built[0])


@pytest.fixture(scope="module")
def path(built: tuple[Platform, dg.ExecuteInProcessResult]) -> Path:
    return report_of(built[0])


@pytest.fixture
def platform(built: tuple[Platform, dg.ExecuteInProcessResult], tmp_path: Path) -> Platform:
    """A copy of what was built, with a report of its own, for a test which changes it."""
    before = built[0].settings
    database = shutil.copy(before.duckdb_path, tmp_path / "warehouse.duckdb")
    return Platform(before.lake, Path(database), built[0].instance, last_day="2018-11-02")


# What it says


def test_the_figures_are_those_of_the_tables(page: Page) -> None:
    assert "1 November 2018 to 2 November 2018" in page.text
    assert (
        "3 plays each counted once 2 listeners distinct users 2 songs as played 2 days with plays "
        "66.7 % matched 2 plays in the catalog"
    ) in page.text


def test_each_question_is_answered_in_a_sentence(page: Page) -> None:
    assert "What do people listen to? Most played: Alpha by Ann, with 2 plays." in page.text
    assert "Which artists are trending? Most on the rise: Ann, with 2 plays in the first week." in page.text
    assert "Women in an unknown state on the free level listen most: 2 plays by 1 listener." in page.text
    assert "When are the peaks? Thursday from 17:00 is the busiest hour, with 2.0 plays on such a day." in page.text
    assert "How many people listen? On 2018-11-02: 1 listener, 2 in its week and 2 in its month." in page.text


def test_months_stand_side_by_side(page: Page) -> None:
    assert "Month Plays Against the month before Listeners Songs 2018-11 3 \u2013 2 2" in page.text


def test_the_numbers_behind_a_chart_are_the_first_rows_of_its_table(page: Page) -> None:
    assert "rank title artist plays matched plays 1 Alpha Ann 2 2 2 " + ATTACK + f" {SHOWN} 1 0" in page.text
    assert "1 4 Thursday 17 2 1 2 2 5 Friday 13 1 1 1" in page.text


def test_the_charts_show_the_rows_which_answer(built: tuple[Platform, dg.ExecuteInProcessResult], path: Path) -> None:
    warehouse = DuckDBWarehouse(path=built[0].settings.duckdb_path)
    for name, answer in ANSWERED.items():
        shown = shown_rows(path, name)
        expected = warehouse.fetch(answer.query).dicts()
        assert [row["plays"] for row in shown] == [row["plays"] for row in expected]
        assert len(shown) == 2
    assert set(specifications(path)) == {*ANSWERED, *(f"{name} 2018-11" for name in ANSWERED)}


def test_every_table_is_counted(built: tuple[Platform, dg.ExecuteInProcessResult], path: Path) -> None:
    entry = r'<details class="card entry" id="(\w+)">.*? count">(?:([\d,]+) rows? · )?\d+ (?:columns|fields)'
    shown = dict(re.findall(entry, path.read_text(encoding="utf-8"), flags=re.DOTALL))
    assert shown.pop("event_logs") == shown.pop("song_files") == ""
    for table in models():
        ((rows,),) = built[0].rows(f"select count(*) from {table}")
        assert shown.pop(table) == f"{rows:,}", table
    assert shown == {}
    star = "1 artists 3 songplays 1 songs 3 time 2 users"
    assert star in Page(path.read_text(encoding="utf-8")).text


def test_the_time_zone_is_stated(page: Page) -> None:
    assert "Days, weeks and hours in the time zone Asia/Kolkata." in page.text
    assert "Hour of the day (Asia/Kolkata)" in page.text


def test_the_asset_links_to_its_page(built: tuple[Platform, dg.ExecuteInProcessResult], path: Path) -> None:
    (done,) = built[1].asset_materializations_for_node("listening_report")
    metadata = {name: value.value for name, value in done.metadata.items()}
    assert (metadata["page"], metadata["link"]) == (str(path), "http://127.0.0.1:3001/listening_report.html")
    assert (metadata["bytes"], metadata["plays"]) == (path.stat().st_size, 3)
    assert metadata["time_zone"] == "Asia/Kolkata"


def test_the_report_comes_after_every_table_and_its_checks(built: tuple[Platform, dg.ExecuteInProcessResult]) -> None:
    steps = [event.step_key for event in built[1].get_step_success_events()]
    assert steps.index("listening_report") >= len(steps) - 2
    assert f"{len(built[1].get_asset_check_evaluations())} passed" in page_of(built[0]).text


@pytest.mark.long
def test_the_report_says_the_same_on_redshift(
    production: Production, built: tuple[Platform, dg.ExecuteInProcessResult], page: Page, tmp_path: Path
) -> None:
    before = built[0].settings
    production.bring(Path(before.lake))
    chosen = production.settings(
        first_day=before.first_day, last_day=before.last_day, time_zone=before.time_zone, report_folder=str(tmp_path)
    )
    with dg.DagsterInstance.ephemeral() as instance:
        build_definitions(chosen).resolve_job_def("sparkify_etl").execute_in_process(
            instance=instance, tags=day_tags(*chosen.days), run_config=QUIET
        )
    text = Page((tmp_path / LISTENING_REPORT).read_text(encoding="utf-8")).text
    # The time of the report, and a table which only Redshift fills.
    differ = re.compile(r"State of [-\d]+ [:\d]+ UTC|as its last statement\. [\d,]+ rows?")
    assert differ.sub("", text) == differ.sub("", page.text)


# What cannot be shown as it is


def test_control_characters_are_shown_and_never_leave(
    built: tuple[Platform, dg.ExecuteInProcessResult], path: Path
) -> None:
    assert (HOSTILE,) in built[0].rows("select played_artist from songplays")
    assert [row["artist"] for row in shown_rows(path, "top_songs")] == ["Ann", SHOWN]
    assert not UNPRINTABLE.search(path.read_text(encoding="utf-8"))
    for name in ANSWERED:
        (done,) = built[1].asset_materializations_for_node(name)
        texts = [str(value.value) for value in done.metadata.values()]
        assert str(done.metadata["chart"].value).startswith("![")
        assert not UNPRINTABLE.search("".join(texts)), name


def test_days_beyond_the_calendar_are_shown_and_the_rest_too(platform: Platform) -> None:
    platform.change(
        "update plays_by_calendar set first_day = '50803-01-01' where first_day = '2018-11-02'",
        "update trending_artists set week_start = '50803-01-01'",
        "update listening_by_demographic set plays_per_listener = 'nan'",
    )
    text = refresh(platform).text
    assert "1 November 2018 to 50803-01-01 3 plays" in text
    assert "50803-01-01 1 Ann" in text
    assert "All checks hold." in text


def test_a_day_which_is_missing_is_a_dash(platform: Platform) -> None:
    platform.change(
        "alter table plays_by_calendar alter first_day drop not null", "update plays_by_calendar set first_day = null"
    )
    assert "\u2013 to \u2013 3 plays" in refresh(platform).text


def test_a_report_without_its_script_is_written_with_the_numbers(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def abort(*_: object, **__: object) -> str:
        raise RenderError("the process which draws it ended with -6")

    monkeypatch.setattr(Renderer, "call", abort)
    assert "Most played: Alpha by Ann" in refresh(platform).text


# Checks


def test_a_check_which_failed_shows_with_its_rows(platform: Platform) -> None:
    assert "All checks hold." in refresh(platform).text
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    text = refresh(platform).text
    assert "1 check does not hold." in text
    assert "users.every_listener_known failed Each listener of the staged events has a row." in text
    assert "Rows which break the rule user_id 2 " in text
    assert "1 failed 0 errored 1 warned" in text


# The data dictionary


def test_the_dictionary_names_every_table_and_column(page: Page) -> None:
    ids = {found["id"] for _, found in page.elements if found.get("id")}
    for name, model in models().items():
        assert name in ids
        assert {f"{name}.{column}" for column in model.column_names} <= ids
        for column in model.columns:
            assert column.description in page.text
    assert {"event_logs.ts", "event_logs.userId", "song_files.duration"} <= ids


def test_every_link_leads_to_the_page_itself_or_to_the_dashboard(page: Page) -> None:
    ids = {found["id"] for _, found in page.elements if found.get("id")}
    links = {str(found["href"]) for tag, found in page.elements if tag == "a"}
    assert "#plays_cube.plays" in links
    assert links - {f"#{name}" for name in ids} == {"quality_dashboard.html"}


def test_a_column_of_the_cubes_leads_back_to_the_lake(page: Page) -> None:
    assert (
        "plays bigint required Plays; each depth adds up plays_cube.plays event_logs.itemInSession , "
        "event_logs.sessionId seconds"
    ) in page.text
    assert "Song of the play, " not in page.text
    assert (
        "varchar(32) Song, null if not in the catalog Refers to songs.song_id . songs.song_id song_files.song_id"
        in page.text
    )
