"""Group `staging`: the records of each source of the lake as a table, and the records which do not fit."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from sparkify_assets.components.check_kinds import LEFT_OUT, DaysHaveEvents, FilesAreLoaded, RowCount
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.metadata import records_markdown, rows_markdown, static_metadata, table_lineage
from sparkify_assets.components.partitions import ONE_RUN, run_days
from sparkify_assets.components.table_checks import table_checks
from sparkify_assets.instance.day_metadata import add_day_metadata
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.digest import LAKE_DIGEST, NO_FILES, digest, digests_by_day
from sparkify_assets.lake.left_out import WHAT_TO_DO, named_files
from sparkify_assets.lake.sources import SOURCES, Source
from sparkify_assets.loading.staging import StagedTable, stage
from sparkify_assets.loading.table_facts import count, preview
from sparkify_assets.models.ddl import Column
from sparkify_assets.models.lineage import Lineage
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import Warehouse

CLUSTER = dg.AssetKey("cluster")
"""The warehouse itself, which each staging table needs."""
REJECTS = "load_rejects"
_SHOWN_NAMES = 5
_BY_REASON = """
    select table_name, column_name, reason, count(*) as rejected_records
    from load_rejects
    group by table_name, column_name, reason
    order by rejected_records desc, table_name, column_name
    limit 50
