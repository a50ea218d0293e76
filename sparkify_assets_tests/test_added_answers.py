"""A table which is added to the analytics is one file; a chart is optional, and never stops a run."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.pages.rendering import DASHBOARD, LISTENING_REPORT
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.package_copy import PackageCopy
from sparkify_assets_tests.workbench import FIRST, SmallLake

pytestmark = pytest.mark.slow

TABLE = """-- One row per {what} of the listeners.
create table if not exists {name} (
    value varchar(1024) not null, -- The {what} as sent
    plays bigint not null, -- Plays with it
    primary key (value)
);

select
    {column} as value,
    count(*) as plays
from songplays
where {column} is not null
group by {column};
"""
BROKEN = """
from sparkify_assets.charts.answers import Answer


def draw(rows, time_zone):
    raise ValueError("no ink")


ANSWER = Answer("Who pays?", "select * from plays_by_level order by plays desc", draw, lambda first: "Some.", 9)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
    """After a run with a table without a chart, and with one whose chart cannot be drawn."""
    copy = PackageCopy(tmp_path_factory.mktemp("copy"))
    for name, column, what in [("plays_by_agent", "user_agent", "browser"), ("plays_by_level", "level", "level")]:
        copy.write(f"sql/analytics/{name}.sql", TABLE.format(name=name, column=column, what=what))
    copy.write("sparkify_assets/charts/answers/plays_by_level.py", BROKEN)
    lake = SmallLake(copy.home / "lake")
    lake.song("A.json", song())
    lake.log(FIRST, event(userAgent="Lynx"), event(itemInSession=1, userAgent="Lynx"))
    copy.sparkify("run", SPARKIFY_LAKE=str(lake.folder), SPARKIFY_LAST_DAY=FIRST)
    return copy


@pytest.fixture(scope="module")
def report(copy: PackageCopy) -> Page:
    return Page((copy.home / "data/reports" / LISTENING_REPORT).read_text(encoding="utf-8"))


def metadata(copy: PackageCopy, table: str) -> Mapping[str, Any]:
    with copy.instance() as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(table))
    assert event
    assert event.asset_materialization
    return event.asset_materialization.metadata


def charts(page: Page) -> set[str | None]:
    return {found["data-chart"] for _, found in page.elements if "data-chart" in found}


@pytest.mark.parametrize("table", ["plays_by_agent", "plays_by_level"])
def test_a_table_without_a_picture_is_built_and_shown_in_the_ui(copy: PackageCopy, table: str) -> None:
    shown = metadata(copy, table)
    assert shown["dagster/row_count"].value == 1
    assert "preview" in shown
    assert "chart" not in shown


def test_a_table_without_a_chart_is_in_the_report_with_its_first_rows(report: Page) -> None:
    assert "One row per browser of the listeners. The numbers: 1 row value plays Lynx 2" in report.text
    assert 'select * from plays_by_agent order by value"' in report.text


def test_a_table_without_a_chart_is_in_the_dictionary_and_on_the_dashboard(copy: PackageCopy, report: Page) -> None:
    assert "plays_by_agent.value" in {found.get("id") for _, found in report.elements}
    assert "The browser as sent" in report.text
    dashboard = Page((copy.home / "data/reports" / DASHBOARD).read_text(encoding="utf-8"))
    assert "plays_by_agent analytics passed" in dashboard.text


def test_a_chart_which_cannot_be_drawn_is_left_out_with_a_warning(copy: PackageCopy, report: Page) -> None:
    assert "One row per level of the listeners." in report.text
    assert charts(report) == {
        "top_songs",
        "trending_artists",
        "listening_by_demographic",
        "peak_hours",
        "active_listeners",
    }
    with copy.instance() as instance:
        (run,) = instance.get_runs()
        logged = [entry.user_message for entry in instance.all_logs(run.run_id) if entry.level == 30]
    assert [
        text for text in logged if "plays_by_level is shown without a chart" in text and "ValueError: no ink" in text
    ]
