"""Loading lake files into Redshift by COPY.

COPY does not say which file a row came from, but the day of the log file is what a reload replaces.
So many days are loaded by one COPY, and then the rows of each day, as the events themselves date
them, are compared with the lines Redshift read from that day's files. If they are equal for every
day, each line is in the file of its own day, since no log holds an event before it happened.
Otherwise (late lines) the days are loaded one by one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import dagster as dg

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.base import LakeFile
from sparkify_assets.lake.lines import numbered_lines
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.warehouse.base import FileLoad, LoadedFiles
from sparkify_assets.warehouse.redshift.catalog_parts import compact, locate_lines
from sparkify_assets.warehouse.redshift.copy import CopyInto, RefusedLine, refused_lines, scanned_lines
from sparkify_assets.warehouse.redshift.rejects import reject_rows
from sparkify_assets.warehouse.redshift.work_area import WorkFolder, work_folder

if TYPE_CHECKING:
    from sparkify_assets.warehouse.redshift.session import RedshiftSession
    from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse

_LANDING = "landed_lines"
_LOG_DATE, _SOURCE_FILE = "log_date", "source_file"
_AUTO = "auto"


@dataclass
class CopyResult:
    """What COPYs did: rows, the lines refused, and the lines read, by the URI of the file."""

    rows: int = 0
    refused: list[RefusedLine] = field(default_factory=list)
    scanned: dict[str, int] = field(default_factory=dict)

    def add(self, other: "CopyResult") -> None:
        """Count another COPY in."""
        self.rows += other.rows
        self.refused += other.refused
        self.scanned |= other.scanned


class RedshiftLoad:
    """One load of lake files into one staging table, inside the open transaction of `session`."""

    def __init__(self, session: "RedshiftSession", warehouse: "RedshiftWarehouse", load: FileLoad) -> None:
        if not isinstance(load.lake, S3Lake):
            raise LoadError(
                f"COPY reads from S3, but the lake is {load.lake.location}. Set SPARKIFY_LAKE to s3://bucket[/prefix]."
            )
        self._session, self._warehouse = session, warehouse
        self._load, self._source, self._lake = load, load.source, load.lake
        self._columns = list(load.fields.values())
        self._names = [column.name for column in self._columns]
        self._file_at = {self._lake.uri(file.name): file for file in load.files}
        self._json = self._lake.uri(load.source.json_paths) if load.source.json_paths else _AUTO

    def run(self) -> LoadedFiles:
        """Load the files; see `Session.load_files`."""
        with work_folder(self._warehouse.work_uri) as work:
            if self._source.is_daily:
                return self._load_days(work)
            return self._load_compacted(work) if work else self._load_folder()

    def _load_days(self, work: WorkFolder | None) -> LoadedFiles:
        self._create_landing()
        days = {day: list(files) for day, files in groupby(self._load.files, key=lambda file: file.day)}
        done = self._load_days_at_once(work) if work and len(days) > 1 else None
        if done is None:
            done = CopyResult()
            for day, files in days.items():
                done.add(self._copy_files(files, work))
                self._insert_from_landing(_LOG_DATE, ":log_date", log_date=day)
        return self._account(done)

    def _load_days_at_once(self, work: WorkFolder) -> CopyResult | None:
        """One COPY for all days; None, with nothing loaded, unless each line is sure to be in its own day's file."""
        done = self._copy_files(self._load.files, work)
        by_event = self._session.fetch(
            f"select {self._source.event_date_sql} as event_day, count(*) as lines_of_day from {_LANDING} group by 1"
        )
        by_file: Counter[date | None] = Counter()
        for uri, lines in done.scanned.items():
            by_file[self._file_at[uri].day] += lines
        for refused in done.refused:
            by_file[self._file_at[refused.uri].day] -= 1
        if {day: int(lines) for day, lines in by_event.rows} == {day: n for day, n in by_file.items() if n}:
            self._insert_from_landing(_LOG_DATE, self._source.event_date_sql)
            return done
        dg.get_dagster_logger().info("Some lines are in the file of another day: the days are loaded one by one.")
        self._session.execute(f"delete from {_LANDING}")
        return None

    def _load_compacted(self, work: WorkFolder) -> LoadedFiles:
        with TemporaryDirectory(prefix="sparkify-catalog-") as folder:
            compacted = compact(self._load, self._warehouse.slices(), Path(folder))
            part_at = {work.put_file(part): part for part in compacted.parts}
            names = [*self._names, _SOURCE_FILE]
            uri = work.put_manifest(part_at)
            done = self._copy(self._source.table, names, uri, _AUTO, manifest=True, gzip=True)
            refused = reject_rows(self._load, _in_lake(part_at, done.refused))
            return self._with_rejects(compacted.line_counts, done.rows, [*compacted.rejects, *refused])

    def _load_folder(self) -> LoadedFiles:
        dg.get_dagster_logger().warning(
            f"COPY opens {len(self._load.files)} files of {self._source.key} one by one, and all of them after any "
            "change, since there is no SPARKIFY_WORK_URI to compact them in; which file a row came from stays unknown."
        )
        folder = self._source.folder
        suffixes = {file.is_gzip for file in self._load.files}
        if len(suffixes) > 1:
            raise LoadError(
                f"{self._lake.uri(folder)} holds both .json and .json.gz files, which one COPY cannot read. "
                "Set SPARKIFY_WORK_URI, or keep one kind."
            )
        self._create_landing()
        uri = f"{self._lake.uri(folder)}/"
        done = self._copy(_LANDING, self._names, uri, self._json, manifest=False, gzip=suffixes.pop())
        self._insert_from_landing(_SOURCE_FILE, ":folder", folder=folder)
        return self._account(done)

    def _create_landing(self) -> None:
        columns = ", ".join(f"{c.name} {c.type}{'' if c.nullable else ' not null'}" for c in self._columns)
        self._session.execute(f"drop table if exists {_LANDING}")
        self._session.execute(f"create temp table {_LANDING} ({columns}) diststyle even")

    def _insert_from_landing(self, column: str, value: str, **parameters: Any) -> None:
        names = ", ".join(self._names)
        self._session.execute(
            f"insert into {self._source.table} ({names}, {column}) select {names}, {value} from {_LANDING}",
            **parameters,
        )
        self._session.execute(f"delete from {_LANDING}")

    def _copy_files(self, files: Iterable[LakeFile], work: WorkFolder | None) -> CopyResult:
        done = CopyResult()
        for gzip in (False, True):
            uris = [self._lake.uri(file.name) for file in files if file.is_gzip == gzip]
            if uris and work:
                manifest = work.put_manifest(uris)
                done.add(self._copy(_LANDING, self._names, manifest, self._json, manifest=True, gzip=gzip))
            elif uris:
                self._require_unambiguous(uris)
                for uri in uris:
                    done.add(self._copy(_LANDING, self._names, uri, self._json, manifest=False, gzip=gzip))
        return done

    def _require_unambiguous(self, uris: Iterable[str]) -> None:
        for uri in uris:
            if others := [other for other in self._file_at if other != uri and other.startswith(uri)]:
                raise LoadError(
                    f"Without SPARKIFY_WORK_URI COPY takes every object whose name begins with {uri}, {others[0]} as "
                    "well. Set SPARKIFY_WORK_URI, or rename one."
                )

    def _copy(
        self, table: str, columns: Sequence[str], uri: str, json: str, *, manifest: bool, gzip: bool
    ) -> CopyResult:
        into = CopyInto(table, columns, uri, json, self._warehouse.iam_role, self._lake.region, manifest, gzip)
        rows = self._session.copy(into)
        return CopyResult(rows, refused_lines(self._session.fetch), scanned_lines(self._session.fetch))

    def _account(self, done: CopyResult) -> LoadedFiles:
        refused = ((self._file_at[line.uri].name, line.line, line) for line in done.refused)
        return self._with_rejects(self._line_counts(done), done.rows, reject_rows(self._load, refused))

    def _with_rejects(
        self, line_counts: Mapping[str, int], rows: int, rejects: Iterable[dict[str, Any]]
    ) -> LoadedFiles:
        rejects = list(rejects)
        self._session.insert_rows("load_rejects", rejects)
        return LoadedFiles(line_counts, rows, len(rejects))

    def _line_counts(self, done: CopyResult) -> dict[str, int]:
        """Lines by file, as Redshift read them; counted in the lake where that does not add up to what it did."""
        counts = {file.name: done.scanned.get(uri, 0) for uri, file in self._file_at.items()}
        if sum(counts.values()) == done.rows + len(done.refused):
            return counts
        one_record = self._source.one_record_per_file
        with self._lake.fetched(self._load.files) as paths:
            return {
                name: sum(1 for _ in numbered_lines(path, one_record_per_file=one_record))
                for name, path in paths.items()
            }


def _in_lake(part_at: Mapping[str, Path], refused: Iterable[RefusedLine]) -> Iterator[tuple[str, int, RefusedLine]]:
    """File and line of the lake for each line of a part which was refused."""
    for uri, found in groupby(refused, key=lambda line: line.uri):
        by_line = {line.line: line for line in found}
        for number, name, line in locate_lines(part_at[uri], set(by_line)):
            yield name, line, by_line[number]
