"""What the Dagster UI shows of a table, from its model and from what a run did."""

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from sparkify_assets.models.ddl import Column
from sparkify_assets.models.lineage import lineage_of
from sparkify_assets.models.model import Model
from sparkify_assets.pages.printable import markdown_cell, printable_text
from sparkify_assets.warehouse.base import Rows, Warehouse, plain_number

_LONGEST_CELL = 60
_LONGEST_VALUE = 200


def table_schema(model: Model) -> dg.TableSchema:
    """Columns with types, comments and keys; distribution and sort order as constraints of the table."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type,
                description=column.description,
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable,
                    unique=(column.name,) in (model.primary_key, *model.unique),
                    other=_column_keys(model, column),
                ),
            )
            for column in model.columns
        ],
        constraints=dg.TableConstraints(
            other=[
                *([f"PRIMARY KEY ({', '.join(model.primary_key)})"] if model.primary_key else []),
                *(f"UNIQUE ({', '.join(columns)})" for columns in model.unique),
                *model.properties,
            ]
        ),
    )


def table_lineage(
    model: Model, sources: Mapping[str, Sequence[tuple[str, str]]] | None = None
) -> dg.TableColumnLineage:
    """Lineage of the columns: read from the SQL, or `sources` for tables which are staged."""
    origins = sources if sources is not None else lineage_of(model.name)
    return dg.TableColumnLineage(
        {
            name: [dg.TableColumnDep(dg.AssetKey(table), column) for table, column in pairs]
            for name, pairs in origins.items()
            if pairs
        }
    )


def lineage_table(lineage: dg.TableColumnLineage) -> dg.MarkdownMetadataValue:
    """The lineage to read: the open-source UI has no view of its own for it."""
    lines = [
        f"| {column} | {', '.join(_dependency(dep) for dep in deps)} |"
        for column, deps in lineage.deps_by_column.items()
    ]
    return dg.MetadataValue.md("\n".join(["| column | comes from |", "|---|---|", *lines]))


def sql_markdown(warehouse: Warehouse, statements: Sequence[str]) -> dg.MarkdownMetadataValue:
    """The statements as the engine ran them."""
    text = ";\n\n".join(warehouse.engine_sql(statement) for statement in statements)
    return dg.MetadataValue.md(f"```sql\n{text};\n```")


def rows_markdown(rows: Rows) -> dg.MarkdownMetadataValue:
    """Rows as a Markdown table."""
    lines = [f"| {' | '.join(markdown_cell(value, _LONGEST_CELL) for value in row)} |" for row in rows.rows]
    head = [f"| {' | '.join(rows.columns)} |", f"|{'---|' * len(rows.columns)}"]
    return dg.MetadataValue.md("\n".join([*head, *lines]))


def records_markdown(records: Sequence[Mapping[str, Any]]) -> dg.MarkdownMetadataValue:
    """Records of equal fields as a Markdown table."""
    columns = tuple(records[0]) if records else ()
    return rows_markdown(Rows(columns, [tuple(record.values()) for record in records]))


def records_table(records: Sequence[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """Records of equal fields as a table which programs can read too, long texts cut."""
    columns = [dg.TableColumn(name) for name in records[0]]
    return dg.MetadataValue.table(
        [dg.TableRecord({name: table_value(value) for name, value in record.items()}) for record in records],
        dg.TableSchema(columns=columns),
    )


def image_markdown(png: bytes, title: str) -> dg.MarkdownMetadataValue:
    """A picture, which lives in the event log with the rest of the metadata."""
    return dg.MetadataValue.md(f"![{title}](data:image/png;base64,{b64encode(png).decode()})")


def static_metadata(model: Model, warehouse: Warehouse, lineage: dg.TableColumnLineage) -> dict[str, Any]:
    """Metadata of a materialization which follows from the model alone."""
    return {
        "dagster/column_schema": table_schema(model),
        "dagster/column_lineage": lineage,
        "dagster/table_name": warehouse.qualified_name(model.name),
        "lineage": lineage_table(lineage),
    }


def _column_keys(model: Model, column: Column) -> list[str]:
    keys = ["PRIMARY KEY"] if column.name in model.primary_key else []
    keys += [f"FOREIGN KEY to {key.table}.{key.reference}" for key in model.foreign_keys if key.column == column.name]
    return keys + (["IDENTITY"] if column.identity else [])


def _dependency(column: dg.TableColumnDep) -> str:
    return f"{column.asset_key.to_user_string()}.{markdown_cell(column.column_name, _LONGEST_CELL)}"


def table_value(value: Any) -> str | int | float:
    """A value as metadata holds it: a number as it is, anything else as printable text, cut where it is long."""
    number = plain_number(value)
    if isinstance(number, (int, float)) and math.isfinite(number):
        return number
    text = "" if value is None else printable_text(str(value))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
