"""What somebody took out of a staging table, of its rejects or of the manifest: dropped, emptied or in part.

Each record of the manifest is a row or a reject. Where the sums differ, the days or files which do are loaded again.
"""

from datetime import date
from typing import Any

from sparkify_assets.lake.sources import Source
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import Session

_TOTALS = """
    select
        (select count(*) from load_rejects where table_name = '{table}') as rejected,
        (
            select coalesce(cast(sum(record_count) as bigint), 0)
            from lake_files
            where table_name = '{table}'
        ) as recorded
"""
_DIFFERENCES = """
    select {unit}
    from (
        select {unit}, count(*) as records from {table} group by {unit}
        union all
        select {unit}, count(*) as records from load_rejects where table_name = '{table}' group by {unit}
        union all
        select {unit}, -sum(record_count) as records from lake_files where table_name = '{table}' group by {unit}
    ) as accounts
    group by {unit}
    having sum(records) <> 0
"""


def lost_units(session: Session, source: Source, staged: int) -> set[Any]:
    """The days of a daily source, or the file names of a catalog, whose records are no longer all accounted for.

    `staged` is the number of rows of its table.
    """
    rejected, recorded = map(int, session.fetch(_TOTALS.format(table=source.table)).rows[0])
    if staged + rejected == recorded:
        return _days_of_readers(session, source) if source.is_daily and not recorded else set()
    unit = "log_date" if source.is_daily else "source_file"
    return {found for (found,) in session.fetch(_DIFFERENCES.format(table=source.table, unit=unit)).rows}


def _days_of_readers(session: Session, source: Source) -> set[date]:
    """The days which were staged once, as the tables made of them know it; none before the first load."""
    readers = [m.name for m in models().values() if source.table in m.reads and "log_date" in m.column_names]
    return {day for name in readers for (day,) in session.fetch(f"select distinct log_date from {name}").rows}
