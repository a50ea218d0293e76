"""What a column makes of a JSON value in COPY, or why it refuses it.

Sources: Developer Guide (Data conversion parameters, Multibyte character load errors, Load error
reference), texts and codes seen in public logs. Assumed, because no source read states it:

* Blanks around a number are ignored; a text of blanks only is NULL, as for empty texts (the page on
  BLANKSASNULL states it for fields which are not CHAR or VARCHAR).
* true and false become 'true' and 'false' in VARCHAR.
* TRUNCATECOLUMNS never cuts a character in two.
"""

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP
from typing import Any

from redshift_stand_in.contract import Column
from redshift_stand_in.copy.fields import NULL, Convert, Options, Refusal, as_written, bare, escaped
from redshift_stand_in.copy.json_records import as_text
from redshift_stand_in.copy.numbers import decimal, real, whole
from redshift_stand_in.copy.times import date, timestamp

_BAD_BYTES = re.compile(r"[\udc80-\udcff]")
_TRUE, _FALSE = frozenset({"t", "true", "y", "yes", "1", "on"}), frozenset({"f", "false", "n", "no", "0", "off"})
_SUPER_STRING = 65_535


def converter(column: Column, options: Options) -> Convert:
    """How COPY turns a value of JSON (`json_records`) into a column."""
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
            return whole("Short", 16)
        case "integer":
            return whole("Integer", 32)
        case "bigint":
            return whole("Long", 64)
        case "double precision":
            return real("Double")
        case "real":
            return real("Float")
        case "numeric":
            precision, scale = (int(a) for a in arguments or ("18", "0"))
            return decimal(precision, scale, ROUND_HALF_UP if options.get("ROUNDEC") else ROUND_DOWN)
        case "boolean":
            return _boolean
        case "date":
            return date(options)
        case "timestamp without time zone" | "timestamp with time zone":
            return timestamp(options, with_zone=name.endswith("with time zone"))
        case "jsonb" | "json" | "super":
            return _super
    return lambda value: NULL if value is None or value == "" else escaped(as_written(value))


def _text(limit: int, options: Options, *, ascii_only: bool = False) -> Convert:
    empty = NULL if options.get("EMPTYASNULL") else ""
    blank_is_null = options.get("BLANKSASNULL")
    trims = options.get("TRIMBLANKS") and not ascii_only
    cuts = options.get("TRUNCATECOLUMNS")
    replacement = None if ascii_only else options.get("ACCEPTINVCHARS")
    blanks_matter = trims or blank_is_null

    def convert(value: Any) -> str:
        if value is None:
            return NULL
        is_short = isinstance(value, str) and 0 < len(value) <= limit and not blanks_matter
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
        return escaped(text)

    return convert


def _multibyte(text: str) -> str:
    found = next(character for character in text if not character.isascii())
    coded = found.encode("utf-8", "surrogateescape").hex(" ")
    return f"Multibyte character not supported for CHAR (Hint: Try using VARCHAR). Invalid char: {coded}"


def _bad_utf8(text: str, position: int) -> str:
    coded = text[position].encode("utf-8", "surrogateescape").hex()
    return f"String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: {coded} (error 3)"


def _boolean(value: Any) -> str:
    text = bare(value).lower()
    if not text:
        return NULL
    if text not in _TRUE | _FALSE:
        raise Refusal(1210, f"Invalid boolean value '{text[:40]}'")
    return "t" if text in _TRUE else "f"


def _super(value: Any) -> str:
    _refuse_long_strings(value)
    return NULL if value is None else escaped(as_text(value))


def _refuse_long_strings(value: Any) -> None:
    if isinstance(value, dict):
        for item in value.values():
            _refuse_long_strings(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_long_strings(item)
    elif isinstance(value, str) and len(value.encode("utf-8", "surrogateescape")) > _SUPER_STRING:
        raise Refusal(1224, f"String value exceeds the max size of {_SUPER_STRING} bytes")
