"""JSON objects out of a stream of bytes: a line is tried first, and the lines after it only if its object goes on.

A broken object costs itself alone. It ends where a line begins like a new one, so that the objects after it are read.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import accumulate
from typing import Any

import orjson

LONGEST_RECORD = 4 << 20
"""Bytes of a record: COPY takes no JSON object above 4 MB."""
NO_OBJECT, BAD_TEXT, TOO_LONG = "not a JSON object", "not valid UTF-8", "longer than 4 MB"
_LONGEST_LINE = LONGEST_RECORD + len(b"\r\n") + 1
_SHOWN = 1 << 13
_BLANKS = re.compile(r"[ \t\r\n\x0b\x0c]*")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|["{}\[\]]')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_KEYS = re.compile(rb'"\s*:')
_GOES_ON = tuple(' \t"}],:')


class Number(str):
    """A number as the record has it: its digits are judged by the column which takes it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line where it begins, its bytes (of a broken one the start), and its fields or why it has none.

    Numbers among the fields are `Number`, unless `is_exact` is false: then `exact` gives them so.
    """

    line: int
    raw: bytes
    fields: dict[str, Any] | None = None
    fault: str = ""
    is_exact: bool = True

    @property
    def text(self) -> str:
        """What stands in the file."""
        return self.raw.decode(errors="replace").strip()

    def exact(self) -> "Record":
        """The record with its numbers as they are written."""
        if self.is_exact:
            return self
        text = self.raw.decode()
        return _record(self.line, text, _decode(text, _skip_blanks(text, 0))[0])

    def written(self, name: str) -> str:
        """The value of a field as it stands in the file."""
        text = self.raw.decode()
        position, key = text.index("{"), ""
        while key != name:
            key, position = _DECODER.raw_decode(text, text.index('"', position))
            start = _skip_blanks(text, text.index(":", position) + 1)
            _, position = _DECODER.raw_decode(text, start)
        return text[start:position]


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
                yield _broken(line.number, line.text, line.fault)
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
            fault, raw = TOO_LONG, raw[:_SHOWN]
            while rest and not rest.endswith(b"\n"):
                rest = self._file.readline(LONGEST_RECORD)
        try:
            return _Line(self._number, raw.decode(), fault)
        except UnicodeDecodeError:
            return _Line(self._number, raw.decode(errors="replace"), fault or BAD_TEXT)

    def _begin(self, line: _Line) -> Iterator[Record]:
        """The records which begin in a line; the last one may end in a later one."""
        position = 0
        while (position := _skip_blanks(line.text, position)) < len(line.text):
            value, end, is_open = _decode(line.text, position)
            if isinstance(value, dict):
                yield _record(line.number, line.text[position:end], value)
                position = end
                continue
            rest = _Line(line.number, line.text[position:])
            if is_open and (whole := self._collect(rest)):
                yield whole
                return
            end = _end_of_junk(line.text, position, end)
            junk = line.text[position:end]
            yield _broken(line.number, junk)
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
                value, end, _ = _decode(text, 0)
                if not end:
                    break
                self._put_back.appendleft(_Line(line.number, text[end:]))
                return _record(first.number, text[:end], value)
            depth, size = depth + change, size + len(line.text)
        self._put_back.extendleft(reversed(block[1:]))
        return None

    def _skip_the_rest(self) -> None:
        """Skip lines which go on with a broken record, up to one which begins like a new one."""
        while line := self._next():
            if not line.is_blank and (line.fault or not line.text.startswith(_GOES_ON) or _is_object(line.text)):
                self._put_back.appendleft(line)
                return


def _decode(text: str, start: int) -> tuple[Any, int, bool]:
    """The value which begins at `start`, and its end; without a value the end is 0, and whether more text may help."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        return value, end, False
    except json.JSONDecodeError as error:
        return None, 0, error.pos >= len(text.rstrip()) and text[start] in "{["
    except (ValueError, RecursionError):
        return None, 0, False


def _record(line: int, text: str, value: Any) -> Record:
    if isinstance(value, dict) and (not _SURROGATE.search(text) or _is_text(value)):
        return Record(line, text.encode(), value)
    return _broken(line, text)


def _broken(line: int, text: str, fault: str = NO_OBJECT) -> Record:
    return Record(line, text[:_SHOWN].encode(), fault=fault)


def _is_text(value: Any) -> bool:
    try:
        return bool(json.dumps(value, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return False


def _is_object(text: str) -> bool:
    value, end, _ = _decode(text, _skip_blanks(text, 0))
    return isinstance(value, dict) and not text[end:].strip()


def _end_of_junk(text: str, start: int, end: int) -> int:
    """What is no object ends at the next object of its line, or with the line, as a broken object does."""
    if text[start] == "{":
        return len(text)
    while (brace := text.find("{", max(start, end))) >= 0:
        if isinstance(_decode(text, brace)[0], dict):
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


def _skip_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    assert found
    return found.end()


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_first_of_each, parse_float=Number, parse_int=Number, parse_constant=_refuse
)
