"""A small listening report and one of the sample, and a browser without a network which opens them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
from playwright.sync_api import ConsoleMessage, Dialog, Locator
from playwright.sync_api import Page as Tab

from sparkify_assets.pages.rendering import LISTENING_REPORT
from sparkify_assets_tests.answers import ANSWERED
from sparkify_assets_tests.browser import open_browser
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.workbench import Platform, SmallLake

HOSTILE, SHOWN = "B\x07ob\x1b[2J\u202e", r"B\x07ob\x1b[2J\u202e"
"""An artist who rings the bell, clears the screen and turns the direction of text, and how pages show him."""
ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


@dataclass
class Visit:
    """A page in a browser without a network, and what went wrong or went out."""

    tab: Tab
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def on_dialog(self, dialog: Dialog) -> None:
        self.problems.append(dialog.message)
        dialog.dismiss()

    def charts(self) -> dict[str, Locator]:
        """The charts by table, once they are drawn."""
        drawn = {name: self.tab.locator(f"[data-chart={name}] svg.marks") for name in ANSWERED}
        for chart in drawn.values():
            chart.wait_for(timeout=20_000)
        return drawn

    def processor_seconds(self) -> float:
        """What the process of the page has used so far."""
        devtools = self.tab.context.new_cdp_session(self.tab)
        devtools.send("Performance.enable")
        measured = devtools.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in measured if one["name"] == "ProcessTime")


@contextmanager
def opened(page: Path, width: int = 1600, scheme: Any = "light", fragment: str = "") -> Iterator[Visit]:
    """Open the page; asyncio, and with it Dagster, has to wait until it is closed."""
    with open_browser() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        visit = Visit(context.new_page())
        visit.tab.on("console", visit.on_console)
        visit.tab.on("pageerror", lambda error: visit.problems.append(str(error)))
        visit.tab.on("dialog", visit.on_dialog)
        visit.tab.on("request", lambda request: visit.requests.append(request.url))
        visit.tab.goto(page.as_uri() + fragment)
        yield visit


def small_lake(folder: Path) -> SmallLake:
    """Lily plays one song of the catalog twice, Max another once; its title would run as a script."""
    lake = SmallLake(folder / "lake")
    lake.song("A.json", song())
    lake.log("2018-11-01", event(), event(itemInSession=1, ts=at("2018-11-01 12:05")))
    lake.log(
        "2018-11-02",
        event(
            userId="2", firstName="Max", gender="M", level="paid", sessionId=2, song=ATTACK, artist=HOSTILE,
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


def small_platform(folder: Path, instance: dg.DagsterInstance) -> Platform:
    lake = small_lake(folder)
    return Platform(lake, folder / "warehouse.duckdb", instance, last_day="2018-11-02", time_zone="Asia/Kolkata")
