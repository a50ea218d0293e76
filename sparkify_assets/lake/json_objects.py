"""JSON objects out of a stream of bytes: a line is tried first, and the lines after it only if its object goes on.

A broken object costs itself alone. It ends where a line begins like a new one, so that the objects after it are read.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import accumulate
from typing import Any

import orjson

from sparkify_assets.lake.json_record import (
    BAD_TEXT,
    LONGEST_RECORD,
    SHOWN_BYTES,
    TOO_LONG,
    Record,
    broken,
    decode,
    record_of,
    skip_blanks,
)

_LONGEST_LINE = LONGEST_RECORD + len(b"\r\n") + 1
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|["{}\[\]]')
_KEYS = re.compile(rb'"\s*:')
_GOES_ON = tuple(' \t"}],:')


def split_records(file: "BufferedReader[Any]") -> Iterator[Record]:
    """The records of plain bytes; needs memory for one record."""
    return _Splitter(file).records()


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.fault and not self.text.strip()


class _Splitter:
    def __init__(self, file: "BufferedReader[Any]") -> None:
        self._file, self._number = file, 0
        self._put_back: deque[_Line] = deque()

    def records(self) -> Iterator[Record]:
        while True:
            if not self._put_back:
                yield from self._plain_lines()
            if not (line := self._next()):
                return
            if line.fault:
                yield broken(line.number, line.text, line.fault)
            elif not line.is_blank:
                yield from self._begin(line)

    def _plain_lines(self) -> Iterator[Record]:
        """The records of the next lines, up to one which is not simply an object; that one is put back."""
        while raw := self._file.readline(_LONGEST_LINE):
            self._number += 1
            try:
                fields = orjson.loads(raw)
            except orjson.JSONDecodeError:
                fields = None
            # A key which stands twice has a colon more.
            if type(fields) is not dict or len(raw) == _LONGEST_LINE or len(_KEYS.findall(raw)) != len(fields):
                self._put_back.append(self._as_line(raw))
                return
            yield Record(self._number, raw, fields, is_exact=False)

    def _next(self) -> _Line | None:
        if self._put_back:
            return self._put_back.popleft()
        raw = self._file.readline(_LONGEST_LINE)
        if not raw:
            return None
        self._number += 1
        return self._as_line(raw)

    def _as_line(self, raw: bytes) -> _Line:
        """The line which has this number; the rest of one which is too long is read past."""
        fault, rest = "", raw
        if len(raw) == _LONGEST_LINE:
            fault, raw = TOO_LONG, raw[:SHOWN_BYTES]
            while rest and not rest.endswith(b"\n"):
                rest = self._file.readline(LONGEST_RECORD)
        try:
            return _Line(self._number, raw.decode(), fault)
        except UnicodeDecodeError:
            return _Line(self._number, raw.decode(errors="replace"), fault or BAD_TEXT)

    def _begin(self, line: _Line) -> Iterator[Record]:
        """The records which begin in a line; the last one may end in a later one."""
        position = 0
        while (position := skip_blanks(line.text, position)) < len(line.text):
            value, end, is_open = decode(line.text, position)
            if isinstance(value, dict):
                yield record_of(line.number, line.text[position:end], value)
                position = end
                continue
            rest = _Line(line.number, line.text[position:])
            if is_open and (whole := self._collect(rest)):
                yield whole
                return
            end = _end_of_junk(line.text, position, end)
            junk = line.text[position:end]
            yield broken(line.number, junk)
            if end == len(line.text) and _depth(junk) != 0:
                self._skip_the_rest()
            position = end

    def _collect(self, first: _Line) -> Record | None:
        """The record which begins in a line and ends in a later one; None, with the later ones put back, if broken."""
        block, depth, size = [first], _depth(first.text) or 0, len(first.text)
        while depth > 0 and size <= LONGEST_RECORD and (line := self._next()):
            block.append(line)
            change = _depth(line.text)
            if line.fault or change is None or _begins_anew(block):
                break
            if depth + _lowest(line.text) <= 0:
                text = "".join(one.text for one in block)
                value, end, _ = decode(text, 0)
                if not end:
                    break
                self._put_back.appendleft(_Line(line.number, text[end:]))
                return record_of(first.number, text[:end], value)
            depth, size = depth + change, size + len(line.text)
        self._put_back.extendleft(reversed(block[1:]))
        return None

    def _skip_the_rest(self) -> None:
        """Skip lines which go on with a broken record, up to one which begins like a new one."""
        while line := self._next():
            if not line.is_blank and (line.fault or not line.text.startswith(_GOES_ON) or _is_object(line.text)):
                self._put_back.appendleft(line)
                return


def _is_object(text: str) -> bool:
    value, end, _ = decode(text, skip_blanks(text, 0))
    return isinstance(value, dict) and not text[end:].strip()


def _end_of_junk(text: str, start: int, end: int) -> int:
    """What is no object ends at the next object of its line, or with the line, as a broken object does."""
    if text[start] == "{":
        return len(text)
    while (brace := text.find("{", max(start, end))) >= 0:
        if isinstance(decode(text, brace)[0], dict):
            return brace
        end = brace + 1
    return len(text)


def _begins_anew(block: list[_Line]) -> bool:
    """Whether the last line of a block begins like a new record, not like a part of this one."""
    if not block[-1].text.startswith("{"):
        return False
    return block[0].text.startswith("{") or not block[-2].text.rstrip().endswith((",", "["))


def _depth(text: str) -> int | None:
    """How many more brackets a line opens than it closes; None if it ends within a string."""
    steps = _steps(text)
    return None if steps is None else sum(steps)


def _lowest(text: str) -> int:
    """The depth at the deepest end of a bracket in a line, to that at its begin."""
    return min(accumulate(_steps(text) or ()), default=0)


def _steps(text: str) -> list[int] | None:
    tokens = _BRACKETS.findall(text)
    return None if '"' in tokens else [1 if token in "{[" else -1 for token in tokens if len(token) == 1]
