"""From a record of a dump to a line of a file of the lake, or why it has no place there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import msgspec
import orjson

from sparkify_assets.importing.fields import EVENT, SONG, TRACK_ID, Kind, recognize
from sparkify_assets.lake.json_record import Number, Record
from sparkify_assets.loading.fitting import Fitting, Reject, Value

NEITHER = "neither an event nor a song"
_EPOCH = date(1970, 1, 1)
_DAY_MS = 86_400_000
_EARLIEST_TS = 10**11
_WHOLE_WITH_POINT = re.compile(r"([+-]?\d+)\.0+")
_TRACK_FILE = re.compile(r"TR[A-Z]{5}[0-9A-F]{11}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_NO_TIME = "0" * 15
_WRITING = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_APPEND_NEWLINE
_RAW_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, the file of the lake which it belongs to, and the time by which its lines are in order."""

    file: str
    time: str
    line: bytes


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """Why a record is in no file: a reason which many may share, and what is special about this one."""

    reason: str
    detail: str


class Placing:
    """Finds the place of records. What it places fits the staging tables; `repair` changes texts on the way."""

    def __init__(self, repair: Callable[[str], str] | None = None) -> None:
        self._repair = repair
        self._fittings = {
            kind: Fitting({column.name: column for column in kind.columns}, kind.source.usable)
            for kind in (EVENT, SONG)
        }
        self._whole_numbers = {
            kind: [column.name for column in kind.columns if column.integer_range] for kind in (EVENT, SONG)
        }

    def place(self, record: Record, path: str) -> Placed | NotPlaced:
        """The place of a record of the dump at `path`."""
        exact = _as_written(record)
        if exact.fields is None:
            reason, _, detail = exact.fault.partition(": ")
            return NotPlaced(reason, detail or exact.text)
        if not (found := recognize(exact.fields)):
            return NotPlaced(NEITHER, "its fields are " + ", ".join(exact.fields))
        kind, row = found
        try:
            line = orjson.dumps(self._corrected(kind, row), default=_digits, option=_WRITING)
        except orjson.JSONEncodeError as error:
            return NotPlaced(f"{kind.singular} which cannot be written again", str(error))
        # What the lake will hold is what has to fit.
        fitting = self._fittings[kind].row(Record(record.line, line, orjson.loads(line), is_exact=False))
        if isinstance(fitting, Reject):
            reason, _, detail = fitting.reason.partition(": ")
            return NotPlaced(f"{kind.singular} with {fitting.field} {reason}", detail or str(fitting.raw))
        return _event(fitting, line) if kind is EVENT else _song(fitting, row, line, path)

    def _corrected(self, kind: Kind, row: dict[str, Any]) -> dict[str, Any]:
        for name in self._whole_numbers[kind]:
            row[name] = _without_point(row[name])
        if not self._repair:
            return row
        return {name: self._repair(value) if type(value) is str else value for name, value in row.items()}


def _event(fitting: Mapping[str, Value], line: bytes) -> Placed | NotPlaced:
    ts = int(fitting["ts"] or 0)
    if ts < _EARLIEST_TS:
        return NotPlaced("an event with ts not a time in milliseconds", f"{ts}; looks like seconds")
    return Placed(_day_file(ts // _DAY_MS), f"{ts:015}", line)


@lru_cache(maxsize=1024)
def _day_file(days: int) -> str:
    day = _EPOCH + timedelta(days=days)
    return f"{EVENT.source.folder}/{day:%Y/%m}/{day}-events.json"


def _song(fitting: Mapping[str, Value], row: Mapping[str, Any], line: bytes, path: str) -> Placed | NotPlaced:
    """The catalog of the Million Song Dataset names its files by tracks, and its records know songs only."""
    stem = PurePath(path).name.partition(".")[0]
    name = str(row.get(TRACK_ID) or (stem if _TRACK_FILE.fullmatch(stem) else fitting["song_id"]))
    if not _FILE_NAME.fullmatch(name):
        return NotPlaced("a song whose id cannot name a file", name)
    # No lake looks into a folder whose name begins with an underscore.
    folders = [letter for letter in name[2:5] if letter.isalnum()]
    return Placed("/".join((SONG.source.folder, *folders, f"{name}.json")), _NO_TIME, line)


def _as_written(record: Record) -> Record:
    """The record with its numbers as they are in its text; integers are that in any case."""
    if record.is_exact or record.fields is None:
        return record
    types = {type(value) for value in record.fields.values()}
    if types & {dict, list}:
        return record.exact()
    if float not in types:
        return record
    raw = _RAW_FIELDS.decode(record.raw)
    fields = {
        name: Number(bytes(raw[name]).decode()) if type(value) is float else value
        for name, value in record.fields.items()
    }
    return Record(record.line, record.raw, fields)


def _without_point(value: Any) -> Any:
    """A whole number; pandas writes 39 as 39.0 where other rows have none."""
    if isinstance(value, str) and (found := _WHOLE_WITH_POINT.fullmatch(value)):
        return type(value)(found[1])
    return value


def _digits(value: Any) -> orjson.Fragment:
    if not isinstance(value, Number):
        raise TypeError
    return orjson.Fragment(str(value))
