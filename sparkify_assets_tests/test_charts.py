"""Charts of the answers: pictures for the UI, whatever the rows are, and none where a table has no chart."""

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from sparkify_assets.charts.answers import answer_for, draw_answer
from sparkify_assets.charts.page import page_chart
from sparkify_assets.charts.picture import png
from sparkify_assets.warehouse.base import Rows
from sparkify_assets_tests.answers import ANSWERED, answered_by

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def drawn(name: str, rows: list[dict[str, Any]], zone: str = "UTC") -> tuple[dict[str, Any], Image.Image]:
    columns = tuple(rows[0]) if rows else ()
    answer = draw_answer(answered_by(name), Rows(columns, [tuple(row.values()) for row in rows]), zone)
    picture = png(answer.specification)
    assert len(picture) < 70_000
    return answer.specification, Image.open(BytesIO(picture)).convert("RGBA")


LONG = "Ünïcödé, a very long title which goes on and on "
FULL: dict[str, list[dict[str, Any]]] = {
    "top_songs": [
        {"rank": n, "title": f"{LONG}{n}", "artist": LONG, "plays": 10**7 - n, "listeners": n} for n in range(1, 16)
    ],
    "trending_artists": [
        {
            "week_start": date(2018, 11, 26), "rank": n, "artist": f"{n} {LONG * 2}", "plays": 900_000 + n,
            "listeners": n, "expected_plays": 10_000.5 * n, "trend": 1.5,
        }
        for n in range(1, 16)
    ],
    "listening_by_demographic": [
        {
            "gender": gender, "level": level, "region": f"R{n}" if n else None, "plays": 999_999 - n,
            "listeners": n, "plays_per_listener": None,
        }
        for n in range(15) for gender in ("F", "M", None) for level in ("free", "paid", None)
    ],
    "peak_hours": [
        {"rank": 24 * d + h + 1, "weekday": day, "hour": h, "plays": h, "listeners": 1, "plays_per_day": 7.77 * h * d}
        for d, day in enumerate(WEEKDAYS) for h in range(24)
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERED)
def test_a_full_chart_is_a_small_picture_on_a_ground_of_its_own(name: str) -> None:
    _, picture = drawn(name, FULL[name])
    assert picture.getpixel((0, 0)) == (255, 255, 255, 255)
    assert picture.width <= 1600


@pytest.mark.parametrize("name", ANSWERED)
def test_a_chart_without_rows_is_drawn_empty(name: str) -> None:
    _, picture = drawn(name, [])
    assert picture.getpixel((0, 0)) == (255, 255, 255, 255)


@pytest.mark.parametrize("name", ["trending_artists", "peak_hours"])
def test_a_chart_with_dates_or_hours_names_their_time_zone(name: str) -> None:
    spec, _ = drawn(name, FULL[name], "America/New_York")
    assert "America/New_York" in json.dumps(spec["title"])


@pytest.mark.parametrize("name", ANSWERED)
def test_a_specification_outlives_the_event_log_which_keeps_it_as_json(name: str) -> None:
    specification, _ = drawn(name, FULL[name])
    assert page_chart(json.loads(json.dumps(specification))) == page_chart(specification)


def test_regions_are_ordered_by_their_plays_however_the_rows_are() -> None:
    group = {"gender": "F", "level": "free", "listeners": 1, "plays_per_listener": 1.0}
    groups = [
        {**group, "region": region, "plays": plays} for region, plays in [("A", 3), ("B", 2), (None, 2), ("B", 2)]
    ]
    specification, _ = drawn("listening_by_demographic", groups)
    assert specification["spec"]["encoding"]["y"]["sort"] == ["B", "A", "unknown"]


def test_a_table_without_a_module_of_its_name_has_no_answer() -> None:
    assert answer_for("songplays") is None
