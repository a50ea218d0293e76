"""Days: the partitions of all that comes from the event logs."""

from datetime import date, timedelta

import dagster as dg

ONE_RUN = dg.BackfillPolicy.single_run()


def daily_partitions(first_day: date, last_day: date | None) -> dg.DailyPartitionsDefinition:
    """A partition per day of log files, in UTC; without a last day, until yesterday."""
    end = (last_day + timedelta(days=1)).isoformat() if last_day else None
    return dg.DailyPartitionsDefinition(start_date=first_day.isoformat(), end_date=end)


def run_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> tuple[date, date] | None:
    """First and last day which the run covers, a single day being a range of one; None if it has no days."""
    if not (context.has_partition_key or context.has_partition_key_range):
        return None
    days = context.partition_key_range
    return date.fromisoformat(days.start), date.fromisoformat(days.end)


def day_tags(first_day: date, last_day: date) -> dict[str, str]:
    """Run tags which make one run cover these days."""
    return {
        "dagster/asset_partition_range_start": first_day.isoformat(),
        "dagster/asset_partition_range_end": last_day.isoformat(),
    }
