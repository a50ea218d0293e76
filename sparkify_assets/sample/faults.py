"""Plants faulty, repeated and late lines in the event files of a sample without faults.

The days are rewritten once, in their order, so that a line can be carried to a later day and its
final line number is known when it is written.
"""

import json
import random
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import orjson

from sparkify_assets.sample.lines import open_for_writing

# Bytes which the staging columns hold.
EVENT_LIMITS = {
    "artist": 1024, "auth": 32, "firstName": 128, "gender": 1, "lastName": 128, "level": 16,
    "location": 1024, "method": 16, "page": 64, "song": 1024, "userAgent": 2048,
}  # fmt: skip
KINDS = ("broken_json", "wrong_type", "overlong", "missing_required", "repeat", "late")
GARBAGE = b'## log rotated, 3 lines lost "{"'


@dataclass(frozen=True, slots=True)
class Defect:
    """How to spoil a good line: `value` is the JSON text put into `column`.

    Without a column the whole line becomes `value`, or is cut short if that is None too.
    """

    kind: str
    column: str | None
    value: bytes | None


@dataclass
class Manifest:
    """What was planted where; paths are relative to the lake, lines count from 1.

    Attributes:
        rejects: Additional lines and files which staging must refuse.
        repeats: Additional lines which say again what line `of_line` of `of_file` said.
        late: Good lines which stand in the file of a later day than their own, `day`.
        doubled_songs: Additional song files with the record of `of_file`.
    """

    rejects: list[dict[str, str | int | None]] = field(default_factory=list)
    repeats: list[dict[str, str | int]] = field(default_factory=list)
    late: list[dict[str, str | int]] = field(default_factory=list)
    doubled_songs: list[dict[str, str]] = field(default_factory=list)

    @property
    def planted(self) -> int:
        """The number of all planted faults."""
        return len(self.rejects) + len(self.repeats) + len(self.late) + len(self.doubled_songs)

    def write(self, path: Path) -> None:
        """Write the lists as JSON."""
        path.write_bytes(orjson.dumps(vars(self), option=orjson.OPT_INDENT_2))


@dataclass(frozen=True)
class EventFile:
    """A day's file before faults are planted: its path below the lake, its day, its lines."""

    path: str
    day: str
    lines: int


@dataclass(frozen=True, slots=True)
class Carried:
    """A line on its way to a later place, with the file and line or the day it comes from."""

    line: bytes
    of_file: str
    of_line: int | None
    day: str


