"""The recipes of CONTRIBUTING.md: one file in a copy of `sql/`, and the whole platform knows the table.

A chart of an answer is optional, and never stops a run.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from sparkify_assets.pages.rendering import DASHBOARD, LISTENING_REPORT
from sparkify_assets_tests.answers import ANSWERED
from sparkify_assets_tests.html_page import Page
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.made_once import made_once
from sparkify_assets_tests.package_copy import PackageCopy
from sparkify_assets_tests.source_database import SourceDatabase
from sparkify_assets_tests.workbench import SmallLake

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
RECIPES = dict(re.findall(r"```sql\n-- (sql/\S+)\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL))
DIMENSION = "sql/star/agents.sql"
ANALYTIC = "sql/analytics/plays_by_level.sql"
CHECK = "sql/checks/plays_by_level/no_more_listeners_than_plays.sql"
NEW_KEY = "foreign key (user_agent) references agents (user_agent)"
NOV_1, NOV_2 = "2018-11-01", "2018-11-02"

WITHOUT_CHART = """-- One row per {what} of the listeners.
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
BROKEN_CHART = """
from sparkify_assets.charts.answers import Answer


def draw(rows, time_zone):
    raise ValueError("no ink")


ANSWER = Answer("From where?", "select * from plays_by_location order by plays desc", draw, lambda first: "Some.", 9)
"""


class Extended:
    """A copy of package and `sql/` with what was added to it, after two runs over a lake of two days."""

    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        self.copy = PackageCopy(folder)
        self.told = told

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.copy.home / "data" / "sparkify.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def page(self, name: str) -> Page:
        return Page((self.copy.home / "data" / "reports" / name).read_text(encoding="utf-8"))

    def statuses(self, table: str) -> dict[str, str]:
        return {check["check"]: check["status"] for check in self.told["checks"] if check["table"] == table}


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Extended:
    folder, told = made_once(tmp_path_factory, "extended", extend)
    return Extended(folder, json.loads(told))


def extend(folder: Path) -> str:
    """Add the recipes, an answer without a chart, and one whose chart is broken; run everything, then one day."""
    copy = PackageCopy.of_the_checkout(folder)
    for name in (DIMENSION, ANALYTIC, CHECK):
        copy.write(name, RECIPES[name])
    declare_the_key(copy.folder / "sql")
    for name, column, what in [("plays_by_agent", "user_agent", "browser"), ("plays_by_location", "location", "place")]:
        copy.write(f"sql/analytics/{name}.sql", WITHOUT_CHART.format(name=name, column=column, what=what))
    copy.write("sparkify_assets/charts/answers/plays_by_location.py", BROKEN_CHART)

    lake = SmallLake(copy.home / "lake")
    settings = {"SPARKIFY_LAKE": str(lake.folder), "SPARKIFY_FIRST_DAY": NOV_1, "SPARKIFY_LAST_DAY": NOV_2}
    lake.song("A.json", song())
    lake.log(NOV_1, event(ts=at(f"{NOV_1} 10:00"), userAgent="Firefox"))
    paid = event(sessionId=7, level="paid", ts=at(f"{NOV_2} 10:00"), userAgent="Firefox")
    lake.log(NOV_2, event(ts=at(f"{NOV_2} 10:00"), userAgent="Chrome"), paid)
    printed = copy.sparkify("run", **settings)
    agents = Extended(folder, {}).rows("select user_agent from agents")
    # The first day loses its line of a play which the second has too, with another agent.
    lake.log(NOV_1)
    copy.sparkify("run", "--from", NOV_1, "--to", NOV_1, "--select", '+group:"star"', **settings)
    checks = json.loads(copy.sparkify("checks", "--json", **settings))["checks"]
    return json.dumps({"printed": printed, "agents": agents, "checks": checks})


def declare_the_key(sql: Path) -> None:
    path = sql / "star" / "songplays.sql"
    others = "    foreign key (artist_id) references artists (artist_id)\n"
    text = path.read_text()
    assert others in text
    path.write_text(text.replace(others, others.replace("\n", f",\n    {NEW_KEY}\n")))


# Recipes


