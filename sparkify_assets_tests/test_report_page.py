"""The page of the listening report: it needs nothing but itself, and a real browser draws it."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from playwright.sync_api import expect

from sparkify_assets.pages.rendering import LISTENING_REPORT
from sparkify_assets.report.months import TOP
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.answers import ANSWERED
from sparkify_assets_tests.cli import invoke, set_up
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.reports import ATTACK, opened, page_of, refresh, report_of, small_platform
from sparkify_assets_tests.workbench import EVERYTHING, FIRST, Platform, SmallLake

pytestmark = pytest.mark.browser

MAX_BYTES, MAX_SECONDS = 3_000_000, 2.0


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with dg.DagsterInstance.ephemeral() as instance:
        platform = small_platform(tmp_path_factory.mktemp("built"), instance)
        platform.build(select=EVERYTHING)
    return report_of(platform)


@pytest.fixture(scope="module")
def page(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample(first_run: tuple[Path, str]) -> Path:
    """That of the sample lake."""
    return first_run[0] / "data" / "reports" / LISTENING_REPORT


# It needs nothing but itself


def test_the_page_refers_to_no_other_place(page: Page) -> None:
    assert not {"img", "iframe", "object", "embed", "audio", "video", "base"} & {tag for tag, _ in page.elements}
    assert [found["href"] for tag, found in page.elements if tag == "link"] == ["data:,"]
    assert all("src" not in found and "srcset" not in found for _, found in page.elements)
    policy = next(found["content"] for _, found in page.elements if found.get("http-equiv"))
    assert policy == "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def test_the_sample_makes_a_page_under_3_mb_which_is_drawn_within_2_s(sample: Path) -> None:
    """By the processor's time of the page, which the tests beside this one do not change."""
    assert sample.stat().st_size < MAX_BYTES
    with opened(sample) as visit:
        visit.charts()
        assert 0 < visit.processor_seconds() < MAX_SECONDS
        assert visit.problems == []
        assert visit.requests == [sample.as_uri()]


def test_a_long_table_is_cut_and_says_so(sample: Path) -> None:
    text = Page(sample.read_text(encoding="utf-8")).text
    assert f"The numbers: the first {TOP} rows of 336" in text


# In a browser


@pytest.mark.parametrize("width", [1600, 390])
def test_all_charts_are_drawn_in_the_width_there_is(sample: Path, width: int) -> None:
    with opened(sample, width) as visit:
        for chart in visit.charts().values():
            box = chart.bounding_box()
            assert box
            assert 0.8 * min(width - 60, 600) < box["width"] <= width
            assert box["height"] > 200
        assert visit.tab.evaluate("document.documentElement.scrollWidth") == width
        songs = visit.charts()["top_songs"]
        before = songs.get_attribute("width")
        visit.tab.set_viewport_size({"width": 800, "height": 900})
        expect(songs).not_to_have_attribute("width", str(before))
        assert abs(float(str(songs.get_attribute("width"))) - (800 - 64 - 50)) < 5
        assert visit.problems == []


def test_a_title_which_is_a_script_is_shown_and_never_run(path: Path) -> None:
    with opened(path) as visit:
        songs = visit.charts()["top_songs"]
        assert ATTACK in visit.tab.locator("section.answer").first.locator("td").all_text_contents()
        bars = songs.locator("[aria-roledescription=bar]")
        bars.nth(1).hover()
        tip = visit.tab.locator("#vg-tooltip-element.visible")
        tip.wait_for()
        assert ATTACK in tip.inner_text()
        assert visit.tab.locator("img").count() == 0
        assert visit.problems == []


def test_colors_follow_the_scheme_without_drawing_again(path: Path) -> None:
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
        without_history = refresh(platform).text
        platform.build(select=[*ANSWERED, "listening_report"])
    text = page_of(platform).text
    assert "0 plays each counted once" in text
    assert "\u2013 matched 0 plays" in text
    assert all(f"{answer.question} No plays yet." in text for answer in ANSWERED.values())
    assert "Nothing has been checked yet." in without_history
    with opened(report_of(platform)) as visit:
        assert all(chart.bounding_box() for chart in visit.charts().values())
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


