"""A folder of `sql/` as assets and checks."""

from collections.abc import Iterator, Sequence
from datetime import date

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.answers import answer_metadata
from sparkify_assets.components.check_kinds import PLAYED, RowCount
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.metadata import (
    records_table,
    rows_markdown,
    sql_markdown,
    static_metadata,
    table_lineage,
)
from sparkify_assets.components.partitions import ONE_RUN, active_days, run_days
from sparkify_assets.components.table_checks import table_checks
from sparkify_assets.errors import KeyViolation
from sparkify_assets.instance.day_metadata import add_day_metadata
from sparkify_assets.loading.tables import LoadedTable, load_tables
from sparkify_assets.models.materialization import load_statements
from sparkify_assets.models.model import Model, load_order
from sparkify_assets.models.reading import models, tables_in
from sparkify_assets.pages.printable import printable_text
from sparkify_assets.warehouse.base import Warehouse


class SqlTables(dg.Component, dg.Model, dg.Resolvable):
    """The tables of one folder of `sql/`, each an asset with its checks.

    With `one_transaction` they are made in one step and committed together: choosing one of them builds all.
    `may_be_empty` is for tables which have no rows as long as there are no plays.
    """

    folder: str
    one_transaction: bool = False
    may_be_empty: bool = False

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The assets and checks with the settings of this process."""
        days, time_zone = active_days(), active_settings().time_zone
        tables = load_order(tables_in(self.folder))
        loads = {self.folder: tables} if self.one_transaction else {model.name: [model] for model in tables}
        return dg.Definitions(
            assets=[table_assets(name, load, days, time_zone) for name, load in loads.items()],
            asset_checks=[table_checks(model, RowCount(model, self.may_be_empty)) for model in tables],
        )


def table_assets(
    name: str, tables: Sequence[Model], days: dg.DailyPartitionsDefinition, time_zone: str
) -> dg.AssetsDefinition:
    """One step which loads these tables in one transaction; daily ones have the days as partitions."""
    has_days = any(model.is_daily or model.follows_plays for model in tables)

    @dg.multi_asset(
        name=name,
        specs=[
            dg.AssetSpec(
                model.name,
                description=model.description,
                group_name=model.group,
                kinds={"sql", "table"},
                deps=sorted(_upstream(model)),
                partitions_def=days if model.is_daily else None,
            )
            for model in tables
        ],
        backfill_policy=ONE_RUN,
    )
    def build(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckEvaluation]:
        try:
            with as_dagster_failure():
                loaded = load_tables(warehouse, tables, run_days(context) if has_days else None, time_zone)
        except KeyViolation as violation:
            # Yielded, since Dagster forgets what was given to context.log_event once the step fails.
            yield failed_check(violation)
            raise key_violation_failure(violation) from None
        for model in tables:
            yield _materialized(context, warehouse, model, loaded[model.name], time_zone)

    return build


def _materialized(
    context: dg.AssetExecutionContext, warehouse: Warehouse, model: Model, loaded: LoadedTable, time_zone: str
) -> dg.MaterializeResult[None]:
    constant = {
        **answer_metadata(model.name, warehouse, time_zone),
        "preview": rows_markdown(loaded.preview),
        **({"time_zone": time_zone} if model.is_local else {}),
        **static_metadata(model, warehouse, table_lineage(model)),
        "sql": sql_markdown(warehouse, [*load_statements(model)]),
        "audited": loaded.audited,
        **(dict(zip(PLAYED, map(str, loaded.played), strict=True)) if loaded.played else {}),
    }
    metrics = {
        "dagster/row_count": loaded.rows,
        "rows_added": loaded.rows - loaded.rows_before,
        "seconds": round(loaded.seconds, 3),
    }
    if loaded.days is None:
        return dg.MaterializeResult(asset_key=model.name, metadata={**constant, **metrics})
    key = dg.AssetKey(model.name)
    if loaded.rows_by_day:
        rows = {day: loaded.rows_by_day.get(date.fromisoformat(day), 0) for day in context.partition_keys}
        add_day_metadata(context, key, {day: {"dagster/partition_row_count": count} for day, count in rows.items()})
    # What is the same for all days goes to the last one, which the UI shows as the latest.
    add_day_metadata(context, key, {context.partition_keys[-1]: constant})
    return dg.MaterializeResult(asset_key=key, metadata=metrics)


def _upstream(model: Model) -> set[str]:
    """Tables which are built before: those its rows are made of, and those it refers to unless they are made of it."""
    referenced = {key.table for key in model.foreign_keys if key.table in models()}
    before = model.reads | {name for name in referenced if model.name not in models()[name].reads}
    return {name for name in before if models()[name].group != "state"}


def key_violation_failure(violation: KeyViolation) -> dg.Failure:
    """The end of a step whose load broke a key."""
    rows = {"rows": records_table(violation.rows)}
    return dg.Failure(printable_text(str(violation)), metadata=rows, allow_retries=False)


def failed_check(violation: KeyViolation) -> dg.AssetCheckEvaluation:
    """The check of the key which a load broke."""
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(violation.table),
        check_name=violation.check,
        passed=False,
        description=printable_text(str(violation)),
        metadata={"violations": violation.count, "rows": records_table(violation.rows)},
        blocking=True,
    )
