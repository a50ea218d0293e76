r"""Text and values on their way out, to pictures, pages, terminals and people: shown, and never obeyed.

The data may hold control characters, which XML forbids and terminals obey, and marks which turn the direction of the
text behind them. They are shown as escapes, such as `\x07`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

# The last two code points of each plane are no characters, like U+FDD0 to U+FDEF.
_NO_CHARACTERS = "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_UNPRINTABLE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029"  # control characters and separators of lines
    "\\u202a-\\u202e\\u2066-\\u2069"  # overrides and isolates of the direction
    f"\\ud800-\\udfff\\ufdd0-\\ufdef{_NO_CHARACTERS}"  # no characters
    "\\ufeff\\ufff9-\\ufffb]"  # marks without a glyph
)
# An underscore within a word is none of its signs.
_MARKDOWN = re.compile(r"[&\\`*\[\]<>|]|(?<!\w)_|_(?!\w)")


def printable(text: str, keep: str = "") -> str:
    """The text with an escape for each character which must not leave as it is, but for those to `keep`."""
    return _UNPRINTABLE.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def printable_text(text: str) -> str:
    """Text of several lines: line breaks and tabs stay."""
    return printable(text, keep="\n\t")


def json_value(value: Any) -> Any:
    """A value as strict JSON has it: printable texts, exact numbers as floats, infinity and NaN as null."""
    if isinstance(value, str):
        return printable_text(value)
    if isinstance(value, Mapping):
        return {str(name): json_value(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [json_value(part) for part in value]
    if isinstance(value, (float, Decimal)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else printable(str(value))


def markdown_cell(value: Any, longest: int) -> str:
    """A value in one cell of a Markdown table, cut to `longest` characters; nothing in it is markup."""
    text = "" if value is None else " ".join(printable_text(str(value)).split())
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", cut)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
