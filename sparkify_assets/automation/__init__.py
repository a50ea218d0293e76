"""What happens by itself: jobs, schedules, sensors, notifications, and how fresh the tables have to be."""

from sparkify_assets.automation.freshness import kept_fresh
from sparkify_assets.automation.jobs import RESET_WORD, daily_etl, reset_warehouse, sparkify_etl
from sparkify_assets.automation.lake_sensor import lake_changes
from sparkify_assets.automation.run_sensors import run_sensors
from sparkify_assets.automation.schedules import daily_etl_schedule

__all__ = [
    "RESET_WORD",
    "daily_etl",
    "daily_etl_schedule",
    "kept_fresh",
    "lake_changes",
    "reset_warehouse",
    "run_sensors",
    "sparkify_etl",
]
