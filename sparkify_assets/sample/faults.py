"""Plants faulty, repeated and late lines in the event files of a sample without faults.

The days are rewritten once, in their order, so that a line can be carried to a later day and its
final line number is known when it is written.
"""

import json
import random
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, cycle, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from sparkify_assets.sample.lines import open_for_writing

# Bytes which the staging columns hold.
EVENT_LIMITS = {
    "artist": 1024, "auth": 32, "firstName": 128, "gender": 1, "lastName": 128, "level": 16, "location": 1024,
    "method": 16, "page": 64, "song": 1024, "userAgent": 2048,
}  # fmt: skip
GARBAGE = b'## log rotated, 3 lines lost "{"'

Entries = list[dict[str, Any]]
# A kind of defect, a column and the JSON text put into it; without a column the whole line becomes that text, or is
# cut short if there is none.
Defect = tuple[str, str | None, bytes | None]


@dataclass
class Manifest:
    """What was planted where; paths are relative to the lake, lines count from 1.

    Attributes:
        rejects: Additional lines and files which staging must reject.
        repeats: Additional lines which repeat line `of_line` of `of_file`.
        late: Good lines which are in the file of a later day than their own, `day`.
        doubled_songs: Additional song files with the record of `of_file`.
    """

    rejects: Entries = field(default_factory=list)
    repeats: Entries = field(default_factory=list)
    late: Entries = field(default_factory=list)
    doubled_songs: Entries = field(default_factory=list)

    @property
    def planted(self) -> int:
        """The number of all planted faults."""
        return sum(map(len, vars(self).values()))

    def write(self, path: Path) -> None:
        """Write the lists as JSON."""
        path.write_bytes(orjson.dumps(vars(self), option=orjson.OPT_INDENT_2))


class EventFile(NamedTuple):
    """A day's file before faults are planted: its path below the lake, its day, its lines."""

    path: str
    day: str
    lines: int


class Carried(NamedTuple):
    """A line on its way to a later position, the list in which to note it, and what to note beside the position."""

    line: bytes
    entries: Entries
    note: dict[str, Any]


