"""What a column makes of a JSON value in COPY, or why it refuses it.

Sources: Developer Guide (Data conversion parameters, Multibyte character load errors, Load error
reference), texts and codes seen in public logs. Assumed, because no source read states it:

* Blanks around a number are ignored; a text of blanks only is NULL, as for empty texts (the page on
  BLANKSASNULL says so of fields which are not CHAR or VARCHAR).
* true and false become 'true' and 'false' in VARCHAR, and are no digits in a number.
* NaN and Infinity are not numbers, in a string either.
* TRUNCATECOLUMNS never cuts a character in two.
* Numbers of a fraction, such as 1.0 or 1e3, are no integers whatever their value.
* Epochs are whole numbers.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any

from .contract import Column
from .copy_json import Number, as_text

_BLANKS = " \t\r\n\f"
_WHOLE = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMERAL_START = re.compile(r"[+-]?[0-9]*")
_REAL_START = re.compile(r"[+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]*)?")
_BAD_BYTES = re.compile(r"[\udc80-\udcff]")
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_TRUE, _FALSE = frozenset({"t", "true", "y", "yes", "1", "on"}), frozenset({"f", "false", "n", "no", "0", "off"})
_SUPER_STRING = 65_535
NULL = r"\N"


class Refusal(Exception):
    """A value which its column refuses."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


Convert = Callable[[Any], str]
"""Gives the field as PostgreSQL's COPY text format writes it; raises Refusal."""
Options = Mapping[str, Any]


def converter(column: Column, options: Options) -> Convert:
    """How COPY turns a value of JSON (`copy_json`) into a column."""
    convert = _for_type(column.type, options)
    if column.nullable:
        return convert

    def required(value: Any) -> str:
        found = convert(value)
        if found == NULL:
            raise Refusal(1213, "Missing data for not-null field")
        return found

    return required


def redshift_type(column: Column) -> tuple[str, str]:
    """Type and length of a column as the load views name them."""
    name, arguments = _type(column.type)
    short = {
        "character varying": "varchar", "character": "char", "bpchar": "char", "integer": "int4", "bigint": "int8",
        "smallint": "int2", "double precision": "float8", "real": "float4", "boolean": "bool",
        "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz", "jsonb": "super",
    }.get(name, name)  # fmt: skip
    return short, ", ".join(arguments) if arguments else "0"


def written(value: Any) -> str:
    """A value as text, before any column looks at it."""
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else as_text(value)


def _type(formatted: str) -> tuple[str, list[str]]:
    found = re.fullmatch(r"(?P<name>[^(]+?)(?:\((?P<arguments>[^)]*)\))?(?P<rest>(?: with.*)?)", formatted)
    assert found is not None, formatted
    arguments = found["arguments"].split(",") if found["arguments"] else []
    return (found["name"] + found["rest"]).removeprefix("pg_catalog."), [a.strip() for a in arguments]


def _for_type(formatted: str, options: Options) -> Convert:
    name, arguments = _type(formatted)
    match name:
        case "character varying" | "text":
            return _text(int(arguments[0]) if arguments else 65_535, options)
        case "character" | "bpchar":
            return _text(int(arguments[0]) if arguments else 1, options, ascii_only=True)
        case "smallint":
            return _whole("Short", 16)
        case "integer":
            return _whole("Integer", 32)
        case "bigint":
            return _whole("Long", 64)
        case "double precision":
            return _real("Double")
        case "real":
            return _real("Float")
        case "numeric":
            precision, scale = (int(a) for a in arguments or ("18", "0"))
            return _decimal(precision, scale, ROUND_HALF_UP if options.get("ROUNDEC") else ROUND_DOWN)
        case "boolean":
            return _boolean
        case "date":
            return _date(options)
        case "timestamp without time zone" | "timestamp with time zone":
            return _timestamp(options, with_zone=name.endswith("with time zone"))
        case "jsonb" | "json" | "super":
            return _super
    return lambda value: NULL if value is None or value == "" else _escaped(written(value))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def _text(limit: int, options: Options, *, ascii_only: bool = False) -> Convert:
    empty = NULL if options.get("EMPTYASNULL") else ""
    blank_is_null = options.get("BLANKSASNULL")
    trims = options.get("TRIMBLANKS") and not ascii_only
    cuts = options.get("TRUNCATECOLUMNS")
    replacement = None if ascii_only else options.get("ACCEPTINVCHARS")
    looks_at_blanks = trims or blank_is_null

    def convert(value: Any) -> str:
        if value is None:
            return NULL
        is_short = isinstance(value, str) and 0 < len(value) <= limit and not looks_at_blanks
        if is_short and value.isascii() and value.isprintable() and "\\" not in value:
            return str(value)  # most values; the rest is for the others
        text = value if isinstance(value, str) else as_text(value)
        if not text.isascii():
            if ascii_only:
                raise Refusal(1220, _multibyte(text))
            if bad := _BAD_BYTES.search(text):
                if replacement is None:
                    raise Refusal(1220, _bad_utf8(text, bad.start()))
                text = _BAD_BYTES.sub(replacement, text)
        if "\0" in text:
            if len(text) > 1 and text[0] == "\0":
                raise Refusal(1218, "Invalid null byte - field longer than 1 byte")
            text = text[: text.index("\0")]
        if trims:
            text = text.rstrip(" ")
        if not text:
            return empty
        if blank_is_null and not text.strip():
            return NULL
        if len(text) * (1 if text.isascii() else 4) > limit:
            coded = text.encode()
            if len(coded) > limit:
                if not cuts:
                    raise Refusal(1204, "String length exceeds DDL length")
                text = coded[:limit].decode(errors="ignore")
        return _escaped(text)

    return convert


