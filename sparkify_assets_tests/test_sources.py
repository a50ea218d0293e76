"""A source is one entry: where its files are, which day they belong to, and which columns their fields feed."""

import json
from datetime import date
from pathlib import Path

import pytest

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.sources import EVENTS, JSON_PATHS, SONGS, SOURCES, Source
from sparkify_assets.loading.staging import stage
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import SmallLake, Tables, as_line


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path / "lake")


def of(lake: SmallLake) -> LocalLake:
    return LocalLake(folder=str(lake.folder))


def test_each_source_has_a_table_and_a_key_of_its_own() -> None:
    assert len({source.table for source in SOURCES}) == len({source.key for source in SOURCES}) == len(SOURCES)


def test_the_files_of_days_are_those_from_the_first_to_the_last(lake: SmallLake) -> None:
    for day in ("2018-11-30", "2018-12-31", "2019-01-01", "2019-01-02"):
        lake.log(day, event())
    found = EVENTS.listing(of(lake), date(2018, 12, 1), date(2019, 1, 1)).files
    assert [(file.name, file.day) for file in found] == [
        (lake.log_name("2018-12-31"), date(2018, 12, 31)),
        (lake.log_name("2019-01-01"), date(2019, 1, 1)),
    ]


def test_a_daily_source_is_never_read_without_days(lake: SmallLake) -> None:
    with pytest.raises(ValueError, match="event_logs is read by day"):
        EVENTS.listing(of(lake))


def test_fields_feed_the_columns_in_the_order_of_the_paths(lake: SmallLake) -> None:
    fields = EVENTS.fields(of(lake))
    assert [column.name for column in fields.values()] == list(EVENTS.model.column_names[:-1])
    assert list(SONGS.fields(of(lake))) == list(SONGS.model.column_names[:-1])


def test_a_field_which_is_listed_twice_is_refused(lake: SmallLake) -> None:
    paths = ["$.artist", *(f"$.{name}" for name in EVENTS.model.column_names[1:-2]), "$.artist"]
    lake.write(JSON_PATHS, json.dumps({"jsonpaths": paths}).encode())
    with pytest.raises(LakeError, match=r"log_json_path\.json names 17 fields, but staging_events has 18 columns"):
        EVENTS.fields(of(lake))


def test_a_catalog_of_lines_in_another_folder_is_one_entry(lake: SmallLake, tmp_path: Path) -> None:
    source = Source("dumps", "dumps", "staging_songs", "Songs, one a line.")
    lake.write("dumps/all.ndjson", as_line(song()) + b"\n\n[1]\n" + as_line(song(song_id="SO2")))
    tables = Tables(lake, tmp_path / "warehouse.duckdb")
    done = stage(tables.warehouse, tables.lake, source, None, max_reject_share=1).staged
    assert (done.record_counts, done.rows, done.rejects) == ({"dumps/all.ndjson": 3}, 2, 1)
    assert tables.rows("select source_file, line_number from load_rejects") == [("dumps/all.ndjson", 3)]
    tables.warehouse.close()
