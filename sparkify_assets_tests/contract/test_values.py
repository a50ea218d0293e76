"""What a column of a staging table holds of a JSON value, and why it refuses one. A load has a line a value."""

from typing import Any

import pytest

from sparkify_assets_tests.contract.engines import Engine, Row
from sparkify_assets_tests.lakes import event
from sparkify_assets_tests.workbench import as_line

FILE = "log_data/2018/11/2018-11-01-events.json"
TRUNCATED = b'{"artist": "Des'

FITS: list[tuple[str, Any, Any]] = [
    ("status", 200, 200),
    ("status", "007", 7),
    ("status", " 7 ", 7),
    ("status", -2147483648, -2147483648),
    ("status", "", None),
    ("status", None, None),
    ("userId", "", None),
    ("userId", " ", None),
    ("length", "\t ", None),
    ("ts", 253402214399999, 253402214399999),
    ("ts", 0, 0),
    ("song", 112, "112"),
    ("song", -1.50, "-1.5"),
    ("song", b"1.50", "1.50"),
    ("song", b"1E2", "1E2"),
    ("song", b"-0", "-0"),
    ("song", "-0", "-0"),
    ("song", "1.50", "1.50"),
    ("song", "[untitled]", "[untitled]"),
    ("song", "NaN", "NaN"),
    ("song", "Infinity", "Infinity"),
    ("song", b'"up to\\u0000here"', "up to"),
    ("song", b'"\\u0000"', ""),
    ("length", 246, 246.0),
    ("length", "1.5", 1.5),
    ("length", "1e3", 1000.0),
    ("length", "", None),
    ("length", None, None),
    ("gender", "F", "F"),
    ("level", "x" * 16, "x" * 16),
    ("level", "é" * 8, "é" * 8),
    ("level", "", ""),
    ("level", 5, "5"),
    ("level", True, "true"),
    ("song", {"a": [1, None]}, '{"a":[1,null]}'),
    ("song", [], "[]"),
    ("song", "tab\tand \"quotes\" and 'more' \\ 🎵", "tab\tand \"quotes\" and 'more' \\ 🎵"),
]
"""A field, a value in the file, and what is staged of it."""

REFUSED: list[tuple[str, Any, str, str | None]] = [
    ("level", "é" * 9, "longer than 16 bytes", "é" * 9),
    ("gender", "FF", "longer than 1 bytes", "FF"),
    ("gender", "é", "longer than 1 bytes", "é"),
    ("level", {"tier": "paid", "x": 1}, "longer than 16 bytes", '{"tier":"paid","x":1}'),
    ("status", 1.5, "not a whole number", "1.5"),
    ("status", 1.0, "not a whole number", "1.0"),
    ("status", "1.5", "not a whole number", "1.5"),
    ("status", "1e3", "not a whole number", "1e3"),
    ("status", "0x10", "not a whole number", "0x10"),
    ("status", "abc", "not a whole number", "abc"),
    ("status", True, "not a whole number", "true"),
    ("status", [1], "not a whole number", "[1]"),
    ("status", 99999999999, "out of range for INTEGER", "99999999999"),
    ("status", 2147483648, "out of range for INTEGER", "2147483648"),
    ("ts", 9223372036854775808, "out of range for BIGINT", "9223372036854775808"),
    ("ts", -1, "not a time in milliseconds: -1", "-1"),
    ("ts", 253402214400000, "not a time in milliseconds: 253402214400000; looks like microseconds", "253402214400000"),
    (
        "ts",
        1541030400001000,
        "not a time in milliseconds: 1541030400001000; looks like microseconds",
        "1541030400001000",
    ),
    (
        "ts",
        1541030400001000000,
        "not a time in milliseconds: 1541030400001000000; looks like nanoseconds",
        "1541030400001000000",
    ),
    ("song", b'"\\u0000abc"', "begins with a NUL character", "\u2400abc"),
    ("length", "long", "not a number", "long"),
    ("length", "NaN", "not a number", "NaN"),
    ("length", "Infinity", "not a number", "Infinity"),
    ("length", True, "not a number", "true"),
    ("length", {"seconds": 1}, "not a number", '{"seconds":1}'),
    ("page", None, "missing", None),
    ("ts", None, "missing", None),
    ("ts", "", "missing", ""),
    ("ts", " ", "missing", " "),
]
"""A field, a value which it does not hold, and the reason and the value which the reject shows."""

NO_RECORDS: list[tuple[bytes, str]] = [
    (TRUNCATED, "not a JSON object"),
    (b"[1]", "not a JSON object"),
    (b"5", "not a JSON object"),
    (b"null", "not a JSON object"),
    (b'"text"', "not a JSON object"),
    (b"not json", "not a JSON object"),
    (b"[" + as_line(event()) + b"]", "not a JSON object"),
    (as_line(event(song="X")).replace(b'"X"', b"NaN"), "not a JSON object"),
    (as_line(event(song="X")).replace(b'"X"', b"-Infinity"), "not a JSON object"),
    (as_line(event()).replace(b"}", b",}"), "not a JSON object"),
    (as_line(event()).replace(b"}", b" /* so */ }"), "not a JSON object"),
    (as_line(event()).replace(b'"', b"'"), "not a JSON object"),
    (as_line(event(song="X")).replace(b"X", b"\x00"), "not a JSON object"),
    (as_line(event(song=r"\ud800")).replace(rb"\\", b"\\"), "not a JSON object"),
    (as_line(event(song="X")).replace(b"X", b"\xff"), "not valid UTF-8"),
    (as_line(event(song="X")).replace(b"X", b"\xed\xa0\x80"), "not valid UTF-8"),
]
"""Lines, and the reason which the reject shows."""


