"""The catalog is incremental: a run reads the song files which are new or have changed, and no other."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.errors import LakeError
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake, Tables, as_line, materializations

A, B, C = (f"song_data/{name}.json" for name in "ABC")


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    made = SmallLake(tmp_path / "lake")
    made.song("A.json", song(song_id="SOA"))
    made.song("B.json", song(song_id="SOB"))
    return made


@pytest.fixture
def tables(lake: SmallLake, tmp_path: Path) -> Iterator[Tables]:
    made = Tables(lake, tmp_path / "warehouse.duckdb")
    made.stage_songs()
    yield made
    made.warehouse.close()


def songs(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.rows("select source_file, song_id, title from staging_songs order by 1, 2")


def everything(tables: Tables) -> list[list[tuple[Any, ...]]]:
    return [tables.rows(f"select * from {name} order by 1, 2") for name in ("staging_songs", "lake_files")]


def touch(path: Path, nanoseconds: int) -> None:
    stamp = path.stat().st_mtime_ns + nanoseconds
    os.utime(path, ns=(stamp, stamp))


def test_a_file_of_another_size_is_read_again_and_replaces_its_rows(lake: SmallLake, tables: Tables) -> None:
    path = lake.folder / A
    stamp = path.stat().st_mtime_ns
    lake.song("A.json", song(song_id="SOA", title="Alpha (Live)"))
    os.utime(path, ns=(stamp, stamp))
    assert tables.stage_songs().staged.files == 1
    assert songs(tables) == [(A, "SOA", "Alpha (Live)"), (B, "SOB", "Alpha")]


def test_a_file_of_the_same_size_and_another_time_is_read_again(lake: SmallLake, tables: Tables) -> None:
    lake.song("A.json", song(song_id="SOX"))
    touch(lake.folder / A, 1)
    assert tables.stage_songs().staged.files == 1
    assert songs(tables) == [(A, "SOX", "Alpha"), (B, "SOB", "Alpha")]


def test_a_changed_file_which_was_read_is_not_read_once_more(lake: SmallLake, tables: Tables) -> None:
    touch(lake.folder / A, 1)
    assert [tables.stage_songs().staged.files for _ in range(2)] == [1, 0]


def test_a_deleted_file_is_told_and_its_rows_leave(lake: SmallLake, tables: Tables) -> None:
    (lake.folder / A).unlink()
    assert tables.stage_songs().deleted == [A]
    assert songs(tables) == [(B, "SOB", "Alpha")]
    assert tables.rows("select source_file from lake_files") == [(B,)]
    assert tables.stage_songs().deleted == []


def test_a_file_which_moves_keeps_its_song_under_the_new_name(lake: SmallLake, tables: Tables) -> None:
    (lake.folder / A).rename(lake.folder / C)
    assert tables.stage_songs().deleted == [A]
    assert songs(tables) == [(B, "SOB", "Alpha"), (C, "SOA", "Alpha")]


def test_more_files_may_change_than_one_statement_forgets(lake: SmallLake, tables: Tables) -> None:
    for number in range(1001):
        lake.song(f"many/{number}.json", song(song_id=f"SO{number}"))
    tables.stage_songs()
    for number in range(1001):
        (lake.folder / f"song_data/many/{number}.json").unlink()
    assert len(tables.stage_songs().deleted) == 1001
    assert [song_id for _, song_id, _ in songs(tables)] == ["SOA", "SOB"]


def test_a_fixed_file_takes_its_reject_back(lake: SmallLake, tables: Tables) -> None:
    lake.song("C.json", song(song_id=None))
    tables.stage_songs()
    assert tables.rows("select source_file from load_rejects") == [(C,)]
    lake.song("C.json", song(song_id="SOC"))
    tables.stage_songs()
    assert tables.rows("select source_file from load_rejects") == []
    assert len(songs(tables)) == 3


def test_a_reject_of_an_unchanged_file_stays_told(lake: SmallLake, tables: Tables) -> None:
    lake.song("C.json", song(song_id=None))
    for _ in range(2):
        tables.stage_songs()
        assert tables.rows("select source_file from load_rejects") == [(C,)]


def test_a_catalog_which_is_gone_fails_and_leaves_the_table(lake: SmallLake, tables: Tables) -> None:
    for name in (A, B):
        (lake.folder / name).unlink()
    with pytest.raises(LakeError, match=r"song_data holds no \.json, \.jsonl or \.ndjson file"):
        tables.stage_songs()
    assert len(songs(tables)) == 2


def test_hidden_files_and_other_names_are_not_songs(lake: SmallLake, tables: Tables) -> None:
    for name in (".DS_Store", ".hidden.json", "README.txt", "C.json.bak"):
        lake.write(f"song_data/{name}", as_line(song(song_id="SOX")))
    listing = tables.stage_songs().listing
    assert ([file.name for file in listing.files], listing.noise) == ([A, B], 2)
    assert [left.file.name for left in listing.left_out] == ["song_data/C.json.bak", "song_data/README.txt"]


def test_dagster_shows_what_was_read_left_and_deleted(
    lake: SmallLake, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    lake.log(FIRST, event())
    platform = Platform(lake, tmp_path / "platform.duckdb", instance, last_day=FIRST)
    shown = []
    for gone in ([], [], [lake.folder / A]):
        for path in gone:
            path.unlink()
        (done,) = materializations(platform.build(), "staging_songs")
        shown.append({name: done.metadata[name].value for name in ("files", "files_unchanged", "files_deleted")})
    assert shown == [
        {"files": 2, "files_unchanged": 0, "files_deleted": 0},
        {"files": 0, "files_unchanged": 2, "files_deleted": 0},
        {"files": 0, "files_unchanged": 1, "files_deleted": 1},
    ]
    assert platform.rows("select song_id from songs") == [("SOB",)]
