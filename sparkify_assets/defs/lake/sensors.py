"""The sensor `lake_changes` requests runs for what is new or changed in the lake, and for nothing else."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import blake2b

import dagster as dg
from pydantic import ValidationError

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.partitions import active_days, day_tags
from sparkify_assets.defs.lake.cursor import SONG_FILES_A_TICK, LakeCursor, contiguous, days_of_month, months_around
from sparkify_assets.defs.tables.jobs import sparkify_etl
from sparkify_assets.errors import SparkifyError, WarehouseBusy
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.digest import LAKE_DIGEST, NO_FILES
from sparkify_assets.lake.left_out import WHAT_TO_DO
from sparkify_assets.lake.sources import EVENTS, SONGS
from sparkify_assets.loading.manifest import staged_catalog, staged_days
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.open import open_warehouse

STAGED_EVENTS = dg.AssetKey(EVENTS.table)
STAGED_SONGS = dg.AssetKey(SONGS.table)
SECONDS_BETWEEN_TICKS = 60


def lake_changes(days: dg.DailyPartitionsDefinition, warehouse: Warehouse) -> dg.SensorDefinition:
    """The sensor for these partitions.

    What was loaded is in the event log. Only of what that does not know, in a new instance for example, is the
    warehouse asked.
    """

    @dg.sensor(
        name="lake_changes",
        job=sparkify_etl,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Builds the days whose log files are new, changed or gone, and the catalog when song files are, once "
            "they are the same in two ticks. Each tick lists the newest month, some with changing days and some "
            "others in turn. What is loaded already is not loaded again."
        ),
    )
    def changes(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SensorResult | dg.SkipReason:
        newest = days.get_last_partition_key()
        if newest is None:
            return dg.SkipReason("There is no day to build yet: SPARKIFY_FIRST_DAY is not over.")
        first_day, last_day = date.fromisoformat(str(days.get_first_partition_key())), date.fromisoformat(newest)
        cursor = _cursor(context)
        try:
            changed = _changed_days(context, lake, warehouse, cursor, first_day, last_day)
            songs = cursor.songs.take_page(
                SONGS.page(lake, cursor.songs.after, SONG_FILES_A_TICK),
                lambda: _loaded_songs(context.instance) or staged_catalog(warehouse, SONGS),
            )
        except WarehouseBusy as error:
            return dg.SkipReason(f"The next tick looks again: {error}")
        except SparkifyError as error:
            context.log.error(str(error))
            return dg.SkipReason(str(error))
        requests = [_request_days(cursor, changed, *ends) for ends in contiguous(changed)]
        if songs and not requests:
            requests = [_request_catalog(context, cursor, songs, cursor.newest_day(last_day))]
        cursor.serial += len(requests)
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else _why_nothing(cursor),
            cursor=cursor.model_dump_json(),
        )

    return changes


def _cursor(context: dg.SensorEvaluationContext) -> LakeCursor:
    # A run key of a lost cursor must not be used again. The first tick requests nothing, so its time is saved.
    new = LakeCursor(serial=int(time.time()))
    if not context.cursor:
        return new
    try:
        return LakeCursor.model_validate_json(context.cursor)
    except ValidationError:
        context.log.warning("The cursor is of another version: the sensor lists the whole lake again.")
        return new


def _changed_days(
    context: dg.SensorEvaluationContext,
    lake: Lake,
    warehouse: Warehouse,
    cursor: LakeCursor,
    first_day: date,
    last_day: date,
) -> dict[date, str]:
    changed: dict[date, str] = {}
    today = datetime.now(UTC).date()
    for month in cursor.choose_months(f"{last_day:%Y-%m}", months_around(first_day, last_day)):
        all_days = days_of_month(month)
        listing = EVENTS.listing(lake, all_days[0], all_days[-1])
        files = listing.files
        ours = [day for day in all_days if first_day <= day <= last_day]
        changed |= cursor.take_month(
            month,
            ours,
            files,
            loaded=lambda some: _loaded_days(context.instance, some),
            staged=lambda some: staged_days(warehouse, EVENTS, some),
        )
        # The file of today is of a day which is not over.
        outside = {file.day for file in files if file.day and file.day != today} - set(ours)
        if new := cursor.newly_outside(month, outside):
            context.log.warning(
                f"{lake.location} has files of {', '.join(map(str, new))}, outside of {first_day} to {last_day}. They "
                "are not loaded. Widen SPARKIFY_FIRST_DAY and SPARKIFY_LAST_DAY to have them."
            )
        if new_names := cursor.newly_left_out(month, [left.file.name for left in listing.left_out]):
            context.log.warning(f"Not loaded: {', '.join(new_names)} of {lake.location}. {WHAT_TO_DO}")
    for day, read in changed.items():
        if read == NO_FILES:
            context.log.warning(f"The files of {day} are gone from {lake.location}: the day becomes empty.")
    return changed


def _request_days(cursor: LakeCursor, changed: Mapping[date, str], first_day: date, last_day: date) -> dg.RunRequest:
    read = "".join(changed[day] for day in sorted(changed) if first_day <= day <= last_day)
    return dg.RunRequest(
        run_key=f"{cursor.serial}:{first_day}:{last_day}:{blake2b(read.encode(), digest_size=8).hexdigest()}",
        tags=day_tags(first_day, last_day),
    )


def _request_catalog(context: dg.SensorEvaluationContext, cursor: LakeCursor, read: str, day: date) -> dg.RunRequest:
    """The catalog and what is built on it. `songplays` matches all plays again whichever day its run covers."""
    assert context.repository_def is not None
    below = (
        dg.AssetSelection.assets(STAGED_SONGS)
        .downstream()
        .required_multi_asset_neighbors()
        .resolve(context.repository_def.asset_graph)
    )
    return dg.RunRequest(
        run_key=f"{cursor.serial}:songs:{read}", asset_selection=sorted(below), tags=day_tags(day, day)
    )


def _loaded_days(instance: dg.DagsterInstance, days: Iterable[date]) -> dict[date, str]:
    names = {day.isoformat() for day in days}
    if not names:
        return {}
    latest = instance.get_latest_storage_id_by_partition(
        STAGED_EVENTS, dg.DagsterEventType.ASSET_MATERIALIZATION, partitions=names
    )
    if not latest:
        return {}
    chosen = dg.AssetRecordsFilter(STAGED_EVENTS, storage_ids=list(latest.values()))
    records = instance.fetch_materializations(chosen, limit=len(latest)).records
    return {
        date.fromisoformat(str(record.partition_key)): _digest_of(record.asset_materialization) for record in records
    }


def _loaded_songs(instance: dg.DagsterInstance) -> str:
    latest = instance.get_latest_materialization_event(STAGED_SONGS)
    return _digest_of(latest.asset_materialization if latest else None)


def _digest_of(materialization: dg.AssetMaterialization | None) -> str:
    found = materialization.metadata.get(LAKE_DIGEST) if materialization else None
    return str(found.value) if found else ""


def _why_nothing(cursor: LakeCursor) -> str:
    changing = [*map(str, sorted(cursor.changing)), *(["the song files"] if cursor.songs.changing else [])]
    if changing:
        return f"Changing: {', '.join(changing)}. They are built once they are the same in two ticks."
    return "Nothing has changed."


@dg.definitions
def defs() -> dg.Definitions:
    """The sensor for the days of the settings."""
    warehouse = open_warehouse(active_settings(), read_only=True, wait_seconds=0)
    return dg.Definitions(sensors=[lake_changes(active_days(), warehouse)])
