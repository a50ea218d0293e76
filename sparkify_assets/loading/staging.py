"""Stage lake files: one transaction replaces the rows of some days, or of the files of a catalog which have changed.

Every record is accounted for, whatever the engine: it is a row, or it is in `load_rejects`, or the load fails.
"""

import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.listing import Listing
from sparkify_assets.lake.sources import Source
from sparkify_assets.loading.lost_rows import lost_units
from sparkify_assets.loading.manifest import staged_files
from sparkify_assets.loading.pending import daily_readers, mark_pending
from sparkify_assets.loading.reading_records import REJECTS, read_by_record
from sparkify_assets.loading.table_facts import count, preview, rows_by_day
from sparkify_assets.models.ddl import Column
from sparkify_assets.warehouse.base import FileLoad, NotPlain, Rows, Session, Warehouse

Days = tuple[date, date]

_SHOWN_REJECTS = 10
_DELETE_BATCH = 500


@dataclass(frozen=True)
class LoadedFiles:
    """How many records each file which was read has, and how many of them all became rows or rejects."""

    record_counts: Mapping[str, int]
    rows: int
    rejects: int

    @property
    def files(self) -> int:
        """Number of files read."""
        return len(self.record_counts)

    @property
    def records(self) -> int:
        """Records of all files."""
        return sum(self.record_counts.values())


@dataclass(frozen=True)
class StagedTable:
    """What a transaction did to a staging table.

    `fields` are the columns by the field which feeds them; `listing` has the files of the lake, whether they
    had to be read or not; `missing_days` have no file; `deleted` files were staged once and are gone from the lake;
    `lost` are days or files whose rows were gone from the warehouse, and which were loaded again.
    """

    staged: LoadedFiles
    fields: Mapping[str, Column]
    listing: Listing
    rows_before: int
    rows: int
    seconds: float
    preview: Rows
    rows_by_day: dict[date, int] = field(default_factory=dict)
    missing_days: list[date] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    lost: list[date] | list[str] = field(default_factory=list)


def stage(warehouse: Warehouse, lake: Lake, source: Source, days: Days | None, max_reject_share: float) -> StagedTable:
    """Load what a run has to read of a source: all files of these days, or the changed files of a catalog.

    The rows of changed and deleted files leave; what was staged once and is lost since is read too. Raises LoadError,
    with nothing changed, if more than the allowed share of records is rejected, or if a record is neither staged nor
    rejected.
    """
    started = time.perf_counter()
    fields = source.fields(lake)
    listing = source.listing(lake, *(days or ()))
    listed = listing.files
    not_plain = set[str]()

    def load(session: Session) -> StagedTable:
        # What all loads share they read and write: two at once would stage a file twice, or conflict.
        session.take_turn(REJECTS)
        rows_before = count(session, source.model)
        lost = lost_units(session, source, rows_before)
        files, deleted = listed, list[str]()
        if days:
            lost = {day for day in lost if not days[0] <= day <= days[1]}
            files = [*listed, *_files_of(lake, source, lost)]
            _delete_days(session, source.table, days, lost)
        else:
            files, deleted = _delete_changed(session, source.table, listed, lost)
        loaded = _load(session, FileLoad(lake, source, files, fields), not_plain)
        unchanged = 0 if days else len(listed) - len(files)
        _enforce_reject_limit(session, source, files, loaded, unchanged, max_reject_share)
        if days:
            mark_pending(session, daily_readers([source.table]), min({days[0], *lost}), max({days[1], *lost}))
        return StagedTable(
            staged=loaded,
            fields=fields,
            listing=listing,
            rows_before=rows_before,
            rows=count(session, source.model),
            seconds=time.perf_counter() - started,
            preview=preview(session, source.model),
            rows_by_day=rows_by_day(session, source.model, days),
            missing_days=_days_without_file(listed, days) if days else [],
            deleted=deleted,
            lost=sorted(lost),
        )

    while True:
        try:
            return warehouse.run(load)
        except NotPlain as failed:
            if failed.names <= not_plain:
                raise
            not_plain |= failed.names


