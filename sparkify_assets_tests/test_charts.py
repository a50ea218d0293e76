"""Charts of the answers: pictures for the UI, whatever the rows are, and none where a table has no chart."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sparkify_assets.charts.answers import DRAWN, answer_for, draw_answer
from sparkify_assets.charts.page import begin_drawing_script, drawing_script, page_chart
from sparkify_assets.charts.picture import png
from sparkify_assets.charts.renderer import Renderer, RenderError, renderer
from sparkify_assets.components.answers import answer_metadata
from sparkify_assets.errors import SparkifyError
from sparkify_assets.warehouse.base import Rows
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.answers import ANSWERED, answered_by
from sparkify_assets_tests.processes import until

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
    "active_listeners": [
        {
            "play_date": date(2018, 12, 31) - timedelta(days=n), "plays": 10**6, "daily_listeners": n,
            "weekly_listeners": 7 * n, "monthly_listeners": 30 * n,
        }
        for n in range(400)
    ],
    "peak_hours": [
        {"rank": 24 * d + h + 1, "weekday": day, "hour": h, "plays": h, "listeners": 1, "plays_per_day": 7.77 * h * d}
        for d, day in enumerate(WEEKDAYS) for h in range(24)
    ],
}  # fmt: skip


@pytest.mark.slow
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


# Whatever the texts are

HOSTILE = "".join(map(chr, (*range(0x30), *range(0x7E, 0xA1), 0xD800, 0xFDD0, 0xFFFE, 0xFFFF, 0x202E, 0x1FFFE)))
TOP = {"rank": 1, "artist": "Ann", "plays": 3, "listeners": 1}


@pytest.mark.parametrize("title", [HOSTILE, "🎵" * 200, "a" * 1024, "<b>&amp;\n\t", None], ids=range(5))
def test_a_chart_is_drawn_whatever_a_title_holds(title: str | None) -> None:
    specification, picture = drawn("top_songs", [{**TOP, "title": title}])
    assert picture.width > 100
    assert "\x00" not in str(specification)


@pytest.mark.parametrize("plays", [float("nan"), float("inf"), None, Decimal("3.5"), 10**30])
def test_a_chart_is_drawn_whatever_a_number_is(plays: Any) -> None:
    group = {"gender": "F", "level": "free", "region": "NY", "plays": 1, "listeners": 1}
    specification, _ = drawn("listening_by_demographic", [{**group, "plays_per_listener": plays}])
    json.dumps(specification, allow_nan=False)


def test_a_week_beyond_the_calendar_is_drawn() -> None:
    specification, _ = drawn("trending_artists", [{**FULL["trending_artists"][0], "week_start": "50803-01-01"}])
    assert "Week of 50803-01-01 (UTC)" in specification["title"]["subtitle"][0]


def chart_of(text: str) -> dict[str, Any]:
    return {
        "data": {"values": [{"text": text, "one": 1}]},
        "mark": "bar",
        "encoding": {"y": {"field": "text", "type": "nominal"}, "x": {"field": "one", "type": "quantitative"}},
    }


@pytest.mark.slow
def test_a_picture_which_aborts_the_renderer_costs_that_picture_only() -> None:
    with pytest.raises(RenderError, match=r"the process which draws it ended with -6"):
        png(chart_of("bell\x00"))
    assert png(chart_of("bell"))


def test_an_answer_without_its_picture_keeps_its_chart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def abort(*_: object, **__: object) -> str:
        raise RenderError("no memory")

    monkeypatch.setattr(Renderer, "call", abort)
    warehouse = DuckDBWarehouse(path=str(tmp_path / "empty.duckdb"))
    warehouse.create_tables()
    assert set(answer_metadata("top_songs", warehouse, "UTC")) == {DRAWN}
    monkeypatch.setattr(DuckDBWarehouse, "fetch", abort)
    assert answer_metadata("top_songs", warehouse, "UTC") == {}
    warehouse.close()


def test_a_picture_which_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer().call("vegalite_to_png", vl_spec=chart_of("warm"))
    monkeypatch.setattr("sparkify_assets.charts.renderer.SECONDS", 0.2)
    with pytest.raises(RenderError, match=r"the process which draws it ended with -9"):
        png(chart_of("x" * 500_000))


def test_a_script_which_is_begun_is_there_before_a_page_asks_for_it(tmp_path: Path) -> None:
    begin_drawing_script(tmp_path / "reports")
    until(lambda: list(tmp_path.glob("reports/.vega-*.js")), seconds=60)
    assert "window.vegaEmbed" in drawing_script(tmp_path / "reports")


def test_a_script_which_is_there_is_not_made_again(tmp_path: Path) -> None:
    drawing_script(tmp_path)
    (script,) = tmp_path.glob(".vega-*.js")
    script.write_text("as it was", encoding="utf-8")
    begin_drawing_script(tmp_path).join()
    assert drawing_script(tmp_path) == "as it was"


def test_a_script_which_cannot_be_begun_fails_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    begin_drawing_script(tmp_path / "file").join()
    with pytest.raises(SparkifyError, match="The page cannot be written"):
        drawing_script(tmp_path / "file")


def test_a_chart_without_a_title_is_on_the_page_without_one() -> None:
    assert page_chart(chart_of("a")).subtitle == []
    assert page_chart({**chart_of("a"), "title": "Plain"}).title == "Plain"


def test_a_table_without_a_module_of_its_name_has_no_answer() -> None:
    assert answer_for("songplays") is None