def test_a_dimension_is_one_file_and_its_key_line(extended: Extended) -> None:
    """Two days hold lines of one play with two agents, and the file of the first day becomes empty."""
    assert extended.told["agents"] == [["Firefox"]]
    plays = extended.rows("select session_id, user_agent, log_date::varchar from songplays order by 1")
    assert plays == [(1, "Chrome", NOV_2), (7, "Firefox", NOV_2)]
    assert extended.rows("select user_agent from agents order by 1") == [("Chrome",), ("Firefox",)]
    assert extended.statuses("songplays")["references_agents"] == "passed"


def test_an_analytic_and_a_check_are_one_file_each(extended: Extended) -> None:
    assert "plays_by_level" in extended.told["printed"]
    found = extended.rows("select level, plays, listeners from plays_by_level order by level")
    assert found == [("free", 1, 1), ("paid", 1, 1)]
    statuses = extended.statuses("plays_by_level")
    assert statuses["no_more_listeners_than_plays"] == statuses["adds_up_to_songplays"] == "passed"
    assert all("plays_by_level" in extended.page(name).text for name in (DASHBOARD, LISTENING_REPORT))


# Answers without a chart


def metadata(extended: Extended, table: str) -> Mapping[str, Any]:
    with extended.copy.instance() as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(table))
    assert event
    assert event.asset_materialization
    return event.asset_materialization.metadata


@pytest.mark.parametrize("table", ["plays_by_agent", "plays_by_location"])
def test_a_table_without_a_picture_is_built_and_shown_in_the_ui(extended: Extended, table: str) -> None:
    shown = metadata(extended, table)
    assert shown["dagster/row_count"].value == 1
    assert "preview" in shown
    assert "chart" not in shown


def test_a_table_without_a_chart_is_in_the_report_with_its_first_rows(extended: Extended) -> None:
    report = extended.page(LISTENING_REPORT)
    assert "One row per browser of the listeners. The numbers: 1 row value plays Firefox 2" in report.text
    assert 'select * from plays_by_agent order by value"' in report.text


def test_a_table_without_a_chart_is_in_the_dictionary_and_on_the_dashboard(extended: Extended) -> None:
    report = extended.page(LISTENING_REPORT)
    assert "plays_by_agent.value" in {found.get("id") for _, found in report.elements}
    assert "The browser as sent" in report.text
    assert "plays_by_agent analytics passed" in extended.page(DASHBOARD).text


def test_a_chart_which_cannot_be_drawn_is_left_out_with_a_warning(extended: Extended) -> None:
    report = extended.page(LISTENING_REPORT)
    assert "One row per place of the listeners." in report.text
    charts = {str(found["data-chart"]).split()[0] for _, found in report.elements if "data-chart" in found}
    assert charts == set(ANSWERED)
    with extended.copy.instance() as instance:
        *_, first = instance.get_runs()
        logged = [entry.user_message for entry in instance.all_logs(first.run_id) if entry.level == 30]
    assert [
        text for text in logged if "plays_by_location is shown without a chart" in text and "ValueError: no ink" in text
    ]


# A table of an operational database


def test_a_table_of_a_database_is_one_file_and_joins_the_star(tmp_path: Path, source: SourceDatabase) -> None:
    copy = PackageCopy.of_the_checkout(tmp_path)
    for name in ("sql/staging/staging_accounts.sql", "sql/star/accounts.sql", "sql/analytics/revenue_by_plan.sql"):
        copy.write(name, RECIPES[name])
    source.run(
        "create table accounts (listener integer, plan text, monthly_price numeric(6, 2), since timestamptz)",
        "alter table accounts add card_token bytea",
        "insert into accounts values (8, 'solo', 9.99, now()), (9, 'solo', 9.99, now()), (7, 'duo', 12, now())",
    )
    lake = SmallLake(copy.home / "lake")
    lake.song("A.json", song())
    lake.log(NOV_1, event(userId="8", ts=at(f"{NOV_1} 10:00")))
    days = {"SPARKIFY_FIRST_DAY": NOV_1, "SPARKIFY_LAST_DAY": NOV_1}
    printed = copy.sparkify("run", SPARKIFY_LAKE=str(lake.folder), SPARKIFY_SOURCE_URL=source.url, **days)
    assert "not-asked-for" not in printed
    query = "select plan, accounts, monthly_revenue::varchar, listeners, plays from revenue_by_plan order by plan"
    found = Extended(tmp_path, {})
    assert found.rows(query) == [("duo", 1, "12.00", 0, 0), ("solo", 2, "19.98", 1, 1)]
    assert "revenue_by_plan" in found.page(LISTENING_REPORT).text