def overlong_texts(limit: int) -> tuple[bytes, bytes]:
    """Two JSON strings of more bytes than the limit; the second has no more characters than it."""
    return json.dumps("x" * (limit + 1)).encode(), json.dumps("é" * (limit // 2 + 1)).encode()


def fault_count(things: int, rate: float, kinds: int) -> int:
    """How many faults of each of several kinds: at least one if there are enough things."""
    return min(things // kinds, max(1, round(things * rate / kinds)))


_WRONG_TYPES = {
    "ts": b'"yesterday"', "sessionId": b"1.5", "length": b'"long"', "itemInSession": b'"x"', "userId": b'"abc"',
    "status": b'"fine"', "registration": b'"in spring"',
}  # fmt: skip
_REQUIRED = ("ts", "sessionId", "itemInSession", "page")
EVENT_DEFECTS: tuple[list[Defect], ...] = (
    [("broken_json", None, None), ("broken_json", None, GARBAGE)],
    [("wrong_type", column, text) for column, text in _WRONG_TYPES.items()],
    [("overlong", column, text) for column, limit in EVENT_LIMITS.items() for text in overlong_texts(limit)],
    [("missing_required", column, b"null") for column in _REQUIRED],
)
_FAULT_KINDS = len(EVENT_DEFECTS) + 2  # with repeated and late lines
_VALUES = {
    column: re.compile(rb'"%s":(?:null|"(?:[^"\\]|\\.)*"|[-+.\deE]+)' % column.encode())
    for column in {*EVENT_LIMITS, *_WRONG_TYPES, *_REQUIRED}
}


def _spoiled(line: bytes, column: str | None, value: bytes | None, session: int, rnd: random.Random) -> bytes:
    """A faulty line made from a good one, under a session id of its own.

    With its own session a faulty line which slips through shows as one event too many, not as a
    repeat of the good one.
    """
    if column is None:
        return value or line[: rnd.randrange(1, len(line) - 1)]
    for name, text in (("sessionId", str(session).encode()), (column, value)):
        pair = b'"%s":%s' % (name.encode(), text)
        line = _VALUES[name].sub(pair.replace(b"\\", rb"\\"), line, count=1)
    return line


class EventFaults:
    """Plants the event faults of one lake; see `plant`."""

    def __init__(
        self, files: Sequence[EventFile], rate: float, seed: int, last_session: int, manifest: Manifest
    ) -> None:
        self._files = files
        self._rnd = random.Random(f"event faults {seed}")
        self._session = last_session
        self._manifest = manifest
        # By file number, then by the line before which something is put.
        self._defects: dict[int, dict[int, list[Defect]]] = defaultdict(lambda: defaultdict(list))
        self._carried: dict[int, dict[int, list[Carried]]] = defaultdict(lambda: defaultdict(list))
        self._choose(fault_count(sum(file.lines for file in files), rate, _FAULT_KINDS))

    def _choose(self, each: int) -> None:
        """Choose the lines: `each` of every kind, no line both repeated and late."""
        begins = list(accumulate((file.lines for file in self._files), initial=0))

        def located(position: int) -> tuple[int, int]:
            """A position in the whole lake as number of the file and line in it, from 0."""
            number = bisect_right(begins, position) - 1
            return number, position - begins[number]

        lines, not_last_day = begins[-1], begins[-2]
        late = self._rnd.sample(range(not_last_day), min(each, not_last_day))
        others = self._rnd.sample(range(lines), each + len(late))
        repeated = [line for line in others if line not in set(late)][:each]
        options: list[Defect] = []
        for defects in EVENT_DEFECTS:
            options += islice(cycle(self._rnd.sample(defects, len(defects))), each)
        positions = self._rnd.sample(range(lines), len(options))
        self._late = set(map(located, late))
        self._repeated = set(map(located, repeated))
        for defect, (number, line) in zip(options, map(located, positions), strict=True):
            self._defects[number][line].append(defect)

    def plant(self, root: Path, compress: bool) -> None:
        """Rewrite every file with its faults, under a name in `.gz` if compressed."""
        for number, file in enumerate(self._files):
            name = f"{file.path}.gz" if compress else file.path
            source = (root / file.path).rename(root / f"{file.path}.good")
            with source.open("rb") as good, open_for_writing(root / name) as target:
                self._rewrite(number, name, good, target)
            source.unlink()

    def _rewrite(self, number: int, name: str, good: BinaryIO, target: BinaryIO) -> None:
        defects, carried = self._defects[number], self._carried[number]
        day, count = self._files[number].day, 0

        def write(line: bytes, entries: Entries | None = None, note: dict[str, Any] | None = None) -> None:
            nonlocal count
            count += 1
            target.write(b"\n" + line if count > 1 else line)
            if entries is not None:
                entries.append({"file": name, "line": count, **(note or {})})

        for position, ended in enumerate(good):
            line = ended.rstrip(b"\n")
            for kind, column, value in defects.get(position, ()):
                self._session += 1
                spoiled = _spoiled(line, column, value, self._session, self._rnd)
                write(spoiled, self._manifest.rejects, {"kind": kind, "column": column})
            for passenger in carried.pop(position, ()):
                write(*passenger)
            if (number, position) in self._late:
                self._carry_to_later_day(number, Carried(line, self._manifest.late, {"day": day}))
                continue
            write(line)
            if (number, position) in self._repeated:
                origin = {"of_file": name, "of_line": count}
                self._carry(number, position, Carried(line, self._manifest.repeats, origin))
        for passenger in carried.pop(self._files[number].lines, ()):
            write(*passenger)

    def _carry(self, number: int, position: int, passenger: Carried) -> None:
        """Send a repeat to a later line of its own file or, as often, to a later day."""
        if number + 1 < len(self._files) and self._rnd.random() < 0.5:
            self._carry_to_later_day(number, passenger)
        else:
            before = self._rnd.randint(position + 1, self._files[number].lines)
            self._carried[number][before].append(passenger)

    def _carry_to_later_day(self, number: int, passenger: Carried) -> None:
        later = self._rnd.randint(number + 1, min(number + 3, len(self._files) - 1))
        before = self._rnd.randrange(self._files[later].lines)
        self._carried[later][before].append(passenger)
