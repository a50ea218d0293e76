"""Staging tables which are copies of tables of an operational database."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.check_kinds import NEW_COLUMNS, ColumnsAreKnown, RowCount
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.components.metadata import rows_markdown, static_metadata, table_lineage
from sparkify_assets.components.sql_tables import failed_check, key_violation_failure
from sparkify_assets.components.staging_tables import CLUSTER
from sparkify_assets.components.table_checks import table_checks
from sparkify_assets.database.connection import Database
from sparkify_assets.database.source_table import SourceTable, source_table
from sparkify_assets.errors import KeyViolation
from sparkify_assets.lake.base import Lake
from sparkify_assets.loading.extracts import StagedExtract, stage_database
from sparkify_assets.models.reading import tables_in
from sparkify_assets.warehouse.base import Warehouse


class DatabaseTables(dg.Component, dg.Model, dg.Resolvable):
    """The tables of one folder of `sql/` with a `source:` line, each an asset with its checks.

    They are copies of tables of the database at SPARKIFY_SOURCE_URL, all of one moment: they are made in one step, and
    choosing one of them builds all. `key` is the asset of the database, and the folder of its extracts in the lake.
    """

    folder: str = "staging"
    key: str = "app_db"

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The assets and checks; none if no table of the folder has such a line."""
        tables = [source_table(model) for model in tables_in(self.folder) if model.source]
        if not tables:
            return dg.Definitions()
        settings = active_settings()
        database = Database(settings.source_url, settings.source_statement_minutes)
        spec = dg.AssetSpec(
            self.key,
            group_name="lake",
            kinds={"postgres"},
            description="The operational database: its tables in one snapshot, as Parquet files of the lake.",
            metadata={"location": f"{settings.lake}/{self.key}"},
        )
        return dg.Definitions(
            assets=[spec, _assets(self.key, tables, database)],
            asset_checks=[table_checks(t.model, RowCount(t.model, True), ColumnsAreKnown()) for t in tables],
        )


def _assets(key: str, tables: Sequence[SourceTable], database: Database) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"stage_{key}",
        specs=[
            dg.AssetSpec(
                table.model.name,
                description=table.model.description,
                group_name=table.model.group,
                kinds={"sql", "table"},
                deps=[key, CLUSTER],
            )
            for table in tables
        ],
    )
    def stage_tables(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckEvaluation]:
        try:
            with as_dagster_failure():
                staged = stage_database(warehouse, lake, database, key, tables)
        except KeyViolation as violation:
            yield failed_check(violation)
            raise key_violation_failure(violation) from None
        context.log_event(_observation(key, database, staged))
        for name, table in staged.items():
            for column in table.extract.new:
                context.log.warning(f"{table.extract.table.name}.{column.name} is new and not staged: {column.type}.")
            yield dg.MaterializeResult(asset_key=name, metadata=_metadata(key, table, warehouse))

    return stage_tables


def _observation(key: str, database: Database, staged: dict[str, StagedExtract]) -> dg.AssetObservation:
    extracts = [table.extract for table in staged.values()]
    return dg.AssetObservation(
        key,
        metadata={
            "database": database.location,
            "tables": len(extracts),
            "rows_in_snapshot": sum(extract.total for extract in extracts),
            "rows_read": sum(extract.parts.rows for extract in extracts),
        },
    )


def _metadata(key: str, staged: StagedExtract, warehouse: Warehouse) -> dict[str, Any]:
    model, extract = staged.extract.table.model, staged.extract
    lineage = {column.name: [(key, f"{extract.table.name}.{column.name}")] for column in model.columns}
    return {
        **static_metadata(model, warehouse, table_lineage(model, lineage)),
        "preview": rows_markdown(staged.preview),
        "audited": staged.audited,
        "columns_not_read": [f"{column.name} {column.type}" for column in extract.unread],
        NEW_COLUMNS: [{"column": column.name, "type": column.type} for column in extract.new],
        "files": f"{extract.parts.prefix}*",
        "rows_in_snapshot": extract.total,
        "rows_read": extract.parts.rows,
        "dagster/row_count": staged.rows,
        "rows_added": staged.rows - staged.rows_before,
        "seconds": round(staged.seconds, 3),
    }
