"""Group `staging`: the lines of the lake as tables, and the lines which do not fit."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.metadata import records_markdown, rows_markdown, static_metadata, table_lineage
from sparkify_assets.components.partitions import ONE_RUN, run_days
from sparkify_assets.components.table_checks import DaysHaveEvents, RowCount, table_checks
from sparkify_assets.defs.lake.assets import EVENT_LOGS, LAKE_DIGEST, SONG_FILES
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.digest import NO_FILES, digest, digests_by_day
from sparkify_assets.loading.staging import StagedTable, stage_catalogue, stage_days
from sparkify_assets.loading.table_facts import count, preview
from sparkify_assets.models.model import Model, models
from sparkify_assets.warehouse.base import Warehouse

CLUSTER = dg.AssetKey("cluster")
STAGING = ("staging_events", "staging_songs", "load_rejects")
_SHOWN_NAMES = 5
_BY_REASON = """
    select table_name, column_name, reason, count(*) as rejected_lines
    from load_rejects
    group by table_name, column_name, reason
    order by rejected_lines desc, table_name, column_name
    limit 50
"""


def staging_assets(days: dg.DailyPartitionsDefinition, max_reject_share: float) -> list[dg.AssetsDefinition]:
    """The staging tables; more than `max_reject_share` of rejected lines fails a load."""
    events, songs, rejects = (models()[name] for name in STAGING)

    @dg.asset(
        name=events.name,
        description=events.description,
        group_name=events.group,
        kinds={"sql", "table"},
        deps=[EVENT_LOGS, CLUSTER],
        partitions_def=days,
        backfill_policy=ONE_RUN,
    )
    def staging_events(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult[None]:
        covered = run_days(context)
        if covered is None:
            raise dg.Failure(f"{events.name} is loaded by day: choose partitions for the run.")
        with as_dagster_failure():
            fields = lake.event_fields()
            result = stage_days(warehouse, lake, events, fields, covered, max_reject_share)
        if result.missing_days:
            context.log.warning(_missing_days(lake, result.missing_days, covered))
        _observe(context, EVENT_LOGS, lake, result, {"days_without_file": len(result.missing_days)})
        digests = digests_by_day(result.listed)
        for day in context.partition_keys:
            rows = result.rows_by_day.get(date.fromisoformat(day), 0)
            read = digests.get(date.fromisoformat(day), NO_FILES)
            context.add_asset_metadata({"dagster/partition_row_count": rows, LAKE_DIGEST: read}, partition_key=day)
        # What is the same for all days goes to the last one, which the UI shows as the latest.
        standing = static_metadata(events, warehouse, table_lineage(events, _fed(events, EVENT_LOGS, fields)))
        context.add_asset_metadata(
            standing | {"preview": rows_markdown(result.preview)}, partition_key=context.partition_keys[-1]
        )
        return dg.MaterializeResult(metadata=_numbers(result) | {"days_without_file": len(result.missing_days)})

    @dg.asset(
        name=songs.name,
        description=songs.description,
        group_name=songs.group,
        kinds={"sql", "table"},
        deps=[SONG_FILES, CLUSTER],
        backfill_policy=ONE_RUN,
    )
    def staging_songs(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult[None]:
        fields = _song_fields(songs)
        with as_dagster_failure():
            result = stage_catalogue(warehouse, lake, songs, fields, max_reject_share)
        if result.deleted:
            context.log.warning(_deleted_files(lake, result.deleted))
        _observe(context, SONG_FILES, lake, result, {"deleted_files": len(result.deleted)})
        return dg.MaterializeResult(
            metadata={
                **static_metadata(songs, warehouse, table_lineage(songs, _fed(songs, SONG_FILES, fields))),
                **_numbers(result),
                "preview": rows_markdown(result.preview),
                "files_unchanged": len(result.listed) - result.staged.files,
                "files_deleted": len(result.deleted),
                LAKE_DIGEST: digest(result.listed),
            }
        )

    @dg.asset(
        name=rejects.name,
        description=rejects.description,
        group_name=rejects.group,
        kinds={"sql", "table"},
        deps=[events.name, songs.name],
        backfill_policy=ONE_RUN,
    )
    def load_rejects(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
        started = time.perf_counter()
        with as_dagster_failure():
            rows, shown, reasons = warehouse.run(
                lambda session: (
                    count(session, rejects),
                    preview(session, rejects),
                    session.fetch(_BY_REASON),
                )
            )
        return dg.MaterializeResult(
            metadata={
                **static_metadata(rejects, warehouse, table_lineage(rejects, {})),
                "dagster/row_count": rows,
                "by_reason": records_markdown(reasons.dicts()),
                "preview": rows_markdown(shown),
                "seconds": round(time.perf_counter() - started, 3),
            }
        )

    return [staging_events, staging_songs, load_rejects]


def staging_checks(days: dg.DailyPartitionsDefinition) -> list[dg.AssetChecksDefinition]:
    """The checks of the staging tables."""
    events, songs, rejects = (models()[name] for name in STAGING)
    return [
        table_checks(events, RowCount(events), DaysHaveEvents(events.name, days)),
        table_checks(songs, RowCount(songs)),
        table_checks(rejects),
    ]


def staged_lineage(event_fields: Iterable[str]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Lineage of the staging tables, by table and column, from the fields of the lake."""
    events, songs, rejects = (models()[name] for name in STAGING)
    return {
        events.name: _fed(events, EVENT_LOGS, event_fields),
        songs.name: _fed(songs, SONG_FILES, _song_fields(songs)),
        rejects.name: {},
    }


def _song_fields(songs: Model) -> list[str]:
    return [column.name for column in songs.columns if column.name != "source_file"]


def _fed(model: Model, key: dg.AssetKey, fields: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    source = key.to_user_string()
    return {column.name: [(source, field)] for column, field in zip(model.columns, fields, strict=False)}


def _numbers(result: StagedTable) -> dict[str, Any]:
    return {
        "dagster/row_count": result.rows,
        "rows_added": result.rows - result.rows_before,
        "files": result.staged.files,
        "lines": result.staged.lines,
        "rejects": result.staged.rejects,
        "seconds": round(result.seconds, 3),
    }


def _observe(
    context: dg.AssetExecutionContext, key: dg.AssetKey, lake: Lake, result: StagedTable, more: Mapping[str, int]
) -> None:
    size = sum(file.size for file in result.listed)
    facts: dict[str, int | str] = {"files": len(result.listed), "bytes": size, "place": lake.place, **more}
    context.log_event(dg.AssetObservation(key, metadata=facts))


def _missing_days(lake: Lake, missing: Sequence[date], days: tuple[date, date]) -> str:
    return (
        f"{len(missing)} of the days {days[0]} to {days[1]} have no log file in {lake.place}: {_some(missing)}. "
        "They are empty in the warehouse. Bring the files and run these days again, or set SPARKIFY_FIRST_DAY and "
        "SPARKIFY_LAST_DAY."
    )


def _deleted_files(lake: Lake, deleted: Sequence[str]) -> str:
    return (
        f"{len(deleted)} song files are gone from {lake.place}, and their songs leave the catalogue: {_some(deleted)}. "
        "Restore them and run again if that was not meant."
    )


def _some(things: Sequence[object]) -> str:
    return ", ".join(map(str, things[:_SHOWN_NAMES])) + (", ..." if len(things) > _SHOWN_NAMES else "")
