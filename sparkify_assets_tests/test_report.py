"""The listening report: what it shows equals the tables, it needs nothing but itself, and a real browser draws it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, expect, sync_playwright
from playwright.sync_api import Page as Tab

from sparkify_assets.charts.answers import ANSWERS
from sparkify_assets.cli.generate import SAMPLE
from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.models.model import models
from sparkify_assets.pages import LISTENING_REPORT
from sparkify_assets.report.content import TOP
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.production import Production
from sparkify_assets_tests.test_cli import invoke, set_up
from sparkify_assets_tests.test_quality import Page
from sparkify_assets_tests.workbench import EVERYTHING, FIRST, QUIET, Platform, SmallLake

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
MAX_BYTES, MAX_SECONDS = 3_000_000, 2.0
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Visit:
    """A page in a browser without a network, and what went wrong or went out."""

    tab: Tab
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def hears(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.problems.append(said.text)

    def dismisses(self, dialog: Dialog) -> None:
        self.problems.append(dialog.message)
        dialog.dismiss()

    def charts(self) -> list[Locator]:
        """The four charts, once they are drawn."""
        drawn = [self.tab.locator(f"[data-chart={name}] svg.marks") for name in ANSWERS]
        for chart in drawn:
            chart.wait_for(timeout=20_000)
        return drawn


@contextmanager
def opened(page: Path, width: int = 1600, scheme: Any = "light", fragment: str = "") -> Iterator[Visit]:
    """Open the page; asyncio, and with it Dagster, has to wait until it is closed."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        visit = Visit(context.new_page())
        visit.tab.on("console", visit.hears)
        visit.tab.on("pageerror", lambda error: visit.problems.append(str(error)))
        visit.tab.on("dialog", visit.dismisses)
        visit.tab.on("request", lambda request: visit.requests.append(request.url))
        visit.tab.goto(page.as_uri() + fragment)
        yield visit


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's browser, or the one which playwright has downloaded."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        if not found and not Path(own).exists():
            pytest.fail(
                f"There is no browser: none of {', '.join(CHROMIUM)} is on the PATH, and {own} is not there. "
                "Install one: apt-get install chromium, or python -m playwright install chromium."
            )
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


def small_lake(folder: Path) -> SmallLake:
    """Lily plays one song of the catalogue twice, Max another once, of a title which would run as a script."""
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log("2018-11-01", event(), event(itemInSession=1, ts=at("2018-11-01 12:05")))
    lake.log(
        "2018-11-02",
        event(
            userId="2", firstName="Max", gender="M", level="paid", sessionId=2, song=ATTACK, artist="Bob",
            location="Reno, NV", ts=at("2018-11-02 08:00"),
        ),
    )  # fmt: skip
    return lake


def report_of(platform: Platform) -> Path:
    return Path(platform.settings.report_folder).resolve() / LISTENING_REPORT


def page_of(platform: Platform) -> Page:
    return Page(report_of(platform).read_text(encoding="utf-8"))


def refresh(platform: Platform) -> Page:
    """The report, built alone."""
    platform.build(select=["listening_report"])
    return page_of(platform)


