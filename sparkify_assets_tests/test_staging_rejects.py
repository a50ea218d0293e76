"""What is staged and what is rejected, value by value; and that both ways of reading a file agree."""

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


# Values a column holds


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("status", 200, 200),
        ("status", "007", 7),
        ("status", " 7 ", 7),
        ("status", -2147483648, -2147483648),
        ("status", "", None),
        ("status", None, None),
        ("userId", "", None),
        ("ts", 9223372036854775807, 9223372036854775807),
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
    ],
)
@pytest.mark.parametrize("path", ["whole file", "line by line"])
def test_a_value_which_fits_is_staged(
    lake: SmallLake, tables: Tables, path: str, field: str, given: Any, kept: Any
) -> None:
    lake.log(FIRST, event(**{field: given}), *([TRUNCATED] if path == "line by line" else []))
    tables.stage_day()
    assert staged(tables, field) == [kept]


def test_a_field_which_is_missing_is_null(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, {name: value for name, value in event().items() if name != "artist"})
    tables.stage_day()
    assert staged(tables, "artist") == [None]


def test_a_field_which_no_column_takes_is_left_out(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(colour="green"))
    assert tables.stage_day().staged.rows == 1


# Values a column does not hold


@pytest.mark.parametrize(
    ("field", "given", "reason", "raw"),
    [
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
        ("length", "long", "not a number", "long"),
        ("length", "NaN", "not a number", "NaN"),
        ("length", "Infinity", "not a number", "Infinity"),
        ("length", True, "not a number", "true"),
        ("length", {"seconds": 1}, "not a number", '{"seconds":1}'),
        ("page", None, "missing", None),
        ("ts", None, "missing", None),
        ("ts", "", "missing", ""),
    ],
)
def test_a_value_which_does_not_fit_is_rejected_with_its_line(
    lake: SmallLake, tables: Tables, field: str, given: Any, reason: str, raw: str | None
) -> None:
    lake.log(FIRST, event(), event(itemInSession=1) | {field: given}, event(itemInSession=2))
    done = tables.stage_day().staged
    assert (done.lines, done.rows, done.rejects) == (3, 2, 1)
    assert rejects(tables) == [(FILE, 2, field, reason, raw)]


def test_a_missing_field_of_a_required_column_is_rejected(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, {name: value for name, value in event().items() if name != "sessionId"})
    tables.stage_day()
    assert rejects(tables) == [(FILE, 1, "sessionId", "missing", None)]


def test_the_first_field_in_the_order_of_the_paths_is_named(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(ts=None, status="abc", gender="FF"))
    tables.stage_day()
    assert rejects(tables) == [(FILE, 1, "gender", "longer than 1 bytes", "FF")]


def test_a_reject_keeps_the_start_of_its_line_and_its_day(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(gender="x" * 5000))
    tables.stage_day()
    ((raw_value, raw_line, day),) = tables.rows("select raw_value, raw_line, log_date::varchar from load_rejects")
    assert raw_value == "x" * 256
    assert raw_line == as_line(event(gender="x" * 5000)).decode()[:1024]
    assert day == FIRST


# Lines which are no events


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (TRUNCATED, "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (b"5", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"not json", "not a JSON object"),
        (as_line(event()) + as_line(event()), "not a JSON object"),
        (as_line(event()) + b" " + as_line(event()), "not a JSON object"),
        (b"[" + as_line(event()) + b"]", "not a JSON object"),
        (b"\xef\xbb\xbf" + as_line(event()), "not a JSON object"),
        (as_line(event(song=r"\ud800")).replace(rb"\\", b"\\"), "not a JSON object"),
        (as_line(event(song="X")).replace(b"X", b"\xff"), "not valid UTF-8"),
        (as_line(event(colour="X")).replace(b"X", b"\xff"), "not valid UTF-8"),
        (as_line(event(song="X")).replace(b"X", b"\xed\xa0\x80"), "not valid UTF-8"),
    ],
)
def test_a_line_which_is_no_object_is_rejected_whole(lake: SmallLake, tables: Tables, line: bytes, reason: str) -> None:
    lake.log(FIRST, event(), line, event(itemInSession=1))
    tables.stage_day()
    assert rejects(tables) == [(FILE, 2, None, reason, None)]
    assert staged(tables, "itemInSession") == [0, 1]


def test_an_object_without_any_known_field_is_rejected_as_missing(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, b"{}")
    tables.stage_day()
    assert rejects(tables) == [(FILE, 1, "itemInSession", "missing", None)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(as_line(event()) + b"\n\n" + as_line(event(itemInSession=1)) + b"\n", id="blank line"),
        pytest.param(b"\n \n\t\n" + as_line(event()) + b"\n" + as_line(event(itemInSession=1)), id="blank start"),
        pytest.param(as_line(event()) + b"\r\n" + as_line(event(itemInSession=1)) + b"\r\n", id="CRLF"),
        pytest.param(as_line(event()) + b"\r\n\r\n" + as_line(event(itemInSession=1)), id="blank CRLF line"),
        pytest.param(as_line(event()) + b"\n" + as_line(event(itemInSession=1)), id="no last newline"),
        pytest.param(as_line(event()) + b"\n" + as_line(event(itemInSession=1)) + b"\n\n\n", id="blank end"),
        pytest.param(as_line(event()) + b"\n\x0c\n" + as_line(event(itemInSession=1)) + b"\x0b\n", id="form feed"),
    ],
)
@pytest.mark.parametrize("broken", [0, 1])
def test_blank_lines_and_line_ends_do_not_count(lake: SmallLake, tables: Tables, content: bytes, broken: int) -> None:
    lake.write(FILE, content + (b"\n" + TRUNCATED) * broken)
    done = tables.stage_day().staged
    assert (done.lines, done.rows, done.rejects) == (2 + broken, 2, broken)
    assert staged(tables, "itemInSession") == [0, 1]
    assert tables.rows("select line_count from lake_files") == [(2 + broken,)]


