"""`sparkify import`: dumps of any form become a lake, and what has no place in it is named."""

import bz2
import fcntl
import gzip
import json
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from sparkify_assets.cli.main import main
from sparkify_assets.importing import arrays, sorting
from sparkify_assets.importing.arrays import split_elements
from sparkify_assets.importing.dumps import NO_SONGS, UNFINISHED
from sparkify_assets.lake.records import read_records
from sparkify_assets.sample.generator import JSONPATHS, generate_lake
from sparkify_assets_tests.lakes import DAY_MS, REAL_LAKE, Record, at, event, logged_out, song
from sparkify_assets_tests.workbench import FIRST, SONG_FIELDS, Platform, SmallLake, evaluations

EVENTS_DUMP = REAL_LAKE.parent / "datalaker-events.json.gz"
THREE_DAYS = [
    event(ts=at("2018-11-01 12:00") + hour * DAY_MS // 10, itemInSession=hour, song=f'{hour} {{"[é]", ' + "}")
    for hour in range(25)
]
DAY_1, DAY_2, DAY_3 = (f"log_data/2018/11/2018-11-0{day}-events.json" for day in (1, 2, 3))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dump(name: str, content: bytes | str | Record | Sequence[Record]) -> str:
    """Write a dump: bytes and text as they are, else an object a line."""
    if isinstance(content, (bytes, str)):
        written = content.encode() if isinstance(content, str) else content
    else:
        records = [content] if isinstance(content, Mapping) else content
        written = "".join(json.dumps(record) + "\n" for record in records).encode()
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(written)
    return name


def imported(*arguments: str, lake: str = "lake", ends: int = 0) -> str:
    """What the command prints, one sentence a line."""
    done: Result = CliRunner().invoke(main, ["import", *arguments, "--lake", lake])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == ends, done.output
    assert not Path(lake, UNFINISHED).exists()
    return done.output


def lake_files(lake: str = "lake") -> dict[str, bytes]:
    return {p.relative_to(lake).as_posix(): p.read_bytes() for p in sorted(Path(lake).rglob("*")) if p.is_file()}


def lines(name: str, lake: str = "lake") -> list[Record]:
    return [json.loads(line) for line in Path(lake, name).read_text().splitlines()]


# Forms of dumps


def pretty(records: Sequence[Record]) -> str:
    return "\n".join(json.dumps(record, indent=2) for record in records)


FORMS: dict[str, Callable[[Sequence[Record]], bytes | str | Sequence[Record]]] = {
    "an object a line": list,
    "any order": lambda records: random.Random(1).sample(records, len(records)),
    "an array": json.dumps,
    "a pretty array": lambda records: json.dumps(records, indent=4),
    "an array with an element a line": lambda records: "[" + ",\n".join(map(json.dumps, records)) + "]\n",
    "arrays one after the other": lambda records: json.dumps(records[:9]) + json.dumps(records[9:]),
    "pretty objects": pretty,
    "all on one line": lambda records: "".join(map(json.dumps, records)),
    "a mark of UTF-8": lambda records: b"\xef\xbb\xbf" + json.dumps(records).encode(),
    "gzip": lambda records: gzip.compress(json.dumps(records).encode()),
    "bzip2": lambda records: bz2.compress(pretty(records).encode()),
    "escapes": lambda records: json.dumps(records, ensure_ascii=True).replace("[", "[ \r\n", 1),
    "no escapes": lambda records: json.dumps(records, ensure_ascii=False, sort_keys=True),
    "Spark, absent keys": lambda records: [{k: v for k, v in r.items() if v is not None} for r in records],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_dump_of_any_form_gives_the_same_lake(form: str) -> None:
    records = [*THREE_DAYS, logged_out(ts=at("2018-11-02 00:00"))]
    imported(dump("plain", records), lake="expected")
    printed = imported(dump("events.dump", FORMS[form](records)))
    assert "26 events of 3 days, 2018-11-01 to 2018-11-03, and 0 songs in 1 files\n26 of them are new, 0 are" in printed
    assert lake_files() == lake_files("expected")
    assert [len(lines(name)) for name in (DAY_1, DAY_2, DAY_3)] == [5, 11, 10]


def test_files_of_folders_are_read_and_what_tools_leave_there_is_not() -> None:
    for number, record in enumerate(THREE_DAYS):
        dump(f"dumps/{number % 3}/part-{number}.json", record)
    for noise in (".part-1.json.crc", "_SUCCESS", "log_json_path.json"):
        dump(f"dumps/0/{noise}", "x")
    dump("dumps/readme.txt", "x")
    dump("expected.txt", THREE_DAYS)
    printed = imported("dumps")
    assert "25 events of 3 days, 2018-11-01 to 2018-11-03, and 0 songs in 25 files" in printed
    assert "3 files are no data by their names" in printed
    assert "not read: dumps/readme.txt (a name which does not end in .json" in printed
    imported("expected.txt", lake="expected")
    assert lake_files() == lake_files("expected")


def test_the_layout_is_that_of_a_sample_lake(folder: Path) -> None:
    generate_lake(folder / "sample", days=3, users=20, songs=7, seed=1, workers=1)
    imported("sample")
    assert list(lake_files()) == list(lake_files("sample"))
    for name, content in lake_files("sample").items():
        if name.startswith("log_data/"):
            assert [list(record) for record in lines(name)] == [list(JSONPATHS)] * len(content.splitlines())
            assert sorted(map(repr, lines(name))) == sorted(map(repr, lines(name, "sample")))
        else:
            assert json.loads(Path("lake", name).read_bytes()) == json.loads(content)


# Fields

NAMES: dict[str, tuple[Record, Record]] = {
    "snake case": (
        {"ts": at("2018-11-01"), "user_id": 7, "session_id": 1, "item_in_session": 2, "page": "Home",
         "first_name": "A", "last_name": "B", "user_agent": "M", "user_name": "ab"},
        {"userId": 7, "sessionId": 1, "itemInSession": 2, "firstName": "A", "lastName": "B", "userAgent": "M",
         "user_name": "ab", "page": "Home"},
    ),
    "plays apart from pages": (
        {"artist": "Ann", "song": "Alpha", "duration": 1.50, "ts": at("2018-11-01"), "sessionId": 1,
         "itemInSession": 0, "userId": "7", "city": "Oslo"},
        {"page": "NextSong", "length": 1.5, "city": "Oslo"},
    ),
    "other words": (
        {"Timestamp": str(at("2018-11-01")), "UID": "", "session": "4", "item": "5", "page-name": "Help", "track": "T",
         "Artist Name": "N", "sex": "F", "status.code": 200, "HTTP_METHOD": "GET", "subscription": "paid"},
        {"userId": "", "sessionId": "4", "itemInSession": "5", "page": "Help", "song": "T", "artist": "N",
         "gender": "F", "status": 200, "method": "GET", "level": "paid", "ts": str(at("2018-11-01"))},
    ),
    "its own name before others": (
        {**event(), "user_id": 9, "duration": 3.0}, {"userId": "1", "user_id": 9, "length": 200.0, "duration": 3.0}
    ),
    "pandas": (
        {**event(), "userId": 39.0, "status": 200.0, "itemInSession": "3.0"},
        {"userId": 39, "status": 200, "itemInSession": "3"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("names", NAMES)
def test_fields_are_known_by_the_names_of_other_simulators(names: str) -> None:
    written, expected = NAMES[names]
    imported(dump("events.json", written))
    (found,) = lines(DAY_1)
    assert list(found)[:18] == list(JSONPATHS)
    assert expected.items() <= found.items()
    known = {*expected, *JSONPATHS}
    assert all(value is None for name, value in found.items() if name not in {*expected, "ts", *written}), found
    assert known >= set(found)


def test_numbers_keep_their_digits() -> None:
    text = json.dumps(event(ts=0, registration=1, userId=2, length=3, x=0, more=[4]))
    digits = {
        '"ts": 0': f'"ts":{at("2018-11-01")}',
        'n": 1': 'n":1540906345796',
        '"length": 3': '"length":2.50E+2',
        '"x": 0': '"x":1.10',
    }
    for plain, exact in digits.items():
        text = text.replace(plain, exact)
    nested = text.replace("[4]", "[12345678901234567890123,1.10]")
    imported(dump("events.json", f"{text}\n{nested}\n"))
    for line, more in zip(Path("lake", DAY_1).read_text().splitlines(), ("1234567890123,1.10]", "[4]"), strict=True):
        assert all(exact in line for exact in (*digits.values(), '"userId":2,', more)), line


def test_songs_are_filed_by_track_or_by_song() -> None:
    songs = [song(song_id="SOABCDE"), song(track_id="TRXYZ", song_id="SO1"), song(song_id="5"), song(song_id="SO_X")]
    dump("TRABCDE128F1234567.json", song(song_id="SO2"))
    msd = {"artist": "Ann", "lat": 1.5, "lon": 2.5, "song_title": "T", "Song ID": "SO33", "artist_id": "A", "length": 9}
    printed = imported(dump("songs.json", json.dumps([*songs, msd])), "TRABCDE128F1234567.json")
    assert "0 events and 6 songs in 2 files" in printed
    names = ["5.json", "3/3/SO33.json", "A/B/C/SOABCDE.json", "A/B/C/TRABCDE128F1234567.json", "X/Y/Z/TRXYZ.json"]
    names.append("X/SO_X.json")
    assert sorted(lake_files()) == ["log_json_path.json", *sorted(f"song_data/{name}" for name in names)]
    (found,) = lines("song_data/3/3/SO33.json")
    assert list(found)[:10] == SONG_FIELDS
    assert (found["title"], found["artist_latitude"], found["artist_longitude"]) == ("T", 1.5, 2.5)
    imported(dump("late.json", song(song_id="5", year=1999)))
    assert [record["year"] for record in lines("song_data/5.json")] == [1999, 2000]


# What cannot be placed


def test_what_has_no_place_is_counted_and_named_with_file_and_line() -> None:
    nanoseconds, seconds = at("2018-11-01") * 10**6, at("2018-11-01") // 1000
    broken = [
        event(), {"x": 1, "y\x1b[2J": 2}, event(ts=nanoseconds), event(ts=None), event(ts=seconds),
        {k: v for k, v in event(ts=at("2018-11-05")).items() if k not in ("page", "song")}, song(song_id="../../x"),
        {**song(), "song_id": None}, event(song="\0a"), event(deep=_nested(400)),
        event(status=1e300),
    ]  # fmt: skip
    text = "".join(json.dumps(record) + "\n" for record in broken) + '{"ts": NaN}\n7\n' + json.dumps(event(userId="2"))
    printed = imported(dump("a.json", text), dump("b.json", [{"z": 1}] * 5))
    assert "2 events of 1 days, 2018-11-01 to 2018-11-01, and 0 songs in 2 files" in printed
    for expected in (
        "not placed: 6 records: neither an event nor a song\n    a.json, line 2: its fields are x, y\\x1b[2J\n"
        "    b.json, line 1: its fields are z\n    b.json, line 2: its fields are z\n",
        "2 records: not a JSON object\n    a.json, line 12: {\"ts\": NaN}\n    a.json, line 13: 7\n",
        f"line 3: {nanoseconds}; looks like nanoseconds", "an event with ts missing\n    a.json, line 4: None",
        f"line 5: {seconds}; looks like seconds", "an event with page missing\n    a.json, line 6",
        "a song whose id cannot name a file\n    a.json, line 7: ../../x", "a song with song_id missing",
        "an event with song begins with a NUL character", "an event which cannot be written again\n    a.json, line 10",
        "an event with status not a whole number\n    a.json, line 11: 1e+300",
    ):  # fmt: skip
        assert expected in printed
    assert "\x1b" not in printed
    assert len(lines(DAY_1)) == 2


def _nested(depth: int) -> list[Any]:
    return [_nested(depth - 1)] if depth else []


def test_nothing_is_written_if_nothing_can_be_placed() -> None:
    utf_16 = dump("utf-16.json", json.dumps(event()).encode("utf-16"))
    cut = dump("cut.json.gz", gzip.compress(json.dumps([event()] * 99).encode())[:60])
    printed = imported(utf_16, cut, dump("empty.json", ""), ends=1)
    assert "UTF-16 text; save the file as UTF-8" in printed
    assert "damaged\n    cut.json.gz, line 1: the compressed data cannot be read on" in printed
    assert printed.endswith("Nothing could be placed, and nothing was written.\n")
    assert not Path("lake").exists()


@pytest.mark.parametrize("block", [7, 64, 1 << 18])
def test_a_broken_element_of_an_array_costs_itself(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_BLOCK", block)
    good = [json.dumps(event(itemInSession=number, song='\\"[{é')) for number in range(6)]
    text = f'[{good[0]}, {{"a": NaN}},\n 5, [{good[1]}],\n{good[2]}, {{"open": "x\n,\n{good[3]},\n\n'
    text += f'{{"a": [}},\n{good[4]},{good[5]}]'
    found = list(split_elements(BufferedReader(BytesIO(text.encode()))))
    assert [(r.line, int(r.fields["itemInSession"])) for r in found if r.fields] == [
        (1, 0), (2, 1), (3, 2), (5, 3), (8, 4), (8, 5)
    ]  # fmt: skip
    assert {r.line for r in found if not r.fields} == {1, 2, 3, 7}


@pytest.mark.parametrize("seed", range(30))
def test_the_elements_of_an_array_are_its_records_whatever_its_blanks(
    seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rnd = random.Random(seed)
    monkeypatch.setattr(arrays, "_BLOCK", rnd.choice((5, 50, 500)))
    indent = rnd.choice((None, 0, 1, 2))
    # An object which begins a line begins a record, as in any lake.
    nested = [["b"], "]"] if indent == 0 else [{"b": []}, "]"]
    values: tuple[Any, ...] = ("\\", '\\"', "{[,", "\n", 1.5, nested, {"c": {}}, None)
    records = [{rnd.choice(("a", '"', "]", "é")): rnd.choice(values)} for _ in range(rnd.randint(0, 40))]
    text = json.dumps(records, indent=indent, ensure_ascii=rnd.random() < 0.5)
    text = rnd.choice(("", "\n \n", "\r\n")) + text + rnd.choice(("", "\n", " "))
    path = folder / "array.json"
    path.write_text(text, newline="")
    found = list(read_records(str(path), split_elements))
    assert [json.loads(record.raw) for record in found] == records
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.strip()[:1] == "{" or "[{" in line]
    if found and "\n" in text.strip():
        assert {record.line for record in found} <= set(range(1, text.count("\n") + 2))
        assert found[0].line == starts[0]


# Again, and more


def test_an_import_which_is_repeated_changes_no_file() -> None:
    dump("one.json", THREE_DAYS)
    imported("one.json")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("lake").rglob("*.json")}
    printed = imported("one.json")
    assert "0 of them are new, 25 are repeats; 0 files of the lake were written" in printed
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("lake").rglob("*.json")} == before


def test_what_another_dump_has_of_the_same_day_is_added() -> None:
    first, second = (
        dump("1.json", THREE_DAYS[:13]),
        dump("2.json.gz", gzip.compress(json.dumps(THREE_DAYS[8:]).encode())),
    )
    imported(first)
    assert "12 of them are new, 5 are repeats; 2 files of the lake were written" in imported(second)
    imported(second, first, lake="at once")
    assert lake_files() == lake_files("at once")
    assert sum(len(lines(name)) for name in (DAY_1, DAY_2, DAY_3)) == len(THREE_DAYS)


def test_what_memory_does_not_hold_waits_in_few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [event(ts=at("2018-01-01") + number * 7 * DAY_MS // 24) for number in range(1000)]
    dump("events.json", random.Random(3).sample(records, 1000) + records[:200])
    imported("events.json", lake="expected")
    monkeypatch.setattr(sorting, "_BYTES_IN_MEMORY", 10_000)
    monkeypatch.setattr(sorting, "_MOST_FILES", 4)
    _few_files_open(monkeypatch, 12)
    assert "1,000 of them are new, 200 are repeats" in imported("events.json")
    assert lake_files() == lake_files("expected")
    assert len(lake_files()) == 292 + 2


def _few_files_open(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    already = len(os.listdir("/dev/fd"))
    opened = Path.open

    def counted(self: Path, *arguments: Any, **more: Any) -> Any:
        assert len(os.listdir("/dev/fd")) <= already + most
        return opened(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", counted)


def test_a_file_of_the_lake_which_holds_something_else_is_not_changed() -> None:
    lake = SmallLake(Path("lake"))
    lake.log(FIRST, event(ts=at("2018-10-31 23:59"), more=1), event())
    imported(dump("events.json", [event(), event(userId="2")]))
    assert [(r["userId"], r.get("more")) for r in lines(DAY_1)] == [("1", 1), ("1", None), ("2", None)]
    content = b'{"ts": 1}\n{"half'
    Path("lake", DAY_1).write_bytes(content)
    refused = imported("events.json", ends=1)
    assert (
        f"{DAY_1}, line 1: neither an event nor a song: its fields are ts. Nothing is added to a file with" in refused
    )
    assert Path("lake", DAY_1).read_bytes() == content


def _into_itself() -> Iterator[tuple[list[str], str]]:
    dump("lake/log_data/events.json", [event()])
    Path("link").symlink_to("lake/log_data")
    Path("dumps").mkdir()
    Path("dumps/link.json").symlink_to("../lake/log_data/events.json")
    for path in ("lake/log_data/events.json", "lake", "lake/log_data", "link", "dumps"):
        yield [path], "is in the lake"
    yield ["."], "holds the lake"


def test_a_dump_which_is_part_of_the_lake_is_refused() -> None:
    for arguments, message in _into_itself():
        before = lake_files()
        assert message in imported(*arguments, ends=1)
        assert lake_files() == before


def test_errors_are_in_our_words(monkeypatch: pytest.MonkeyPatch) -> None:
    dump("events.json", [event()])
    assert "absent.json does not exist. Give files" in imported("absent.json", ends=1)
    assert "is no folder. Import into a folder" in imported("events.json", lake="s3://bucket/lake", ends=1)
    dump("file", "x")
    assert "file: File exists" in imported("events.json", lake="file", ends=1)
    imported("events.json")
    lock = os.open("lake", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert "Another import writes to" in imported("events.json", ends=1)
    os.close(lock)
    paths = Path("lake/log_json_path.json").read_text()
    Path("lake/log_json_path.json").write_text(paths.replace("userId", "user"))
    assert "log_json_path.json reads the fields user, which an import does not write" in imported("events.json", ends=1)
    Path("lake/log_json_path.json").write_text(paths)
    monkeypatch.setattr(os, "replace", _full)
    assert "lake: No space left on device. Nothing is half written" in imported(
        dump("2.json", [event(userId=2)]), ends=1
    )


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


# Text


def test_text_which_was_encoded_twice_is_repaired_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    twice, whole = "BjÃ¶rk", "Björk"
    dump("dump.json", [event(artist=twice, song="Naïve “Ünder” 東京"), song(artist_name=twice, title="déjà vu")])
    assert "repaired" not in imported("dump.json")
    assert lines(DAY_1)[0]["artist"] == twice
    printed = imported("dump.json", "--repair-text")
    assert "2 texts were repaired, such as 'BjÃ¶rk' to 'Björk'" in printed
    (play,), (track,) = lines(DAY_1), lines("song_data/1/SO1.json")
    assert (play["artist"], play["song"]) == (whole, "Naïve “Ünder” 東京")
    assert (track["artist_name"], track["title"]) == (whole, "déjà vu")
    assert "0 files of the lake were written" in imported("dump.json", "--repair-text")
    monkeypatch.setitem(sys.modules, "ftfy", None)
    assert "pip install 'sparkify-assets[repair]'" in imported("dump.json", "--repair-text", ends=1)


# What a run makes of it


@pytest.mark.skipif(not EVENTS_DUMP.exists(), reason="needs the events of a public repository")
def test_a_public_dump_is_built_without_a_reject_and_without_songs(folder: Path, instance: dg.DagsterInstance) -> None:
    printed = imported(str(EVENTS_DUMP), "--repair-text")
    assert "10,000 events of 3 days, 2017-12-19 to 2017-12-21, and 0 songs in 1 files" in printed
    assert "the lake has no songs yet" in printed
    assert "Next: SPARKIFY_LAKE=lake SPARKIFY_FIRST_DAY=2017-12-19 SPARKIFY_LAST_DAY=2017-12-21 sparkify run" in printed
    days = {"first_day": "2017-12-19", "last_day": "2017-12-21"}
    platform = Platform("lake", folder / "sparkify.duckdb", instance, **days)
    failed = {name for name, check in evaluations(platform.build()).items() if not check.passed}
    # One name is left, which ftfy takes for a possible one.
    assert failed == {"staging_events.garbled", "staging_songs.row_count", "artists.row_count", "songs.row_count"}
    counts = [f"(select count(*) from {name})" for name in ("staging_events", "songplays", "load_rejects")]
    assert platform.rows("select " + ", ".join(counts)) == [(10_000, 8_347, 0)]


def test_an_empty_catalog_is_marked_as_long_as_it_is_empty() -> None:
    dump("songs.json", [song()])
    imported(dump("events.json", [event()]))
    assert lake_files()[NO_SONGS] == b""
    imported("songs.json")
    imported("events.json", "songs.json", lake="at once")
    assert lake_files() == lake_files("at once")
    assert NO_SONGS not in lake_files()
