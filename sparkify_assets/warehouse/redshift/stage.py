"""Staging lake files into Redshift by COPY, each line accounted for.

COPY does not tell which file a row came from, but the day of the log file is what a reload replaces.
So many days are loaded by one COPY, and then the rows of each day, as the events themselves date
them, are compared with the lines Redshift read from that day's files. If they are equal for every
day, each line lies in the file of its own day, since no event stands in a log before it happened.
Otherwise (late lines) the days are loaded one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.base import JSON_PATHS, SONG_FOLDER, LakeFile
from sparkify_assets.lake.lines import numbered_lines
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.models.model import Model
from sparkify_assets.warehouse.base import Source, Staged
from sparkify_assets.warehouse.insert_rows import insert_rows
from sparkify_assets.warehouse.redshift.catalog_parts import compact, sources
from sparkify_assets.warehouse.redshift.copy import CopyInto, CopySession, Refused, refused_lines, scanned_lines
from sparkify_assets.warehouse.redshift.rejects import lake_rejects
from sparkify_assets.warehouse.redshift.work_area import WorkArea, WorkFolder
from sparkify_assets.warehouse.rejects import SHOWN_REJECTS, Reject, refuse_too_many, refuse_unaccounted

_LANDED = "landed_lines"
_LOG_DATE, _SOURCE_FILE = "log_date", "source_file"
_AUTO = "auto"


@dataclass
class Loaded:
    """What COPYs did: rows, the lines refused, and the lines read, by the URI of the file."""

    rows: int = 0
    refused: list[Refused] = field(default_factory=list)
    scanned: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Loaded") -> None:
        """Count another COPY in."""
        self.rows += other.rows
        self.refused += other.refused
        self.scanned |= other.scanned


class RedshiftStage:
    """One load of lake files into one staging table, inside the open transaction of `session`."""

    def __init__(
        self,
        session: CopySession,
        model: Model,
        source: Source,
        iam_role: str,
        work_area: WorkArea | None,
        slices: Callable[[], int],
    ) -> None:
        if not isinstance(source.lake, S3Lake):
            raise LoadError(
                f"COPY reads from S3, but the lake is {source.lake.place}. Set SPARKIFY_LAKE to s3://bucket[/prefix]."
            )
        self._session, self._model, self._source, self._lake = session, model, source, source.lake
        self._iam_role, self._work_area, self._slices = iam_role, work_area, slices
        self._columns = [c for c in model.columns if c.name not in (_LOG_DATE, _SOURCE_FILE)]
        self._names = [column.name for column in self._columns]
        if len(self._columns) != len(source.fields):
            raise LoadError(
                f"The lake's JSONPaths name {len(source.fields)} fields, but {model.name} has {len(self._columns)} "
                f"columns for them: {', '.join(self._names)}. Make log_json_path.json list one path for each."
            )
        self._fields = {c.name.lower(): (name, c) for name, c in zip(source.fields, self._columns, strict=True)}
        self._files = {file.name: file for file in source.files}
        self._file_at = {self._lake.uri(file.name): file for file in source.files}

    def run(self) -> Staged:
        """Stage the files; see `Session.stage`."""
        if not self._files:
            return Staged(0, 0, 0, 0)
        with ExitStack() as stack:
            work = stack.enter_context(self._work_area.folder()) if self._work_area else None
            if not self._source.documents:
                rows, counts, rejects = self._stage_logs(work)
            elif work:
                rows, counts, rejects = self._stage_compacted(work)
            else:
                rows, counts, rejects = self._stage_folder()
        lines = sum(counts.values())
        refuse_unaccounted(self._model, lines, rows, len(rejects))
        refuse_too_many(self._model, self._source, lines, len(rejects), rejects[:SHOWN_REJECTS])
        insert_rows(self._session, "load_rejects", [{"table_name": self._model.name, **vars(r)} for r in rejects])
        insert_rows(self._session, "lake_files", [self._manifest_row(f, counts) for f in self._files.values()])
        return Staged(len(self._files), lines, rows, len(rejects))

    def _stage_logs(self, work: WorkFolder | None) -> tuple[int, dict[str, int], list[Reject]]:
        self._create_landing()
        days = {day: list(files) for day, files in groupby(self._source.files, key=lambda file: file.day)}
        loaded = self._load_days_at_once(work) if work and len(days) > 1 else None
        if loaded is None:
            loaded = Loaded()
            for day, files in days.items():
                loaded.add(self._copy_files(_LANDED, self._names, files, self._lake.uri(JSON_PATHS), work))
                self._take_over(_LOG_DATE, ":log_date", log_date=day)
        rejects = self._rejects((self._file_at[r.uri].name, r.line, r) for r in loaded.refused)
        return loaded.rows, self._lines_of_files(loaded), rejects

    def _load_days_at_once(self, work: WorkFolder) -> Loaded | None:
        """One COPY for all days; None, with nothing staged, unless each line is sure to lie in its own day's file."""
        loaded = self._copy_files(_LANDED, self._names, self._source.files, self._lake.uri(JSON_PATHS), work)
        of_events = self._session.fetch(
            f"select {self._source.own_day} as event_day, count(*) as lines_of_day from {_LANDED} group by 1"
        )
        of_files: Counter[date | None] = Counter()
        for uri, lines in loaded.scanned.items():
            of_files[self._file_at[uri].day] += lines
        for refused in loaded.refused:
            of_files[self._file_at[refused.uri].day] -= 1
        if {day: int(lines) for day, lines in of_events.rows} == {day: n for day, n in of_files.items() if n}:
            self._take_over(_LOG_DATE, self._source.own_day)
            return loaded
        dg.get_dagster_logger().info("Some lines lie in the file of another day: the days are loaded one by one.")
        self._session.execute(f"delete from {_LANDED}")
        return None

    def _stage_compacted(self, work: WorkFolder) -> tuple[int, dict[str, int], list[Reject]]:
        with TemporaryDirectory(prefix="sparkify-catalogue-") as folder:
            done = compact(self._lake, self._source.files, self._slices(), Path(folder))
            part_at = {work.put_file(part): part for part in done.parts}
            names = [*self._names, _SOURCE_FILE]
            loaded = self._copy(self._model.name, names, work.put_manifest(part_at), _AUTO, manifest=True, gzip=True)
            refuse_unaccounted(self._model, done.records, loaded.rows, len(loaded.refused))
            rejects = [*done.rejects, *self._rejects(_in_lake(part_at, loaded.refused))]
        return loaded.rows, done.records_of_file, rejects

    def _stage_folder(self) -> tuple[int, dict[str, int], list[Reject]]:
        dg.get_dagster_logger().warning(
            f"COPY opens {len(self._files)} catalogue files one by one, and all of them after any change, since there "
            "is no SPARKIFY_WORK_URI to put them together in; which file a song came from stays unknown."
        )
        kinds = {file.is_gzip for file in self._files.values()}
        if len(kinds) > 1:
            raise LoadError(
                f"{self._lake.uri(SONG_FOLDER)} holds both .json and .json.gz files, which one COPY cannot read. "
                "Set SPARKIFY_WORK_URI, or keep one kind."
            )
        self._create_landing()
        folder = f"{self._lake.uri(SONG_FOLDER)}/"
        loaded = self._copy(_LANDED, self._names, folder, _AUTO, manifest=False, gzip=kinds.pop())
        self._take_over(_SOURCE_FILE, ":folder", folder=SONG_FOLDER)
        rejects = self._rejects((self._file_at[r.uri].name, r.line, r) for r in loaded.refused)
        return loaded.rows, self._lines_of_files(loaded), rejects

    def _create_landing(self) -> None:
        columns = ", ".join(f"{c.name} {c.type}{'' if c.nullable else ' not null'}" for c in self._columns)
        self._session.execute(f"drop table if exists {_LANDED}")
        self._session.execute(f"create temp table {_LANDED} ({columns}) diststyle even")

    def _take_over(self, technical: str, value: str, **parameters: Any) -> None:
        names = ", ".join(self._names)
        self._session.execute(
            f"insert into {self._model.name} ({names}, {technical}) select {names}, {value} from {_LANDED}",
            **parameters,
        )
        self._session.execute(f"delete from {_LANDED}")

    def _copy_files(
        self, table: str, columns: Sequence[str], files: Sequence[LakeFile], json: str, work: WorkFolder | None
    ) -> Loaded:
        loaded = Loaded()
        for gzip in (False, True):
            uris = [self._lake.uri(file.name) for file in files if file.is_gzip == gzip]
            if uris and work:
                loaded.add(self._copy(table, columns, work.put_manifest(uris), json, manifest=True, gzip=gzip))
            elif uris:
                self._refuse_ambiguous(uris)
                for uri in uris:
                    loaded.add(self._copy(table, columns, uri, json, manifest=False, gzip=gzip))
        return loaded

    def _refuse_ambiguous(self, uris: Iterable[str]) -> None:
        for uri in uris:
            if others := [other for other in self._file_at if other != uri and other.startswith(uri)]:
                raise LoadError(
                    f"Without SPARKIFY_WORK_URI COPY takes every object whose name begins with {uri}, {others[0]} as "
                    "well. Set SPARKIFY_WORK_URI, or rename one."
                )

    def _copy(self, table: str, columns: Sequence[str], uri: str, json: str, *, manifest: bool, gzip: bool) -> Loaded:
        into = CopyInto(table, columns, uri, json, self._iam_role, self._lake.region, manifest, gzip)
        rows = self._session.copy(into)
        return Loaded(rows, refused_lines(self._session.fetch), scanned_lines(self._session.fetch))

    def _lines_of_files(self, loaded: Loaded) -> dict[str, int]:
        """Lines by file, as Redshift read them; counted in the lake where that does not add up to what it did."""
        counts = {file.name: loaded.scanned.get(uri, 0) for uri, file in self._file_at.items()}
        if sum(counts.values()) == loaded.rows + len(loaded.refused):
            return counts
        with self._lake.fetched(self._source.files) as paths:
            return {
                name: sum(1 for _ in numbered_lines(path, documents=self._source.documents))
                for name, path in paths.items()
            }

    def _rejects(self, found: Iterable[tuple[str, int, Refused]]) -> list[Reject]:
        return list(lake_rejects(self._lake, self._files, found, self._fields, documents=self._source.documents))

    def _manifest_row(self, file: LakeFile, counts: dict[str, int]) -> dict[str, Any]:
        return {
            "table_name": self._model.name,
            "source_file": file.name,
            "log_date": file.day,
            "size_bytes": file.size,
            "stamp": file.stamp,
            "line_count": counts[file.name],
        }


def _in_lake(part_at: Mapping[str, Path], refused: Iterable[Refused]) -> Iterator[tuple[str, int, Refused]]:
    """File and line of the lake for each line of a part which was refused."""
    for uri, found in groupby(refused, key=lambda said: said.uri):
        by_line = {said.line: said for said in found}
        for number, name, line in sources(part_at[uri], set(by_line)):
            yield name, line, by_line[number]
