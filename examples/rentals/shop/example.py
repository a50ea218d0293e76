"""`make example`: a shop in a PostgreSQL of its own, or the one at SOURCE_URL, becomes a star with answers.

The project itself is `sql/`, `defs/` and `.env` of the folder above; this starts what it reads, and runs it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redshift_stand_in.postgres.backend import SUPERUSER
from redshift_stand_in.postgres.server import Postgres

SIZES = {"customers": 600, "films": 1000, "rentals": 16_000}
_HERE = Path(__file__).parent
_QUESTIONS = (
    "select month_start, sales, revenue, customers from revenue_by_month order by month_start",
    "select rating, sales, revenue from revenue_by_rating order by revenue desc",
    "select city, country, revenue from revenue_by_city order by city_rank limit 5",
    "select country, city, revenue from roll_up where all_cities = 1 order by revenue desc limit 5",
)


def main() -> int:
    """Run the project and show some answers; what `sparkify run` ends with."""
    with _source_url() as url:
        environment = os.environ | {"SPARKIFY_SOURCE_URL": url}
        environment.pop("DAGSTER_HOME", None)

        def sparkify(*arguments: str) -> int:
            command = [sys.executable, "-m", "sparkify_assets", *arguments]
            return subprocess.run(command, cwd=_HERE.parent, env=environment, check=False).returncode

        if code := sparkify("run"):
            return code
        for question in _QUESTIONS:
            print(f"\n$ sparkify query {question!r}", flush=True)
            sparkify("query", question)
        print("\nThe page with all answers:", flush=True)
        return sparkify("report", "--no-open")


@contextmanager
def _source_url() -> Iterator[str]:
    if given := os.environ.get("SOURCE_URL"):
        yield given
        return
    sizes = {name: int(os.environ.get(f"SHOP_{name.upper()}", size)) for name, size in SIZES.items()}
    print(f"Starting a PostgreSQL with a shop: {', '.join(f'{size:,} {name}' for name, size in sizes.items())}.")
    server = Postgres()
    try:
        fill_shop(server, "shop", sizes)
        yield f"postgresql://{SUPERUSER}@/shop?host={server.folder}"
    finally:
        server.stop()


def fill_shop(server: Postgres, database: str, sizes: dict[str, int]) -> None:
    """Make a database with the shop of these sizes."""
    server.administer(f"create database {database} template template0 encoding 'UTF8'")
    settings = "".join(f"set shop.{name} = {size};\n" for name, size in sizes.items())
    scripts = (settings + (_HERE / name).read_text("utf-8") for name in ("schema.sql", "fill.sql"))
    server.administer(*scripts, database=database)


if __name__ == "__main__":
    sys.exit(main())
