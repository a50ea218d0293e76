"""Which files of the lake feed which staging table: a source is one entry of `SOURCES`.

<lake>/log_data/YYYY/MM/YYYY-MM-DD-events.json   one event a line; the day is the file's partition
<lake>/song_data/A/B/C/TR....json                one song a file
<lake>/log_json_path.json                        which field of an event feeds which column
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.models.ddl import Column
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models

LOADED_COLUMNS = ("log_date", "source_file")
"""Columns which a load fills from the file, not from a field of its records."""

JSON_PATHS = "log_json_path.json"
_FIELD = re.compile(r"\$(?:\['(?P<bracket>[^']+)'\]|\.(?P<dot>\w+))")


@dataclass(frozen=True)
class Source:
    """Files of one kind, and the staging table of their records.

    `key` is their asset. `day_of_file` finds the day in a file's name; such files are in folders by year
    and month. Without it the source is a catalog: all its files are current, whatever the days of a run.
    With `one_record_per_file` a record may span lines, and there are many small files. `json_paths` is a
    file of the lake which lists a JSON path for each column; without it a field is named as its column.
    `event_date_sql` is the day of a record as its content says, null where it does not say.
    """

    key: str
    folder: str
    table: str
    description: str
    suffixes: tuple[str, ...] = (".json", ".json.gz")
    day_of_file: re.Pattern[str] | None = None
    one_record_per_file: bool = False
    json_paths: str | None = None
    event_date_sql: str = "cast(null as date)"

    @property
    def is_daily(self) -> bool:
        """Whether each file belongs to a day."""
        return self.day_of_file is not None

    @property
    def model(self) -> Model:
        """The staging table."""
        return models()[self.table]

    def files(self, lake: Lake, first_day: date | None = None, last_day: date | None = None) -> list[LakeFile]:
        """The files, in order: of these days for a daily source, else all; raises LakeError if a catalog has none.

        Of a daily source only the folders of the months are listed.
        """
        if self.is_daily:
            if not first_day or not last_day:
                raise ValueError(f"{self.key} is read by day: name the first and the last.")
            return self._files_of_days(lake, first_day, last_day)
        files = self.page(lake)
        if not files:
            raise LakeError(
                f"{lake.location}/{self.folder} holds no {' or '.join(self.suffixes)} file. Put the files of "
                f"{self.key} there, or make a sample with `sparkify generate`."
            )
        return files

    def page(self, lake: Lake, after: str = "", size: int | None = None) -> list[LakeFile]:
        """The next `size` files of a catalog whose names follow `after`; fewer at the end."""
        lake.require(self.folder)
        return list(islice((file for file in lake.list_files(self.folder, after) if self._takes(file)), size))

    def fields(self, lake: Lake) -> dict[str, Column]:
        """The column which each field feeds, in the order of the table; raises LakeError if they do not match."""
        columns = [column for column in self.model.columns if column.name not in LOADED_COLUMNS]
        names = self._json_path_fields(lake, self.json_paths) if self.json_paths else [c.name for c in columns]
        fields = dict(zip(names, columns, strict=False))
        if not len(names) == len(columns) == len(fields):
            raise LakeError(
                f"{lake.location}/{self.json_paths} names {len(set(names))} fields, but {self.table} has "
                f"{len(columns)} columns for them. List one path for each of {', '.join(c.name for c in columns)}."
            )
        return fields

    def _files_of_days(self, lake: Lake, first_day: date, last_day: date) -> list[LakeFile]:
        lake.require(self.folder)
        listed = (
            self._with_day(file)
            for month in _months(first_day, last_day)
            if lake.has(f"{self.folder}/{month}")
            for file in lake.list_files(f"{self.folder}/{month}")
            if self._takes(file)
        )
        return sorted(file for file in listed if file.day and first_day <= file.day <= last_day)

    def _takes(self, file: LakeFile) -> bool:
        return file.name.endswith(self.suffixes)

    def _with_day(self, file: LakeFile) -> LakeFile:
        found = self.day_of_file.search(file.name) if self.day_of_file else None
        if not found:
            return file
        try:
            return replace(file, day=date.fromisoformat(found.group(1)))
        except ValueError:
            raise LakeError(
                f"{file.name} is named after a day which no calendar has. Rename the file or take it out of the lake."
            ) from None

    def _json_path_fields(self, lake: Lake, name: str) -> list[str]:
        try:
            return [_field(path) for path in json.loads(lake.read(name))["jsonpaths"]]
        except (ValueError, KeyError, TypeError) as error:
            raise LakeError(
                f"{lake.location}/{name} is not a JSONPaths file ({error}). It has to be one object with the key "
                "'jsonpaths' and a list of paths such as \"$['artist']\"."
            ) from error


EVENTS = Source(
    key="event_logs",
    folder="log_data",
    table="staging_events",
    description="Event logs of the app: one file a day, one event a line, in the order in which they happened.",
    day_of_file=re.compile(r"(\d{4}-\d{2}-\d{2})[^/]*$"),
    json_paths=JSON_PATHS,
    # Null outside of the years 1970 to 9999, where a calendar ends before a bigint does.
    event_date_sql="""
        case
            when ts between 0 and 253402300799999
                then
                    cast(
                        dateadd(day, cast((ts - ts % 86400000) / 86400000 as integer), timestamp '1970-01-01') as date
                    )
        end
    """,
)
SONGS = Source(
    key="song_files",
    folder="song_data",
    table="staging_songs",
    description="The song catalog: one file a song, in folders by the letters of its track id.",
    one_record_per_file=True,
)
SOURCES = (EVENTS, SONGS)


def _months(first_day: date, last_day: date) -> Iterator[str]:
    months = range(first_day.year * 12 + first_day.month - 1, last_day.year * 12 + last_day.month)
    return (f"{month // 12:04d}/{month % 12 + 1:02d}" for month in months)


def _field(path: str) -> str:
    found = _FIELD.fullmatch(path)
    if not found:
        raise ValueError(f"{path!r} is no path to a field of the event")
    return found["bracket"] or found["dot"]
