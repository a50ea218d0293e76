"""What people see in the Dagster UI and on the dashboard, in a real browser on the real UI."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sparkify_assets.models.reading import models
from sparkify_assets.pages.rendering import DASHBOARD
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets_tests.dagster_ui import (
    GROUPS,
    LOADED,
    MODULE,
    dagster_ui,
    lose_a_listener,
    materialize_all,
    metadata_row,
    status_of_run,
    transaction,
)
from sparkify_assets_tests.workbench import tables_of

pytestmark = pytest.mark.browser

ANALYTICS = tables_of("analytics")

FIRST, DAYS = date(2018, 11, 1), 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lake of three days in the default place, and nothing else."""
    made = tmp_path_factory.mktemp("browser")
    generate_lake(made / "data/lake", days=DAYS, users=40, songs=60, seed=11, start=FIRST)
    return made


@pytest.fixture(scope="module")
def ui(folder: Path) -> Iterator[str]:
    with dagster_ui(folder, {"SPARKIFY_LAST_DAY": f"2018-11-{DAYS:02}"}) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, ui: str) -> Iterator[Page]:
    opened = browser.new_page(base_url=ui, viewport={"width": 1600, "height": 1000})
    opened.set_default_timeout(LOADED)
    expect.set_options(timeout=LOADED)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def built(page: Page) -> str:
    """The status of the run of a 'Materialize all'."""
    return materialize_all(page)


@pytest.fixture(scope="module")
def lost(built: str, page: Page, folder: Path) -> int:
    """A listener whose row is deleted behind the platform's back, and missed by a check which the UI executes."""
    return lose_a_listener(page, folder)


def test_the_graph_draws_every_group(page: Page) -> None:
    page.goto("/asset-groups")
    drawn = page.locator("foreignObject")
    expect(drawn).to_have_count(len(GROUPS))
    for group in GROUPS:
        expect(drawn.get_by_text(group, exact=True)).to_be_visible()


def test_materialize_all_from_the_job_page_ends_green(built: str, folder: Path) -> None:
    assert built == "Success"
    with transaction(folder) as session:
        assert session.fetch("select count(distinct cast(start_time as date)) from songplays").scalar == DAYS
        assert session.fetch("select count(*) from top_songs").scalar > 0


def test_every_group_is_green_after_a_green_run(built: str, page: Page) -> None:
    assert built == "Success"
    page.set_viewport_size({"width": 3600, "height": 1600})  # in a small window the groups show no status
    page.goto("/asset-groups")
    statuses = page.locator("foreignObject .BaseTag")
    expect(statuses).to_have_count(len(GROUPS))
    styles = statuses.evaluate_all("tags => tags.map(tag => tag.getAttribute('style'))")
    assert all("--color-background-green" in style for style in styles), styles
    page.set_viewport_size({"width": 1600, "height": 1000})


def test_planted_bad_rows_show_in_the_checks_tab(lost: int, page: Page) -> None:
    expect(metadata_row(page, "rows")).to_contain_text(str(lost))


@pytest.mark.parametrize("answer", ANALYTICS)
def test_an_answer_shows_its_chart(built: str, page: Page, answer: str) -> None:
    page.goto(f"/assets/{answer}")
    metadata_row(page, "chart").get_by_text("[Show Markdown]").click()
    picture = page.get_by_role("dialog").get_by_role("img", name="?")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 300


def test_a_table_shows_its_columns_with_types_keys_and_comments(built: str, page: Page) -> None:
    page.goto("/assets/songplays")
    for column in models()["songplays"].columns:
        row = page.get_by_role("row").filter(has=page.get_by_text(column.name, exact=True))
        expect(row.first).to_contain_text(column.type.upper())
        expect(row.first).to_contain_text(column.description)
    expect(page.get_by_text("FOREIGN KEY to songs.song_id")).to_be_visible()


def test_a_table_shows_where_its_columns_come_from(built: str, page: Page) -> None:
    page.goto("/assets/top_songs")
    expect(metadata_row(page, "lineage")).to_contain_text("songplays.played_title")


def test_planted_bad_rows_show_on_the_dashboard_for_which_nobody_asked(lost: int, page: Page, folder: Path) -> None:
    page.goto(f"/locations/{MODULE}/jobs/refresh_quality")
    assert status_of_run(page) == "Success"
    page.goto((folder / "data/reports" / DASHBOARD).as_uri())
    expect(page.get_by_text("1 check does not hold.")).to_be_visible()
    expect(page.get_by_text("every_listener_known")).to_be_visible()
    broken = page.get_by_role("table", name="Rows which break the rule")
    expect(broken.get_by_role("cell", name=str(lost), exact=True)).to_be_visible()
