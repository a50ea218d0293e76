"""What a numeric column makes of a JSON value.

Assumed, because no source read states it:

* true and false are no digits in a number.
* NaN and Infinity are not numbers, in a string either.
* Numbers with a fraction, such as 1.0 or 1e3, are no integers whatever their value.
"""

import re
from decimal import Context, Decimal
from typing import Any

from redshift_stand_in.copy.fields import BLANKS, NULL, WHOLE, Convert, Refusal, as_written, bare
from redshift_stand_in.copy.json_records import Number

_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMERAL_START = re.compile(r"[+-]?[0-9]*")
_REAL_START = re.compile(r"[+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]*)?")


def whole(type_name: str, bits: int) -> Convert:
    lowest, highest = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    longest = len(str(highest)) - 1

    def convert(value: Any) -> str:
        if isinstance(value, Number) and len(value) <= longest and value.isdigit():
            return value
        text = bare(value)
        if not text:
            return NULL
        if not WHOLE.fullmatch(text):
            raise _invalid_digit(value, _NUMERAL_START, type_name)
        digits = text.lstrip("+-").lstrip("0")
        if len(digits) > longest + 1 or not lowest <= int(text) <= highest:
            raise Refusal(1222, f"Overflow ({type_name} valid range {lowest} to {highest})")
        return str(int(text))

    return convert


def real(type_name: str) -> Convert:
    largest = 3.4028235e38 if type_name == "Float" else float("inf")

    def convert(value: Any) -> str:
        text = bare(value)
        if not text:
            return NULL
        if not _REAL.fullmatch(text):
            raise _invalid_digit(value, _REAL_START, type_name)
        number = float(text)
        if abs(number) == float("inf") or abs(number) > largest:
            raise Refusal(1208, f"Overflow, Value '{text[:40]}', Type: {type_name}")
        return repr(number)

    return convert


def decimal(precision: int, scale: int, rounding: str) -> Convert:
    context = Context(prec=400, rounding=rounding)
    unit = Decimal(1).scaleb(-scale)

    def convert(value: Any) -> str:
        text = bare(value)
        if not text:
            return NULL
        if not _REAL.fullmatch(text):
            raise _invalid_digit(value, _REAL_START, "Decimal")
        # A number without quotes goes through floating point, so that truncation may show its error.
        is_fraction = isinstance(value, Number) and not WHOLE.fullmatch(text)
        number = Decimal(float(text)) if is_fraction else Decimal(text)
        if not number.is_finite() or number.adjusted() >= precision - scale + 1:
            raise Refusal(1204, f"Overflow for NUMERIC({precision},{scale})")
        number = number.quantize(unit, context=context)
        if number.adjusted() >= precision - scale and number:
            raise Refusal(1204, f"Overflow for NUMERIC({precision},{scale})")
        return format(number, "f")

    return convert


def _invalid_digit(value: Any, start: re.Pattern[str], type_name: str) -> Refusal:
    text = as_written(value)
    blanks = len(text) - len(text.lstrip(BLANKS))
    found = start.match(text, blanks)
    position = found.end() if found else blanks
    culprit = text[position] if position < len(text) else text[-1]
    shown = culprit.encode("utf-8", "replace").decode()
    return Refusal(1207, f"Invalid digit, Value '{shown}', Pos {min(position, len(text) - 1)}, Type: {type_name}")
