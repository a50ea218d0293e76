"""The line `source: ...` of a staging table: which table of the database it is a copy of, and how it is read.

    source: orders
    source: sales.orders, by updated_at overlap 1 day, without search_text, picture

The whole table is read, or, with `by`, the rows whose column has at least the highest value which is staged, less the
overlap: as long as the longest transaction of the source, so that a row which commits late is read. Columns `without`
which the table is staged are known; one which is neither staged nor named here is new, and a check says so.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sparkify_assets.models.ddl import Column
from sparkify_assets.models.model import Model
from sparkify_assets.models.sql_text import ModelError

_LINE = re.compile(
    r"(?P<name>[\w.]+)"
    r"(?:,\s*by (?P<by>\w+) overlap (?P<overlap>\d+(?: (?:second|minute|hour|day|week|month)s?)?))?"
    r"(?:,\s*without (?P<without>\w+(?:,\s*\w+)*))?"
)


@dataclass(frozen=True)
class SourceTable:
    """A table of the database, and the staging table which is a copy of it.

    `by` is the column, of both, which grows; None reads the whole table.
    """

    model: Model
    name: str
    by: Column | None
    overlap: str
    without: frozenset[str]

    def bound(self, highest: Any, source_type: str) -> str | None:
        """The lowest value to read, in SQL of the source, after this one is staged; None for all rows."""
        if self.by is None or highest is None:
            return None
        if isinstance(highest, date):
            return f"cast('{highest.isoformat()}' as {source_type}) - interval '{self.overlap}'"
        return f"{int(highest) - int(self.overlap)}"


def source_table(model: Model) -> SourceTable:
    """What the file of a staging table says; raises ModelError which shows how to write it."""
    found = _LINE.fullmatch(model.source)
    if not found:
        raise ModelError(
            f"{model.path}: 'source: {model.source}' is not understood. Write 'source: orders', or 'source: orders, "
            "by updated_at overlap 1 day, without search_text'."
        )
    if not found["by"]:
        return SourceTable(model, found["name"], None, "", _names(found["without"]))
    by = next((column for column in model.columns if column.name == found["by"]), None)
    is_time = by is not None and by.type in ("DATE", "TIMESTAMP")
    is_number = by is not None and by.type in ("SMALLINT", "INTEGER", "BIGINT")
    if by is None or not (is_time or is_number) or found["overlap"].isdigit() != is_number:
        raise ModelError(
            f"{model.path}: 'by {found['by']} overlap {found['overlap']}' needs a column of the table: of whole "
            "numbers, with an overlap like 1000, or of times, with one like 1 day."
        )
    if not model.primary_key:
        raise ModelError(f"{model.path}: a table which is read 'by' a column needs a primary key.")
    return SourceTable(model, found["name"], by, found["overlap"], _names(found["without"]))


def _names(listed: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", listed or ""))
