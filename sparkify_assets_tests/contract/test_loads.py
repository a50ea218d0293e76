"""Every line of the files is staged or rejected, or nothing is; and the manifest says which files are."""

import bz2
import gzip
import json
from collections.abc import Callable
from datetime import date

import pytest

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.sources import EVENTS, JSON_PATHS
from sparkify_assets_tests.contract.engines import Engine
from sparkify_assets_tests.contract.test_values import FILE, TRUNCATED
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import FIRST, as_line

SECOND = "2018-11-02"
TWO = as_line(event()), as_line(event(itemInSession=1))


def items(engine: Engine) -> list[int]:
    return [item for (item,) in engine.rows("select itemInSession from staging_events order by 1")]


def test_a_load_replaces_the_days_of_its_files_and_no_other(tables: Engine) -> None:
    tables.folder.log(FIRST, event())
    tables.folder.log(SECOND, event(itemInSession=5))
    tables.stage_days(FIRST, SECOND)
    tables.folder.log(FIRST, event(itemInSession=1), event(itemInSession=2))
    again = tables.stage_days()
    assert (again.rows_before, again.rows, again.staged.rows) == (2, 3, 2)
    assert again.rows_by_day == {date(2018, 11, 1): 2}
    assert items(tables) == [1, 2, 5]


@pytest.mark.modes
def test_a_line_has_the_day_of_its_file(tables: Engine) -> None:
    tables.folder.log(FIRST, event())
    tables.folder.log(SECOND, event(itemInSession=1), event(itemInSession=2, ts=1541200000000))
    tables.stage_days(FIRST, SECOND)
    assert tables.rows("select itemInSession, log_date from staging_events order by 1") == [
        (0, date(2018, 11, 1)),
        (1, date(2018, 11, 2)),
        (2, date(2018, 11, 2)),
    ]


def test_days_without_a_file_are_told(tables: Engine) -> None:
    tables.folder.log(FIRST, event())
    assert [str(day) for day in tables.stage_days(FIRST, "2018-11-03").missing_days] == [SECOND, "2018-11-03"]


@pytest.mark.modes
def test_all_files_of_a_day_are_staged_and_in_the_manifest(tables: Engine) -> None:
    tables.folder.log(FIRST, event(), TRUNCATED)
    tables.folder.log(FIRST, event(itemInSession=1), suffix="-events-2.json.gz")
    tables.folder.log(FIRST, event(itemInSession=2), b"5", suffix=".json")
    tables.stage_days()
    assert items(tables) == [0, 1, 2]
    assert [row[:2] for row in tables.rejects()] == [(FILE, 2), ("log_data/2018/11/2018-11-01.json", 2)]
    assert tables.rows("select source_file, record_count, log_date from lake_files order by 1") == [
        ("log_data/2018/11/2018-11-01-events-2.json.gz", 1, date(2018, 11, 1)),
        (FILE, 2, date(2018, 11, 1)),
        ("log_data/2018/11/2018-11-01.json", 2, date(2018, 11, 1)),
    ]


BLANK = {
    "blank line": b"\n\n".join(TWO) + b"\n",
    "blank start": b"\n \n\t\n" + b"\n".join(TWO),
    "CRLF": b"\r\n".join(TWO) + b"\r\n",
    "blank CRLF line": b"\r\n\r\n".join(TWO),
    "no last newline": b"\n".join(TWO),
    "blank end": b"\n".join(TWO) + b"\n\n\n",
    "form feed": TWO[0] + b"\n\x0c\n" + TWO[1] + b"\x0b\n",
}


@pytest.mark.parametrize("broken", [0, 1], ids=["alone", "beside a broken line"])
def test_blank_lines_and_line_ends_do_not_count(tables: Engine, broken: int) -> None:
    days = dict(zip((f"2018-11-{day:02d}" for day in range(1, 1 + len(BLANK))), BLANK, strict=True))
    for day, name in days.items():
        tables.folder.write(tables.folder.log_name(day), BLANK[name] + (b"\n" + TRUNCATED) * broken)
    tables.stage_days(FIRST, max(days))
    found = tables.rows("select log_date, itemInSession from staging_events order by 1, 2")
    assert [(days[str(day)], item) for day, item in found] == [(name, item) for name in BLANK for item in (0, 1)]
    counts = tables.rows("select log_date, record_count from lake_files order by 1")
    assert {days[str(day)]: count for day, count in counts} == dict.fromkeys(BLANK, 2 + broken)
    assert len(tables.rejects()) == broken * len(BLANK)


