"""Text which leaves is printable: what XML forbids, what terminals obey and what turns text around is an escape."""

import json
import re
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sparkify_assets.components.metadata import table_value
from sparkify_assets.pages.printable import json_value, markdown_cell, printable, printable_text
from sparkify_assets.pages.rendering import day

# The characters of XML 1.0.
XML = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))


def test_no_character_which_xml_forbids_or_a_terminal_obeys_is_printable() -> None:
    shown = printable(EVERYTHING)
    assert XML.fullmatch(shown)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", shown)
    shown.encode()


@pytest.mark.parametrize(
    "text", ["Beyoncé\u2019s “Halo”", "米津玄師", "👩‍👩‍👧", "שלום", "می‌خواهم", "a\u00a0b", "\\x07"]
)
def test_other_text_is_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bell\x00\x07", r"bell\x00\x07"),
        ("\x1b]0;title\x9b2J", r"\x1b]0;title\x9b2J"),
        ("\u202eabc\ufeff", r"\u202eabc\ufeff"),
        ("\ud800 \U0001fffe", r"\ud800 \U0001fffe"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
    ],
)
def test_what_is_not_printable_is_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_text_of_several_lines_keeps_them() -> None:
    assert printable_text("a\n\tb\r\x0b") == "a\n\tb\\r\\x0b"


def test_a_value_of_json_is_strict_json() -> None:
    value = {"a": [float("nan"), float("inf"), Decimal("1.5"), Decimal("NaN"), date(2018, 11, 1), None, True, 7]}
    shown = json_value(value | {"b\x00": ("x\x07", b"\x00", datetime(2018, 11, 1, 12))})
    assert shown == {
        "a": [None, None, 1.5, None, "2018-11-01", None, True, 7],
        "b\x00": [r"x\x07", r"b'\x00'", "2018-11-01T12:00:00"],
    }
    json.dumps(shown, allow_nan=False)


def test_a_cell_of_markdown_holds_no_markup() -> None:
    shown = markdown_cell("![x](http://a)|<img>\n*&amp;\x1b", 60)
    assert not re.search(r"[\[\]<>|*`\n\x1b]", shown)
    assert shown.startswith("!&#91;x&#93;(http://a)&#124;&#60;img&#62; &#42;&#38;amp;&#92;x1b")
    assert markdown_cell("a" * 100, 10) == "a" * 9 + "…"
    assert markdown_cell(None, 10) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"), (float("inf"), "inf"), (Decimal("2"), 2), (Decimal("2.5"), 2.5), (None, ""),
        ("50803-01-01", "50803-01-01"), (date(2018, 11, 1), "2018-11-01"), (b"\x00", r"b'\x00'"), ([1], "[1]"),
        ("\x07", r"\x07"),
    ],
)  # fmt: skip
def test_a_value_of_a_check_is_one_which_metadata_takes(value: Any, shown: str | float) -> None:
    assert table_value(value) == shown


@pytest.mark.parametrize(
    ("on", "shown"), [(date(2018, 11, 1), "1 November 2018"), ("50803-01-01", "50803-01-01"), (None, "\u2013")]
)
def test_a_day_is_in_words_where_it_is_one(on: date | str | None, shown: str) -> None:
    assert day(on) == shown
