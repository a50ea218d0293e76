"""What a lake is, wherever it lies.

    <lake>/log_data/YYYY/MM/YYYY-MM-DD-events.json   one event a line; the day is the file's partition
    <lake>/song_data/A/B/C/TR....json                one song a file
    <lake>/log_json_path.json                        which field of an event feeds which column

Files may be compressed (`.json.gz`).
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import islice

import dagster as dg

from sparkify_assets.errors import LakeError

LOG_FOLDER = "log_data"
SONG_FOLDER = "song_data"
JSON_PATHS = "log_json_path.json"
_SUFFIXES = (".json", ".json.gz")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[^/]*$")
_FIELD = re.compile(r"\$(?:\['(?P<bracket>[^']+)'\]|\.(?P<dot>\w+))")


@dataclass(frozen=True, order=True)
class LakeFile:
    """One object of the lake.

    `name` is relative to the lake, with slashes; `stamp` changes when the content does
    (modification time in nanoseconds, or etag); `day` is None for song files.
    """

    name: str
    size: int
    stamp: str
    day: date | None = None

    @property
    def is_gzip(self) -> bool:
        """Whether the file is compressed, by its name."""
        return self.name.endswith(".gz")


class Lake(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """Where the JSON lies: lists files and hands them out as local paths."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Folder or URI, for people."""

    @abstractmethod
    def list_files(self, folder: str, after: str = "") -> Iterator[LakeFile]:
        """Every file under `folder`, of any name, in the order of the names; those which follow the name `after`."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """The bytes of one small file; raises LakeError if it is not there."""

    @abstractmethod
    def fetched(self, files: Sequence[LakeFile]) -> AbstractContextManager[dict[str, str]]:
        """Local paths of `files` by name, readable while the context lasts."""

    @abstractmethod
    def has(self, folder: str) -> bool:
        """Whether anything lies under `folder`."""

    def event_files(self, first_day: date, last_day: date) -> list[LakeFile]:
        """Log files of these days, in order; only the folders of their months are listed."""
        self._require(LOG_FOLDER)
        found = [
            dated
            for month in _months(first_day, last_day)
            if self.has(month)
            for file in self.list_files(month)
            if (dated := _with_day(file)) and dated.day and first_day <= dated.day <= last_day
        ]
        return sorted(found)

    def song_files(self) -> list[LakeFile]:
        """Every song file, in order."""
        files = self.song_page()
        if not files:
            raise LakeError(
                f"{self.place}/{SONG_FOLDER} holds no .json or .json.gz file. Put the song files there, "
                "or make a sample with `sparkify generate`."
            )
        return files

    def song_page(self, after: str = "", size: int | None = None) -> list[LakeFile]:
        """The next `size` song files whose names follow `after`; fewer at the end."""
        self._require(SONG_FOLDER)
        files = (file for file in self.list_files(SONG_FOLDER, after) if file.name.endswith(_SUFFIXES))
        return list(islice(files, size))

    def event_fields(self) -> list[str]:
        """Fields of an event in the order of the columns of `staging_events`, as COPY reads them."""
        text = self.read(JSON_PATHS)
        try:
            paths = json.loads(text)["jsonpaths"]
            fields = [_field(path) for path in paths]
        except (ValueError, KeyError, TypeError) as error:
            raise LakeError(
                f"{self.place}/{JSON_PATHS} is not a JSONPaths file ({error}). It has to be one object with the key "
                "'jsonpaths' and a list of paths such as \"$['artist']\"."
            ) from error
        return fields

    def _require(self, folder: str) -> None:
        if not self.has(folder):
            raise LakeError(self._missing(f"the folder {folder}/"))

    def _missing(self, what: str) -> str:
        return (
            f"The lake {self.place} lacks {what}. Set SPARKIFY_LAKE to a folder or s3://bucket/prefix which holds "
            f"{LOG_FOLDER}/, {SONG_FOLDER}/ and {JSON_PATHS}, or make a sample: sparkify generate {self.place}"
        )


def _months(first_day: date, last_day: date) -> Iterable[str]:
    year, month = first_day.year, first_day.month
    while (year, month) <= (last_day.year, last_day.month):
        yield f"{LOG_FOLDER}/{year:04d}/{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _with_day(file: LakeFile) -> LakeFile | None:
    found = _DAY.search(file.name)
    if not found or not file.name.endswith(_SUFFIXES):
        return None
    try:
        day = date.fromisoformat(found.group(1))
    except ValueError:
        raise LakeError(
            f"{file.name} is named after a day which no calendar has. Rename the file or take it out of the lake."
        ) from None
    return LakeFile(file.name, file.size, file.stamp, day)


def _field(path: str) -> str:
    found = _FIELD.fullmatch(path)
    if not found:
        raise ValueError(f"{path!r} is no path to a field of the event")
    return found["bracket"] or found["dot"]