def test_a_reject_is_numbered_as_an_editor_numbers_lines(tables: Engine) -> None:
    tables.folder.write(FILE, b"\n\r\n" + as_line(event()) + b"\n\n" + TRUNCATED)
    tables.stage_days()
    assert [line for _, line, *_ in tables.rejects()] == [5]


def test_an_empty_file_holds_nothing_and_is_known(tables: Engine) -> None:
    tables.folder.write(FILE, b"")
    result = tables.stage_days()
    assert (result.staged.files, result.staged.records, result.missing_days) == (1, 0, [])
    assert tables.rows("select source_file, record_count from lake_files") == [(FILE, 0)]


def test_rejects_above_the_share_fail_the_load_and_change_nothing(tables: Engine) -> None:
    tables.folder.log(FIRST, event(itemInSession=7), b"[1]")
    tables.stage_days()
    before = tables.staged()
    tables.folder.log(FIRST, *(event(itemInSession=n) for n in range(8)), event(ts="soon"), TRUNCATED)
    with pytest.raises(LoadError) as failed:
        tables.stage_days(share=0.19)
    assert str(failed.value) == (
        "2 of 10 records for staging_events do not fit, more than the share of 19.0% which SPARKIFY_MAX_REJECT_SHARE "
        "allows. Nothing was staged. Fix the files or allow more. The first:\n"
        f"  {FILE} line 9: ts = 'soon' is not a whole number\n"
        f"  {FILE} line 10: not a JSON object"
    )
    assert tables.staged() == before


def test_rejects_of_just_the_share_pass(tables: Engine) -> None:
    tables.folder.log(FIRST, *(event(itemInSession=n) for n in range(8)), event(ts="soon"), TRUNCATED)
    assert tables.stage_days(share=0.2).staged.rejects == 2


def test_a_reload_of_the_fixed_file_deletes_its_rejects(tables: Engine) -> None:
    tables.folder.log(FIRST, event(), TRUNCATED)
    tables.stage_days()
    tables.folder.log(FIRST, *TWO)
    tables.stage_days()
    assert tables.rejects() == []
    assert items(tables) == [0, 1]


CONTENT = b"\n".join(as_line(event(itemInSession=n)) for n in range(500))
DAMAGED = gzip.compress(CONTENT)
DAMAGED_BZIP2 = bz2.compress(CONTENT)


@pytest.mark.parametrize(
    "content",
    [
        DAMAGED[:-9], DAMAGED[:400] + b"\xff" * 90, DAMAGED + b"junk",
        DAMAGED_BZIP2[:-9], DAMAGED_BZIP2[:400] + b"\xff" * 90, DAMAGED_BZIP2[:4],
    ],
    ids=["gzip cut short", "gzip damaged", "gzip and more", "bzip2 cut short", "bzip2 damaged", "bzip2 of nothing"],
)  # fmt: skip
def test_a_damaged_file_costs_what_cannot_be_read_of_it(tables: Engine, content: bytes) -> None:
    tables.folder.log(FIRST, event(itemInSession=1000))
    (tables.folder.folder / f"{FILE}.gz").write_bytes(content)
    staged = tables.stage_days().staged
    assert 1000 in items(tables)
    ((name, _, field, reason, _),) = tables.rejects()
    assert (name, field) == (f"{FILE}.gz", None)
    assert reason.startswith("damaged: the compressed data cannot be read on (")
    assert staged.rejects == 1


def test_a_gzip_file_which_is_padded_with_zeros_is_read(tables: Engine) -> None:
    path = tables.folder.log(FIRST, event(), suffix="-events.json.gz")
    path.write_bytes(path.read_bytes() + bytes(512))
    tables.folder.log(SECOND, event(itemInSession=1))
    tables.stage_days(FIRST, SECOND)
    assert (items(tables), tables.rejects()) == ([0, 1], [])


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_a_file_is_read_as_it_is_compressed_whatever_its_name(
    tables: Engine, compress: Callable[[bytes], bytes]
) -> None:
    plain = {f"{FILE}.gz": as_line(event()), f"{FILE}.bz2": as_line(event(itemInSession=1))}
    for name, content in {**plain, FILE: compress(as_line(event(itemInSession=2)))}.items():
        (tables.folder.write(FILE, b"").parent / name.rpartition("/")[2]).write_bytes(content)
    tables.stage_days()
    assert items(tables) == [0, 1, 2]
    assert tables.rejects() == []


