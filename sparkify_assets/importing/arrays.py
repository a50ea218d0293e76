"""Dumps which are JSON arrays: their elements are the records, and arrays may be larger than memory.

Brackets and commas between elements become blanks and ends of lines, so that a stream of objects is left, which
`split_records` reads as it reads any other. Lines are those of the file.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader, RawIOBase
from typing import Any

from sparkify_assets.lake.json_objects import split_records
from sparkify_assets.lake.json_record import LONGEST_RECORD, Record

_BLOCK = 1 << 18
# A string ends with its line at the latest: one which is not closed costs its record alone.
_STRING = rb'"(?:[^"\\\n]++|\\[^\n])*+(?:"|(?=\n))'
_UP_TO_BRACE = re.compile(rb'(?:[^"{}]++|' + _STRING + rb")*+")
_UP_TO_ELEMENT = re.compile(rb'(?:[^"{\[\],]++|' + _STRING + rb")*+")


def split_elements(file: "BufferedReader[Any]") -> Iterator[Record]:
    """The records of a stream of objects, or of arrays of objects; needs memory for one record."""
    if file.peek(_BLOCK).lstrip()[:1] != b"[":
        yield from split_records(file)
        return
    elements = _Elements(file)
    for record in split_records(BufferedReader(elements, _BLOCK)):
        yield replace(record, line=elements.line_in_file(record.line))


class _Elements(RawIOBase):
    """The bytes of arrays without what is between their elements."""

    def __init__(self, file: "BufferedReader[Any]") -> None:
        self._file = file
        self._unread, self._rest = b"", b""
        self._depth, self._line, self._passed = 0, 1, 0
        self._added_ends: deque[int] = deque()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._unread:
            block = self._file.read(_BLOCK)
            if not block and not self._rest:
                return 0
            self._unread, self._rest = self._without_brackets(self._rest + block, is_last=not block)
        part = self._unread[: len(buffer)]
        buffer[: len(part)] = part
        self._unread = self._unread[len(part) :]
        return len(part)

    def line_in_file(self, line: int) -> int:
        """The line of the file which a line of these bytes is in; asked in the order of the lines."""
        while self._added_ends and self._added_ends[0] < line:
            self._added_ends.popleft()
            self._passed += 1
        return line - self._passed

    def _without_brackets(self, text: bytes, *, is_last: bool) -> tuple[bytes, bytes]:
        """The text up to a string which may go on behind it, and the rest."""
        done, at, counted = bytearray(text), 0, 0
        while True:
            found = (_UP_TO_BRACE if self._depth else _UP_TO_ELEMENT).match(text, at)
            assert found
            at = found.end()
            sign = text[at : at + 1]
            if not sign or sign == b'"':
                break
            if sign == b"{":
                # At the begin of a line a record begins: the one before may lack an end.
                self._depth = 1 if text[at - 1 : at] == b"\n" else self._depth + 1
            elif sign == b"}":
                self._depth -= 1
            elif sign == b",":
                self._line += text.count(b"\n", counted, at)
                self._added_ends.append(self._line)
                self._line, counted, done[at] = self._line + 1, at, ord("\n")
            else:
                done[at] = ord(" ")
            at += 1
        if is_last or len(text) - at > LONGEST_RECORD:
            at = len(text)
        self._line += text.count(b"\n", counted, at)
        return bytes(done[:at]), text[at:]
