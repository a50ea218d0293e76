"""Stage lake files: one transaction replaces the rows of some days, or of the files of a catalog which have changed.

Every line is accounted for, whatever the engine: it is a row, or it is in `load_rejects`, or the load fails.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.sources import Source
from sparkify_assets.loading.pending import daily_readers, mark_pending
from sparkify_assets.loading.table_facts import count, preview, rows_by_day
from sparkify_assets.models.ddl import Column
from sparkify_assets.warehouse.base import FileLoad, LoadedFiles, Rows, Session, Warehouse

Days = tuple[date, date]

_SHOWN_REJECTS = 10
_DELETE_BATCH = 500


@dataclass(frozen=True)
class StagedTable:
    """What a transaction did to a staging table.

    `fields` are the columns by the field which feeds them; `listed` are the files of the lake, whether
    they had to be read or not; `missing_days` have no
    file; `deleted` files were staged once and are gone from the lake.
    """

    staged: LoadedFiles
    fields: Mapping[str, Column]
    listed: list[LakeFile]
    rows_before: int
    rows: int
    seconds: float
    preview: Rows
    rows_by_day: dict[date, int] = field(default_factory=dict)
    missing_days: list[date] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


def stage(warehouse: Warehouse, lake: Lake, source: Source, days: Days | None, max_reject_share: float) -> StagedTable:
    """Load what a run has to read of a source: all files of these days, or the changed files of a catalog.

    The rows of changed and deleted files leave. Raises LoadError, with nothing changed, if more than the
    allowed share of lines is rejected, or if a line is neither staged nor rejected.
    """
    started = time.perf_counter()
    fields = source.fields(lake)
    listed = source.files(lake, *(days or ()))

    def load(session: Session) -> StagedTable:
        rows_before = count(session, source.model)
        files, deleted = listed, list[str]()
        if days:
            _delete_days(session, source.table, days)
        else:
            files, deleted = _delete_changed(session, source.table, listed, warehouse.supports_partial_load)
        loaded = _load(session, FileLoad(lake, source, files, fields))
        _enforce_reject_limit(session, source, files, loaded, len(listed) - len(files), max_reject_share)
        if days:
            mark_pending(session, daily_readers([source.table]), *days)
        return StagedTable(
            staged=loaded,
            fields=fields,
            listed=listed,
            rows_before=rows_before,
            rows=count(session, source.model),
            seconds=time.perf_counter() - started,
            preview=preview(session, source.model),
            rows_by_day=rows_by_day(session, source.model, days),
            missing_days=_days_without_file(listed, days) if days else [],
            deleted=deleted,
        )

    return warehouse.run(load)


def _load(session: Session, load: FileLoad) -> LoadedFiles:
    """Load the files, account for their lines, and note them in the manifest."""
    table = load.source.table
    loaded = session.load_files(load) if load.files else LoadedFiles({}, 0, 0)
    if loaded.lines != loaded.rows + loaded.rejects:
        raise LoadError(
            f"The lake holds {loaded.lines} lines for {table}, but {loaded.rows} fit and {loaded.rejects} do not. "
            "Nothing was staged. Were the files changed during the load? Run again; if it stays, report it."
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
                "line_count": loaded.line_counts[file.name],
            }
            for file in load.files
        ],
    )
    return loaded


def _enforce_reject_limit(
    session: Session, source: Source, files: Sequence[LakeFile], loaded: LoadedFiles, unchanged: int, share: float
) -> None:
    """Raise LoadError if too many lines were rejected; an `unchanged` file counts as one good line."""
    if loaded.rejects <= share * (loaded.lines + unchanged):
        return
    shown = "\n".join(
        f"  {name} line {line}: {f'{field} = {value!r} is ' if field else ''}{reason}"
        for name, line, field, value, reason in _first_rejects(session, source.table, files)
    )
    raise LoadError(
        f"{loaded.rejects} of {loaded.lines} lines for {source.table} do not fit, more than the share of {share:.1%} "
        f"which SPARKIFY_MAX_REJECT_SHARE allows. Nothing was staged. Fix the files or allow more. The first:\n{shown}"
    )


def _first_rejects(session: Session, table: str, files: Sequence[LakeFile]) -> list[tuple[Any, ...]]:
    found = session.fetch("select distinct source_file from load_rejects where table_name = :table", table=table)
    names = sorted({name for (name,) in found.rows} & {file.name for file in files})[:_SHOWN_REJECTS]
    condition, parameters = next(_file_conditions(names))
    return session.fetch(
        "select source_file, line_number, column_name, raw_value, reason from load_rejects "
        f"where table_name = :table and {condition} order by source_file, line_number limit {_SHOWN_REJECTS}",
        table=table,
        **parameters,
    ).rows


def _delete_days(session: Session, table: str, days: Days) -> None:
    condition = "log_date between :first_day and :last_day"
    _delete(session, table, condition, {"first_day": days[0], "last_day": days[1]})


def _delete_changed(
    session: Session, table: str, listed: list[LakeFile], partial: bool
) -> tuple[list[LakeFile], list[str]]:
    """Delete the rows of files which have changed or are gone; the files to read, and those which are gone.

    Unless a `partial` load is possible, any change means all files.
    """
    manifest = session.fetch(
        "select source_file, size_bytes, version from lake_files where table_name = :table", table=table
    )
    known = {name: (size, version) for name, size, version in manifest.rows}
    changed = [file for file in listed if known.get(file.name) != (file.size, file.version)]
    deleted = sorted(known.keys() - {file.name for file in listed})
    if partial:
        for condition, parameters in _file_conditions([*(f.name for f in changed if f.name in known), *deleted]):
            _delete(session, table, condition, parameters)
    elif changed or deleted:
        _delete(session, table, "1 = 1", {})
        changed = listed
    return changed, deleted


def _delete(session: Session, table: str, condition: str, parameters: Mapping[str, Any]) -> None:
    """Delete what is staged under a condition, with its rejects and its part of the manifest."""
    session.execute(f"delete from {table} where {condition}", **parameters)
    for name in ("load_rejects", "lake_files"):
        session.execute(f"delete from {name} where table_name = :table and {condition}", table=table, **parameters)


def _file_conditions(names: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Conditions, with their parameters, which together pick the files."""
    for start in range(0, len(names), _DELETE_BATCH):
        parameters = {f"file_{index}": name for index, name in enumerate(names[start : start + _DELETE_BATCH])}
        yield f"source_file in ({', '.join(f':{name}' for name in parameters)})", parameters


def _days_without_file(files: Sequence[LakeFile], days: Days) -> list[date]:
    present = {file.day for file in files}
    expected = (days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1))
    return [day for day in expected if day not in present]
