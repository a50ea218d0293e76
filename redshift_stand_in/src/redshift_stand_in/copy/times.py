"""What a DATE or TIMESTAMP column makes of a JSON value. Assumed: epochs are whole numbers."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from redshift_stand_in.copy.fields import NULL, WHOLE, Convert, Options, Refusal, bare

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


def date(options: Options) -> Convert:
    pattern = options.get("DATEFORMAT", "YYYY-MM-DD")
    any_date = options.get("ACCEPTANYDATE")
    formats = _AUTO_DATES if pattern == "auto" else (_strptime_format(pattern),)

    def convert(value: Any) -> str:
        text = bare(value)
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


def timestamp(options: Options, *, with_zone: bool) -> Convert:
    pattern = options.get("TIMEFORMAT", "YYYY-MM-DD HH24:MI:SS")
    any_date = options.get("ACCEPTANYDATE")
    read = _timestamp_reader(options.get("TIMEFORMAT"))

    def convert(value: Any) -> str:
        text = bare(value)
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
    if not WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
