"""The paths of a JSONPaths file, and what they reach in a record."""

import json
import re
from typing import Any

_DOTTED_STEP = re.compile(r"\.([^.\[\]'\s]+)|\[(\d+)\]")
_BRACKET_STEP = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]|\[(\d+)\]")
Step = str | int
Path = tuple[Step, ...]


class JSONPathError(Exception):
    """A value which a path cannot reach; the text is Redshift's."""


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