@pytest.mark.modes
def test_records_need_not_be_lines(tables: Engine) -> None:
    pretty = json.dumps(event(), indent=2) + "\n" + json.dumps(event(itemInSession=1), indent=2)
    tables.folder.write(FILE, pretty.encode())
    tables.folder.log(SECOND, as_line(event(itemInSession=2)) + as_line(event(itemInSession=3)), event(itemInSession=4))
    staged = tables.stage_days(FIRST, SECOND).staged
    assert (items(tables), staged.records) == ([0, 1, 2, 3, 4], 5)


@pytest.mark.modes
def test_a_broken_record_costs_itself_and_is_told_by_its_first_line(tables: Engine) -> None:
    pretty = [json.dumps(event(itemInSession=n), indent=2) for n in range(3)]
    tables.folder.write(FILE, "\n".join([pretty[0], pretty[1].replace(":", "", 1), pretty[2]]).encode())
    tables.stage_days()
    assert items(tables) == [0, 2]
    assert tables.rejects() == [(FILE, len(pretty[0].splitlines()) + 1, None, "not a JSON object", None)]


def test_a_byte_order_mark_is_skipped_and_other_encodings_are_named(tables: Engine) -> None:
    tables.folder.write(FILE, b"\xef\xbb\xbf" + as_line(event()))
    tables.folder.write(tables.folder.log_name(SECOND), as_line(event()).decode().encode("utf-16"))
    tables.stage_days(FIRST, SECOND)
    assert items(tables) == [0]
    ((name, line, _, reason, _),) = tables.rejects()
    assert (name, line) == (tables.folder.log_name(SECOND), 1)
    assert reason == "UTF-16 text; save the file as UTF-8 (iconv -f UTF-16 -t UTF-8)"


def test_a_line_longer_than_copy_takes_is_rejected(tables: Engine) -> None:
    tables.folder.log(FIRST, event(), event(song="x" * (5 << 20)), event(itemInSession=1))
    tables.stage_days()
    assert items(tables) == [0, 1]
    assert [row[1:4] for row in tables.rejects()] == [(2, None, "longer than 4 MB")]


@pytest.mark.modes
def test_names_of_files_are_no_patterns(tables: Engine) -> None:
    names = [
        "events[1].json",
        "events1.json",
        "events*.json",
        "events?.json",
        "events{a}.json",
        "e'v.json",
        "e v#%.json",
    ]
    for number, name in enumerate(names):
        tables.folder.log(FIRST, event(itemInSession=number), suffix=f"-{name}")
    tables.stage_days()
    assert items(tables) == list(range(len(names)))


def test_a_long_broken_record_of_any_text_is_rejected_with_its_start(tables: Engine) -> None:
    tables.folder.song("A.json", b'{"title": "' + "\U0001f3b5".encode() * 5000 + b'"')
    tables.folder.song("B.json", b'{"title": "' + b"\xff\x00" * 5000 + b'"}')
    tables.folder.song("C.json", song(artist_name="\u65e5" * 5000))
    tables.stage_songs()
    assert [row[1:4] for row in tables.rejects()] == [
        (1, None, "not a JSON object"),
        (1, None, "not valid UTF-8"),
        (1, "artist_name", "longer than 1024 bytes"),
    ]
    kept = tables.rows("select len(raw_value), len(raw_line) from load_rejects order by source_file")
    assert kept == [(None, 1024), (None, 1024), (256, 1024)]


def test_without_a_jsonpaths_file_fields_are_named_as_columns(tables: Engine) -> None:
    (tables.folder.folder / JSON_PATHS).unlink()
    tables.folder.log(FIRST, event(), event(itemInSession=1))
    tables.folder.log(SECOND, event(itemInSession=2), TRUNCATED)
    tables.stage_days(FIRST, SECOND)
    assert tables.rows("select firstName, itemInSession from staging_events order by 2") == [
        ("Lily", 0), ("Lily", 1), ("Lily", 2)
    ]  # fmt: skip


def test_fields_may_have_any_name(tables: Engine) -> None:
    renamed = {"artist": "filename", "auth": "Path", "level": "path", "song": "select", "page": 'say "hi"'}
    paths = [f"$['{renamed.get(name, name)}']" for name in EVENTS.model.column_names[:-1]]
    tables.folder.write(JSON_PATHS, json.dumps({"jsonpaths": paths}).encode())
    tables.folder.log(FIRST, {renamed.get(name, name): value for name, value in event(auth="in", level="free").items()})
    tables.stage_days()
    assert tables.rows("select artist, auth, level, song, page from staging_events") == [
        ("Ann", "in", "free", "Alpha", "NextSong")
    ]