def _multibyte(text: str) -> str:
    found = next(character for character in text if not character.isascii())
    coded = found.encode("utf-8", "surrogateescape").hex(" ")
    return f"Multibyte character not supported for CHAR (Hint: Try using VARCHAR). Invalid char: {coded}"


def _bad_utf8(text: str, position: int) -> str:
    coded = text[position].encode("utf-8", "surrogateescape").hex()
    return f"String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: {coded} (error 3)"


def _bare(value: Any) -> str:
    """The text of a value which is no text for its column, without blanks around it."""
    return "" if value is None else written(value).strip(_BLANKS)


def _invalid_digit(value: Any, start: re.Pattern[str], type_name: str) -> Refusal:
    text = written(value)
    blanks = len(text) - len(text.lstrip(_BLANKS))
    found = start.match(text, blanks)
    position = found.end() if found else blanks
    culprit = text[position] if position < len(text) else text[-1]
    shown = culprit.encode("utf-8", "replace").decode()
    return Refusal(1207, f"Invalid digit, Value '{shown}', Pos {min(position, len(text) - 1)}, Type: {type_name}")


def _whole(type_name: str, bits: int) -> Convert:
    lowest, highest = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    longest = len(str(highest)) - 1

    def convert(value: Any) -> str:
        if isinstance(value, Number) and len(value) <= longest and value.isdigit():
            return value
        text = _bare(value)
        if not text:
            return NULL
        if not _WHOLE.fullmatch(text):
            raise _invalid_digit(value, _NUMERAL_START, type_name)
        digits = text.lstrip("+-").lstrip("0")
        if len(digits) > longest + 1 or not lowest <= int(text) <= highest:
            raise Refusal(1222, f"Overflow ({type_name} valid range {lowest} to {highest})")
        return str(int(text))

    return convert


def _real(type_name: str) -> Convert:
    largest = 3.4028235e38 if type_name == "Float" else float("inf")

    def convert(value: Any) -> str:
        text = _bare(value)
        if not text:
            return NULL
        if not _REAL.fullmatch(text):
            raise _invalid_digit(value, _REAL_START, type_name)
        number = float(text)
        if abs(number) == float("inf") or abs(number) > largest:
            raise Refusal(1208, f"Overflow, Value '{text[:40]}', Type: {type_name}")
        return repr(number)

    return convert


def _decimal(precision: int, scale: int, rounding: str) -> Convert:
    context = Context(prec=400, rounding=rounding)
    unit = Decimal(1).scaleb(-scale)

    def convert(value: Any) -> str:
        text = _bare(value)
        if not text:
            return NULL
        if not _REAL.fullmatch(text):
            raise _invalid_digit(value, _REAL_START, "Decimal")
        # A number without quotes goes through floating point, so that truncation may show its error.
        is_fraction = isinstance(value, Number) and not _WHOLE.fullmatch(text)
        number = Decimal(float(text)) if is_fraction else Decimal(text)
        if not number.is_finite() or number.adjusted() >= precision - scale + 1:
            raise Refusal(1204, f"Overflow for NUMERIC({precision},{scale})")
        number = number.quantize(unit, context=context)
        if number.adjusted() >= precision - scale and number:
            raise Refusal(1204, f"Overflow for NUMERIC({precision},{scale})")
        return format(number, "f")

    return convert


