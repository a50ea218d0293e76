"""How DuckDB reads files: any line, any folder; a broken line changes nothing for the others."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sparkify_assets.errors import LakeError, LoadError
from sparkify_assets_tests.lakes import Record, event, song
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake, Tables, as_line

FILE = "log_data/2018/11/2018-11-01-events.json"
TRUNCATED = b'{"artist": "Des'


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path / "lake")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table, made once."""
    folder = tmp_path_factory.mktemp("empty")
    tables = Tables(SmallLake(folder / "lake"), folder / "warehouse.duckdb")
    tables.warehouse.create_tables()
    tables.warehouse.close()
    return folder / "warehouse.duckdb"


@pytest.fixture
def tables(lake: SmallLake, tmp_path: Path, empty: Path) -> Iterator[Tables]:
    made = Tables(lake, Path(shutil.copy(empty, tmp_path)))
    yield made
    made.warehouse.close()


def staged(tables: Tables, column: str) -> list[Any]:
    return [value for (value,) in tables.rows(f"select {column} from staging_events order by itemInSession")]


def rejects(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.rows(
        "select source_file, line_number, column_name, reason, raw_value from load_rejects order by 1, 2"
    )


def test_the_first_field_in_the_order_of_the_paths_is_named(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(ts=None, status="abc", gender="FF"))
    tables.stage_day()
    assert rejects(tables) == [(FILE, 1, "gender", "longer than 1 bytes", "FF")]


def test_a_line_longer_than_16_mb_is_staged_or_rejected_like_any_other(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(), event(colour="x" * (17 << 20), itemInSession=1), event(song="y" * (17 << 20)))
    tables.stage_day()
    assert staged(tables, "itemInSession") == [0, 1]
    assert [(line, column, reason) for _, line, column, reason, _ in rejects(tables)] == [
        (3, "song", "longer than 1024 bytes")
    ]


def test_a_line_longer_than_32_mb_fails_the_load_and_its_file_is_named(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(), event(colour="x" * (33 << 20)))
    with pytest.raises(LoadError, match=r"longer than DuckDB reads: .*2018-11-01-events\.json.*Split the line"):
        tables.stage_day()
    assert staged(tables, "itemInSession") == []


# Files


def test_a_compressed_file_is_read_like_a_plain_one(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(), event(itemInSession=1, status="abc"), suffix="-events.json.gz")
    tables.stage_day()
    assert staged(tables, "itemInSession") == [0]
    assert rejects(tables) == [(f"{FILE}.gz", 2, "status", "not a whole number", "abc")]


def test_a_broken_line_does_not_touch_the_other_days(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(itemInSession=0), TRUNCATED)
    lake.log("2018-11-02", event(itemInSession=1))
    result = tables.stage_day(FIRST, "2018-11-03")
    assert {str(day): rows for day, rows in result.rows_by_day.items()} == {FIRST: 1, "2018-11-02": 1}
    assert [str(day) for day in result.missing_days] == ["2018-11-03"]


@pytest.mark.parametrize("folder", ["lake with blanks", "lake[1]", "what?", "star*", "it's", "ümlaut", "{a,b}"])
def test_any_name_of_the_folder_will_do(tmp_path: Path, folder: str) -> None:
    lake = SmallLake(tmp_path / folder)
    lake.log(FIRST, event(), event(itemInSession=1))
    lake.song("A.json", song())
    tables = Tables(lake, tmp_path / "warehouse.duckdb")
    assert tables.stage_day().staged.rows == 2
    assert tables.stage_songs().staged.rows == 1
    tables.warehouse.close()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(gzip.compress(as_line(event()))[:-9], id="cut short"),
        pytest.param(gzip.compress(as_line(event()))[:12] + b"\xff" * 90, id="damaged"),
        pytest.param(as_line(event()), id="not compressed"),
    ],
)
def test_a_corrupt_compressed_file_fails_the_load_and_is_named(lake: SmallLake, tables: Tables, content: bytes) -> None:
    lake.log(FIRST, event())
    tables.stage_day()
    (lake.folder / f"{FILE}.gz").write_bytes(content)
    with pytest.raises(LakeError, match=r"2018-11-01-events\.json\.gz cannot be read: .+ Restore the file"):
        tables.stage_day()
    assert staged(tables, "itemInSession") == [0]


@pytest.mark.parametrize("name", [FILE, "song_data/A/TRA.json"])
def test_a_link_into_nowhere_fails_the_load_and_is_named(lake: SmallLake, tables: Tables, name: str) -> None:
    (lake.folder / name).parent.mkdir(parents=True)
    (lake.folder / name).symlink_to("nowhere")
    with pytest.raises(LakeError, match=rf"{Path(name).name} cannot be read"):
        (tables.stage_day if name == FILE else tables.stage_songs)()