def specifications(page: Path) -> dict[str, Any]:
    """What the charts show, by table."""
    found = re.search(r'id="charts">(.*?)</script>', page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, dg.ExecuteInProcessResult]]:
    with dg.DagsterInstance.ephemeral() as instance:
        folder = tmp_path_factory.mktemp("built")
        platform = Platform(
            small_lake(folder), folder / "warehouse.duckdb", instance, last_day="2018-11-02", time_zone="Asia/Kolkata"
        )
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


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the sample which a first `sparkify run` generates."""
    folder = tmp_path_factory.mktemp("sample")
    start = Settings(_env_file=None).first_day
    sample: dict[str, Any] = {**SAMPLE}
    generate_lake(folder / "lake", start=start, **sample)
    with dg.DagsterInstance.ephemeral() as instance:
        platform = Platform(str(folder / "lake"), folder / "warehouse.duckdb", instance)
        platform.build(select=EVERYTHING)
    return report_of(platform)


# What it says


def test_the_figures_are_those_of_the_tables(page: Page) -> None:
    assert "1 November 2018 to 2 November 2018" in page.said
    assert (
        "3 plays each counted once 2 listeners distinct users 2 songs as played 2 days with plays "
        "66.7 % matched 2 plays in the catalogue"
    ) in page.said


def test_each_question_is_answered_in_a_sentence(page: Page) -> None:
    assert "What do people listen to? Most played: Alpha by Ann, with 2 plays by 1 listener." in page.said
    assert "Which artists are trending? Most on the rise: Ann, with 2 plays in the first week." in page.said
    assert "Women in an unknown state on the free level listen most: 2 plays by 1 listener." in page.said
    assert "When are the peaks? Thursday from 17:00 is the busiest hour, with 2.0 plays on such a day." in page.said


def test_the_numbers_behind_a_chart_are_the_first_rows_of_its_table(page: Page) -> None:
    assert "rank title artist plays listeners matched plays 1 Alpha Ann 2 1 2 2 " + ATTACK + " Bob 1 1 0" in page.said
    assert "1 4 Thursday 17 2 1 1 2 2 5 Friday 13 1 1 1 1" in page.said


def test_a_long_table_is_cut_and_says_so(sample: Path) -> None:
    said = Page(sample.read_text(encoding="utf-8")).said
    assert f"The numbers: the first {TOP} rows of 168" in said


def test_the_charts_show_the_rows_which_answer(built: tuple[Platform, dg.ExecuteInProcessResult], path: Path) -> None:
    warehouse = DuckDBWarehouse(path=built[0].settings.duckdb_path)
    for name, specification in specifications(path).items():
        shown = specification["datasets"][specification["data"]["name"]]
        expected = warehouse.fetch(ANSWERS[name].query).dicts()
        assert [(row["plays"], row["listeners"]) for row in shown] == [
            (row["plays"], row["listeners"]) for row in expected
        ]
        assert len(shown) == 2
    assert set(specifications(path)) == set(ANSWERS)


def test_every_table_is_counted(built: tuple[Platform, dg.ExecuteInProcessResult], path: Path) -> None:
    entry = r'<details class="card entry" id="(\w+)">.*? count">(?:([\d,]+) rows? · )?\d+ (?:columns|fields)'
    shown = dict(re.findall(entry, path.read_text(encoding="utf-8"), flags=re.DOTALL))
    assert shown.pop("event_logs") == shown.pop("song_files") == ""
    for table in models():
        ((rows,),) = built[0].rows(f"select count(*) from {table}")
        assert shown.pop(table) == f"{rows:,}", table
    assert shown == {}
    star = "1 artists 3 songplays 1 songs 3 time 2 users"
    assert star in Page(path.read_text(encoding="utf-8")).said


def test_the_time_zone_is_stated(page: Page) -> None:
    assert "Days, weeks and hours in the time zone Asia/Kolkata." in page.said
    assert "Hour of the day (Asia/Kolkata)" in page.said


def test_the_asset_links_to_its_page(built: tuple[Platform, dg.ExecuteInProcessResult], path: Path) -> None:
    (done,) = built[1].asset_materializations_for_node("listening_report")
    metadata = {name: value.value for name, value in done.metadata.items()}
    assert (metadata["page"], metadata["link"]) == (str(path), path.as_uri())
    assert (metadata["bytes"], metadata["plays"]) == (path.stat().st_size, 3)
    assert metadata["time_zone"] == "Asia/Kolkata"


def test_the_report_comes_after_every_table_and_its_checks(built: tuple[Platform, dg.ExecuteInProcessResult]) -> None:
    steps = [event.step_key for event in built[1].get_step_success_events()]
    assert steps.index("listening_report") >= len(steps) - 2
    assert f"{len(built[1].get_asset_check_evaluations())} passed" in page_of(built[0]).said


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
    said = Page((tmp_path / LISTENING_REPORT).read_text(encoding="utf-8")).said
    # The time of the report, and a table which only Redshift fills.
    differ = re.compile(r"State of [-\d]+ [:\d]+ UTC|as its last statement\. [\d,]+ rows?")
    assert differ.sub("", said) == differ.sub("", page.said)


# Checks


def test_a_check_which_failed_shows_with_its_rows(platform: Platform) -> None:
    assert "All checks hold." in refresh(platform).said
    platform.change("delete from users where user_id = 2")
    platform.check("users")
    said = refresh(platform).said
    assert "1 check does not hold." in said
    assert "users.every_listener_known failed Each listener of the staged events has a row." in said
    assert "Rows which break the rule user_id 2 " in said
    assert "1 failed 0 errored 1 warned" in said


# The data dictionary


def test_the_dictionary_names_every_table_and_column(page: Page) -> None:
    ids = {found["id"] for _, found in page.elements if found.get("id")}
    for name, model in models().items():
        assert name in ids
        assert {f"{name}.{column}" for column in model.column_names} <= ids
        for column in model.columns:
            assert column.description in page.said
    assert {"event_logs.ts", "event_logs.userId", "song_files.duration"} <= ids


def test_every_link_leads_to_a_place_on_the_page_or_to_the_dashboard_beside_it(page: Page) -> None:
    ids = {found["id"] for _, found in page.elements if found.get("id")}
    links = {str(found["href"]) for tag, found in page.elements if tag == "a"}
    assert "#plays_cube.plays" in links
    assert links - {f"#{name}" for name in ids} == {"quality_dashboard.html"}


def test_a_column_of_the_cubes_leads_back_to_the_lake(page: Page) -> None:
    assert (
        "plays bigint required Plays; each depth adds up plays_cube.plays event_logs.itemInSession , "
        "event_logs.sessionId seconds"
    ) in page.said
    assert "Song of the play, " not in page.said
    assert (
        "varchar(32) Song, null if not in the catalogue Refers to songs.song_id . songs.song_id song_files.song_id"
        in page.said
    )


# It needs nothing but itself


def test_the_page_refers_to_no_other_place(page: Page) -> None:
    assert not {"img", "iframe", "object", "embed", "audio", "video", "base"} & {tag for tag, _ in page.elements}
    assert [found["href"] for tag, found in page.elements if tag == "link"] == ["data:,"]
    assert all("src" not in found and "srcset" not in found for _, found in page.elements)
    policy = next(found["content"] for _, found in page.elements if found.get("http-equiv"))
    assert policy == "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def test_the_sample_makes_a_page_under_3_mb_which_is_drawn_within_2_s(sample: Path) -> None:
    assert sample.stat().st_size < MAX_BYTES
    seconds = []
    for _ in range(2):
        with opened(sample) as visit:
            visit.charts()
            seconds.append(visit.tab.evaluate("performance.now()") / 1000)
            assert visit.problems == []
            assert visit.requests == [sample.as_uri()]
    assert min(seconds) < MAX_SECONDS, seconds


# In a browser


@pytest.mark.parametrize("width", [1600, 390])
def test_all_charts_are_drawn_in_the_width_there_is(sample: Path, width: int) -> None:
    with opened(sample, width) as visit:
        for chart in visit.charts():
            box = chart.bounding_box()
            assert box
            assert 0.8 * min(width - 60, 600) < box["width"] <= width
            assert box["height"] > 200
        assert visit.tab.evaluate("document.documentElement.scrollWidth") == width
        songs = visit.charts()[0]
        before = songs.get_attribute("width")
        visit.tab.set_viewport_size({"width": 800, "height": 900})
        expect(songs).not_to_have_attribute("width", str(before))
        assert abs(float(str(songs.get_attribute("width"))) - (800 - 64 - 50)) < 5
        assert visit.problems == []


def test_a_title_which_is_a_script_is_shown_and_never_run(path: Path) -> None:
    with opened(path) as visit:
        songs = visit.charts()[0]
        assert ATTACK in visit.tab.locator("section.answer").first.locator("td").all_text_contents()
        bars = songs.locator("[aria-roledescription=bar]")
        bars.nth(1).hover()
        tip = visit.tab.locator("#vg-tooltip-element.visible")
        tip.wait_for()
        assert ATTACK in tip.inner_text()
        assert visit.tab.locator("img").count() == 0
        assert visit.problems == []


def test_colours_follow_the_scheme_without_drawing_again(path: Path) -> None:
    with opened(path) as visit:
        visit.charts()
        bar = visit.tab.locator("[data-chart=top_songs] [aria-roledescription=bar]").first
        fill = "bar => getComputedStyle(bar).fill"
        light = bar.evaluate(fill)
        kept = bar.element_handle()
        visit.tab.emulate_media(color_scheme="dark")
        assert kept.evaluate(fill) != light
        assert light == "rgb(33, 113, 181)"


def test_no_plays_make_a_page_too(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        platform = Platform(SmallLake(tmp_path / "lake"), tmp_path / "empty.duckdb", instance, last_day=FIRST)
        DuckDBWarehouse(path=platform.settings.duckdb_path).create_tables()
        said = refresh(platform).said
    assert "0 plays each counted once" in said
    assert "\u2013 matched 0 plays" in said
    assert all(f"{answer.question} No plays yet." in said for answer in ANSWERS.values())
    assert "Nothing has been checked yet." in said
    with opened(report_of(platform)) as visit:
        assert all(chart.bounding_box() for chart in visit.charts())
        assert visit.problems == []


def test_the_search_shows_what_it_finds_and_a_link_shows_where_it_leads(path: Path) -> None:
    with opened(path, fragment="#plays_drill_down.plays") as visit:
        row = visit.tab.locator("[id='plays_drill_down.plays']")
        row.wait_for()
        search = visit.tab.locator("#search")
        search.fill("browser of the LISTENER")
        shown = visit.tab.locator("details.entry tbody tr:visible")
        assert [found.get_attribute("id") for found in shown.all()] == [
            "event_logs.userAgent",
            "staging_events.userAgent",
            "songplays.user_agent",
        ]
        assert visit.tab.locator("output").inner_text() == "3 columns"
        visit.tab.locator("[id='songplays.user_agent']").get_by_role("link", name="event_logs.userAgent").click()
        assert visit.tab.locator("[id='event_logs.userAgent']").is_visible()
        search.fill("no such thing")
        assert visit.tab.locator("details.entry:visible").count() == 0
        visit.tab.evaluate("location.hash = '#users.level'")
        visit.tab.locator("[id='users.level']").wait_for()
        assert search.input_value() == ""
        assert visit.problems == []


# The command


def test_without_a_report_the_command_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(tmp_path, monkeypatch)
    told = invoke("report")
    assert told.exit_code == 1
    assert told.output.startswith(f"Error: There is no report at {tmp_path}/data/reports/listening_report.html yet.")
    assert "sparkify run" in told.output


@pytest.mark.parametrize(("options", "opens"), [((), True), (("--no-open",), False)])
def test_the_command_prints_where_the_page_is_and_opens_it(
    path: Path, tmp_path: Path, options: tuple[str, ...], opens: bool
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n', encoding="utf-8")
    browser.chmod(0o755)
    environment = {"SPARKIFY_REPORT_FOLDER": str(path.parent), "BROWSER": str(browser), "PATH": "/usr/bin:/bin"}
    code = "from sparkify_assets.cli.main import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", code, "report", *options],
        cwd=Path(__file__).parents[1], env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == f"{path}\n"
    assert (tmp_path / "opened").exists() == opens
    if opens:
        assert (tmp_path / "opened").read_text(encoding="utf-8") == path.as_uri()
