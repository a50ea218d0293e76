"""What happens by itself: jobs, schedules, sensors, notifications, and how fresh the tables have to be."""

from sparkify_assets.automation.jobs import RESET_WORD, daily_etl, reset_warehouse, sparkify_etl
from sparkify_assets.automation.lake_sensor import lake_changes
from sparkify_assets.automation.schedules import daily_etl_schedule

__all__ = ["RESET_WORD", "daily_etl", "daily_etl_schedule", "lake_changes", "reset_warehouse", "sparkify_etl"]
