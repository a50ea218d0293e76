"""What people see in the Dagster UI and on the dashboard, in a real browser on the real UI."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sparkify_assets.assets.analytics import ANALYTICS
from sparkify_assets.assets.quality import PAGE
from sparkify_assets.lake.sample.generator import generate_lake
from sparkify_assets.models import models
from sparkify_assets.warehouse.base import Session
from sparkify_assets.warehouse.duckdb import DuckDBWarehouse
from sparkify_assets_tests.dagster_ui import GROUPS, MODULE, dagster_ui

FIRST, DAYS = date(2018, 11, 1), 3
LOADED, RUN = 20_000, 90_000
"""Milliseconds within which a page shows what it has to, and within which a run is started and ends."""


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
def built(page: Page, folder: Path) -> str:
    """'Materialize all' of the job page, over all days; gives the status which the run's page ends with."""
    page.goto(f"/locations/{MODULE}/jobs/sparkify_etl")
    page.get_by_role("button", name="Materialize all").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="All", exact=True).click()
    dialog.get_by_role("button", name="Launch backfill").click()
    return status_of_run(page)


def status_of_run(page: Page) -> str:
    """Follow the link of a job's page to its run, and wait for the end."""
    page.get_by_text("Latest run:").get_by_role("link").click(timeout=RUN)
    status = page.get_by_text(re.compile(r"^(Success|Failure|Canceled)$")).first
    status.wait_for(timeout=RUN)
    return status.inner_text()


def metadata_row(page: Page, key: str) -> Locator:
    """The line of an asset's or a check's metadata with this key."""
    return page.get_by_role("row").filter(has=page.get_by_text(key, exact=True))


@contextmanager
def transaction(folder: Path) -> Iterator[Session]:
    """On the database which the UI's runs have built, once the run before has let go of it."""
    warehouse = DuckDBWarehouse(path=str(folder / "data/sparkify.duckdb"), wait_seconds=30)
    with warehouse.transaction() as session:
        yield session
    warehouse.close()


def test_the_graph_draws_every_group(page: Page) -> None:
    page.goto("/asset-groups")
    drawn = page.locator("foreignObject")
    expect(drawn).to_have_count(len(GROUPS))
    for group in GROUPS:
        expect(drawn.get_by_text(group, exact=True)).to_be_visible()


def test_materialize_all_from_the_job_page_ends_green(built: str, folder: Path) -> None:
    assert built == "Success"
    with transaction(folder) as session:
        days = session.fetch("select count(distinct cast(start_time as date)) from songplays")
        songs = session.fetch("select count(*) from top_songs")
    assert days.scalar == DAYS
    assert songs.scalar > 0


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


def test_planted_bad_rows_show_in_the_checks_tab_and_on_the_dashboard(built: str, page: Page, folder: Path) -> None:
    with transaction(folder) as session:
        (lost,) = session.fetch("select max(user_id) from users").rows[0]
        session.execute("delete from users where user_id = :lost", lost=lost)
    page.goto("/assets/users?view=checks&checkDetail=every_listener_known")
    page.get_by_role("button", name="Execute all").click()
    expect(page.get_by_text("Evaluation result").locator("..")).to_contain_text("Failed", timeout=RUN)
    expect(metadata_row(page, "rows")).to_contain_text(str(lost))

    page.goto(f"/locations/{MODULE}/jobs/refresh_quality")
    assert status_of_run(page) == "Success"
    page.goto((folder / "data/reports" / PAGE).as_uri())
    expect(page.get_by_text("every_listener_known")).to_be_visible()
    expect(page.get_by_text("Rows which break the rule")).to_be_visible()