def _boolean(value: Any) -> str:
    text = _bare(value).lower()
    if not text:
        return NULL
    if text not in _TRUE | _FALSE:
        raise Refusal(1210, f"Invalid boolean value '{text[:40]}'")
    return "t" if text in _TRUE else "f"


def _super(value: Any) -> str:
    _refuse_long_strings(value)
    return NULL if value is None else _escaped(as_text(value))


def _refuse_long_strings(value: Any) -> None:
    if isinstance(value, dict):
        for item in value.values():
            _refuse_long_strings(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_long_strings(item)
    elif isinstance(value, str) and len(value.encode("utf-8", "surrogateescape")) > _SUPER_STRING:
        raise Refusal(1224, f"String value exceeds the max size of {_SUPER_STRING} bytes")


# Dates and times

_DEFAULT_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:?\d\d)?|Z)?")
_DIRECTIVES = (
    ("YYYY", "%Y"), ("HH24", "%H"), ("HH12", "%I"), ("MONTH", "%B"), ("MON", "%b"), ("DAY", "%A"), ("YY", "%y"),
    ("MM", "%m"), ("DD", "%d"), ("HH", "%H"), ("MI", "%M"), ("SS", "%S"), ("MS", "%f"), ("US", "%f"),
    ("AM", "%p"), ("PM", "%p"), ("OF", "%z"), ("DY", "%a"),
)  # fmt: skip
_AUTO_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y", "%m-%d-%Y", "%d.%m.%Y", "%d-%b-%Y", "%b %d %Y", "%d %b %Y")
_AUTO_TIMES = ("", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S.%f", " %I:%M:%S %p", " %H:%M")


def _strptime_format(pattern: str) -> str:
    found, position = "", 0
    while position < len(pattern):
        rest = pattern[position:].upper()
        word, directive = next(((w, d) for w, d in _DIRECTIVES if rest.startswith(w)), (pattern[position], ""))
        found += directive or word.replace("%", "%%")
        position += len(word)
    return found


def _parsed(text: str, formats: tuple[str, ...]) -> datetime | None:
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


def _date(options: Options) -> Convert:
    pattern = options.get("DATEFORMAT", "YYYY-MM-DD")
    any_date = options.get("ACCEPTANYDATE")
    formats = _AUTO_DATES if pattern == "auto" else (_strptime_format(pattern),)

    def convert(value: Any) -> str:
        text = _bare(value)
        if not text:
            return NULL
        found = _parsed(text, formats)
        if found is None and any_date:
            return NULL
        if found is None and pattern == "YYYY-MM-DD" and len(text) < 10:
            raise Refusal(1205, "Invalid Date Format - length must be 10 or more")
        if found is None:
            raise Refusal(1205, f"Invalid Date Format or value [{pattern}]")
        return found.date().isoformat()

    return convert


def _timestamp(options: Options, *, with_zone: bool) -> Convert:
    pattern = options.get("TIMEFORMAT", "YYYY-MM-DD HH24:MI:SS")
    any_date = options.get("ACCEPTANYDATE")
    read = _timestamp_reader(options.get("TIMEFORMAT"))

    def convert(value: Any) -> str:
        text = _bare(value)
        if not text:
            return NULL
        try:
            found = read(text)
        except (ValueError, OverflowError):
            found = None
        if found is None and any_date:
            return NULL
        if found is None:
            raise Refusal(1206, f"Invalid timestamp format or value [{pattern}]")
        if found.tzinfo:
            found = found.astimezone(UTC).replace(tzinfo=None)
        return found.isoformat(sep=" ") + ("+00" if with_zone else "")

    return convert


def _timestamp_reader(pattern: str | None) -> Callable[[str], datetime | None]:
    if pattern in ("epochsecs", "epochmillisecs"):
        scale = 1_000_000 if pattern == "epochsecs" else 1_000
        return lambda text: datetime(1970, 1, 1) + timedelta(microseconds=_epoch(text) * scale)
    if pattern is None:
        return lambda text: datetime.fromisoformat(text) if _DEFAULT_TIMESTAMP.fullmatch(text) else None
    if pattern == "auto":
        formats = tuple(day + time for day in _AUTO_DATES for time in _AUTO_TIMES)
        return lambda text: _iso(text) or _parsed(text, formats)
    return lambda text: _parsed(text, (_strptime_format(pattern),))


def _epoch(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