def test_a_field_of_numbers_may_have_any_name(tables: Engine) -> None:
    renamed = {"status": 'say "hi"', "length": "米", "ts": "a.b", "itemInSession": "tab\t"}
    paths = [f"$['{renamed.get(name, name)}']" for name in EVENTS.model.column_names[:-1]]
    tables.folder.write(JSON_PATHS, json.dumps({"jsonpaths": paths}).encode())
    events = [{renamed.get(name, name): value for name, value in event(itemInSession=n).items()} for n in range(2)]
    tables.folder.log(FIRST, *events)
    tables.stage_days()
    assert tables.rows("select status, length, itemInSession from staging_events order by 3") == [
        (200, 200.0, 0), (200, 200.0, 1)
    ]  # fmt: skip


# The catalog


def test_a_song_may_take_several_lines_and_a_file_several_songs(tables: Engine) -> None:
    tables.folder.write("song_data/A.json", json.dumps(song(), indent=4).encode())
    tables.folder.write("song_data/B.json.gz", json.dumps(song(song_id="SO2"), indent=1).encode())
    tables.folder.write(
        "song_data/C.json", as_line(song(song_id="SO3")) + b"\n" + as_line(song(song_id="SO4")) + b"\n["
    )
    loaded = tables.stage_songs().staged
    assert (loaded.files, loaded.records, loaded.rows) == (3, 5, 4)
    assert tables.rows("select source_file, song_id, duration, year from staging_songs order by 1, 2") == [
        ("song_data/A.json", "SO1", 200.0, 2000),
        ("song_data/B.json.gz", "SO2", 200.0, 2000),
        ("song_data/C.json", "SO3", 200.0, 2000),
        ("song_data/C.json", "SO4", 200.0, 2000),
    ]
    assert tables.rejects() == [("song_data/C.json", 3, None, "not a JSON object", None)]


def test_a_song_which_does_not_fit_is_rejected_with_its_field(tables: Engine) -> None:
    required = ["artist_id", "artist_name", "song_id", "title"]
    for field in required:
        tables.folder.song(f"{field}.json", song(**{field: None}))
    tables.folder.write("song_data/long.json", json.dumps(song(artist_id="AR" + "x" * 31), indent=4).encode())
    tables.stage_songs()
    assert tables.rejects() == [
        ("song_data/artist_id.json", 1, "artist_id", "missing", None),
        ("song_data/artist_name.json", 1, "artist_name", "missing", None),
        ("song_data/long.json", 1, "artist_id", "longer than 32 bytes", "AR" + "x" * 31),
        ("song_data/song_id.json", 1, "song_id", "missing", None),
        ("song_data/title.json", 1, "title", "missing", None),
    ]


def test_only_new_and_changed_files_of_the_catalog_are_read(tables: Engine) -> None:
    for name in "ABC":
        tables.folder.song(f"{name}.json", song(song_id=f"SO{name}"))
    tables.folder.write("song_data/E.json", b"")
    assert tables.stage_songs().staged.files == 4
    before = tables.staged()
    again = tables.stage_songs()
    assert (again.staged.files, again.staged.records, again.deleted) == (0, 0, [])
    assert tables.staged() == before
    tables.folder.song("B.json", song(song_id="SOB", title="Alpha (Live)"))
    tables.folder.song("D.json", song(song_id=None))
    (tables.folder.folder / "song_data/C.json").unlink()
    changed = tables.stage_songs()
    assert changed.staged.files == 2
    assert changed.deleted == ["song_data/C.json"]
    found = tables.staged()
    assert found["staging_songs"] == [
        ("song_data/A.json", "SOA", "Alpha"), ("song_data/B.json", "SOB", "Alpha (Live)")
    ]  # fmt: skip
    assert [row[0] for row in found["load_rejects"]] == ["song_data/D.json"]
    assert [row[0] for row in found["lake_files"]] == [f"song_data/{name}.json" for name in "ABDE"]


def test_files_staged_earlier_count_for_the_share_of_rejects(tables: Engine) -> None:
    for name in "AB":
        tables.folder.song(f"{name}.json", song(song_id=f"SO{name}"))
    tables.stage_songs()
    before = tables.staged()
    tables.folder.song("C.json", song(song_id=None))
    with pytest.raises(LoadError, match=r"C\.json line 1: song_id = None is missing"):
        tables.stage_songs(share=0.33)
    assert tables.staged() == before
    assert tables.stage_songs(share=0.34).staged.rejects == 1
