"""The parts of `make bench` which decide what its tables say; no peer is installed for them."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.against import BENCHES
from benchmarks.lakes import LONG_START, add_day, cut
from benchmarks.page import SPEED, write_block
from benchmarks.processes import Cost, median, ratio
from benchmarks.star import STAR, read_star, require_same

PAGE = "before\n<!-- bench a -->\nold\n<!-- end of bench a -->\nafter\n"


def database(path: Path, user: str, played: str = "timestamp '2018-11-01'") -> Path:
    """A star whose tables have a row each."""
    values = {"user_id": user, "start_time": played, "duration": "1", "latitude": "null", "longitude": "null"}
    with duckdb.connect(str(path)) as connection:
        for table, columns in STAR.items():
            row = ", ".join(f'{values.get(column, "1")} as "{column}"' for column in columns.split())
            connection.execute(f'create table "{table}" as select {row}')
    return path


def test_a_ratio_is_the_median_of_the_rounds_not_of_the_figures() -> None:
    ours, floor = [Cost(2, 2, 2), Cost(30, 2, 2), Cost(4, 2, 2)], [Cost(1, 2, 1), Cost(10, 1, 1), Cost(4, 2, 1)]
    assert ratio(ours, floor) == Cost(2, 1, 2)
    assert median(ours) == Cost(4, 2, 2)


def test_a_block_replaces_what_is_between_its_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    write_block("a", "new", page)
    assert page.read_text() == "before\n<!-- bench a -->\n\nnew\n\n<!-- end of bench a -->\nafter\n"
    with pytest.raises(ValueError, match="has no lines <!-- bench b -->"):
        write_block("b", "new", page)


def test_the_page_about_speed_has_a_place_for_each_table() -> None:
    page = SPEED.read_text(encoding="utf-8")
    for name in (*(BENCHES.keys() - {"days"}), "days-10000", "days-100000", "contenders"):
        assert page.count(f"<!-- bench {name} -->\n") == page.count(f"<!-- end of bench {name} -->\n") == 1


def test_stars_are_the_same_whatever_the_width_of_a_number(tmp_path: Path) -> None:
    ours = read_star(database(tmp_path / "a.duckdb", user="7::integer"))
    require_same("b", read_star(database(tmp_path / "b.duckdb", user="7::bigint")), ours)
    with pytest.raises(ValueError, match="songplays: 1 rows, not the 1 expected, or with other values\nusers: 1 rows"):
        require_same("c", read_star(database(tmp_path / "c.duckdb", user="8")), ours)


def test_a_lake_is_cut_to_its_first_days_and_gains_one(tmp_path: Path) -> None:
    whole, lake = tmp_path / "whole", tmp_path / "lake"
    (whole / "song_data").mkdir(parents=True)
    (whole / "log_data/2018/01").mkdir(parents=True)
    for day in (1, 2, 3):
        (whole / f"log_data/2018/01/2018-01-0{day}-events.json").write_text(str(day))
    add_day(whole, cut(whole, lake, 2), LONG_START.replace(day=3))
    assert len(list(lake.rglob("*.json"))) == 3
    cut(whole, lake, 2)
    assert sorted(path.read_text() for path in lake.rglob("*.json")) == ["1", "2"]
