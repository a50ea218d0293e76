"""Values as a lake may spell them, each with its fate: what is staged of it, or why it is refused.

The fates are computed from what was spelled, not from what was read: nothing here is of the package but the columns.
"""

import json
import math
from dataclasses import dataclass
from random import Random
from typing import Any

from sparkify_assets.models.ddl import Column

NUL_SIGN = "\u2400"
BITS = {"INTEGER": 32, "BIGINT": 64}
LAST_TIME = 253402214399999
CONTROLS = ["\x1b]0;title\x07", "\x1b[2J", "\x9b1m", "\x07", "\r", "\n", "\t", "\x7f", "\u202e", "\u2028", "\ufeff"]
TEXTS = [
    "", " ", "a", "NULL", "null", "NaN", "Infinity", "[untitled]", "[1, 2]", "{}", "{a}", "1.50",
    "-7", "1e5", "0",
    "it's", 'say "hi"', "back\\slash", "\\N", "a|b,c;d", "Björk", "BjÃ¶rk", "米津玄師", "👩‍👩‍👧",
    "e\u0301", "\u00a07", "٣",
    "\ufffd", "\U0010ffff", "\uffff", "up to\0here", "\0", "\0abc", "<b>&amp;", "[/bold]",
    "$1 :day %s ?", "--", "a/*",
]  # fmt: skip
NUMBERS = [
    "0", "-0", "-0.0", "7", "-7", "1.50", "1.0", "200.0", "-1.5e-3", "1E2", "1e+2", "2e2", "20e-1", "0.1", "0.1e1",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "9007199254740993", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551616",
    "123456789012345678901", "-12345678901234567890123", "100000000000000000000000", "1" * 120, "1e22", "0e5", "1e5",
    "0.30000000000000004", "3.14159265358979323846264338", "0." + "3" * 120, "1" * 320 + "e-320",
    "5e-324", "1e-400", "1.7976931348623157e308", "1.7976931348623159e308", "1e999", "-1e400",
]  # fmt: skip
NO_JSON = [
    "01", "-01", "00", "007", "+1", ".5", "5.", "1.e5", "1e", "1e+", "-", "--1", "0x1F", "1_000", "1 2", "NaN", "nan",
    "-NaN", "Infinity", "-Infinity", "inf", "True", "None", "tru", "", "'7'", '"\\ud800"', '"a\\udc00b"', '"\\ud83c "',
]  # fmt: skip
WHOLE_TEXTS = ["007", " 7 ", "+7", "-0", "7\t", "0" * 30 + "7", "\n7", "12345678901234567890"]
NUMBER_TEXTS = [*WHOLE_TEXTS, "1.5", ".5", "5.", "1e3", "1E+3", " -2.5e-1 "]
NO_NUMBERS = ["abc", "NaN", "-inf", "Infinity", "0x1F", "1_000", "1,5", " ", "--1", "1e", "true", "é", "7 7", "", "٣"]


@dataclass(frozen=True)
class Staged:
    """The value of the column."""

    value: Any


@dataclass(frozen=True)
class Refused:
    """Reason and text of a reject."""

    reason: str
    raw: str | None


@dataclass(frozen=True)
class Broken:
    """The whole record is refused: with this value it is no JSON."""


Fate = Staged | Refused | Broken | None
"""None: not decided here, the engines have to agree on it."""


@dataclass(frozen=True)
class Spelled:
    """The JSON of a value; None of a field which is not there."""

    json: bytes | None
    fate: Fate


def plain_value(random: Random, column: Column) -> Spelled:
    """A value which its column plainly holds."""
    if column.byte_limit:
        return spelled_text(random, column, random.choice("ABCDEFG"))
    number = random.choice(["0", "7", "200", "2000"])
    return Spelled(number.encode(), Staged(int(number) if column.type in BITS else float(number)))


def no_json(random: Random) -> Spelled:
    """What a careless writer puts in the place of a value: a number of another language, or half of a character."""
    return Spelled(random.choice(NO_JSON).encode(), Broken())


def any_value(random: Random, column: Column) -> Spelled:
    """A value of any kind, in any spelling."""
    match random.randrange(9):
        case 0:
            return _absent(column, None if random.random() < 0.5 else b"null")
        case 1:
            word = random.choice(["true", "false"])
            return Spelled(word.encode(), _fate(column, word))
        case 2 | 3:
            number = random.choice([*NUMBERS, str(random.randint(-9, 10**15)), repr(random.uniform(-1e9, 1e9))])
            return Spelled(number.encode(), _fate(column, number))
        case 4:
            text = random.choice([*NUMBER_TEXTS, *NO_NUMBERS])
            return spelled_text(random, column, text)
        case 5:
            nested, compact = _nested(random, 2)
            return Spelled(nested.encode(), _fate(column, compact))
        case 6:
            return spelled_text(random, column, _near_the_limit(random, column))
        case 7:
            return spelled_text(random, column, "".join(random.choices([*TEXTS, *CONTROLS], k=random.randint(1, 3))))
        case _:
            return spelled_text(random, column, random.choice(TEXTS))


