"""What the columns of a COPY share: NULL, refusals, and the text of a value before any column reads it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from redshift_stand_in.copy.json_records import as_text

BLANKS = " \t\r\n\f"
WHOLE = re.compile(r"[+-]?[0-9]+")
NULL = r"\N"
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Refusal(Exception):
    """A value which its column refuses."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


Convert = Callable[[Any], str]
"""Gives the field as PostgreSQL's COPY text format writes it; raises Refusal."""
Options = Mapping[str, Any]


def as_written(value: Any) -> str:
    """A value as text, before any column reads it."""
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else as_text(value)


def bare(value: Any) -> str:
    """The text of a value which is no text for its column, without blanks around it."""
    return "" if value is None else as_written(value).strip(BLANKS)


def escaped(text: str) -> str:
    """For PostgreSQL's COPY text format."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text
