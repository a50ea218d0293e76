"""Which files of a lake are loaded, on which day, and which are named: the same in a folder and in S3."""

import gzip
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.listing import UNDATED, Listing
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.sources import EVENTS, SONGS
from sparkify_assets_tests.cli import invoke
from sparkify_assets_tests.conftest import BUCKET
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake, as_line, evaluations

Opened = Callable[[], Lake]
NOVEMBER = (date(2018, 11, 1), date(2018, 11, 30))


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path / "lake")


@pytest.fixture(params=["folder", "s3"])
def opened(request: pytest.FixtureRequest, lake: SmallLake) -> Opened:
    """Opens the lake where it is, or as it is once it is in S3."""
    if request.param == "folder":
        return lambda: open_lake(str(lake.folder))
    s3: Any = request.getfixturevalue("s3")

    def in_s3() -> Lake:
        for path in lake.folder.rglob("*"):
            if path.is_file():
                s3.upload_file(str(path), BUCKET, path.relative_to(lake.folder).as_posix())
        return open_lake(f"s3://{BUCKET}")

    return in_s3


def events(lake: SmallLake, *names: str) -> None:
    for number, name in enumerate(names):
        lake.write(f"log_data/{name}", as_line(event(itemInSession=number)))


def left_out(listing: Listing) -> dict[str, str]:
    return {left.file.name.partition("/")[2]: left.why for left in listing.left_out}


LAYOUTS = [
    "2018-11-01-events.json",
    "20181101.jsonl",
    "app_2018_11_01.ndjson.gz",
    "events.of.2018.11.01.JSON",
    "2018/11/2018-11-01-events.json",
    "2018/11/01/events.json",
    "2018/11/01/00/part-0.json.bz2",
    "2018/11/1/part-0.Json.GZ",
    "2018-11/2018-11-01.json",
    "2018-11-01/part-00001.json",
    "20181101/part-00001.json",
    "year=2018/month=11/day=01/part-1.json",
    "year=2018/month=11/day=1/hour=07/part-1.json",
    "dt=2018-11-01/a.json",
    "app/eu/dt=20181101/a.json",
    "2018-11-01-others.json/part-0.json",
    "log_data/2018/11/2018-11-01-again.json",
]


def test_a_file_has_the_day_of_its_name_or_of_its_folders(lake: SmallLake, opened: Opened) -> None:
    events(lake, *LAYOUTS)
    listing = EVENTS.listing(opened(), date(2018, 11, 1), date(2018, 11, 1))
    assert sorted(file.name.removeprefix("log_data/") for file in listing.files) == sorted(LAYOUTS)
    assert {file.day for file in listing.files} == {date(2018, 11, 1)}
    assert listing.left_out == []
    assert EVENTS.listing(opened(), date(2018, 11, 2), date(2018, 12, 31)).files == []


ENDING = "a name which does not end in .json, .jsonl or .ndjson, with or without .gz or .bz2"
NAMED = {
    "part-00001.json": UNDATED,
    "2018/11/part-00001.json": UNDATED,
    "events-99999999.json": UNDATED,
    "2018-11-31-events.json": "a name with the day 2018-11-31, which no calendar has",
    "2018/11/2018-12-01-events.json": "a name of 2018-12-01 in a folder of 2018-11-01 to 2018-11-30",
    "2018/11/2018-11-02-events.txt": ENDING,
    "2018/11/2018-11-02-events": ENDING,
    "2018-11-02.json.zst": ENDING,
    "2018-11-02.json.bak": ENDING,
}


def test_a_file_which_is_not_loaded_is_named_with_the_reason(lake: SmallLake, opened: Opened) -> None:
    events(lake, *NAMED, "2018/11/2018-11-01-events.json")
    listing = EVENTS.listing(opened(), *NOVEMBER)
    assert left_out(listing) == NAMED
    assert [file.name for file in listing.files] == ["log_data/2018/11/2018-11-01-events.json"]


NOISE = [
    ".DS_Store", "._2018-11-01-events.json", "_SUCCESS", "_temporary/0/2018-11-01.json", "2018-11-01.json~",
    ".ipynb_checkpoints/2018-11-01-events-checkpoint.json", "#2018-11-01.json#", ".2018-11-01.json.swp",
    "2018-11-01.json.crc", "Thumbs.db", "2018/11/desktop.ini",
]  # fmt: skip


def test_what_tools_leave_behind_is_no_data(lake: SmallLake, opened: Opened) -> None:
    events(lake, *NOISE, "2018/11/2018-11-01-events.json")
    for name in NOISE:
        lake.write(f"song_data/{name}", as_line(song(song_id="SOX")))
    lake.song("A/B/C/TRA.json", song())
    taken = EVENTS.listing(opened(), *NOVEMBER), SONGS.listing(opened())
    assert [[file.name for file in listing.files] for listing in taken] == [
        ["log_data/2018/11/2018-11-01-events.json"], ["song_data/A/B/C/TRA.json"]
    ]  # fmt: skip
    assert [(listing.noise, listing.left_out) for listing in taken] == [(len(NOISE), [])] * 2


