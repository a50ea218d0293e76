"""Days: the partitions of all that comes from the event logs."""

from collections.abc import Mapping
from datetime import date, timedelta

import dagster as dg

from sparkify_assets.components.active_settings import active_settings

_FIRST_TAG, _LAST_TAG = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
_DAY_TAG = "dagster/partition"

ONE_RUN = dg.BackfillPolicy.single_run()


def daily_partitions(first_day: date, last_day: date | None) -> dg.DailyPartitionsDefinition:
    """A partition per day of log files, in UTC; without a last day, until yesterday."""
    end = (last_day + timedelta(days=1)).isoformat() if last_day and last_day < date.max else None
    return dg.DailyPartitionsDefinition(start_date=first_day.isoformat(), end_date=end)


def active_days() -> dg.DailyPartitionsDefinition:
    """The days of the settings which definitions are being built with."""
    settings = active_settings()
    return daily_partitions(settings.first_day, settings.last_day)


def run_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> tuple[date, date] | None:
    """First and last day which the run covers, a single day being a range of one; None if it has no days."""
    if not (context.has_partition_key or context.has_partition_key_range):
        return None
    days = context.partition_key_range
    return date.fromisoformat(days.start), date.fromisoformat(days.end)


def day_tags(first_day: date, last_day: date) -> dict[str, str]:
    """Run tags which make one run cover these days."""
    return {_FIRST_TAG: first_day.isoformat(), _LAST_TAG: last_day.isoformat()}


def days_of_run(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """First and last day which a run with these tags covers; None if it has no days."""
    if _FIRST_TAG in tags:
        return tags[_FIRST_TAG], tags[_LAST_TAG]
    return (tags[_DAY_TAG], tags[_DAY_TAG]) if _DAY_TAG in tags else None