def overlong_texts(limit: int) -> tuple[bytes, bytes]:
    """Two JSON strings of more bytes than the limit; the second has no more characters than it."""
    return _json("x" * (limit + 1)), _json("\u00e9" * (limit // 2 + 1))


def fault_count(things: int, rate: float, kinds: int) -> int:
    """How many faults of each of several kinds: at least one if there are enough things."""
    return min(things // kinds, max(1, round(things * rate / kinds)))


def _json(value: str) -> bytes:
    return json.dumps(value).encode()


EVENT_DEFECTS = {
    "broken_json": [Defect("broken_json", None, None), Defect("broken_json", None, GARBAGE)],
    "wrong_type": [
        Defect("wrong_type", "ts", b'"yesterday"'),
        Defect("wrong_type", "sessionId", b"1.5"),
        Defect("wrong_type", "length", b'"long"'),
        Defect("wrong_type", "itemInSession", b'"x"'),
        Defect("wrong_type", "userId", b'"abc"'),
        Defect("wrong_type", "status", b'"fine"'),
        Defect("wrong_type", "registration", b'"in spring"'),
    ],
    "overlong": [
        Defect("overlong", column, text) for column, limit in EVENT_LIMITS.items() for text in overlong_texts(limit)
    ],
    "missing_required": [
        Defect("missing_required", column, b"null") for column in ("ts", "sessionId", "itemInSession", "page")
    ],
}
_VALUES = {
    column: re.compile(rb'"%s":(?:null|"(?:[^"\\]|\\.)*"|[-+.\deE]+)' % column.encode())
    for defects in EVENT_DEFECTS.values()
    for column in [defect.column for defect in defects if defect.column]
}


def spoil(line: bytes, defect: Defect, session: int, rnd: random.Random) -> bytes:
    """A faulty line made from a good one, under a session id of its own.

    With its own session a faulty line which slips through shows as one event too many, not as a
    repeat of the good one.
    """
    if defect.column is None:
        return defect.value or line[: rnd.randrange(1, len(line) - 1)]
    line = _with_value(line, "sessionId", str(session).encode())
    return _with_value(line, defect.column, defect.value or b"null")


def _with_value(line: bytes, column: str, value: bytes) -> bytes:
    return _VALUES[column].sub(lambda _: b'"%s":%s' % (column.encode(), value), line, count=1)


class EventFaults:
    """Plants the event faults of one lake; see `plant`."""

    def __init__(self, files: Sequence[EventFile], rate: float, seed: int, last_session: int) -> None:
        self._files = files
        self._rnd = random.Random(f"event faults {seed}")
        self._session = last_session
        # By file number, then by the line before which something is put.
        self._defects: dict[int, dict[int, list[Defect]]] = defaultdict(lambda: defaultdict(list))
        self._carried: dict[int, dict[int, list[Carried]]] = defaultdict(lambda: defaultdict(list))
        self._copied: dict[int, set[int]] = defaultdict(set)
        self._moved: dict[int, set[int]] = defaultdict(set)
        self._choose(fault_count(sum(file.lines for file in files), rate, len(KINDS)))

    def _choose(self, each: int) -> None:
        """Choose the lines: `each` of every kind, no line both repeated and late."""
        lines = sum(file.lines for file in self._files)
        not_last_day = lines - self._files[-1].lines
        late = self._rnd.sample(range(not_last_day), min(each, not_last_day))
        others = self._rnd.sample(range(lines), each + len(late))
        repeated = [line for line in others if line not in set(late)][:each]
        options: list[Defect] = []
        for defects in EVENT_DEFECTS.values():
            options += islice(cycle(self._rnd.sample(defects, len(defects))), each)
        places = self._rnd.sample(range(lines), len(options))
        for number, line in self._located(late):
            self._moved[number].add(line)
        for number, line in self._located(repeated):
            self._copied[number].add(line)
        for defect, (number, line) in zip(options, self._located(places), strict=True):
            self._defects[number][line].append(defect)

    def _located(self, positions: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Positions in the whole lake as number of the file and line in it, from 0."""
        begins = [0]
        for file in self._files:
            begins.append(begins[-1] + file.lines)
        for position in positions:
            number = bisect_right(begins, position) - 1
            yield number, position - begins[number]

    def plant(self, root: Path, compress: bool, manifest: Manifest) -> None:
        """Rewrite every file with its faults, under a name in `.gz` if compressed."""
        for number, file in enumerate(self._files):
            name = f"{file.path}.gz" if compress else file.path
            source = (root / file.path).rename(root / f"{file.path}.good")
            with source.open("rb") as good, open_for_writing(root / name) as target:
                for line, (text, origin) in enumerate(self._lines(number, good), start=1):
                    target.write(b"\n" + text if line > 1 else text)
                    match origin:
                        case Defect(kind, column):
                            where: dict[str, str | int | None] = {"file": name, "line": line}
                            manifest.rejects.append({**where, "kind": kind, "column": column})
                        case Carried():
                            _note(manifest, origin, name, line)
                        case position if position in self._copied[number]:
                            self._carry(number, position, Carried(text, name, line, file.day))
            source.unlink()

    def _lines(self, number: int, good: Iterable[bytes]) -> Iterator[tuple[bytes, Defect | Carried | int]]:
        """Yield a file's lines with its faults: each with its defect, its journey or its place."""
        defects, carried = self._defects[number], self._carried[number]
        end = 0
        for position, ended in enumerate(good):
            end = position + 1
            text = ended.rstrip(b"\n")
            for defect in defects.get(position, ()):
                self._session += 1
                yield spoil(text, defect, self._session, self._rnd), defect
            for passenger in carried.pop(position, ()):
                yield passenger.line, passenger
            if position in self._moved[number]:
                late = Carried(text, self._files[number].path, None, self._files[number].day)
                self._carry_to_later_day(number, late)
            else:
                yield text, position
        for passenger in carried.pop(end, ()):
            yield passenger.line, passenger

    def _carry(self, number: int, position: int, passenger: Carried) -> None:
        """Send a repeat to a later line of its own file or, as often, to a later day."""
        if number + 1 < len(self._files) and self._rnd.random() < 0.5:
            self._carry_to_later_day(number, passenger)
            return
        before = self._rnd.randint(position + 1, self._files[number].lines)
        self._carried[number][before].append(passenger)

    def _carry_to_later_day(self, number: int, passenger: Carried) -> None:
        later = self._rnd.randint(number + 1, min(number + 3, len(self._files) - 1))
        before = self._rnd.randrange(self._files[later].lines)
        self._carried[later][before].append(passenger)


def _note(manifest: Manifest, passenger: Carried, name: str, line: int) -> None:
    if passenger.of_line is None:
        manifest.late.append({"file": name, "line": line, "day": passenger.day})
    else:
        copy: dict[str, str | int] = {"file": name, "line": line}
        manifest.repeats.append(copy | {"of_file": passenger.of_file, "of_line": passenger.of_line})
