"""The sensor `lake_changes`: what is new or changed in the lake is requested once, and only that."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from sparkify_assets.defs.lake import cursor as lake_cursor
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.sources import SONGS
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.conftest import BUCKET
from sparkify_assets_tests.lakes import at, event, song, stored
from sparkify_assets_tests.workbench import (
    FIRST,
    QUIET,
    STAR_GRAPH,
    Platform,
    SmallLake,
    load_without_dagster,
    new_database,
    tables_of,
)

pytestmark = pytest.mark.slow

SECOND, THIRD, FIFTH = "2018-11-02", "2018-11-03", "2018-11-05"
LAST = FIFTH
STAGING_GRAPH = ("cluster", *tables_of("staging"))
"""What the sensor looks at. What a load leaves to the star is taken up by the next run of it."""


class Watch:
    """The sensor of a platform, tick after tick, and the runs it requests."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.sensor = platform.definitions.resolve_sensor_def("lake_changes")
        self.cursor: str | None = None

    def tick(self, keep_cursor: bool = True) -> SensorExecutionData:
        with dg.build_sensor_context(
            instance=self.platform.instance,
            cursor=self.cursor,
            definitions=self.platform.definitions,
            resources={"lake": open_lake(self.platform.settings.lake)},
        ) as context:
            done = self.sensor.evaluate_tick(context)
        if keep_cursor and done.cursor:
            self.cursor = done.cursor
        return done

    def requests(self) -> list[tuple[str, ...]]:
        """What a tick requests: first and last day, and the assets unless it is all of them."""
        return [_shown(request) for request in self.tick().run_requests or []]

    def settle(self) -> None:
        """Ticks, with the runs which they request, until nothing is new."""
        while True:
            done = self.tick()
            if done.skip_message == "Nothing has changed.":
                return
            for request in done.run_requests or []:
                self.run(request)

    def step(self) -> list[tuple[str, ...]]:
        """A tick, and the runs which it requests."""
        requests = self.tick().run_requests or []
        for request in requests:
            self.run(request)
        return [_shown(request) for request in requests]

    def run(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        wanted = request.asset_selection or ()
        return self.platform.definitions.resolve_job_def("sparkify_etl").execute_in_process(
            instance=self.platform.instance,
            asset_selection=[dg.AssetKey(n) for n in STAR_GRAPH if not wanted or dg.AssetKey(n) in wanted],
            tags=dict(request.tags),
            run_config=QUIET,
        )


def _shown(request: dg.RunRequest) -> tuple[str, ...]:
    days = [request.tags[f"dagster/asset_partition_range_{end}"] for end in ("start", "end")]
    return (*days, *(key.to_user_string() for key in request.asset_selection or []))


@pytest.fixture
def fresh() -> Iterator[dg.DagsterInstance]:
    """An instance which has seen no run."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    lake = SmallLake(tmp_path / "lake")
    lake.song("A/TRA.json", song())
    lake.log(FIRST, event(), event(itemInSession=1, page="Home", song=None))
    lake.log(SECOND, event(userId="2", sessionId=2, ts=at("2018-11-02 08:00")))
    return lake


@pytest.fixture
def watch(lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance) -> Watch:
    return Watch(Platform(lake, tmp_path / "warehouse.duckdb", fresh))


@pytest.fixture
def loaded(watch: Watch) -> Watch:
    """After a run which has staged everything, and the first tick."""
    watch.platform.build(FIRST, LAST, select=STAGING_GRAPH)
    assert watch.requests() == []
    return watch


def is_a_full_build(watch: Watch, lake: SmallLake | str, tmp_path: Path) -> bool:
    """Whether the tables are those which a build from nothing gives."""
    rebuilt = DuckDBWarehouse(path=str(new_database(tmp_path / "rebuilt.duckdb")))
    location = lake if isinstance(lake, str) else str(lake.folder)
    load_without_dagster(rebuilt, open_lake(location), FIRST, LAST, answers=())
    same: bool = stored(watch.platform.rows) == stored(lambda query: rebuilt.fetch(query).rows)
    rebuilt.close()
    return same


# The first ticks


def test_what_was_loaded_before_the_first_tick_is_not_loaded_again(watch: Watch) -> None:
    watch.platform.build(FIRST, LAST, select=STAGING_GRAPH)
    assert [watch.requests() for _ in range(3)] == [[], [], []]
    assert watch.tick().skip_message == "Nothing has changed."


def test_what_was_never_loaded_is_requested(watch: Watch, lake: SmallLake, tmp_path: Path) -> None:
    assert watch.requests() == []
    assert watch.step() == [(FIRST, SECOND)]
    assert watch.requests() == []
    assert is_a_full_build(watch, lake, tmp_path)


def test_only_the_days_which_were_not_loaded_are_requested(watch: Watch) -> None:
    watch.platform.build(FIRST, select=STAGING_GRAPH)
    watch.requests()
    assert watch.requests() == [(SECOND, SECOND)]


def test_a_day_which_changed_before_the_first_tick_is_requested(watch: Watch, lake: SmallLake) -> None:
    watch.platform.build(FIRST, LAST, select=STAGING_GRAPH)
    lake.log(SECOND, event(sessionId=9))
    lake.folder.joinpath(lake.log_name(FIRST)).unlink()
    watch.requests()
    assert watch.requests() == [(FIRST, SECOND)]


def test_a_sensor_is_off_until_it_is_switched_on(watch: Watch) -> None:
    assert watch.sensor.default_status == dg.DefaultSensorStatus.STOPPED


# Changes


def test_a_new_day_is_requested_once_it_is_the_same_in_two_ticks(loaded: Watch, lake: SmallLake) -> None:
    path = lake.log(THIRD, event(sessionId=3))
    assert loaded.requests() == []
    with path.open("ab") as being_written:
        being_written.write(b"{}\n")
    done = loaded.tick()
    assert not done.run_requests
    assert done.skip_message == f"Changing: {THIRD}. They are built once they are the same in two ticks."
    assert loaded.requests() == [(THIRD, THIRD)]
    assert loaded.requests() == []


def test_days_in_a_row_are_one_run(loaded: Watch, lake: SmallLake) -> None:
    for number, day in enumerate([FIRST, SECOND, THIRD, FIFTH], 10):
        lake.log(day, event(sessionId=number))
    loaded.requests()
    assert loaded.requests() == [(FIRST, THIRD), (FIFTH, FIFTH)]


def test_changed_new_and_deleted_files_give_the_tables_of_a_full_build(
    loaded: Watch, lake: SmallLake, tmp_path: Path
) -> None:
    lake.folder.joinpath(lake.log_name(FIRST)).unlink()
    lake.log(SECOND, event(userId="4", sessionId=2, ts=at("2018-11-02 09:00")))
    lake.log(FIFTH, event(userId="5", sessionId=5, song="Unknown", ts=at("2018-11-05 10:00")))
    assert loaded.step() == []
    assert loaded.step() == [(FIRST, SECOND), (FIFTH, FIFTH)]
    assert is_a_full_build(loaded, lake, tmp_path)
    assert loaded.platform.rows("select distinct user_id from users order by 1") == [(4,), (5,)]


def test_a_song_which_comes_late_requests_the_catalog_only(loaded: Watch, lake: SmallLake, tmp_path: Path) -> None:
    lake.song("B/TRB.json", song(song_id="SO0", duration=200.0))
    assert loaded.requests() == []
    (requested,) = loaded.tick().run_requests or []
    assert {key.to_user_string() for key in requested.asset_selection or ()} >= {
        "staging_songs", "load_rejects", "artists", "songs", "songplays",
    }  # fmt: skip
    assert dg.AssetKey("staging_events") not in (requested.asset_selection or ())
    result = loaded.run(requested)
    assert {check.check_name for check in result.get_asset_check_evaluations()} >= {"primary_key"}
    assert is_a_full_build(loaded, lake, tmp_path)
    assert loaded.platform.rows("select distinct song_id from songplays") == [("SO0",)]
    assert loaded.requests() == []


def test_songs_and_days_together_are_one_run_of_everything(loaded: Watch, lake: SmallLake, tmp_path: Path) -> None:
    lake.song("B/TRB.json", song(song_id="SO0"))
    lake.log(THIRD, event(sessionId=3))
    assert loaded.step() == []
    assert loaded.step() == [(THIRD, THIRD)]
    assert loaded.step() == []
    assert is_a_full_build(loaded, lake, tmp_path)


def test_a_deleted_song_leaves_the_catalog(loaded: Watch, lake: SmallLake, tmp_path: Path) -> None:
    lake.song("B/TRB.json", song(song_id="SO2", title="Beta"))
    loaded.settle()
    assert loaded.platform.rows("select count(*) from songs") == [(2,)]
    lake.folder.joinpath("song_data/A/TRA.json").unlink()
    loaded.settle()
    assert loaded.platform.rows("select song_id from songs") == [("SO2",)]
    assert is_a_full_build(loaded, lake, tmp_path)


def test_what_somebody_else_loaded_meanwhile_is_not_requested(loaded: Watch, lake: SmallLake) -> None:
    lake.log(THIRD, event(sessionId=3))
    lake.song("B/TRB.json", song(song_id="SO2"))
    loaded.requests()
    loaded.platform.build(THIRD, select=STAGING_GRAPH)
    assert [loaded.requests() for _ in range(2)] == [[], []]


# Once


def test_a_tick_repeated_after_a_crash_has_the_same_run_keys(loaded: Watch, lake: SmallLake) -> None:
    lake.log(THIRD, event(sessionId=3))
    loaded.requests()
    keys = [[request.run_key for request in loaded.tick(keep_cursor=False).run_requests or ()] for _ in range(2)]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 1


def test_contents_which_come_back_are_requested_again(loaded: Watch, lake: SmallLake) -> None:
    path, keys = lake.log(THIRD, event(sessionId=3)), []
    for content in (b"{}\n", b"[1]\n") * 2:
        path.write_bytes(content)
        os.utime(path, (1, 1))
        assert not loaded.tick().run_requests
        keys += [request.run_key for request in loaded.tick().run_requests or ()]
    assert len(set(keys)) == 4


# Bounds


def test_the_work_of_a_tick_is_bounded_and_every_month_has_its_turn(
    tmp_path: Path, fresh: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = SmallLake(tmp_path / "lake")
    lake.song("A.json", song())
    months = [f"{year}-{month:02}" for year in (2016, 2017) for month in range(1, 13)]
    for month in months:
        lake.log(f"{month}-10", event())
    watch = Watch(Platform(lake, tmp_path / "db", fresh, first_day="2016-01-01", last_day="2017-12-31"))
    requested, before = [], set[str]()
    for _ in range(30):
        requested += watch.requests()
        listed = set(lake_cursor.LakeCursor.model_validate_json(watch.cursor or "").months)
        assert len(listed - before) <= 3
        before = listed
    assert sorted(first[:7] for first, *_ in requested) == months


def test_a_tick_lists_five_months_however_many_are_changing() -> None:
    months = lake_cursor.months_around(date(2016, 1, 1), date(2017, 12, 31))
    changing = {date(2016, month, 10): "0" for month in range(1, 13)}
    cursor = lake_cursor.LakeCursor(serial=0, changing=changing)
    listed = [cursor.choose_months("2017-12", months) for _ in range(12)]
    assert {len(chosen) for chosen in listed} == {5}
    assert all(chosen[:3] == ["2017-12", "2016-12", "2016-11"] for chosen in listed)
    assert {month for chosen in listed for month in chosen} == set(months)


def test_the_cursor_does_not_grow_with_the_files(loaded: Watch, lake: SmallLake) -> None:
    loaded.requests()
    size = len(loaded.cursor or "")
    for part in range(50):
        lake.log(FIRST, event(sessionId=part), suffix=f"-events-{part}.json")
        lake.song(f"B/{part}.json", song(song_id=f"S{part}"))
    loaded.settle()
    assert len(loaded.cursor or "") == size


def test_the_catalog_is_listed_in_pages(
    loaded: Watch, lake: SmallLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sparkify_assets.defs.lake.sensors.SONG_FILES_A_TICK", 2)
    monkeypatch.setattr(lake_cursor, "SONG_FILES_A_TICK", 2)
    for name in ("A/B.json", "A.json", "A/A/A.json", "B.json.gz"):
        lake.song(name, song(song_id=name[0] + name[-3]))
    asked = [bool(loaded.step()) for _ in range(9)]
    assert asked == [False] * 5 + [True] + [False] * 3
    assert is_a_full_build(loaded, lake, tmp_path)


# Days which are not ours


def test_days_outside_of_the_partitions_are_logged_once(
    loaded: Watch, lake: SmallLake, capsys: pytest.CaptureFixture[str]
) -> None:
    lake.log("2018-10-31", event(sessionId=8))
    lake.log("2018-12-01", event(sessionId=9))
    assert [loaded.requests() for _ in range(4)] == [[]] * 4
    logged = capsys.readouterr().err
    assert logged.count("2018-10-31") == logged.count("2018-12-01, outside of 2018-11-01 to 2018-11-30") == 1


def test_the_file_of_today_waits_until_the_day_is_over(
    tmp_path: Path, fresh: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    lake = SmallLake(tmp_path / "lake")
    lake.song("A.json", song())
    for day in (yesterday, today):
        lake.log(day.isoformat(), event())
    watch = Watch(Platform(lake, tmp_path / "db", fresh, first_day=yesterday - timedelta(days=9), last_day=None))
    watch.requests()
    assert watch.requests() == [(yesterday.isoformat(), yesterday.isoformat())]
    assert today.isoformat() not in capsys.readouterr().err


# Trouble


def test_a_lake_which_is_gone_is_named_and_its_days_stay(
    loaded: Watch, lake: SmallLake, capsys: pytest.CaptureFixture[str]
) -> None:
    before = loaded.cursor
    lake.folder.rename(lake.folder.with_name("moved"))
    done = loaded.tick()
    assert not done.run_requests
    assert f"The lake {lake.folder} lacks the folder log_data/. Set SPARKIFY_LAKE" in str(done.skip_message)
    assert loaded.cursor == before
    captured = capsys.readouterr().err
    assert "lacks the folder" in captured
    assert "Traceback" not in captured


def test_a_file_which_is_not_loaded_is_named_once(
    loaded: Watch, lake: SmallLake, capsys: pytest.CaptureFixture[str]
) -> None:
    lake.log("2018-11-31", event(sessionId=3))
    lake.write("log_data/part-0.json", b"{}")
    assert [loaded.requests() for _ in range(2)] == [[], []]
    logged = capsys.readouterr().err
    assert logged.count("Not loaded: log_data/2018/11/2018-11-31-events.json, log_data/part-0.json of ") == 1
    assert logged.count("part-0.json") == 1


def test_a_cursor_of_another_version_is_forgotten(loaded: Watch) -> None:
    loaded.cursor = '{"version": 0}'
    assert [loaded.requests() for _ in range(2)] == [[], []]


# S3


def upload(s3: Any, lake: SmallLake) -> None:
    for path in lake.folder.rglob("*"):
        if path.is_file():
            s3.upload_file(str(path), BUCKET, f"raw/{path.relative_to(lake.folder).as_posix()}")


def test_changes_in_s3_give_the_tables_of_a_full_build(
    s3: Any, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance
) -> None:
    place = f"s3://{BUCKET}/raw"
    upload(s3, lake)
    watch = Watch(Platform(place, tmp_path / "s3.duckdb", fresh))
    watch.platform.build(FIRST, LAST)
    assert [watch.step() for _ in range(2)] == [[], []]
    upload(s3, lake)
    assert [watch.step() for _ in range(2)] == [[], []], "the same contents are no change"
    lake.log(THIRD, event(userId="3", sessionId=3))
    lake.song("B/TRB.json", song(song_id="SO0"))
    upload(s3, lake)
    s3.delete_object(Bucket=BUCKET, Key=f"raw/{lake.log_name(FIRST)}")
    assert [watch.step() for _ in range(3)] == [[], [(FIRST, FIRST), (THIRD, THIRD)], []]
    assert is_a_full_build(watch, place, tmp_path)


def test_a_page_of_songs_is_the_same_in_s3_and_in_a_folder(s3: Any, lake: SmallLake) -> None:
    for name in ("A/B.json", "A.json", "A/A/A.json", "B.json.gz", "A-B/C.json", "Ü/C.json"):
        lake.song(name, song())
    upload(s3, lake)
    for after in ("", "song_data/A", "song_data/A/A/A.json", "song_data/A/TRA.json", "song_data/B.json.gz"):
        pages = [
            [file.name for file in SONGS.page(open_lake(place), after, 3)]
            for place in (str(lake.folder), f"s3://{BUCKET}/raw")
        ]
        assert pages[0] == pages[1]
        assert pages[0] == sorted(pages[0])
    shutil.rmtree(lake.folder)
