"""A record of a file, before any column reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

UNPARSABLE = 1216


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a file: the value which the columns draw on, or why there is none."""

    line: int
    value: Any
    raw: Callable[[], str]
    parse_error: str | None = None
    code: int = UNPARSABLE
