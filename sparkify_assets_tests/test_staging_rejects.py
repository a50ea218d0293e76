"""How DuckDB reads files: any line, any folder; a broken line changes nothing for the others."""

import json
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sparkify_assets_tests.lakes import Record, event, song
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake, Tables, as_line

FILE = "log_data/2018/11/2018-11-01-events.json"
TRUNCATED = b'{"artist": "Des'


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path / "lake")


@pytest.fixture
def tables(lake: SmallLake, tmp_path: Path) -> Iterator[Tables]:
    made = Tables(lake, tmp_path / "warehouse.duckdb")
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


def test_a_line_of_any_length_is_rejected_in_little_memory(lake: SmallLake, tables: Tables) -> None:
    path = lake.log(FIRST, event())
    with path.open("ab") as file:
        file.write(b'{"song": "')
        file.truncate(512 << 20)  # a hole of zeros, which takes no room on the disk
    with path.open("ab") as file:
        file.write(b'"}\n' + as_line(event(itemInSession=1)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tables.stage_day()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250 << 10
    assert staged(tables, "itemInSession") == [0, 1]
    assert rejects(tables) == [(FILE, 2, None, "longer than 4 MB", None)]


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


@pytest.mark.parametrize("name", [FILE, "song_data/A/TRA.json"])
def test_a_link_into_nowhere_is_left_out_and_named(lake: SmallLake, tables: Tables, name: str) -> None:
    lake.song("B.json", song())
    (lake.folder / name).parent.mkdir(parents=True)
    (lake.folder / name).symlink_to("nowhere")
    listing = (tables.stage_day if name == FILE else tables.stage_songs)().listing
    assert [(left.file.name, left.why) for left in listing.left_out] == [
        (name, "a link which leads nowhere (No such file or directory)")
    ]


def test_no_folder_on_the_way_to_a_lake_becomes_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hive = tmp_path / "level=raw" / "status=7"
    (hive / "tmp").mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(hive / "tmp"))
    lake = SmallLake(hive / "lake")
    lake.log(FIRST, event(level="paid", status=200))
    lake.log("2018-11-02", event(level="free", status=404), TRUNCATED)
    tables = Tables(lake, hive / "warehouse.duckdb")
    tables.stage_day(FIRST, "2018-11-02")
    assert tables.rows("select level, status from staging_events order by 1") == [("free", 404), ("paid", 200)]
    tables.warehouse.close()


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


# Numbers are read as numbers where the first lines have them


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("status", "1.5", "not a whole number"),
        ("status", "200.0", "not a whole number"),
        ("status", "true", "not a whole number"),
        ("status", "[200]", "not a whole number"),
        ("status", "2147483648", "out of range for INTEGER"),
        ("ts", "null", "missing"),
        ("ts", "-1", "not a time in milliseconds: -1"),
        ("length", "true", "not a number"),
        ("length", "1e400", "not a number"),
        ("length", '"long"', "not a number"),
    ],
)
def test_a_later_value_which_is_no_such_number_is_rejected(
    lake: SmallLake, tables: Tables, field: str, value: str, reason: str
) -> None:
    odd = as_line(event(itemInSession=2, **{field: "odd"})).replace(b'"odd"', value.encode())
    lake.log(FIRST, event(), event(itemInSession=1), odd)
    lake.log("2018-11-02", event(), odd)
    tables.stage_day(FIRST, "2018-11-02")
    assert staged(tables, "itemInSession") == [0, 0, 1]
    assert [row[2:4] for row in rejects(tables)] == [(field, reason)] * 2


@pytest.mark.parametrize(
    ("field", "value", "held"),
    [("status", '"404"', 404), ("status", '""', None), ("length", '"1.5"', 1.5), ("length", "7", 7.0), ("ts", "0", 0)],
)
def test_a_later_number_is_held_however_it_is_written(
    lake: SmallLake, tables: Tables, field: str, value: str, held: Any
) -> None:
    odd = as_line(event(itemInSession=1, **{field: "odd"})).replace(b'"odd"', value.encode())
    lake.log(FIRST, event(), odd)
    lake.log("2018-11-02", event())
    tables.stage_day(FIRST, "2018-11-02")
    assert tables.rows(f"select {field} from staging_events where itemInSession = 1") == [(held,)]
    assert rejects(tables) == []


def test_the_days_between_those_of_a_load_stay(lake: SmallLake, tables: Tables) -> None:
    for day, artist in ((FIRST, "Elena"), ("2018-11-02", "1.5"), ("2018-11-03", "Elena")):
        lake.log(day, event(artist=artist))
    tables.stage_day(FIRST, "2018-11-03")
    tables.warehouse.run(lambda session: session.execute(f"delete from staging_events where log_date = '{FIRST}'"))
    assert [str(day) for day in tables.stage_day("2018-11-03").lost] == [FIRST]
    assert tables.rows("select artist from staging_events order by log_date") == [("Elena",), ("1.5",), ("Elena",)]


# Both ways of reading agree: the engine's, and record by record

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
EXAMPLES = settings().max_examples // 5  # each stages eight days twice
DAYS = [f"2018-11-{day:02d}" for day in range(2, 10)]
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


@pytest.mark.slow
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
    # From its first lines it follows which fields are read as numbers.
    lake.log(FIRST, event(), event(itemInSession=1))
    tables.stage_day(FIRST, DAYS[-1])
    found = []
    for day, _ in zip(DAYS, contents, strict=False):
        rows = tables.rows(
            f"select {', '.join(FIELDS)} from staging_events where log_date = '{day}' order by 1, 2, 3, 4, 5, 6, 7"
        )
        refused = tables.rows(
            f"select line_number, column_name, reason, raw_value from load_rejects where log_date = '{day}' order by 1"
        )
        if after:
            refused.pop()
        ((records,),) = tables.rows(f"select record_count from lake_files where log_date = '{day}'")
        assert len(rows) + len(refused) == records - bool(after)
        found.append((rows, refused))
    return found
