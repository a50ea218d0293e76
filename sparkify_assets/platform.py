"""The platform: which assets, checks, jobs and resources there are with given settings."""

from collections.abc import Mapping

import dagster as dg

from sparkify_assets.assets.analytics import ANALYTICS, analytics_assets
from sparkify_assets.assets.catalog import catalogued
from sparkify_assets.assets.cluster import cluster_checks, redshift_cluster
from sparkify_assets.assets.cubes import CUBES, cube_assets
from sparkify_assets.assets.infrastructure import cluster
from sparkify_assets.assets.lake import lake_assets
from sparkify_assets.assets.partitions import daily_partitions
from sparkify_assets.assets.quality import quality_dashboard
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
from sparkify_assets.cluster.automation import CLUSTER_JOBS, CLUSTER_SCHEDULES
from sparkify_assets.cluster.lifecycle import cluster_of
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
    tables = [
        *staging_assets(days, chosen.max_reject_share),
        *table_assets(STAR, days),
        *analytics_assets(days, chosen.time_zone),
        *cube_assets(days, chosen.time_zone),
    ]
    checks = [table_checks(models()[name], days) for name in (*STAGING, *STAR, *ANALYTICS, *CUBES)]
    in_aws = _lives_in_aws(chosen)
    return dg.Definitions(
        assets=kept_fresh(
            dg.map_asset_specs(
                catalogued,
                [
                    *lake_assets(days, chosen.lake),
                    redshift_cluster() if in_aws else cluster,
                    *tables,
                    quality_dashboard(watched_tables(tables, checks), chosen.report_folder, chosen.dagster_url),
                ],
            ),
            chosen.last_day,
        ),
        asset_checks=[*checks, *([cluster_checks()] if in_aws else [])],
        jobs=[sparkify_etl, daily_etl, reset_warehouse, refresh_quality, *(CLUSTER_JOBS if in_aws else ())],
        schedules=[daily_etl_schedule, *(CLUSTER_SCHEDULES if in_aws else ())],
        sensors=[refresh_quality_sensor, lake_changes(days), *run_sensors(chosen.notify_webhook)],
        resources={
            "lake": open_lake(chosen.lake),
            "warehouse": open_warehouse(chosen),
            **({"cluster": cluster_of(chosen)} if in_aws else {}),
        },
        executor=_executor(chosen),
        loggers=loggers,
    )


def _lives_in_aws(chosen: Settings) -> bool:
    """Whether AWS knows the cluster by name; an endpoint with a password may be anywhere."""
    named = chosen.redshift_cluster_identifier or chosen.redshift_workgroup
    return chosen.warehouse == "redshift" and bool(chosen.cluster_managed or named)


def _executor(chosen: Settings) -> dg.ExecutorDefinition:
    """One process by default: a process a step costs a second each."""
    if chosen.executor == "in_process":
        return dg.in_process_executor
    if chosen.warehouse == "duckdb":
        raise SettingsError(
            "SPARKIFY_EXECUTOR=forked is for Redshift: DuckDB lets one process in. Leave it out, or set in_process."
        )
    return dg.multiprocess_executor.configured({"start_method": {"forkserver": {}}})