def test_a_reject_is_numbered_as_an_editor_numbers_lines(lake: SmallLake, tables: Tables) -> None:
    lake.write(FILE, b"\n\r\n" + as_line(event()) + b"\n\n" + TRUNCATED)
    tables.stage_day()
    assert [line for _, line, *_ in rejects(tables)] == [5]


def test_an_empty_file_stages_nothing_and_is_known(lake: SmallLake, tables: Tables) -> None:
    lake.write(FILE, b"")
    result = tables.stage_day()
    assert (result.staged.files, result.staged.lines, result.missing_days) == (1, 0, [])
    assert tables.rows("select source_file, line_count from lake_files") == [(FILE, 0)]


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


def test_all_files_of_a_day_are_staged(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(itemInSession=0), TRUNCATED)
    lake.log(FIRST, event(itemInSession=1), suffix="-events-2.json.gz")
    lake.log(FIRST, event(itemInSession=2), b"5", suffix=".json")
    tables.stage_day()
    assert staged(tables, "itemInSession") == [0, 1, 2]
    assert [(file, line) for file, line, *_ in rejects(tables)] == [
        (FILE, 2), ("log_data/2018/11/2018-11-01.json", 2)
    ]  # fmt: skip


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


# Too many rejects


def test_rejects_above_the_share_fail_the_load_and_leave_the_table(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(itemInSession=7), b"[1]")
    tables.stage_day()
    before = tables.rows("from load_rejects"), tables.rows("from lake_files")
    lake.log(FIRST, *(event(itemInSession=n) for n in range(8)), event(ts="soon"), TRUNCATED)
    with pytest.raises(LoadError) as failed:
        tables.stage_day(share=0.19)
    assert str(failed.value) == (
        "2 of 10 lines for staging_events do not fit, more than the share of 19.0% which SPARKIFY_MAX_REJECT_SHARE "
        "allows. Nothing was staged. Fix the files or allow more. The first:\n"
        f"  {FILE} line 9: ts = 'soon' is not a whole number\n"
        f"  {FILE} line 10: not a JSON object"
    )
    assert staged(tables, "itemInSession") == [7]
    assert (tables.rows("from load_rejects"), tables.rows("from lake_files")) == before


def test_rejects_of_just_the_share_pass(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, *(event(itemInSession=n) for n in range(8)), event(ts="soon"), TRUNCATED)
    assert tables.stage_day(share=0.2).staged.rejects == 2


def test_a_reload_of_the_fixed_file_deletes_its_rejects(lake: SmallLake, tables: Tables) -> None:
    lake.log(FIRST, event(), TRUNCATED)
    tables.stage_day()
    lake.log(FIRST, event(), event(itemInSession=1))
    tables.stage_day()
    assert rejects(tables) == []
    assert staged(tables, "itemInSession") == [0, 1]


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


# Song files


def test_a_song_file_over_several_lines_is_one_record(lake: SmallLake, tables: Tables) -> None:
    lake.write("song_data/A.json", json.dumps(song(), indent=4).encode())
    lake.write("song_data/B.json.gz", json.dumps(song(song_id="SO2"), indent=1).encode())
    done = tables.stage_songs().staged
    assert (done.files, done.lines, done.rows) == (2, 2, 2)
    assert tables.rows("select source_file, song_id, duration, year from staging_songs order by 1") == [
        ("song_data/A.json", "SO1", 200.0, 2000), ("song_data/B.json.gz", "SO2", 200.0, 2000)
    ]  # fmt: skip


def test_several_songs_in_a_file_are_a_line_each(lake: SmallLake, tables: Tables) -> None:
    lake.write("song_data/A.json", as_line(song()) + b"\n" + as_line(song(song_id="SO2")) + b"\n" + TRUNCATED)
    done = tables.stage_songs().staged
    assert (done.lines, done.rows, done.rejects) == (3, 2, 1)
    assert rejects(tables) == [("song_data/A.json", 3, None, "not a JSON object", None)]


def test_a_song_over_several_lines_is_rejected_with_its_value(lake: SmallLake, tables: Tables) -> None:
    record = song(artist_id="AR" + "x" * 31)
    lake.write("song_data/A.json", json.dumps(record, indent=4).encode())
    tables.stage_songs()
    assert rejects(tables) == [("song_data/A.json", 1, "artist_id", "longer than 32 bytes", "AR" + "x" * 31)]


@pytest.mark.parametrize("field", ["song_id", "artist_id", "title", "artist_name"])
def test_a_song_without_a_required_field_is_rejected(lake: SmallLake, tables: Tables, field: str) -> None:
    lake.song("A.json", song(**{field: None}))
    tables.stage_songs()
    assert rejects(tables) == [("song_data/A.json", 1, field, "missing", None)]


def test_an_empty_song_file_is_known_and_holds_nothing(lake: SmallLake, tables: Tables) -> None:
    lake.write("song_data/A.json", b"")
    lake.song("B.json", song())
    assert tables.stage_songs().staged.lines == 1
    assert tables.rows("select source_file, line_count from lake_files order by 1") == [
        ("song_data/A.json", 0), ("song_data/B.json", 1)
    ]  # fmt: skip


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
