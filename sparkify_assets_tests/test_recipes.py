"""The recipes of CONTRIBUTING.md: one file in a copy of `sql/`, and the whole platform knows the table."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.package_copy import PackageCopy
from sparkify_assets_tests.workbench import SmallLake

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
RECIPES = dict(re.findall(r"```sql\n-- (sql/\S+)\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL))
NEW_KEY = "foreign key (user_agent) references agents (user_agent)"
NOV_1, NOV_2 = "2018-11-01", "2018-11-02"


class Checkout:
    """A copy of package and `sql/` to which recipes are added, and a lake of two days."""

    def __init__(self, folder: Path) -> None:
        self.copy = PackageCopy(folder)
        self.lake = SmallLake(self.copy.home / "lake")
        self.lake.song("A.json", song())

    def add(self, *files: str) -> None:
        for name in files:
            self.copy.write(name, RECIPES[name])

    def run(self, *arguments: str) -> str:
        days = {"SPARKIFY_FIRST_DAY": NOV_1, "SPARKIFY_LAST_DAY": NOV_2}
        return self.copy.sparkify(*arguments, SPARKIFY_LAKE=str(self.lake.folder), **days)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.copy.home / "data" / "sparkify.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def declare_the_key(sql: Path) -> None:
    path = sql / "star" / "songplays.sql"
    others = "    foreign key (artist_id) references artists (artist_id)\n"
    text = path.read_text()
    assert others in text
    path.write_text(text.replace(others, others.replace("\n", f",\n    {NEW_KEY}\n")))


def play(agent: str, day: str) -> dict[str, Any]:
    return event(ts=at(f"{day} 10:00"), userAgent=agent)


def test_a_dimension_is_one_file_and_its_key_line(checkout: Checkout) -> None:
    """Two days hold lines of one play with two agents, and the file of the first day becomes empty."""
    checkout.add("sql/star/agents.sql")
    declare_the_key(checkout.copy.folder / "sql")
    checkout.lake.log(NOV_1, play("Firefox", NOV_1))
    checkout.lake.log(NOV_2, play("Chrome", NOV_2))
    checkout.run("run")
    assert checkout.rows("select user_agent from agents") == [("Firefox",)]
    checkout.lake.log(NOV_1)
    checkout.run("run", "--from", NOV_1, "--to", NOV_1, "--select", '+group:"star"')
    assert checkout.rows("select user_agent, log_date::varchar from songplays") == [("Chrome", NOV_2)]
    assert checkout.rows("select user_agent from agents") == [("Chrome",)]
    passed = {c["check"]: c["status"] for c in json.loads(checkout.run("checks", "--json"))["checks"]}
    assert passed["references_agents"] == "passed"


def test_an_analytic_and_a_check_are_one_file_each(checkout: Checkout) -> None:
    checkout.add("sql/analytics/plays_by_level.sql", "sql/checks/plays_by_level/no_more_listeners_than_plays.sql")
    checkout.lake.log(NOV_1, play("Firefox", NOV_1))
    checkout.lake.log(NOV_2, event(sessionId=7, level="paid", ts=at(f"{NOV_2} 10:00")))
    shown = checkout.run("run")
    assert "plays_by_level" in shown
    assert checkout.rows("select level, plays, listeners from plays_by_level order by level") == [
        ("free", 1, 1),
        ("paid", 1, 1),
    ]
    checks = json.loads(checkout.run("checks", "--json"))["checks"]
    found = {c["check"]: c["status"] for c in checks if c["table"] == "plays_by_level"}
    assert found["no_more_listeners_than_plays"] == found["adds_up_to_songplays"] == "passed"
    reports = checkout.copy.home / "data" / "reports"
    for page in ("quality_dashboard.html", "listening_report.html"):
        assert "plays_by_level" in (reports / page).read_text()