def with_value(number: int, field: str, value: Any) -> Any:
    """An event with a value, or with bytes as the text of a value."""
    if not isinstance(value, bytes):
        return event(itemInSession=number) | {field: value}
    return as_line(event(itemInSession=number) | {field: "VALUE"}).replace(b'"VALUE"', value)


@pytest.mark.parametrize("broken", [0, 1], ids=["alone", "beside a broken line"])
def test_a_value_which_fits_is_staged(tables: Engine, broken: int) -> None:
    lines = [with_value(number, field, value) for number, (field, value, _) in enumerate(FITS)]
    tables.folder.log("2018-11-01", *lines, *[TRUNCATED] * broken)
    tables.stage_days()
    found = tables.warehouse.fetch("select * from staging_events order by itemInSession")
    names = [name.lower() for name in found.columns]
    kept = [(f, v, row[names.index(f.lower())]) for row, (f, v, _) in zip(found.rows, FITS, strict=True)]
    assert kept == FITS
    assert len(tables.rejects()) == broken


@pytest.mark.modes
def test_a_value_which_does_not_fit_is_rejected_with_its_line(tables: Engine) -> None:
    lines = [with_value(number, field, value) for number, (field, value, *_) in enumerate(REFUSED)]
    tables.folder.log("2018-11-01", event(itemInSession=99), *lines, event(itemInSession=100))
    loaded = tables.stage_days().staged
    assert tables.rejects() == [
        (FILE, number, field, reason, shown) for number, (field, _, reason, shown) in enumerate(REFUSED, start=2)
    ]
    assert (loaded.records, loaded.rows, loaded.rejects) == (len(REFUSED) + 2, 2, len(REFUSED))


@pytest.mark.modes
def test_a_line_which_is_no_object_is_rejected_whole(tables: Engine) -> None:
    tables.folder.log("2018-11-01", event(), *(line for line, _ in NO_RECORDS), event(itemInSession=1))
    tables.stage_days()
    wanted: list[Row] = [(FILE, number, None, reason, None) for number, (_, reason) in enumerate(NO_RECORDS, start=2)]
    assert tables.rejects() == wanted
    assert tables.rows("select itemInSession from staging_events order by 1") == [(0,), (1,)]


@pytest.mark.gap(engine="redshift", reason="COPY reads no field which it does not need")
def test_no_text_is_refused_in_a_field_which_is_left_out_too(tables: Engine) -> None:
    tables.folder.log("2018-11-01", event(), as_line(event(color="X")).replace(b"X", b"\xff"), event(itemInSession=1))
    tables.stage_days()
    assert tables.rejects() == [(FILE, 2, None, "not valid UTF-8", None)]


def test_of_a_key_which_stands_twice_the_first_counts(tables: Engine) -> None:
    lines = (event(song="first"), event(song=[1, {"a": "}"}], itemInSession=1))
    tables.folder.log("2018-11-01", *(as_line(line)[:-1] + b', "song": ["second"]}' for line in lines))
    tables.stage_days()
    assert tables.rows("select song from staging_events order by itemInSession") == [("first",), ('[1,{"a":"}"}]',)]


@pytest.mark.parametrize(("value", "staged"), [(b"-0", [("-0",)]), (b'"\\u0000abc"', [])])
def test_what_engines_read_otherwise_is_seen_in_a_last_line_without_its_end(
    tables: Engine, value: bytes, staged: list[Row]
) -> None:
    tables.folder.write(FILE, with_value(0, "song", value))
    tables.stage_days()
    assert tables.rows("select song from staging_events") == staged


def test_a_field_which_is_missing_is_null_unless_it_is_required(tables: Engine) -> None:
    for missing in ("artist", "sessionId"):
        day = "2018-11-01" if missing == "artist" else "2018-11-02"
        tables.folder.log(day, {name: value for name, value in event().items() if name != missing})
    tables.folder.log("2018-11-03", b"{}")
    tables.stage_days("2018-11-01", "2018-11-03")
    assert tables.rows("select artist from staging_events") == [(None,)]
    assert [row[2:] for row in tables.rejects()] == [("sessionId", "missing", None), ("itemInSession", "missing", None)]


def test_a_field_which_no_column_takes_is_left_out(tables: Engine) -> None:
    tables.folder.log("2018-11-01", event(color="green"))
    assert tables.stage_days().staged.rows == 1


def test_a_reject_keeps_the_start_of_its_value_its_line_and_its_day(tables: Engine) -> None:
    tables.folder.log("2018-11-01", event(gender="x" * 5000))
    tables.stage_days()
    ((value, line, day),) = tables.rows("select raw_value, raw_line, log_date from load_rejects")
    assert (value, str(day)) == ("x" * 256, "2018-11-01")
    assert line == as_line(event(gender="x" * 5000)).decode()[:1024]
