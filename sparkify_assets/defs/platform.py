"""The platform: which assets, checks, jobs and resources there are with given settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from sparkify_assets.components.catalog import catalogued
from sparkify_assets.components.freshness import kept_fresh
from sparkify_assets.components.partitions import daily_partitions
from sparkify_assets.components.sql_tables import STAR, table_assets
from sparkify_assets.components.staging_tables import STAGING, staging_assets
from sparkify_assets.components.table_checks import table_checks
from sparkify_assets.defs.cluster.warehouse import cluster
from sparkify_assets.defs.lake.assets import lake_assets
from sparkify_assets.defs.lake.sensors import lake_changes
from sparkify_assets.defs.notifications.sensors import run_sensors
from sparkify_assets.defs.quality.dashboard import quality_dashboard
from sparkify_assets.defs.quality.refresh import refresh_quality, refresh_quality_sensor
from sparkify_assets.defs.quality.report import listening_report
from sparkify_assets.defs.tables.analytics import ANALYTICS, analytics_assets
from sparkify_assets.defs.tables.cubes import CUBES, cube_assets
from sparkify_assets.defs.tables.jobs import daily_etl, reset_warehouse, sparkify_etl
from sparkify_assets.defs.tables.schedules import daily_etl_schedule
from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.open import open_lake
from sparkify_assets.models.model import models
from sparkify_assets.quality.checked_tables import watched_tables
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
    aws = _cluster_in_aws(chosen)
    return dg.Definitions(
        assets=kept_fresh(
            dg.map_asset_specs(
                catalogued,
                [
                    *files,
                    *(aws.assets if aws else [cluster]),
                    *tables,
                    listening_report(watched, files, chosen.report_folder, chosen.time_zone),
                    quality_dashboard(watched, chosen.report_folder, chosen.dagster_url),
                ],
            ),
            chosen.last_day,
        ),
        asset_checks=[*checks, *(aws.checks if aws else [])],
        jobs=[sparkify_etl, daily_etl, reset_warehouse, refresh_quality, *(aws.jobs if aws else [])],
        schedules=[daily_etl_schedule, *(aws.schedules if aws else [])],
        sensors=[refresh_quality_sensor, lake_changes(days), *run_sensors(chosen.notify_webhook)],
        resources={
            "lake": open_lake(chosen.lake),
            "warehouse": open_warehouse(chosen),
            **(aws.resources if aws else {}),
        },
        executor=_executor(chosen),
        loggers=loggers,
    )


@dataclass(frozen=True)
class _ClusterInAws:
    """What there is where AWS knows the cluster by name."""

    assets: list[dg.AssetsDefinition]
    checks: list[dg.AssetChecksDefinition]
    jobs: Sequence[dg.JobDefinition]
    schedules: Sequence[dg.ScheduleDefinition]
    resources: dict[str, dg.ConfigurableResource[Any]]


def _cluster_in_aws(chosen: Settings) -> _ClusterInAws | None:
    """None if the warehouse is DuckDB, or an endpoint with a password, which may be anywhere."""
    named = chosen.redshift_cluster_identifier or chosen.redshift_workgroup
    if chosen.warehouse == "duckdb" or not (named or chosen.cluster_managed):
        return None
    # Imported here: boto3 takes a quarter of a second.
    from sparkify_assets.cluster.lifecycle import cluster_of
    from sparkify_assets.defs.cluster.assets import redshift_cluster
    from sparkify_assets.defs.cluster.checks import cluster_checks
    from sparkify_assets.defs.cluster.jobs import CLUSTER_JOBS
    from sparkify_assets.defs.cluster.schedules import CLUSTER_SCHEDULES

    return _ClusterInAws(
        assets=[redshift_cluster()],
        checks=[cluster_checks()],
        jobs=CLUSTER_JOBS,
        schedules=CLUSTER_SCHEDULES,
        resources={"cluster": cluster_of(chosen)},
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