# A month to choose


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lily plays two songs in November and Max another in December, of which the last days have no plays."""
    folder = tmp_path_factory.mktemp("months")
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log("2018-11-01", *(event(itemInSession=number, ts=at(f"2018-11-01 12:0{number}")) for number in (0, 1)))
    lake.log("2018-11-30", event(sessionId=2, song="Other", ts=at("2018-11-30 09:00")))
    lake.log("2018-12-05", event(userId="2", firstName="Max", sessionId=3, song="Late", ts=at("2018-12-05 08:00")))
    with dg.DagsterInstance.ephemeral() as instance:
        platform = Platform(lake, folder / "warehouse.duckdb", instance, last_day="2018-12-05")
        platform.build(select=EVERYTHING)
    return report_of(platform)


def test_a_month_which_is_chosen_shows_its_answers_alone(two_months: Path) -> None:
    with opened(two_months) as visit:
        visit.charts()
        sentences, shown = visit.tab.locator("p.sentence:visible"), visit.tab.locator("section.answer td:visible")
        assert sentences.first.inner_text() == "Most played: Alpha by Ann, with 2 plays."
        assert visit.tab.locator("#month option").all_inner_texts() == ["all time", "2018-12", "2018-11"]
        visit.tab.select_option("#month", "2018-12")
        assert sentences.all_inner_texts() == [
            "Most played: Late by Ann, with 1 play.",
            "Most on the rise: Ann, with 1 play where the weeks before promised 1.0.",
            "Women in an unknown state on the free level listen most: 1 play by 1 listener.",
            "Wednesday from 8:00 is the busiest hour, with 1.0 plays on such a day.",
            "On 2018-12-05: 1 listener, 1 in its week and 1 in its month.",
        ]
        for name in ANSWERED:
            visit.tab.locator(f"[data-chart='{name} 2018-12'] svg.marks").wait_for()
        visit.tab.locator("section.answer details:visible").first.locator("summary").click()
        assert shown.all_inner_texts() == ["1", "Late", "Ann", "1", "0"]
        visit.tab.select_option("#month", "2018-11")
        assert sentences.first.inner_text() == "Most played: Alpha by Ann, with 2 plays."
        assert sentences.last.inner_text() == "On 2018-11-30: 1 listener, 1 in its week and 1 in its month."
        visit.tab.select_option("#month", "")
        assert sentences.last.inner_text() == "On 2018-12-05: 1 listener, 1 in its week and 1 in its month."
        assert visit.problems == []
        assert visit.requests == [two_months.as_uri()]


def test_the_trend_over_the_months_is_drawn_in_their_order(two_months: Path) -> None:
    with opened(two_months) as visit:
        chart = visit.tab.locator("[data-chart=months] svg.marks")
        chart.wait_for()
        bars = chart.locator("[aria-roledescription=bar]").evaluate_all("bars => bars.map(bar => bar.ariaLabel)")
        assert [label.split(";")[:2] for label in bars] == [
            ["month: 2018-11", " Plays (bars): 3"], ["month: 2018-12", " Plays (bars): 1"],
        ]  # fmt: skip
        assert visit.problems == []


# The command


def test_without_a_report_the_command_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(tmp_path, monkeypatch)
    result = invoke("report")
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: There is no report at {tmp_path}/data/reports/listening_report.html yet.")
    assert "sparkify run" in result.output


@pytest.mark.parametrize(("options", "opens"), [((), True), (("--no-open",), False)])
def test_the_command_prints_where_the_page_is_and_opens_it(
    path: Path, tmp_path: Path, options: tuple[str, ...], opens: bool
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n', encoding="utf-8")
    browser.chmod(0o755)
    environment = {"SPARKIFY_REPORT_FOLDER": str(path.parent), "BROWSER": str(browser), "PATH": "/usr/bin:/bin"}
    code = "from sparkify_assets.cli.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, "report", *options],
        cwd=Path(__file__).parents[1], env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert result.stdout == f"{path}\n"
    assert (tmp_path / "opened").exists() == opens
    if opens:
        assert (tmp_path / "opened").read_text(encoding="utf-8") == path.as_uri()
