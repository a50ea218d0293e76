"""Which files of the lake feed which staging table: a source is one entry of `SOURCES`.

<lake>/log_data/2018/11/2018-11-01-events.json   events; the day of a file is in its name or its folders
<lake>/song_data/A/B/C/TR....json                songs
<lake>/log_json_path.json                        which field of an event feeds which column
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.listing import Listing, is_noise, list_catalog, list_days, why_unreadable
from sparkify_assets.models.ddl import Column
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models

LOADED_COLUMNS = ("log_date", "source_file")
"""Columns which a load fills from the file, not from a field of its records."""

JSON_PATHS = "log_json_path.json"
_FIELD = re.compile(
    r"""\$(?:\['(?P<single>(?:[^'\\]|\\.)+)'\]|\["(?P<double>(?:[^"\\]|\\.)+)"\]|\.(?P<dot>[^.\[\]'"\s]+))"""
)


@dataclass(frozen=True)
class Usable:
    """The whole numbers of a field which the tables above can use, fewer than its column can hold.

    `reason` says what another number is not; `looks_like` says what it may be, by the power of ten from which on.
    """

    lowest: int
    highest: int
    reason: str
    looks_like: Mapping[int, str] = field(default_factory=dict)

    def why_not(self, value: int) -> str:
        """Why a number outside of the range is refused."""
        sizes = [power for power in self.looks_like if abs(value) >= 10**power]
        guess = f"; looks like {self.looks_like[max(sizes)]}" if sizes else ""
        return f"{self.reason}: {value}{guess}"


@dataclass(frozen=True)
class Source:
    """Files of one kind, and the staging table of their records.

    `key` is their asset. Each file of a daily source belongs to a day. Another source is a catalog: all its
    files are current, whatever the days of a run, and there may be many small ones. `json_paths` is a file of
    the lake which lists a JSON path for each column; where it is missing a field is named as its column.
    `usable` narrows columns. `event_date_sql` is the day of a record as its content says, null where it does not say.
    """

    key: str
    folder: str
    table: str
    description: str
    is_daily: bool = False
    json_paths: str | None = None
    usable: Mapping[str, Usable] = field(default_factory=dict)
    event_date_sql: str = "cast(null as date)"

    @property
    def model(self) -> Model:
        """The staging table."""
        return models()[self.table]

    def listing(self, lake: Lake, first_day: date | None = None, last_day: date | None = None) -> Listing:
        """What is in the folder: for these days if the source is daily, else all.

        Of a daily source only the folders are listed which may hold these days. Raises LakeError if there is no
        folder, or if a catalog has no file.
        """
        lake.require(self.folder)
        if self.is_daily:
            if not first_day or not last_day:
                raise ValueError(f"{self.key} is read by day: name the first and the last.")
            return list_days(lake, self.folder, first_day, last_day)
        found = list_catalog(lake, self.folder)
        if not found.files:
            raise LakeError(
                f"{lake.location}/{self.folder} holds no .json, .jsonl or .ndjson file. Put the files of "
                f"{self.key} there, or make a sample with `sparkify generate`."
            )
        return found

    def page(self, lake: Lake, after: str = "", size: int | None = None) -> list[LakeFile]:
        """The next `size` files of a catalog whose names follow `after`, copies among them; fewer at the end."""
        lake.require(self.folder)
        files = lake.list_files(self.folder, after)
        return list(islice((f for f in files if not is_noise(f.name, self.folder) and not why_unreadable(f)), size))

    def fields(self, lake: Lake) -> dict[str, Column]:
        """The column which each field feeds, in the order of the table; raises LakeError if they do not match."""
        columns = [column for column in self.model.columns if column.name not in LOADED_COLUMNS]
        paths = self.paths_file(lake)
        names = _fields_of(lake, paths) if paths else [column.name for column in columns]
        fields = dict(zip(names, columns, strict=False))
        if not len(names) == len(columns) == len(fields):
            raise LakeError(
                f"{lake.location}/{paths} names {len(set(names))} fields, but {self.table} has "
                f"{len(columns)} columns for them. List one path for each of {', '.join(c.name for c in columns)}."
            )
        return fields

    def paths_file(self, lake: Lake) -> str | None:
        """The JSONPaths file, if the lake has one; else a field is named as its column."""
        return self.json_paths if self.json_paths and lake.holds(self.json_paths) else None


EVENTS = Source(
    key="event_logs",
    folder="log_data",
    table="staging_events",
    description="Event logs of the app: one file a day, one event a line, in the order in which they happened.",
    is_daily=True,
    json_paths=JSON_PATHS,
    usable={"ts": Usable(0, 253402214399999, "not a time in milliseconds", {14: "microseconds", 17: "nanoseconds"})},
    event_date_sql="""
        cast(dateadd(day, cast((ts - ts % 86400000) / 86400000 as integer), timestamp '1970-01-01') as date)
    """,
)
SONGS = Source(
    key="song_files",
    folder="song_data",
    table="staging_songs",
    description="The song catalog: one file a song, in folders by the letters of its track id.",
)
SOURCES = (EVENTS, SONGS)


def _fields_of(lake: Lake, name: str) -> list[str]:
    try:
        return [_field(path) for path in json.loads(lake.read(name))["jsonpaths"]]
    except (ValueError, KeyError, TypeError) as error:
        raise LakeError(
            f"{lake.location}/{name} is not a JSONPaths file ({error}). It has to be one object with the key "
            "'jsonpaths' and a list of paths such as \"$['artist']\"."
        ) from error


def _field(path: str) -> str:
    found = _FIELD.fullmatch(path)
    if not found:
        raise ValueError(f"{path!r} is no path to a field of the event")
    quoted = found["single"] or found["double"]
    return re.sub(r"\\(.)", r"\1", quoted) if quoted else found["dot"]
