"""The data dictionary: every table and column, and where its values come from, back to the fields of the lake."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sparkify_assets.models.ddl import Column
from sparkify_assets.models.lineage import Lineage, lineage_of, origins
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models

GROUPS = {
    "lake": "JSON files, which others write",
    "staging": "Lines of the lake as tables",
    "star": "The star schema",
    "analytics": "Answers of the report",
    "cubes": "Plays added up along their dimensions",
    "state": "What the loads remember",
}
"""Groups of tables in the order in which data flows, and what they are."""


@dataclass(frozen=True)
class ColumnEntry:
    """A column; `sources` are where its values come from, `fields` those of the lake at the start of the chain."""

    name: str
    type: str
    meaning: str
    required: bool
    keys: Sequence[str]
    reference: tuple[str, str] | None
    sources: Sequence[tuple[str, str]]
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class TableEntry:
    """A table, or a kind of files of the lake, which has no number of rows."""

    name: str
    group: str
    grain: str
    keys: Sequence[str]
    columns: Sequence[ColumnEntry]
    rows: int | None = None
    is_local: bool = False


def dictionary(staged: Lineage, lake: Mapping[str, str], rows: Mapping[str, int]) -> Mapping[str, Sequence[TableEntry]]:
    """The entries by group. `staged` is the lineage of the staging tables; `lake` describes its files, by name."""
    lineage = {name: staged.get(name) or lineage_of(name) for name in models()}
    tables = [
        *(TableEntry(name, "lake", grain, [], list(_fields(name, staged))) for name, grain in lake.items()),
        *(_table(model, lineage, rows.get(name)) for name, model in models().items()),
    ]
    return {group: [table for table in tables if table.group == group] for group in GROUPS}


def _fields(name: str, staged: Lineage) -> Iterator[ColumnEntry]:
    """The fields of a kind of files, with the meaning of the columns which take them in."""
    for table, columns in staged.items():
        for column in models()[table].columns:
            for source, field in columns.get(column.name, ()):
                if source == name:
                    yield ColumnEntry(field, "JSON", column.description, not column.nullable, [], None, [], [])


def _table(model: Model, lineage: Lineage, rows: int | None) -> TableEntry:
    return TableEntry(
        model.name,
        model.group,
        model.description,
        [
            *([f"primary key ({', '.join(model.primary_key)})"] if model.primary_key else []),
            *(f"unique ({', '.join(columns)})" for columns in model.unique),
            *(text.lower() for text in model.properties),
        ],
        [_column(model, column, lineage) for column in model.columns],
        rows,
        model.is_local,
    )


def _column(model: Model, column: Column, lineage: Lineage) -> ColumnEntry:
    sources = lineage[model.name].get(column.name, ())
    return ColumnEntry(
        column.name,
        column.type.lower(),
        column.description,
        not column.nullable,
        [*(["primary key"] if column.name in model.primary_key else []), *(["identity"] if column.identity else [])],
        next(((key.table, key.reference) for key in model.foreign_keys if key.column == column.name), None),
        sources,
        origins(lineage, model.name, column.name) if sources else (),
    )