COPIES = [
    "2018/11/2018-11-01-events copy.json",
    "2018/11/2018-11-01-events copy 2.json",
    "2018/11/2018-11-01-events - Copy.json",
    "2018/11/2018-11-01-events - Copy (2).json",
    "2018/11/2018-11-01-events (1).json",
    "2018/11/2018-11-01-events.json.gz",
    "log_data/2018/11/2018-11-01-events.json",
]


def test_a_copy_is_loaded_once_and_named(lake: SmallLake, opened: Opened) -> None:
    original = "log_data/2018/11/2018-11-01-events.json"
    for name in ("2018/11/2018-11-01-events.json", *COPIES):
        lake.write(f"log_data/{name}", as_line(event()))
    listing = EVENTS.listing(opened(), *NOVEMBER)
    assert [file.name for file in listing.files] == [original]
    assert left_out(listing) == dict.fromkeys(COPIES, f"a copy of {original}")


def test_what_is_named_like_a_copy_and_holds_something_else_is_loaded(lake: SmallLake, opened: Opened) -> None:
    events(lake, "2018-11-01.json", "2018-11-01 copy.json", "2018-11-01.json.gz")
    listing = EVENTS.listing(opened(), *NOVEMBER)
    assert (len(listing.files), listing.left_out) == (3, [])


def test_a_catalog_in_itself_is_loaded_once(lake: SmallLake, opened: Opened) -> None:
    for name in ("A/TRA.json", "song_data/A/TRA.json", "song_data/A/TRB.json"):
        lake.write(f"song_data/{name}", as_line(song(song_id=name[-6])))
    listing = SONGS.listing(opened())
    assert [file.name for file in listing.files] == ["song_data/A/TRA.json", "song_data/song_data/A/TRB.json"]
    assert left_out(listing) == {"song_data/A/TRA.json": "a copy of song_data/A/TRA.json"}


def test_pipes_and_circles_of_links_are_named(lake: SmallLake, tmp_path: Path) -> None:
    events(lake, "2018/11/2018-11-01-events.json")
    folder = lake.folder / "log_data/2018/11"
    os.mkfifo(folder / "2018-11-02.json")
    (folder / "circle").symlink_to(folder.parent)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/2018-11-03.json").write_bytes(as_line(event()))
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    listing = EVENTS.listing(open_lake(str(lake.folder)), *NOVEMBER)
    assert [file.day.day for file in listing.files if file.day] == [1, 3]
    assert left_out(listing) == {
        "2018/11/2018-11-02.json": "no regular file",
        "2018/11/circle": "a link to a folder which holds it",
    }


def test_only_folders_of_the_days_are_listed(lake: SmallLake, monkeypatch: pytest.MonkeyPatch) -> None:
    events(lake, "2018/10/31/a.json", "2018/11/01/a.json", "2018/11/02/a.json", "2019/11/01/a.json")
    for unlisted in ("2018/10", "2018/11/02", "2019"):
        (lake.folder / "log_data" / unlisted).chmod(0)
    seen: list[str] = []
    scandir = os.scandir

    def noted(path: str) -> Any:
        seen.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noted)
    EVENTS.listing(open_lake(str(lake.folder)), date(2018, 11, 1), date(2018, 11, 1))
    root = f"{lake.folder}/log_data"
    assert seen == [root, f"{root}/2018", f"{root}/2018/11", f"{root}/2018/11/01"]
    for unlisted in ("2018/10", "2018/11/02", "2019"):
        (lake.folder / "log_data" / unlisted).chmod(0o755)


def test_a_run_and_the_doctor_name_what_is_not_loaded(
    lake: SmallLake, tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    events(lake, "2018/11/2018-11-01-events.json")
    lake.write("log_data/part-00001.json", b"\n".join([as_line(event())] * 3) + b"\n")
    lake.write("log_data/.DS_Store", b"\0")
    lake.write("log_data/2018/12/2018-12-24.json", as_line(event()))
    lake.song("A.json", song())
    (lake.folder / "song_data/B.json").write_bytes(gzip.compress(as_line(song(song_id="SO2"))))
    platform = Platform(lake, tmp_path / "w.duckdb", instance, last_day=FIRST)
    found = evaluations(platform.build(FIRST))
    assert found["staging_songs.files_are_loaded"].passed
    unloaded = found["staging_events.files_are_loaded"]
    assert (unloaded.passed, unloaded.blocking, unloaded.metadata["violations"].value) == (False, False, 1)
    assert "log_data/part-00001.json" in str(unloaded.description)
    for name, value in {"LAKE": str(lake.folder), "FIRST_DAY": FIRST, "LAST_DAY": FIRST}.items():
        monkeypatch.setenv(f"SPARKIFY_{name}", value)
    told = invoke("doctor").output
    told = " ".join(told.split())
    assert "1 files for 1 of the 1 days 2018-11-01 to 2018-11-01" in told
    assert "1 files of other days, 2018-12-24 to 2018-12-24: set SPARKIFY_FIRST_DAY and SPARKIFY_LAST_DAY" in told
    assert "1 files are no data by their names" in told
    assert "log_data/part-00001.json (no day in its name or its folders, 3 lines). Rename or move them" in told
