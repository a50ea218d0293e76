"""What a column of a staging table holds of a JSON value, and why it does not, whatever the engine.

As in COPY: a number, a boolean or a nested value is its text in a text column; an empty or blank text is null
elsewhere; a text ends at a NUL, and where it begins with one, nothing follows.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sparkify_assets.lake.json_record import Number, Record
from sparkify_assets.lake.sources import Usable
from sparkify_assets.models.ddl import Column

Value = str | int | float | None

_WHOLE = re.compile(r"\s*[+-]?[0-9]+\s*")
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")
_SAFE_DIGITS = 18
_UNSURE = object()


@dataclass(frozen=True)
class Misfit(Exception):
    """A value which its column does not hold; `raw` is its text."""

    reason: str
    raw: str | None


@dataclass(frozen=True)
class Reject:
    """Why a record is refused: the field and its value, if it is about one."""

    reason: str
    field: str | None = None
    raw: str | None = None


class Fitting:
    """The columns of a staging table, by the fields which feed them, with the values which are of use."""

    def __init__(self, fields: Mapping[str, Column], usable: Mapping[str, Usable]) -> None:
        self._fields, self._usable = fields, usable
        self._plainly = [
            (name, column.name.lower(), _plainly(column, usable.get(column.name))) for name, column in fields.items()
        ]

    def row(self, record: Record) -> dict[str, Value] | Reject:
        """The values of the columns, by their names in lower case; or the first reason why not."""
        if record.fields is None:
            return Reject(record.fault)
        if (row := self._plain_row(record.fields)) is not None:
            return row
        exact = record.exact()
        if exact.fields is None:
            return Reject(exact.fault)
        exact_row: dict[str, Value] = {}
        for name, column in self._fields.items():
            try:
                exact_row[column.name.lower()] = self._value(exact, name, column)
            except Misfit as misfit:
                return Reject(misfit.reason, name, misfit.raw)
        return exact_row

    def _plain_row(self, fields: Mapping[str, Any]) -> dict[str, Value] | None:
        """The row if each value is plainly what its column holds, which nearly all are."""
        row: dict[str, Value] = {}
        for name, column, plainly in self._plainly:
            if (value := plainly(fields.get(name))) is _UNSURE:
                return None
            row[column] = value
        return row

    def _value(self, record: Record, name: str, column: Column) -> Value:
        value = (record.fields or {}).get(name)
        raw = _text(record, name, value)
        if raw is None or (not column.byte_limit and not raw.strip()):
            if not column.nullable:
                raise Misfit("missing", raw)
            return None
        if column.byte_limit:
            return _fitting_text(column.byte_limit, raw)
        if limits := column.integer_range:
            return _fitting_integer(column, limits, self._usable.get(column.name), raw)
        number = float(raw) if _NUMBER.fullmatch(raw) else math.nan
        if not math.isfinite(number):
            raise Misfit("not a number", raw)
        return number


def _plainly(column: Column, usable: Usable | None) -> Callable[[Any], Any]:
    """Gives what a column holds of a value; `_UNSURE` of one which is not plain."""
    null = None if column.nullable else _UNSURE
    if column.byte_limit:
        return _plain_text(null, column.byte_limit)
    if limits := column.integer_range:
        return _plain_integer(null, *((usable.lowest, usable.highest) if usable else limits))
    return _plain_number(null)


def _plain_text(null: object, limit: int) -> Callable[[Any], Any]:
    def plainly(value: Any) -> Any:
        if value is None:
            return null
        fits = type(value) is str and len(value) <= limit and "\0" not in value
        return value if fits and (value.isascii() or len(value.encode()) <= limit) else _UNSURE

    return plainly


def _plain_integer(null: object, lowest: int, highest: int) -> Callable[[Any], Any]:
    def plainly(value: Any) -> Any:
        if value is None or value == "":
            return null
        if type(value) is str and len(value) <= _SAFE_DIGITS and value.isascii() and value.isdigit():
            value = int(value)
        return value if type(value) is int and lowest <= value <= highest else _UNSURE

    return plainly


def _plain_number(null: object) -> Callable[[Any], Any]:
    def plainly(value: Any) -> Any:
        if value is None:
            return null
        if type(value) is int:
            return float(value)
        return value if type(value) is float and -math.inf < value < math.inf else _UNSURE

    return plainly


def _text(record: Record, name: str, value: Any) -> str | None:
    if value is None or type(value) is str or type(value) is Number:
        return None if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # A nested value is its text in the file.
    return msgspec.json.format(record.written(name), indent=-1)


def _fitting_text(limit: int, raw: str) -> str:
    text, nul, rest = raw.partition("\0")
    if nul and rest and not text:
        raise Misfit("begins with a NUL character", raw)
    if len(text.encode()) > limit:
        raise Misfit(f"longer than {limit} bytes", raw)
    return text


def _fitting_integer(column: Column, limits: tuple[int, int], usable: Usable | None, raw: str) -> int:
    if not _WHOLE.fullmatch(raw):
        raise Misfit("not a whole number", raw)
    digits = raw.strip()
    # More digits than any type has are not converted: Python's own limit is an error.
    value = int(digits) if len(digits) < 100 else None
    if value is None or not limits[0] <= value <= limits[1]:
        raise Misfit(f"out of range for {column.type}", raw)
    if usable and not usable.lowest <= value <= usable.highest:
        raise Misfit(usable.why_not(value), raw)
    return value