"""


def staging_assets(days: dg.DailyPartitionsDefinition, max_reject_share: float) -> list[dg.AssetsDefinition]:
    """The staging tables; more than `max_reject_share` of rejected records fails a load."""
    return [*(_source_table(source, days, max_reject_share) for source in SOURCES), _rejects_table()]


def staging_checks(days: dg.DailyPartitionsDefinition) -> list[dg.AssetChecksDefinition]:
    """The checks of the staging tables."""
    checked = [
        table_checks(
            source.model,
            RowCount(source.model),
            FilesAreLoaded(),
            *([DaysHaveEvents(source.table, days)] if source.is_daily else []),
        )
        for source in SOURCES
    ]
    return [*checked, table_checks(models()[REJECTS])]


def staged_lineage(lake: Lake) -> Lineage:
    """Lineage of the staging tables, by table and column, from the fields of the lake."""
    return {source.table: _lineage(source, source.fields(lake)) for source in SOURCES} | {REJECTS: {}}


def _source_table(source: Source, days: dg.DailyPartitionsDefinition, max_reject_share: float) -> dg.AssetsDefinition:
    model = source.model

    @dg.asset(
        name=model.name,
        description=model.description,
        group_name=model.group,
        kinds={"sql", "table"},
        deps=[source.key, CLUSTER],
        partitions_def=days if source.is_daily else None,
        backfill_policy=ONE_RUN,
    )
    def load_source(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult[None]:
        covered = run_days(context) if source.is_daily else None
        if source.is_daily and covered is None:
            raise dg.Failure(f"{model.name} is loaded by day: choose partitions for the run.")
        with as_dagster_failure():
            result = stage(warehouse, lake, source, covered, max_reject_share)
        for warning in _warnings(source, lake, result, covered):
            context.log.warning(warning)
        for seen in _seen(source, lake, result):
            context.log_event(seen)
        lineage = table_lineage(model, _lineage(source, result.fields))
        static = static_metadata(model, warehouse, lineage) | {"preview": rows_markdown(result.preview)}
        static |= {LEFT_OUT: [vars(file) for file in named_files(lake, result.listing.left_out)]}
        if not source.is_daily:
            return dg.MaterializeResult(metadata=static | _metrics(result) | _catalog_metrics(result))
        digests = digests_by_day(result.listing.files)
        by_day: dict[str, Mapping[str, Any]] = {}
        for key in context.partition_keys:
            day = date.fromisoformat(key)
            rows, read = result.rows_by_day.get(day, 0), digests.get(day, NO_FILES)
            by_day[key] = {"dagster/partition_row_count": rows, LAKE_DIGEST: read}
        # What is the same for all days goes to the last one, which the UI shows as the latest.
        by_day[key] = {**by_day[key], **static}
        add_day_metadata(context, context.asset_key, by_day)
        return dg.MaterializeResult(metadata=_metrics(result) | {"days_without_file": len(result.missing_days)})

    return load_source


def _rejects_table() -> dg.AssetsDefinition:
    model = models()[REJECTS]

    @dg.asset(
        name=model.name,
        description=model.description,
        group_name=model.group,
        kinds={"sql", "table"},
        deps=[source.table for source in SOURCES],
        backfill_policy=ONE_RUN,
    )
    def load_rejects(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
        started = time.perf_counter()
        with as_dagster_failure():
            rows, shown, reasons = warehouse.run(
                lambda session: (count(session, model), preview(session, model), session.fetch(_BY_REASON))
            )
        return dg.MaterializeResult(
            metadata={
                **static_metadata(model, warehouse, table_lineage(model, {})),
                "dagster/row_count": rows,
                "by_reason": records_markdown(reasons.dicts()),
                "preview": rows_markdown(shown),
                "seconds": round(time.perf_counter() - started, 3),
            }
        )

    return load_rejects


def _lineage(source: Source, fields: Mapping[str, Column]) -> dict[str, list[tuple[str, str]]]:
    return {column.name: [(source.key, field)] for field, column in fields.items()}


def _metrics(result: StagedTable) -> dict[str, Any]:
    return {
        "dagster/row_count": result.rows,
        "rows_added": result.rows - result.rows_before,
        "files": result.staged.files,
        "records": result.staged.records,
        "rejects": result.staged.rejects,
        "seconds": round(result.seconds, 3),
    }


def _catalog_metrics(result: StagedTable) -> dict[str, Any]:
    return {
        "files_unchanged": len(result.listing.files) - result.staged.files,
        "files_deleted": len(result.deleted),
        LAKE_DIGEST: digest([*result.listing.files, *result.listing.copies]),
    }


def _seen(source: Source, lake: Lake, result: StagedTable) -> Iterator[dg.AssetObservation | dg.AssetMaterialization]:
    """What the load found in the lake; files count as made, by day, or the UI takes the source for missing."""
    metadata: dict[str, int | str] = {
        "files": len(result.listing.files),
        "bytes": sum(file.size for file in result.listing.files),
        "files_left_out": len(result.listing.left_out),
        "files_which_are_no_data": result.listing.noise,
        "location": lake.location,
    }
    if not source.is_daily:
        yield dg.AssetMaterialization(source.key, metadata=metadata | {"deleted_files": len(result.deleted)})
        return
    yield dg.AssetObservation(source.key, metadata=metadata | {"days_without_file": len(result.missing_days)})
    for day in digests_by_day(result.listing.files):
        yield dg.AssetMaterialization(source.key, partition=day.isoformat())


def _warnings(source: Source, lake: Lake, result: StagedTable, days: tuple[date, date] | None) -> Iterable[str]:
    if result.missing_days and days:
        yield (
            f"{len(result.missing_days)} of the days {days[0]} to {days[1]} have no file of {source.key} in "
            f"{lake.location}: {_some(result.missing_days)}. They are empty in the warehouse. Bring the files and run "
            "these days again, or set SPARKIFY_FIRST_DAY and SPARKIFY_LAST_DAY."
        )
    if result.deleted:
        yield (
            f"{len(result.deleted)} files of {source.key} are gone from {lake.location}, and their rows leave "
            f"{source.table}: {_some(result.deleted)}. Restore them and run again if that was not meant."
        )
    if result.lost:
        yield (
            f"Rows of {source.table}, of its rejects or of lake_files were gone, dropped or changed by hand: "
            f"{len(result.lost)} {'days' if source.is_daily else 'files'} were loaded again: {_some(result.lost)}."
        )
    if result.listing.left_out:
        yield (
            f"{len(result.listing.left_out)} files of {source.key} in {lake.location} are not loaded: "
            f"{_some([f'{left.file.name} ({left.why})' for left in result.listing.left_out])}. {WHAT_TO_DO}"
        )


def _some(things: Sequence[object]) -> str:
    return ", ".join(map(str, things[:_SHOWN_NAMES])) + (", ..." if len(things) > _SHOWN_NAMES else "")
