"""The JSON of COPY: root-level values of a stream with the line of each, and how they feed columns.

What AWS documents (Developer Guide, Data format parameters): a file is a run of objects or arrays,
separated by whitespace or nothing, over as many lines as they like; anything else between them is one
error per gap; the line number of an error is the last line of the object.

Where the pages are silent this stand-in assumes (no source read states it):

* An object which does not parse ends at its closing brace, if its braces balance before a line begins
  with another `{`; else it ends with its first line. So a line cut short costs one error at its own
  number, and the next line loads.
* Of a key which stands twice in an object the last value counts.
* NaN, Infinity, trailing commas, raw control characters in strings and unpaired surrogates are damage.
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
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


class JSONPathError(Exception):
    """A value which a path cannot reach; the text is Redshift's."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A root-level value, or what stands where one should: `damage` says why it is none.

    `line` is the last line of it, from 1; `start` and `end` are its place in the text.
    """

    line: int
    start: int
    end: int
    value: Any
    damage: str | None = None


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_no_constant)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]


def pieces(text: str, position: int = 0, line: int = 1) -> Iterator[Piece]:
    """The root-level values of a file and the damage between, from a position at the beginning of a line.

    The text is the file's bytes, decoded with `surrogateescape`.
    """
    while True:
        start = _after_blanks(text, position)
        line += _newlines(text, position, start)
        if start == len(text):
            return
        value, end, damage = _value(text, start)
        line += _newlines(text, start, end)
        yield Piece(line, start, end, value, damage)
        position = end


def _newlines(text: str, start: int, end: int) -> int:
    # Most values hold none, and finding none is faster than counting none.
    return text.count("\n", start, end) if text.find("\n", start, end) >= 0 else 0


def _after_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    assert blanks is not None
    return blanks.end()


def _value(text: str, start: int) -> tuple[Any, int, str | None]:
    if text[start] not in "{[":
        return None, _junk_end(text, start), "Invalid JSON: expected an object"
    try:
        value, end = _scan(text, start)
    except (ValueError, StopIteration, RecursionError):
        end = _object_end(text, start) if text[start] == "{" else _junk_end(text, start + 1)
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
        json.dumps(json.loads(plain), ensure_ascii=False).encode()
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


# Which value feeds which column

_DOTTED_STEP = re.compile(r"\.([^.\[\]'\s]+)|\[(\d+)\]")
_BRACKET_STEP = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]|\[(\d+)\]")
Step = str | int
Path = tuple[Step, ...]


def parse_path(written: str) -> Path:
    """The steps of `$.a.b[0]` or `$['a']['b'][0]`; raises JSONPathError."""
    if not written.startswith("$"):
        raise JSONPathError("Invalid JSONPath format: JSONPath must start with $")
    rest = written[1:]
    for step in (_BRACKET_STEP, _DOTTED_STEP):
        steps: list[Step] = []
        position = 0
        while found := step.match(rest, position):
            *names, index = found.groups()
            name = next((name for name in names if name is not None), None)
            steps.append(int(index) if name is None else re.sub(r"\\(.)", r"\1", name))
            position = found.end()
        if position == len(rest):
            return tuple(steps)
    raise JSONPathError(f"Invalid JSONPath format: {written} is not a path of objects and arrays")


def parse_paths(content: bytes) -> list[Path] | None:
    """The paths of a JSONPaths file; None if it has another key, which COPY takes for 'auto'.

    Raises JSONPathError if the file is not one JSON object, or its list holds anything but paths.
    """
    try:
        found = json.loads(content.decode("utf-8"))
    except ValueError as error:
        raise JSONPathError(f"Invalid JSONPath format: the file is not one JSON object ({error})") from error
    if not isinstance(found, dict):
        raise JSONPathError("Invalid JSONPath format: the file is not one JSON object")
    if "jsonpaths" not in found:
        return None
    paths = found["jsonpaths"]
    if not isinstance(paths, list) or not paths:
        raise JSONPathError("Invalid JSONPath format: 'jsonpaths' is not a list of paths")
    if not all(isinstance(path, str) and path for path in paths):
        raise JSONPathError("Invalid JSONPath format: an element of 'jsonpaths' is empty or not a string")
    return [parse_path(path) for path in paths]


def reach(value: Any, path: Path) -> Any:
    """The value at a path, None where a key is missing; raises JSONPathError where an array has no such item."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                raise JSONPathError("Invalid JSONPath format: Not an array or index out of range.")
            value = value[step]
        else:
            if isinstance(value, list) or (value is not None and not isinstance(value, dict)):
                raise JSONPathError("Invalid JSONPath format: Member is not an object.")
            value = None if value is None else value.get(step)
    return value
