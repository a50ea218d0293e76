"""A page of answers: the rows of tables, each under the question which its file begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.failures import as_dagster_failure
from sparkify_assets.models.ddl import Column
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import tables_in
from sparkify_assets.pages.folder import open_page_folder
from sparkify_assets.pages.rendering import ANSWERS, cell, render
from sparkify_assets.warehouse.base import Session, Warehouse

_SHOWN_ROWS = 12
_NUMBERS = ("SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "REAL", "DOUBLE PRECISION")


@dataclass(frozen=True)
class ShownTable:
    """The question, what else the file says, the first rows as texts in the order of the key, and how many there are.

    `columns` are names, each with whether it holds numbers.
    """

    name: str
    question: str
    notes: str
    sql: str
    columns: Sequence[tuple[str, bool]]
    top: Sequence[Sequence[str]]
    rows: int


class AnswersPage(dg.Component, dg.Model, dg.Resolvable):
    """One page with the tables of these folders of `sql/`, in the order of their names."""

    title: str
    folders: Sequence[str]

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The asset `answers`."""
        settings, title = active_settings(), self.title
        tables = [model for folder in self.folders for model in tables_in(folder)]

        @dg.asset(group_name="pages", kinds={"report", "html"}, deps=[model.name for model in tables])
        def answers(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
            """The answers on one page which needs no server. Open it: `sparkify report`."""
            with as_dagster_failure():
                shown = warehouse.run(lambda session: [_shown(session, model) for model in tables])
                text = render(ANSWERS, title=title, tables=shown, time_zone=settings.time_zone)
                page = open_page_folder(settings.report_folder).write(ANSWERS, text)
            return dg.MaterializeResult(metadata={"page": dg.MetadataValue.path(page), "tables": len(shown)})

        return dg.Definitions(assets=[answers])


def _shown(session: Session, model: Model) -> ShownTable:
    question, *notes = model.description.splitlines()
    key = ", ".join(model.primary_key or model.column_names)
    names = ", ".join(model.column_names)
    found = session.fetch(f"select {names} from {model.name} order by {key} limit {_SHOWN_ROWS}").rows
    top = [[_text(column, value) for column, value in zip(model.columns, row, strict=True)] for row in found]
    rows = int(session.fetch(f"select count(*) as total from {model.name}").scalar)
    columns = [(column.name.replace("_", " "), column.kind in _NUMBERS) for column in model.columns]
    return ShownTable(model.name, question, " ".join(notes), "\n".join(model.texts), columns, top, rows)


def _text(column: Column, value: Any) -> str:
    """A decimal has the places of its column."""
    if value is not None and column.kind == "DECIMAL" and "," in column.type:
        return f"{value:,.{int(column.type.rstrip(')').rpartition(',')[2])}f}"
    return cell(value)
