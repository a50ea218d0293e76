"""Schedules. They are off until somebody switches them on, and need a daemon, such as that of `make dev`."""

import dagster as dg

from sparkify_assets.defs.tables.jobs import daily_etl

daily_etl_schedule = dg.build_schedule_from_partitioned_job(
    daily_etl,
    description="At 02:00 UTC, for the day before.",
    hour_of_day=2,
    default_status=dg.DefaultScheduleStatus.STOPPED,
)