def _load(session: Session, load: FileLoad, not_plain: Set[str]) -> LoadedFiles:
    """Load the files, account for their records, and note them in the manifest."""
    table, model = load.source.table, load.source.model
    rows_before = count(session, model)
    # The files of a catalog are too many and too small for an engine to read them where they are.
    plain = [file for file in load.files if load.source.is_daily and file.name not in not_plain]
    counts = session.load_plain_files(replace(load, files=plain)) if plain else {}
    rejects = 0
    if others := [file for file in load.files if file.name not in counts]:
        with read_by_record(load, others) as read:
            session.append(table, read.rows_path)
            session.append(REJECTS, read.rejects_path)
        counts, rejects = counts | read.counts, read.rejects
    loaded = LoadedFiles(counts, count(session, model) - rows_before, rejects)
    if loaded.records != loaded.rows + rejects:
        raise LoadError(
            f"The lake holds {loaded.records} records for {table}, but {loaded.rows} were staged and {rejects} "
            "rejected. Nothing was staged. Were the files changed during the load? Run again; if it stays, report it."
        )
    session.insert_rows(
        "lake_files",
        [
            {
                "table_name": table,
                "source_file": file.name,
                "log_date": file.day,
                "size_bytes": file.size,
                "version": file.version,
                "record_count": counts[file.name],
            }
            for file in load.files
        ],
    )
    return loaded


def _enforce_reject_limit(
    session: Session, source: Source, files: Sequence[LakeFile], loaded: LoadedFiles, unchanged: int, share: float
) -> None:
    """Raise LoadError if too many records were rejected; an `unchanged` file counts as one good record."""
    if loaded.rejects <= share * (loaded.records + unchanged):
        return
    shown = "\n".join(
        f"  {name} line {line}: {f'{field} = {value!r} is ' if field else ''}{reason}"
        for name, line, field, value, reason in _first_rejects(session, source.table, files)
    )
    raise LoadError(
        f"{loaded.rejects} of {loaded.records} records for {source.table} do not fit, more than the share of "
        f"{share:.1%} which SPARKIFY_MAX_REJECT_SHARE allows. Nothing was staged. Fix the files or allow "
        f"more. The first:\n{shown}"
    )


def _first_rejects(session: Session, table: str, files: Sequence[LakeFile]) -> list[tuple[Any, ...]]:
    found = session.fetch("select distinct source_file from load_rejects where table_name = :table", table=table)
    names = sorted({name for (name,) in found.rows} & {file.name for file in files})[:_SHOWN_REJECTS]
    condition, parameters = next(_conditions("source_file", names))
    return session.fetch(
        "select source_file, line_number, column_name, raw_value, reason from load_rejects "
        f"where table_name = :table and {condition} order by source_file, line_number limit {_SHOWN_REJECTS}",
        table=table,
        **parameters,
    ).rows


def _files_of(lake: Lake, source: Source, days: Set[date]) -> list[LakeFile]:
    if not days:
        return []
    return [file for file in source.listing(lake, min(days), max(days)).files if file.day in days]


def _delete_days(session: Session, table: str, days: Days, more: Set[date]) -> None:
    condition = "log_date between :first_day and :last_day"
    _delete(session, table, condition, {"first_day": days[0], "last_day": days[1]})
    for condition, parameters in _conditions("log_date", sorted(more)):
        _delete(session, table, condition, parameters)


def _delete_changed(
    session: Session, table: str, listed: Sequence[LakeFile], lost: Set[str]
) -> tuple[list[LakeFile], list[str]]:
    """Delete the rows of files which have changed or are gone; the files to read, and those which are gone."""
    known = {file.name: file for file in staged_files(session, table)}
    changed = [file for file in listed if known.get(file.name) != file or file.name in lost]
    deleted = sorted(known.keys() - {file.name for file in listed})
    gone = {*(file.name for file in changed if file.name in known), *deleted, *lost}
    for condition, parameters in _conditions("source_file", sorted(gone)):
        _delete(session, table, condition, parameters)
    return changed, deleted


def _delete(session: Session, table: str, condition: str, parameters: Mapping[str, Any]) -> None:
    """Delete what is staged under a condition, with its rejects and its part of the manifest."""
    session.execute(f"delete from {table} where {condition}", **parameters)
    for name in (REJECTS, "lake_files"):
        session.delete_if_any(name, f"table_name = :table and {condition}", table=table, **parameters)


def _conditions(column: str, values: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Conditions, with their parameters, which together pick the rows with these values."""
    for start in range(0, len(values), _DELETE_BATCH):
        parameters = {f"value_{index}": value for index, value in enumerate(values[start : start + _DELETE_BATCH])}
        yield f"{column} in ({', '.join(f':{name}' for name in parameters)})", parameters


def _days_without_file(files: Sequence[LakeFile], days: Days) -> list[date]:
    present = {file.day for file in files}
    expected = (days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1))
    return [day for day in expected if day not in present]