def spelled_text(random: Random, column: Column, text: str) -> Spelled:
    """A JSON string, with escapes or without."""
    return Spelled(quoted(random, text).encode("utf-8", errors="surrogatepass"), _fate(column, text))


def quoted(random: Random, text: str) -> str:
    """A text as a JSON string; some characters are escaped which need not be."""
    if random.random() < 0.9:
        return json.dumps(text, ensure_ascii=random.random() < 0.5)
    escaped = (json.dumps(one)[1:-1] if random.random() < 0.8 else _escape(one) for one in text)
    return f'"{"".join(escaped)}"'


def reject_text(raw: str | None) -> str | None:
    """What `load_rejects` shows of a value."""
    if raw is None:
        return None
    return raw[:256].replace("\0", NUL_SIGN).encode(errors="replace")[:1024].decode(errors="ignore")


def _absent(column: Column, written: bytes | None) -> Spelled:
    return Spelled(written, Staged(None) if column.nullable else Refused("missing", None))


def _fate(column: Column, text: str) -> Fate:
    if column.byte_limit:
        held, nul, rest = text.partition("\0")
        if nul and rest and not held:
            return Refused("begins with a NUL character", text)
        fits = len(held.encode()) <= column.byte_limit
        return Staged(held) if fits else Refused(f"longer than {column.byte_limit} bytes", text)
    if not text.strip(" \t\r\n"):
        return Staged(None) if column.nullable else Refused("missing", text)
    if not text.isascii():
        return None if text.strip() != text else Refused(_not(column), text)
    if column.type in BITS:
        return _whole(column, text)
    number = _as_float(text)
    if number is None or not math.isfinite(number):
        return Refused("not a number", text)
    return Staged(number)


def _not(column: Column) -> str:
    return "not a whole number" if column.type in BITS else "not a number"


def _whole(column: Column, text: str) -> Fate:
    digits = text.strip().removeprefix("+") if text.strip()[:2] != "+-" else "no"
    if not digits.removeprefix("-").isdigit():
        return Refused("not a whole number", text)
    number = int(digits)
    if not -(2 ** (BITS[column.type] - 1)) <= number < 2 ** (BITS[column.type] - 1):
        return Refused(f"out of range for {column.type}", text)
    if column.name == "ts" and not 0 <= number <= LAST_TIME:
        unit = {True: "; looks like microseconds", False: ""}[abs(number) >= 10**14]
        unit = "; looks like nanoseconds" if abs(number) >= 10**17 else unit
        return Refused(f"not a time in milliseconds: {number}{unit}", text)
    return Staged(number)


def _as_float(text: str) -> float | None:
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _near_the_limit(random: Random, column: Column) -> str:
    limit = column.byte_limit or 20
    letter = random.choice(["x", "é", "米", "🎵"])
    return letter * max(1, limit // len(letter.encode()) + random.randint(-1, 1)) + "y" * random.randint(0, 3)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(
        f"\\u{units[place]:02x}{units[place + 1]:{random_case(units[place])}}" for place in range(0, len(units), 2)
    )


def random_case(seed: int) -> str:
    """Hexadecimal digits may be large or small."""
    return "02X" if seed % 2 else "02x"


def _nested(random: Random, depth: int) -> tuple[str, str]:
    """A nested value with blanks in it, and the same without."""
    parts = []
    for _ in range(random.randint(0, 3)):
        if depth and random.random() < 0.3:
            parts.append(_nested(random, depth - 1))
        else:
            scalar = random.choice(['"a b"', '"é"', "1.50", "-0", "null", "true", '"{"', '"\\"]"', "1e5"])
            parts.append((scalar, scalar))
    blank = random.choice(["", " ", "  ", "\t"])
    if random.random() < 0.5:
        return _joined("[]", blank, [one for one, _ in parts]), _joined("[]", "", [one for _, one in parts])
    named = [(f'"k{n}"{blank}:{blank}{one}', f'"k{n}":{compact}') for n, (one, compact) in enumerate(parts)]
    return _joined("{}", blank, [one for one, _ in named]), _joined("{}", "", [one for _, one in named])


def _joined(brackets: str, blank: str, parts: list[str]) -> str:
    return brackets[0] + blank + f"{blank},{blank}".join(parts) + blank + brackets[1]
