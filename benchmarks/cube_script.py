"""Build plays_cube over a star which is there: as the asset, with its audit and checks, or as bare SQL.

Usage: python cube_script.py asset|bare DATABASE. Writes the seconds of the build alone to the file `seconds`.
"""

import sys
import time
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb

from sparkify_assets.definitions import build_definitions
from sparkify_assets.models.materialization import load_statements
from sparkify_assets.models.reading import models
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.base import used_parameters
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql

CUBE = models()["plays_cube"]
WHOLE_HISTORY = {"time_zone": "UTC", "first_day": date.min, "last_day": date.max}
ALL_DAYS = """
    create temp table changed_days as
    select distinct
        cast(start_time as date) as play_date,
        cast(date_trunc('week', start_time) as date) as week_start,
        cast(date_trunc('month', start_time) as date) as play_month
    from songplays
"""


def asset(database: str) -> None:
    """What a run does for the asset and its checks."""
    job = build_definitions(Settings(_env_file=None, duckdb_path=database)).resolve_job_def("sparkify_etl")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(CUBE.name)], run_config=quiet)


def bare(database: str) -> None:
    """The statements of the file, with the warehouse's way to open a database."""
    with duckdb.connect(database) as connection:
        connection.execute("set preserve_insertion_order = false; set memory_limit = '3GB'")
        connection.execute(ALL_DAYS)
        for statement in load_statements(CUBE):
            connection.execute(duckdb_sql(statement), used_parameters(statement, WHOLE_HISTORY))


if __name__ == "__main__":
    build = {"asset": asset, "bare": bare}[sys.argv[1]]
    started = time.perf_counter()
    build(sys.argv[2])
    Path("seconds").write_text(str(time.perf_counter() - started), encoding="utf-8")
