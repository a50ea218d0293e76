"""Loading plain lake files into Redshift by COPY.

COPY does not say which file a row came from, and not for sure what it made of a line which is no JSON. So its rows
land in a temporary table, and are taken over only if there are as many as the files have lines, all of them usable.
Other files are left to those who read them record by record.

The day of the log file is what a reload replaces. Many days are loaded by one COPY, and then the rows of each day, as
the events themselves date them, are compared with the lines Redshift read from that day's files. If they are equal for
every day, each line is in the file of its own day, since no log holds an event before it happened. Otherwise (late
lines) the days are loaded one by one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

import dagster as dg

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.warehouse.base import FileLoad, NotPlain
from sparkify_assets.warehouse.redshift.copy import CopyInto, CopySession, CopySettings, RefusedData
from sparkify_assets.warehouse.redshift.load_views import name_in_views
from sparkify_assets.warehouse.redshift.work_area import WorkFolder, work_folder

_LANDING = "landed_records"
_GZIP = b"\x1f\x8b"


@dataclass
class CopyResult:
    """What COPYs did: rows, and the lines read, by the name which the file has in the views."""

    rows: int = 0
    scanned: dict[str, int] = field(default_factory=dict)

    def add(self, other: "CopyResult") -> None:
        """Count another COPY in."""
        self.rows += other.rows
        self.scanned |= other.scanned


class RedshiftLoad:
    """One load of lake files into one staging table, inside the open transaction of `session`."""

    def __init__(self, session: CopySession, settings: CopySettings, load: FileLoad) -> None:
        self._session, self._settings = session, settings
        self._source, self._lake = load.source, require_s3(load.lake)
        self._names = [column.name for column in load.fields.values()]
        self._columns = list(load.fields.values())
        self._files = self._readable(load.files)
        self._file_of = {self._name(file): file for file in self._files}
        paths = load.source.paths_file(load.lake)
        self._json = self._lake.uri(paths) if paths else ""
        self._fields = list(load.fields)

    def load_plain_files(self) -> dict[str, int]:
        """See `Session.load_plain_files`."""
        days = {day: list(files) for day, files in groupby(self._files, key=lambda file: file.day)}
        with work_folder(self._settings.work_uri) as work:
            if not self._json and not work:
                return {}  # COPY finds no field by a name with capital letters
            if not self._json and work:
                self._json = work.put_json_paths(self._fields)
            self._create_landing()
            if work and len(days) > 1 and (counts := self._load_days_at_once(work)):
                return counts
            loaded: dict[str, int] = {}
            for day, files in days.items():
                if without_others := files if work else self._unambiguous(files):
                    loaded |= self._load_day(day, without_others, work)
            return loaded

    def _readable(self, files: Sequence[LakeFile]) -> list[LakeFile]:
        """The files which COPY reads as their names say, plain or gzip, and whose names the views tell apart."""
        heads = self._lake.heads(files)
        names = Counter(map(self._name, files))
        return [
            file
            for file in files
            if not file.name.lower().endswith(".bz2")
            and (not file.size or heads[file.name].startswith(_GZIP) == _is_gzip(file))
            and names[self._name(file)] == 1
        ]

    def _name(self, file: LakeFile) -> str:
        return name_in_views(self._lake.uri(file.name))

    def _load_days_at_once(self, work: WorkFolder) -> dict[str, int]:
        """One COPY for all days; nothing, with nothing loaded, unless each line is sure to be in its own day's file."""
        done = self._copy_files(self._files, work)
        by_event = self._session.fetch(
            f"select {self._source.event_date_sql} as event_day, count(*) as lines_of_day from {_LANDING} "
            f"where {self._is_usable()} group by 1"
        )
        by_file: Counter[date | None] = Counter()
        for name, lines in done.scanned.items():
            by_file[self._file_of[name].day] += lines
        counts = self._counts(self._files, done)
        if counts and {day: int(n) for day, n in by_event.rows} == {day: n for day, n in by_file.items() if n}:
            self._insert_from_landing(self._source.event_date_sql)
            return counts
        dg.get_dagster_logger().info("Some lines are in the file of another day: the days are loaded one by one.")
        self._session.execute(f"delete from {_LANDING}")
        return {}

    def _load_day(self, day: date | None, files: Sequence[LakeFile], work: WorkFolder | None) -> dict[str, int]:
        counts = self._counts(files, self._copy_files(files, work))
        usable = self._session.fetch(f"select count(*) as usable from {_LANDING} where {self._is_usable()}").scalar
        if counts and int(usable) == sum(counts.values()):
            self._insert_from_landing(":log_date", log_date=day)
            return counts
        self._session.execute(f"delete from {_LANDING}")
        return {}

    def _counts(self, files: Sequence[LakeFile], done: CopyResult) -> dict[str, int]:
        """Records by file, if each was a line which COPY took; else nothing."""
        counts = {file.name: done.scanned.get(self._name(file), 0) for file in files}
        return counts if sum(counts.values()) == done.rows else {}

    def _is_usable(self) -> str:
        ranges = (f"{name} between {use.lowest} and {use.highest}" for name, use in self._source.usable.items())
        return " and ".join(ranges) or "1 = 1"

    def _create_landing(self) -> None:
        columns = ", ".join(f"{c.name} {c.type}{'' if c.nullable else ' not null'}" for c in self._columns)
        self._session.execute(f"drop table if exists {_LANDING}")
        self._session.execute(f"create temp table {_LANDING} ({columns}) diststyle even")

    def _insert_from_landing(self, day_sql: str, **parameters: Any) -> None:
        names = ", ".join(self._names)
        self._session.execute(
            f"insert into {self._source.table} ({names}, log_date) select {names}, {day_sql} from {_LANDING}",
            **parameters,
        )
        self._session.execute(f"delete from {_LANDING}")

    def _copy_files(self, files: Iterable[LakeFile], work: WorkFolder | None) -> CopyResult:
        done = CopyResult()
        for gzip in (False, True):
            some = [file for file in files if file.size and _is_gzip(file) == gzip]
            uris = [self._lake.uri(file.name) for file in some]
            if some and work:
                done.add(self._copy(some, work.put_manifest(uris), manifest=True, gzip=gzip))
            elif some:
                for file, uri in zip(some, uris, strict=True):
                    done.add(self._copy([file], uri, manifest=False, gzip=gzip))
        return done

    def _unambiguous(self, files: Sequence[LakeFile]) -> list[LakeFile]:
        """The files which COPY takes alone: a URI without a manifest means every object whose name begins with it."""
        return [file for file in files if [f.name for f in self._lake.files_beginning_with(file.name)] == [file.name]]

    def _copy(self, files: Sequence[LakeFile], source: str, *, manifest: bool, gzip: bool) -> CopyResult:
        """COPY these files; `source` is the URI of the one, or of their manifest."""
        into = CopyInto(
            _LANDING, self._names, source, self._json, self._settings.iam_role, self._lake.region, manifest, gzip
        )
        named = {self._name(file): file for file in files}
        try:
            rows = self._session.copy(into)
        except RefusedData as error:
            raise NotPlain(named[name].name for name in named.keys() & error.files or named) from error
        return CopyResult(rows, self._session.scanned_lines(named))


def require_s3(lake: Lake) -> S3Lake:
    """The lake, if COPY can read it; raises LoadError."""
    if isinstance(lake, S3Lake):
        return lake
    raise LoadError(f"COPY reads from S3, but the lake is {lake.location}. Set SPARKIFY_LAKE to s3://bucket[/prefix].")


def _is_gzip(file: LakeFile) -> bool:
    return file.name.lower().endswith(".gz")
