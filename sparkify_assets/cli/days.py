"""Which days a run builds."""

from datetime import date, datetime

from sparkify_assets.errors import SettingsError, SparkifyError
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.sources import SOURCES
from sparkify_assets.settings import PREFIX, Settings, yesterday
from sparkify_assets.warehouse.open import open_warehouse

_FEW = 366
"""So many days cost less than to ask which of them have data."""


def days_to_build(settings: Settings, first: datetime | None, last: datetime | None) -> tuple[date, date]:
    """The days of the options, else those of the settings; of very many, those which have data.

    Dagster keeps several events for each day of a run. Raises SettingsError, which says what to change, if there
    are no such days.
    """
    earliest, latest = settings.days
    first_day, last_day = first.date() if first else earliest, last.date() if last else latest
    if first and last and first_day > last_day:
        raise SettingsError(f"--from {first_day} is after --to {last_day}; swap them.")
    if max(first_day, last_day) > yesterday():
        raise SettingsError(f"A day is built once it has ended, in UTC: the last one is {yesterday()} now.")
    _require_inside(settings, first, last)
    if first or last or (last_day - first_day).days < _FEW:
        return first_day, last_day
    return _span_with_data(settings, first_day, last_day)


def _require_inside(settings: Settings, first: datetime | None, last: datetime | None) -> None:
    earliest, latest = settings.days
    asked = {option: day.date() for option, day in (("--from", first), ("--to", last)) if day}
    for option, day in asked.items():
        if not earliest <= day <= latest:
            hint = f"{PREFIX}FIRST_DAY to {day} or before" if day < earliest else f"{PREFIX}LAST_DAY to {day} or after"
            raise SettingsError(f"{option} {day} is outside of the days {earliest} to {latest}. Set {hint}.")


def _span_with_data(settings: Settings, first_day: date, last_day: date) -> tuple[date, date]:
    """From the first to the last day which has files in the lake or in the warehouse; all days if none has."""
    lake = open_lake(settings.lake)
    days = {
        file.day
        for source in SOURCES
        if source.is_daily
        for file in source.listing(lake, first_day, last_day).files
        if file.day
    }
    days |= _loaded_days(settings, first_day, last_day)
    return (min(days), max(days)) if days else (first_day, last_day)


def _loaded_days(settings: Settings, first_day: date, last_day: date) -> set[date]:
    warehouse = open_warehouse(settings, read_only=True)
    query = "select distinct log_date from lake_files where log_date between :first_day and :last_day"
    try:
        return {day for (day,) in warehouse.fetch(query, first_day=first_day, last_day=last_day).rows}
    except SparkifyError:
        return set()  # there is no database yet; whatever else it is, the run says it
    finally:
        warehouse.close()
