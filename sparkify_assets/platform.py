"""The platform: which assets, checks, jobs and resources there are with given settings."""

from collections.abc import Mapping

import dagster as dg

from sparkify_assets.assets.infrastructure import cluster
from sparkify_assets.assets.lake import lake_assets
from sparkify_assets.assets.partitions import daily_partitions
from sparkify_assets.assets.staging import STAGING, staging_assets
from sparkify_assets.assets.star import STAR, table_assets
from sparkify_assets.automation import (
    daily_etl,
    daily_etl_schedule,
    kept_fresh,
    lake_changes,
    reset_warehouse,
    run_sensors,
    sparkify_etl,
)
from sparkify_assets.checks.tables import table_checks
from sparkify_assets.lake.open import open_lake
from sparkify_assets.models import models
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.duckdb import DuckDBWarehouse


def build_definitions(chosen: Settings, loggers: Mapping[str, dg.LoggerDefinition] | None = None) -> dg.Definitions:
    """The platform with these settings."""
    days = daily_partitions(chosen.first_day, chosen.last_day)
    return dg.Definitions(
        assets=kept_fresh(
            [
                *lake_assets(days, chosen.lake),
                cluster,
                *staging_assets(days, chosen.max_reject_share),
                *table_assets(STAR, days),
            ],
            chosen.last_day,
        ),
        asset_checks=[table_checks(models()[name], days) for name in (*STAGING, *STAR)],
        jobs=[sparkify_etl, daily_etl, reset_warehouse],
        schedules=[daily_etl_schedule],
        sensors=[lake_changes(days), *run_sensors(chosen.notify_webhook)],
        resources={
            "lake": open_lake(chosen.lake),
            "warehouse": DuckDBWarehouse(
                path=chosen.duckdb_path,
                wait_seconds=chosen.duckdb_wait_seconds,
                memory_limit=chosen.duckdb_memory_limit,
            ),
        },
        executor=dg.in_process_executor,
        loggers=loggers,
    )
