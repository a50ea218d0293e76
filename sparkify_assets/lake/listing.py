"""What is in the folder of a source: data to load, files which are left out and why, and what is no data at all.

Files are found at any depth. The day of a file is in its name (2018-11-01, 20181101), or the folders say it
(2018/11/01, year=2018/month=11/day=01, dt=2018-11-01); folders which say another time are not listed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.records import same_content

_DATA = re.compile(r"\.(json|jsonl|ndjson)(\.(gz|bz2))?$", re.IGNORECASE)
# What Hadoop, file managers, notebooks and editors leave behind.
_NOISE = re.compile(r"[._].*|.*~|#.*#|.*\.(crc|swp|tmp)|thumbs\.db|desktop\.ini", re.IGNORECASE)
_COPY = re.compile(r"( - copy( \(\d+\))?| copy( \d+)?|[-_]copy\d*| ?\(\d+\))(?=\.\w+(\.\w+)?$)", re.IGNORECASE)
_COMPRESSED = re.compile(r"\.(gz|bz2)$", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)")
_DATED_FOLDER = re.compile(r"(?:\w+=)?(\d{4})(?:[-_]?(\d{2})(?:[-_]?(\d{2}))?)?")
_PART_FOLDER = re.compile(r"(?:\w+=)?(\d{1,2})")
_LONGEST_NAME = 1024
"""Bytes of a name: what S3 allows, and what the columns hold."""

UNDATED = "no day in its name or its folders"


@dataclass(frozen=True)
class LeftOut:
    """A file which is not loaded, and the reason."""

    file: LakeFile
    why: str


@dataclass
class Listing:
    """The files of a source.

    `files` are to be loaded. `left_out` are not, and somebody should know. `copies` hold what a file of `files`
    holds as well. `noise` counts files which are no data.
    """

    files: list[LakeFile] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    copies: list[LakeFile] = field(default_factory=list)
    noise: int = 0

    def add(self, file: LakeFile, why_not: str | None) -> None:
        """Put a file where it belongs."""
        if why_not is None:
            self.files.append(file)
        else:
            self.left_out.append(LeftOut(file, why_not))


@dataclass(frozen=True)
class _Period:
    """The days which a folder says its files are of."""

    first: date = date.min
    last: date = date.max

    def inside(self, folder: str) -> "_Period":
        """The days of a folder in a folder of these days."""
        if found := _DATED_FOLDER.fullmatch(folder):
            return _period(*(int(part) for part in found.groups() if part)) or self
        if found := _DAY.search(folder):
            return _period(int(found[1]), int(found[3]), int(found[4])) or self
        if not (found := _PART_FOLDER.fullmatch(folder)) or int(found[1]) == 0:
            return self
        year, month = self.first.year, self.first.month
        if self == _period(year):
            return _period(year, int(found[1])) or self
        if self == _period(year, month):
            return _period(year, month, int(found[1])) or self
        return self

    def overlaps(self, first: date, last: date) -> bool:
        """Whether a day of both is the same."""
        return self.first <= last and first <= self.last


def is_noise(name: str, folder: str) -> bool:
    """Whether a file in the folder of a source, or a folder on the way to it, is no data by its name."""
    return any(_NOISE.fullmatch(part) for part in name.removeprefix(f"{folder}/").split("/"))


def why_unreadable(file: LakeFile) -> str | None:
    """Why a file cannot be loaded, whatever its day; None if it can."""
    if file.fault:
        return file.fault
    if not _DATA.search(file.name):
        return "a name which does not end in .json, .jsonl or .ndjson, with or without .gz or .bz2"
    if len(file.name.encode("utf-8", errors="replace")) > _LONGEST_NAME:
        return f"a name of more than {_LONGEST_NAME} bytes"
    return None


def list_catalog(lake: Lake, folder: str) -> Listing:
    """All files of a catalog, in the order of their names."""
    found = Listing()
    for file in lake.list_files(folder):
        if is_noise(file.name, folder):
            found.noise += 1
        else:
            found.add(file, why_unreadable(file))
    return _without_copies(lake, folder, found)


def list_days(lake: Lake, folder: str, first: date, last: date) -> Listing:
    """The files of these days, in the order of their names, and what is left out in the folders where they may be."""
    found = Listing()
    for file, period in _walk(lake, folder, _Period(), first, last):
        if is_noise(file.name, folder):
            found.noise += 1
            continue
        day, why_not = _day_of(file, period)
        why_not = why_unreadable(file) or why_not
        if why_not or (day and first <= day <= last):
            found.add(replace(file, day=day), why_not)
    found.files.sort()
    return _without_copies(lake, folder, found)


def _walk(lake: Lake, folder: str, period: _Period, first: date, last: date) -> Iterator[tuple[LakeFile, _Period]]:
    entries = lake.entries(folder)
    for file in entries.files:
        yield file, period
    for name in entries.folders:
        within = period.inside(name)
        if within.overlaps(first, last):
            yield from _walk(lake, f"{folder}/{name}", within, first, last)


def _day_of(file: LakeFile, period: _Period) -> tuple[date | None, str | None]:
    """The day of a file, or why it has none."""
    base = file.name.rpartition("/")[2]
    impossible = None
    for year, separator, month, day in _DAY.findall(base):
        named = _period(int(year), int(month), int(day))
        if named and period.overlaps(named.first, named.first):
            return named.first, None
        if named:
            return None, f"a name of {named.first} in a folder of {period.first} to {period.last}"
        if separator:
            impossible = f"a name with the day {year}-{month}-{day}, which no calendar has"
    if period.first == period.last:
        return period.first, None
    return None, impossible or UNDATED


def _period(year: int, month: int = 0, day: int = 0) -> _Period | None:
    """A year, a month or a day; None if no calendar has it."""
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return _Period(first, first)
        following = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1) if year < date.max.year else None
    except ValueError:
        return None
    return _Period(first, following - timedelta(days=1) if following else date.max)


def _without_copies(lake: Lake, folder: str, listing: Listing) -> Listing:
    by_name = {file.name: file for file in listing.files}
    copies = {
        file: original
        for file in listing.files
        for original in _originals(file.name, folder)
        if original in by_name and same_content(lake, file, by_name[original])
    }
    listing.files = [file for file in listing.files if file not in copies]
    listing.copies = list(copies)
    listing.left_out += [LeftOut(file, f"a copy of {original}") for file, original in copies.items()]
    return listing


def _originals(name: str, folder: str) -> Iterable[str]:
    """Names of which the file may be a copy: made by a file manager, by unpacking twice, or by compressing."""
    twice = f"{folder}/{folder}/"
    candidates = (_COPY.sub("", name), name.replace(twice, f"{folder}/", 1), _COMPRESSED.sub("", name))
    return [candidate for candidate in candidates if candidate != name]
