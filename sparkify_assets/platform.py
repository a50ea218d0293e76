"""The platform: which assets, checks, jobs and resources there are with given settings."""

from collections.abc import Mapping

import dagster as dg

from sparkify_assets.assets.analytics import ANALYTICS, analytics_assets
from sparkify_assets.assets.catalog import catalogued
from sparkify_assets.assets.cubes import CUBES, cube_assets
from sparkify_assets.assets.infrastructure import cluster
from sparkify_assets.assets.lake import lake_assets
from sparkify_assets.assets.partitions import daily_partitions
from sparkify_assets.assets.quality import quality_dashboard
from sparkify_assets.assets.report import listening_report
from sparkify_assets.assets.staging import STAGING, staging_assets
from sparkify_assets.assets.star import STAR, table_assets
from sparkify_assets.automation import daily_etl, daily_etl_schedule, reset_warehouse, sparkify_etl
from sparkify_assets.checks.tables import table_checks
from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.open import open_lake
from sparkify_assets.models import models
from sparkify_assets.quality.history import watched_tables
from sparkify_assets.quality.refresh import refresh_quality, refresh_quality_sensor
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.open import open_warehouse


def build_definitions(chosen: Settings, loggers: Mapping[str, dg.LoggerDefinition] | None = None) -> dg.Definitions:
    """The platform with these settings."""
    days = daily_partitions(chosen.first_day, chosen.last_day)
    files = lake_assets(days, chosen.lake)
    tables = [
        *staging_assets(days, chosen.max_reject_share),
        *table_assets(STAR, days),
        *analytics_assets(days, chosen.time_zone),
        *cube_assets(days, chosen.time_zone),
    ]
    checks = [table_checks(models()[name], days) for name in (*STAGING, *STAR, *ANALYTICS, *CUBES)]
    watched = watched_tables(tables, checks)
    return dg.Definitions(
        assets=dg.map_asset_specs(
            catalogued,
            [
                *files,
                cluster,
                *tables,
                listening_report(watched, files, chosen.report_folder, chosen.time_zone),
                quality_dashboard(watched, chosen.report_folder, chosen.dagster_url),
            ],
        ),
        asset_checks=checks,
        jobs=[sparkify_etl, daily_etl, reset_warehouse, refresh_quality],
        schedules=[daily_etl_schedule],
        sensors=[refresh_quality_sensor],
        resources={
            "lake": open_lake(chosen.lake),
            "warehouse": open_warehouse(chosen),
        },
        executor=_executor(chosen),
        loggers=loggers,
    )


def _executor(chosen: Settings) -> dg.ExecutorDefinition:
    """One process by default: a process a step costs a second each."""
    if chosen.executor == "in_process":
        return dg.in_process_executor
    if chosen.warehouse == "duckdb":
        raise SettingsError(
            "SPARKIFY_EXECUTOR=forked is for Redshift: DuckDB lets one process in. Leave it out, or set in_process."
        )
    return dg.multiprocess_executor.configured({"start_method": {"forkserver": {}}})