def test_a_folder_named_like_a_log_file_is_no_log_file(lake: SmallLake, tables: Tables) -> None:
    (lake.folder / FILE).mkdir(parents=True)
    assert [str(day) for day in tables.stage_day().missing_days] == [FIRST]


def test_a_failed_load_shows_its_reason_in_dagster(
    lake: SmallLake, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    lake.song("A.json", song())
    lake.log(FIRST, TRUNCATED)
    platform = Platform(lake, tmp_path / "warehouse.duckdb", instance, last_day=FIRST)
    failed = platform.build(good=False)
    assert not failed.success
    data = failed.failure_data_for_node("staging_events")
    assert data is not None
    assert data.user_failure_data is not None
    assert f"{FILE} line 1: not a JSON object" in str(data.user_failure_data.description)


# Both ways of reading agree

WHOLE = st.integers(-(2**66), 2**66) | st.integers(2**31 - 2, 2**31 + 1) | st.integers(-3, 3)
NUMERIC_TEXT = st.from_regex(r"[ ]?[-+]?0?[0-9]{1,3}(\.[0-9]{0,2})?([eE][-+]?[0-9]{1,3})?[ _]?", fullmatch=True)
SCALARS = (
    st.none()
    | st.booleans()
    | WHOLE
    | st.floats(allow_nan=True, allow_infinity=True)
    | NUMERIC_TEXT
    | WHOLE.map(str)
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(
        ["", " ", "NaN", "-inf", "true", "null", "0x1F", "1_000", "\u0000", "\u00a07", "٣", "é" * 8, "é" * 9]
    )
)
VALUES = SCALARS | st.recursive(
    SCALARS,
    lambda more: st.lists(more, max_size=2) | st.dictionaries(st.text(max_size=3), more, max_size=2),
    max_leaves=4,
)
EXAMPLES = settings().max_examples * 2 // 5  # each stages eight days twice
DAYS = [f"2018-11-{day:02d}" for day in range(1, 9)]
FIELDS = ["level", "gender", "page", "status", "sessionId", "ts", "length"]


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A line with one to three values of any kind, perhaps damaged, cut, or with blanks around it."""
    changes: Record = draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1, max_size=3))
    text = json.dumps(event(**changes), ensure_ascii=draw(st.booleans()))
    line = text.encode("utf-8", errors="surrogatepass")
    damage = draw(st.sampled_from(["none"] * 6 + ["cut", "byte", "around", "doubled"]))
    if damage == "cut":
        line = line[: draw(st.integers(0, len(line)))]
    elif damage == "byte":
        place = draw(st.integers(0, len(line) - 1))
        line = line[:place] + draw(st.binary(max_size=2)) + line[place + 1 :]
    elif damage == "around":
        blank = st.text(" \t\r\x0b\x0c\x00\ufeff,", max_size=3)
        line = draw(blank).encode() + line + draw(blank).encode()
    elif damage == "doubled":
        line += draw(st.sampled_from([b"", b" ", b","])) + line
    return line


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SmallLake, Tables]]:
    folder = tmp_path_factory.mktemp("bench")
    lake = SmallLake(folder / "lake")
    tables = Tables(lake, folder / "warehouse.duckdb")
    yield lake, tables
    tables.warehouse.close()


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(contents=st.lists(lines(), min_size=1, max_size=len(DAYS)))
def test_a_broken_line_does_not_change_what_is_staged_of_the_others(
    bench: tuple[SmallLake, Tables], contents: list[bytes]
) -> None:
    alone = staged_by_day(*bench, contents, b"")
    beside_a_broken_line = staged_by_day(*bench, contents, b"\n" + TRUNCATED)
    assert alone == beside_a_broken_line


def staged_by_day(lake: SmallLake, tables: Tables, contents: list[bytes], after: bytes) -> list[Any]:
    """Each content in the log of a day of its own: what of it is staged, and what rejected."""
    for day in DAYS:
        (lake.folder / lake.log_name(day)).unlink(missing_ok=True)
    for day, content in zip(DAYS, contents, strict=False):
        lake.write(lake.log_name(day), content + after)
    tables.stage_day(DAYS[0], DAYS[-1])
    found = []
    for day, content in zip(DAYS, contents, strict=False):
        rows = tables.rows(
            f"select {', '.join(FIELDS)} from staging_events where log_date = '{day}' order by 1, 2, 3, 4, 5, 6, 7"
        )
        refused = tables.rows(
            f"select line_number, column_name, reason, raw_value from load_rejects where log_date = '{day}' order by 1"
        )
        if after:
            refused.pop()
        assert len(rows) + len(refused) == sum(bool(line.strip()) for line in content.split(b"\n"))
        found.append((rows, refused))
    return found
