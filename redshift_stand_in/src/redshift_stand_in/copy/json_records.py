"""The JSON of COPY: root-level values of a stream with the line of each, and how they feed columns.

What AWS documents (Developer Guide, Data format parameters): a file is a run of objects or arrays,
separated by whitespace or nothing, over as many lines as they like; anything else between them is one
error per gap; the line number of an error is the last line of the object.

Where the pages are silent this stand-in assumes (no source read states it):

* An object which does not parse ends at its closing brace, if its braces balance before a line begins
  with another `{`; else it ends with its first line. So a line cut short costs one error at its own
  number, and the next line loads. With `swallows` it ends where its braces balance, in whatever line:
  an object cut in a string takes the next lines with it.
* Of a key which an object has twice the first value counts.
* NaN, Infinity, trailing commas, raw control characters in strings and unpaired surrogates do not parse.
* A nested value becomes text without blanks between its parts.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Never

MAX_OBJECT_BYTES = 4 << 20

_BLANKS = re.compile(r"[ \t\r\n\f\v]*")
_PARTS = re.compile(r'\n\{|[{}]|"(?:[^"\\\n]|\\[^\n])*"|"')
_PARTS_OF_ANY_LINE = re.compile(r'[{}]|"(?:[^"\\]|\\.)*"', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A root-level value, or the text where one should be: `parse_error` is the reason.

    `line` is the last line of it, from 1; `start` and `end` are its positions in the text.
    """

    line: int
    start: int
    end: int
    value: Any
    parse_error: str | None = None


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


_decoder = json.JSONDecoder(
    object_pairs_hook=_first_of_each, parse_float=Number, parse_int=Number, parse_constant=_no_constant
)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]


def pieces(text: str, position: int = 0, line: int = 1, *, swallows: bool = False) -> Iterator[Piece]:
    """The root-level values of a file and what does not parse between them, from a position at the beginning of a line.

    The text is the file's bytes, decoded with `surrogateescape`.
    """
    while True:
        start = _after_blanks(text, position)
        line += _newlines(text, position, start)
        if start == len(text):
            return
        value, end, parse_error = _value(text, start, _swallowing_end if swallows else _object_end)
        line += _newlines(text, start, end)
        yield Piece(line, start, end, value, parse_error)
        position = end


def _newlines(text: str, start: int, end: int) -> int:
    # Most values hold none, and finding none is faster than counting none.
    return text.count("\n", start, end) if text.find("\n", start, end) >= 0 else 0


def _after_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    assert blanks is not None
    return blanks.end()


def _value(text: str, start: int, object_end: Callable[[str, int], int]) -> tuple[Any, int, str | None]:
    if text[start] not in "{[":
        return None, _junk_end(text, start), "Invalid JSON: expected an object"
    try:
        value, end = _scan(text, start)
    except (ValueError, StopIteration, RecursionError):
        end = object_end(text, start) if text[start] == "{" else _junk_end(text, start + 1)
        return None, end, "Invalid JSON object"
    if (end - start) * 4 > MAX_OBJECT_BYTES and _bytes(text[start:end]) > MAX_OBJECT_BYTES:
        return None, end, f"Invalid JSON: object exceeds the maximum size of {MAX_OBJECT_BYTES} bytes"
    if _SURROGATE_ESCAPE.search(text, start, end) and not _is_paired(text[start:end]):
        return None, end, "Invalid JSON: unpaired surrogate in a string"
    return value, end, None


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _object_end(text: str, start: int) -> int:
    depth = 0
    for part in _PARTS.finditer(text, start, start + MAX_OBJECT_BYTES):
        match part[0]:
            case "{":
                depth += 1
            case "}":
                depth -= 1
            case '"' | "\n{":
                break
        if depth == 0:
            return part.end()
    return _line_end(text, start)


def _swallowing_end(text: str, start: int) -> int:
    depth = 0
    for part in _PARTS_OF_ANY_LINE.finditer(text, start, start + MAX_OBJECT_BYTES):
        depth += {"{": 1, "}": -1}.get(part[0], 0)
        if depth == 0:
            return part.end()
    return len(text)


def _junk_end(text: str, start: int) -> int:
    """Junk runs to the next object of its line, or to the end of the line."""
    last = _line_end(text, start)
    brace = text.find("{", start, last)
    while brace >= 0:
        try:
            _scan(text, brace)
        except (ValueError, StopIteration, RecursionError):
            brace = text.find("{", brace + 1, last)
        else:
            return brace
    return last


def _line_end(text: str, start: int) -> int:
    newline = text.find("\n", start)
    return len(text) if newline < 0 else newline


def _is_paired(written: str) -> bool:
    # Bytes which are no UTF-8 stand as lone surrogates in the text itself; they are not at fault here.
    plain = written.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        json.dumps(json.loads(plain, object_pairs_hook=list), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def as_text(value: Any) -> str:
    """A nested value as JSON text."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(as_text, value)) + "]"
    return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{as_text(item)}" for key, item in value.items()) + "}"
