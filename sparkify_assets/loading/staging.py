"""Stage lake files: how a staging table takes over what the lake holds."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.loading.pending import mark_pending
from sparkify_assets.loading.table_facts import count, preview, rows_by_day
from sparkify_assets.models.model import Model
from sparkify_assets.warehouse.base import Rows, Session, Source, Staged, Warehouse

_FORGOTTEN_AT_ONCE = 500
# Null outside of the years 1970 to 9999, where a calendar ends before a bigint does.
_DAY_OF_EVENT = """
    case
        when ts between 0 and 253402300799999
            then cast(dateadd(day, cast((ts - ts % 86400000) / 86400000 as integer), timestamp '1970-01-01') as date)
    end
"""


@dataclass(frozen=True)
class StagedTable:
    """What a transaction did to a staging table.

    `listed` are the files of the lake, whether they had to be read or not; `missing_days` have no
    file; `deleted` files were staged once and are gone from the lake.
    """

    staged: Staged
    listed: list[LakeFile]
    rows_before: int
    rows: int
    seconds: float
    preview: Rows
    rows_by_day: dict[date, int] = field(default_factory=dict)
    missing_days: list[date] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


def stage_days(
    warehouse: Warehouse, lake: Lake, model: Model, fields: list[str], days: tuple[date, date], max_reject_share: float
) -> StagedTable:
    """Replace the rows of these days by the lines of their log files, in one load."""
    started = time.perf_counter()
    files = lake.event_files(*days)

    def replace(session: Session) -> StagedTable:
        rows_before = count(session, model)
        _forget_days(session, model, days)
        source = Source(lake, files, fields, max_reject_share=max_reject_share, own_day=_DAY_OF_EVENT)
        staged = session.stage(model, source)
        mark_pending(session, [model.name], *days)
        return StagedTable(
            staged=staged,
            listed=files,
            rows_before=rows_before,
            rows=count(session, model),
            seconds=time.perf_counter() - started,
            preview=preview(session, model),
            rows_by_day=rows_by_day(session, model, days),
            missing_days=_days_without_file(files, *days),
        )

    return warehouse.run(replace)


def stage_catalogue(
    warehouse: Warehouse, lake: Lake, model: Model, fields: list[str], max_reject_share: float
) -> StagedTable:
    """Read the song files which are new or have changed, and drop the rows of those which are gone."""
    started = time.perf_counter()
    files = lake.song_files()

    def catch_up(session: Session) -> StagedTable:
        rows_before = count(session, model)
        known = _manifest(session, model)
        new = [file for file in files if known.get(file.name) != (file.size, file.stamp)]
        deleted = sorted(known.keys() - {file.name for file in files})
        if warehouse.picks_files:
            _forget_files(session, model, [*(file.name for file in new if file.name in known), *deleted])
        elif new or deleted:
            new = files
            _forget_all(session, model)
        unchanged = len(files) - len(new)
        source = Source(lake, new, fields, documents=True, max_reject_share=max_reject_share, lines_before=unchanged)
        staged = session.stage(model, source)
        return StagedTable(
            staged=staged,
            listed=files,
            rows_before=rows_before,
            rows=count(session, model),
            seconds=time.perf_counter() - started,
            preview=preview(session, model),
            deleted=deleted,
        )

    return warehouse.run(catch_up)


def _forget_days(session: Session, model: Model, days: tuple[date, date]) -> None:
    first_day, last_day = days
    session.execute(
        f"delete from {model.name} where log_date between :first_day and :last_day",
        first_day=first_day,
        last_day=last_day,
    )
    for table in ("load_rejects", "lake_files"):
        session.execute(
            f"delete from {table} where table_name = :table_name and log_date between :first_day and :last_day",
            table_name=model.name,
            first_day=first_day,
            last_day=last_day,
        )


def _manifest(session: Session, model: Model) -> dict[str, tuple[int, str]]:
    files = session.fetch(
        "select source_file, size_bytes, stamp from lake_files where table_name = :table_name", table_name=model.name
    )
    return {name: (size, stamp) for name, size, stamp in files.rows}


def _forget_files(session: Session, model: Model, names: list[str]) -> None:
    for start in range(0, len(names), _FORGOTTEN_AT_ONCE):
        some = names[start : start + _FORGOTTEN_AT_ONCE]
        parameters = {f"file_{place}": name for place, name in enumerate(some)}
        listed = ", ".join(f":{name}" for name in parameters)
        session.execute(f"delete from {model.name} where source_file in ({listed})", **parameters)
        for table in ("load_rejects", "lake_files"):
            session.execute(
                f"delete from {table} where table_name = :table_name and source_file in ({listed})",
                table_name=model.name,
                **parameters,
            )


def _forget_all(session: Session, model: Model) -> None:
    session.execute(f"delete from {model.name}")
    for table in ("load_rejects", "lake_files"):
        session.execute(f"delete from {table} where table_name = :table_name", table_name=model.name)


def _days_without_file(files: Iterable[LakeFile], first_day: date, last_day: date) -> list[date]:
    present = {file.day for file in files}
    days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    return [day for day in days if day not in present]
