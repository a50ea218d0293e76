"""The example: an operational database of a shop becomes the same star with the same answers on each engine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from redshift_stand_in.postgres.server import Postgres
from sparkify_assets_tests.production import Production, in_order
from sparkify_assets_tests.source_database import PAGILA, SourceDatabase, fill_shop

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "examples" / "rentals"
SIZES = {"customers": 60, "films": 50, "rentals": 2000}
LOCAL = "payment_date at time zone 'America/Los_Angeles'"
SALES = "from payment inner join rental using (rental_id) inner join inventory using (inventory_id)"
SUMS = "count(*), sum(payment.amount)"
# The answers, and the same of the shop itself.
ANSWERS = {
    "select month_start, sales, revenue, customers from revenue_by_month": (
        f"select date_trunc('month', {LOCAL})::date, {SUMS}, count(distinct customer_id) from payment group by 1"
    ),
    "select rating, sales, revenue from revenue_by_rating": (
        f"select rating, {SUMS} {SALES} inner join film using (film_id) group by 1"
    ),
    "select store_id, sales, revenue from revenue_by_store": f"select inventory.store_id, {SUMS} {SALES} group by 1",
    "select city, country, sales, revenue from revenue_by_city": (
        f"select city, country, {SUMS} from payment inner join customer using (customer_id) inner join address "
        "using (address_id) inner join city using (city_id) inner join country using (country_id) group by 1, 2"
    ),
    "select count(*), sum(case when is_returned then 1 else 0 end), sum(amount) from fact_sales": (
        f"select count(*), count(return_date), sum(payment.amount) {SALES}"
    ),
}


class Project:
    """A copy of the example, of which commands are run as a user does."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        self.folder = folder
        shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("data"))
        self._settings = {"SPARKIFY_SOURCE_URL": url, "COLUMNS": "300", **settings}
        self.output = ""

    def sparkify(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "sparkify_assets", *arguments],
            cwd=self.folder,
            env={**os.environ, **self._settings},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.folder / "data" / "rentals.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def shop(source_server: Postgres) -> SourceDatabase:
    """The generated one."""
    shop = SourceDatabase(source_server)
    fill_shop(shop, SHOP / "shop", SIZES)
    return shop


@pytest.fixture(scope="module")
def built(shop: SourceDatabase, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("example") / "rentals", shop.url)
    project.output = project.sparkify("run")
    return project


def as_texts(rows: list[tuple[object, ...]] | list[tuple[str | None, ...]]) -> list[tuple[object, ...]]:
    """Numbers of all engines alike, in an order of their own."""

    def text(value: object) -> object:
        found = str(value)
        return f"{float(found):.2f}" if re.fullmatch(r"-?[0-9.]+", found) else found

    return in_order([tuple(map(text, row)) for row in rows])


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_what_the_shop_itself_says(built: Project, shop: SourceDatabase, answer: str) -> None:
    assert as_texts(built.rows(answer)) == as_texts(shop.run(ANSWERS[answer]))


def test_the_page_and_the_checks_tell_of_every_table(built: Project) -> None:
    assert "0 warned, 0 failed" in built.output
    page = Path(built.sparkify("report", "--no-open").strip()).read_text()
    for table in (
        "revenue_by_month",
        "roll_up",
        "drill_down",
        "slice_pg_13",
        "dice_weekends",
        "grouping_sets",
        "sales_cube",
    ):
        assert f'id="{table}"' in page
    assert "not-asked-for" not in page + built.output
    assert "13 tables can be read" in built.sparkify("doctor")


@pytest.mark.redshift
def test_redshift_gives_the_tables_of_duckdb(
    built: Project, shop: SourceDatabase, production: Production, tmp_path: Path
) -> None:
    settings = production.environment(lake=production.near_lake.location, work_uri="")
    project = Project(tmp_path / "rentals", shop.url, **settings)
    assert "0 warned, 0 failed" in project.sparkify("run")
    tables = [path.stem for path in SHOP.glob("sql/*/*.sql") if path.parent.name != "checks"]
    for table in sorted(tables):
        there = production.stand_in.query_postgres(f"select * from {table}")
        assert as_texts(_plain(there)) == as_texts(_plain(built.rows(f"select * from {table}"))), table


def _plain(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    words = {"t": "True", "f": "False", "None": "None", "true": "True", "false": "False"}
    return [tuple(words.get(str(value), str(value)) for value in row) for row in rows]


@pytest.mark.skipif(not PAGILA.exists(), reason="there is no Pagila on this machine")
def test_pagila_has_its_known_numbers(source: SourceDatabase, tmp_path: Path) -> None:
    source.load(PAGILA / "pagila-schema.sql", PAGILA / "pagila-data.sql")
    project = Project(tmp_path / "rentals", source.url)
    project.sparkify("run")
    assert as_texts(project.rows("select count(*), sum(amount), count(distinct rental_id) from fact_sales")) == [
        ("16049.00", "67416.51", "16044.00")
    ]
    counted = (
        "select (select count(*) from dim_customer), (select count(*) from dim_movie), (select count(*) from dim_store)"
    )
    assert project.rows(counted) == [(599, 1000, 2)]
    for answer, own in ANSWERS.items():
        assert as_texts(project.rows(answer)) == as_texts(source.run(own)), answer


def test_no_module_of_the_package_knows_the_shop() -> None:
    package = ROOT / "sparkify_assets"
    files = [path for path in package.rglob("*") if path.suffix in (".py", ".yaml", ".html")]
    known = re.compile(r"\b(rentals?|films?|payments?)\b", re.IGNORECASE)
    assert [path.name for path in files if known.search(path.read_text("utf-8"))] == []
