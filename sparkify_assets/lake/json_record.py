"""A record of a lake file: a JSON object, its bytes, and how its values are read."""

import json
import re
from dataclasses import dataclass
from typing import Any

LONGEST_RECORD = 4 << 20
"""Bytes of a record: COPY takes no JSON object above 4 MB."""
NO_OBJECT, BAD_TEXT, TOO_LONG = "not a JSON object", "not valid UTF-8", "longer than 4 MB"
SHOWN_BYTES = 1 << 13
"""What is kept of a broken record."""
_BLANKS = re.compile(r"[ \t\r\n\x0b\x0c]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


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
        """The record as written in the file."""
        return self.raw.decode(errors="replace").strip()

    def exact(self) -> "Record":
        """The record with its numbers as they are written."""
        if self.is_exact:
            return self
        text = self.raw.decode()
        return record_of(self.line, text, decode(text, skip_blanks(text, 0))[0])

    def written(self, name: str) -> str:
        """The value of a field as written in the file."""
        text = self.raw.decode()
        position, key = text.index("{"), ""
        while key != name:
            key, position = _DECODER.raw_decode(text, text.index('"', position))
            start = skip_blanks(text, text.index(":", position) + 1)
            _, position = _DECODER.raw_decode(text, start)
        return text[start:position]


def decode(text: str, start: int) -> tuple[Any, int, bool]:
    """The value which begins at `start`, and its end; without a value the end is 0, and whether more text may help."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        return value, end, False
    except json.JSONDecodeError as error:
        return None, 0, error.pos >= len(text.rstrip()) and text[start] in "{["
    except (ValueError, RecursionError):
        return None, 0, False


def record_of(line: int, text: str, value: Any) -> Record:
    """The record with this text and value; broken if the value is no object, or holds half of a surrogate pair."""
    if isinstance(value, dict) and (not _SURROGATE.search(text) or _is_text(value)):
        return Record(line, text.encode(), value)
    return broken(line, text)


def broken(line: int, text: str, fault: str = NO_OBJECT) -> Record:
    """What begins in this line and is no record."""
    return Record(line, text[:SHOWN_BYTES].encode(), fault=fault)


def _is_text(value: Any) -> bool:
    try:
        return bool(json.dumps(value, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return False


def skip_blanks(text: str, position: int) -> int:
    """Where the next value begins."""
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
