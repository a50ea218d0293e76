"""Pictures of what people see, for the README: `make screenshots` builds the sample and takes them again.

Each is taken of the real pages in headless Chromium and lands in `docs/`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from sparkify_assets.pages.rendering import DASHBOARD, LISTENING_REPORT
from sparkify_assets_tests.browser import open_browser
from sparkify_assets_tests.dagster_ui import (
    GROUPS,
    LOADED,
    MODULE,
    ROOT,
    dagster_ui,
    lose_a_listener,
    metadata_row,
    newcomer,
    status_of_run,
)
from sparkify_assets_tests.workbench import tables_of

STAR = tables_of("star")

DOCS = ROOT / "docs"
SCREEN, WIDE, NARROW = (
    ViewportSize(width=width, height=height) for width, height in ((1500, 900), (1600, 1000), (390, 844))
)
LARGEST = 400_000


def main() -> None:
    """Build the sample in a scratch folder, and take every picture of it."""
    DOCS.mkdir(exist_ok=True)
    expect.set_options(timeout=LOADED)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        command = [sys.executable, "-c", "from sparkify_assets.cli.main import main; main()", "run"]
        subprocess.run(command, cwd=folder, env=newcomer(), check=True)
        with dagster_ui(folder) as address, open_browser() as browser:
            page = browser.new_page(base_url=address, viewport=SCREEN)
            page.set_default_timeout(LOADED)
            graph(page)
            answer(page)
            lineage(page)
            # A platform is judged by how it shows what is wrong.
            checks(page, folder)
            take_pages(browser, folder / "data/reports")


def take_pages(browser: Browser, reports: Path) -> None:
    """The pages which a run writes: wide, narrow and dark."""
    of_page(browser, reports / LISTENING_REPORT, "listening-report", WIDE)
    of_page(browser, reports / LISTENING_REPORT, "listening-report-narrow", NARROW)
    of_page(browser, reports / LISTENING_REPORT, "listening-report-dark", WIDE, dark=True)
    of_page(browser, reports / DASHBOARD, "quality-dashboard", WIDE)
    of_page(browser, reports / DASHBOARD, "quality-dashboard-narrow", NARROW)
    of_page(browser, reports / DASHBOARD, "quality-dashboard-dark", WIDE, dark=True)


def graph(page: Page) -> None:
    """All groups, with the state of their assets: wide, since the UI shows it from some size on only."""
    page.set_viewport_size({"width": 1900, "height": 620})
    page.goto("/assets")
    page.get_by_text("Hide navigation").click()
    page.goto("/asset-groups")
    drawn = page.locator("foreignObject")
    expect(drawn).to_have_count(len(GROUPS))
    expect(drawn.filter(has_text="star")).to_contain_text(str(len(STAR)))
    expect(drawn.get_by_text("fetching statuses")).to_have_count(0)
    save(page.screenshot(animations="disabled"), "graph")
    page.set_viewport_size(SCREEN)


def answer(page: Page) -> None:
    """An analytics asset: its chart, with the metadata behind it."""
    page.goto("/assets/peak_hours")
    metadata_row(page, "chart").get_by_text("[Show Markdown]").click()
    expect(page.get_by_role("dialog").get_by_role("img", name="?")).to_have_js_property("complete", True)
    save(page.screenshot(animations="disabled"), "answer")


def lineage(page: Page) -> None:
    """Where the columns of a table come from."""
    page.goto("/assets/songplays")
    metadata_row(page, "lineage").scroll_into_view_if_needed()
    save(page.screenshot(animations="disabled"), "column-lineage")


def checks(page: Page, folder: Path) -> None:
    """The checks of a table, one of which fails; then wait until the dashboard knows it too."""
    lost = lose_a_listener(page, folder)
    expect(metadata_row(page, "rows")).to_contain_text(str(lost))
    page.wait_for_load_state("networkidle")
    save(page.screenshot(animations="disabled"), "checks")
    page.goto(f"/locations/{MODULE}/jobs/refresh_quality")
    status_of_run(page)


def of_page(browser: Browser, path: Path, name: str, size: ViewportSize, *, dark: bool = False) -> None:
    """A page of its own, its first screens."""
    page = browser.new_page(viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=1)
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    save(page.screenshot(animations="disabled"), name)
    page.close()


def save(png: bytes, name: str) -> None:
    path = DOCS / f"{name}.png"
    path.write_bytes(png)
    print(f"{path.relative_to(ROOT)}: {len(png):,} bytes")
    if len(png) > LARGEST:
        sys.exit(f"{path} has more than {LARGEST:,} bytes: make the picture smaller.")


if __name__ == "__main__":
    main()
