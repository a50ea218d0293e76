"""Group `star`, and any other table which its file in `sql/` says how to load."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import dagster as dg

from sparkify_assets.components.failures import explained
from sparkify_assets.components.metadata import records_table, rows_shown, sql_shown, standing_metadata, table_lineage
from sparkify_assets.components.partitions import ONE_RUN, run_days
from sparkify_assets.errors import KeyViolation
from sparkify_assets.loading.publish import Published, publish
from sparkify_assets.models.model import Model, models, pruned_with
from sparkify_assets.warehouse.base import Warehouse

STAR = ("users", "artists", "songs", "time", "songplays")


Shown = Callable[[Model, Warehouse], dict[str, Any]]
"""What a group shows of a table besides what every table shows, once the table is built."""


def table_assets(
    names: Iterable[str],
    days: dg.DailyPartitionsDefinition,
    time_zone: str = "UTC",
    shown: Shown = lambda model, warehouse: {},
) -> list[dg.AssetsDefinition]:
    """One asset a table; those which are loaded by day have the days as partitions."""
    return [_table_asset(models()[name], days, time_zone, shown) for name in names]


def _table_asset(model: Model, days: dg.DailyPartitionsDefinition, time_zone: str, shown: Shown) -> dg.AssetsDefinition:
    @dg.asset(
        name=model.name,
        description=model.description,
        group_name=model.group,
        kinds={"sql", "table"},
        deps=sorted(_upstream(model)),
        partitions_def=days if model.is_daily else None,
        backfill_policy=ONE_RUN,
    )
    def build(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckEvaluation]:
        covered = run_days(context) if model.is_daily else None
        try:
            with explained():
                published = publish(warehouse, model, covered, time_zone)
        except KeyViolation as violation:
            # Yielded, since Dagster forgets what was given to context.log_event once the step fails.
            yield _failed_check(violation)
            raise dg.Failure(
                str(violation), metadata={"rows": records_table(violation.rows)}, allow_retries=False
            ) from None
        warehouse.remember(model.name, published.findings)
        standing = {
            **shown(model, warehouse),
            "preview": rows_shown(published.preview),
            **({"time_zone": time_zone} if model.is_local else {}),
            **standing_metadata(model, warehouse, table_lineage(model)),
            "sql": sql_shown(warehouse, _statements(model)),
        }
        if covered is None:
            yield dg.MaterializeResult(metadata={**standing, **_shown(published)})
            return
        for day in context.partition_keys if published.rows_by_day else ():
            rows = published.rows_by_day.get(date.fromisoformat(day), 0)
            context.add_asset_metadata({"dagster/partition_row_count": rows}, partition_key=day)
        context.add_asset_metadata(standing, partition_key=context.partition_keys[-1])
        yield dg.MaterializeResult(metadata=_shown(published))

    return build


def _upstream(model: Model) -> set[str]:
    tables = {*model.upstream, *(key.table for key in model.foreign_keys)}
    return {name for name in tables if name in models() and _comes_before(models()[name], model)}


def _comes_before(other: Model, model: Model) -> bool:
    """Whether a table which `model` reads is built before it: of one which refers to it the previous rows are read."""
    return other.group != "state" and all(key.table != model.name for key in other.foreign_keys)


def _statements(model: Model) -> list[str]:
    pruned = [statement for dimension in pruned_with(model, models()) for statement in dimension.prune]
    return [*model.load, *pruned]


def _shown(published: Published) -> dict[str, Any]:
    return {
        "dagster/row_count": published.rows,
        "rows_added": published.rows - published.rows_before,
        "seconds": round(published.seconds, 3),
    }


def _failed_check(violation: KeyViolation) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(violation.table),
        check_name=violation.check,
        passed=False,
        description=str(violation),
        metadata={"violations": violation.count, "rows": records_table(violation.rows)},
        blocking=True,
    )
