"""Promise 5 on Redshift: whatever breaks, at whatever statement, the next run fixes it; no reader sees half of it."""

import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from redshift_stand_in import RedshiftStandIn
from redshift_stand_in.faults import ERROR_1023, S3_SLOW_DOWN, Fault
from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.reading import models
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.production import Production, comparable, in_order
from sparkify_assets_tests.small_build import build
from sparkify_assets_tests.workbench import SmallLake

# CI repeats some of the runs, which take a second each; `thorough` goes through all 200.
SEEDS, RUNS = (4, 50) if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else (1, 8)
STATEMENTS = 220  # more than a run sends, so that some faults come after it
TABLES = sorted(models().keys() - {"commits", "pending_ranges", "pending_plays"})
Rows = list[tuple[Any, ...]]


def two_versions(folder: Path) -> tuple[SmallLake, SmallLake]:
    """Lakes of the same days and files, of which every table differs."""
    before, after = SmallLake(folder / "before"), SmallLake(folder / "after")
    before.song("A/TRA.json", song())
    before.song("B/TRB.json", song(song_id="SO2", title="Beta"))
    before.log("2018-11-01", event(), event(itemInSession=1, song="Beta"), event(itemInSession=2, userId="7"))
    before.log("2018-11-02", event(sessionId=2, ts=1541200000000), b"{broken")
    after.song("A/TRA.json", song(artist_name="Ann", title="Gamma", year=1999))
    after.song("B/TRB.json", song(song_id="SO3", artist_id="AR3", title="Alpha"))
    after.log("2018-11-01", event(level="paid"), event(itemInSession=1, song="Gamma"), event(itemInSession=1))
    after.log("2018-11-02", event(sessionId=3, ts=1541203000000), event(sessionId=4, ts=1541204000000, userId="8"))
    return before, after


class Reader:
    """Looks at the published tables all the while, in one query; `broken` is what it ought not to see."""

    QUERY = """
        select songplays.session_id, songplays.item_in_session, songplays.level, songplays.song_id, users.user_id,
            time.start_time, songs.song_id as known_song, artists.artist_id as known_artist, songplays.artist_id
        from songplays
        left join users on songplays.user_id = users.user_id
        left join time on songplays.start_time = time.start_time
        left join songs on songplays.song_id = songs.song_id
        left join artists on songplays.artist_id = artists.artist_id
        order by 1, 2
    """

    def __init__(self, stand_in: RedshiftStandIn, allowed: list[Rows]) -> None:
        self._stand_in, self._allowed = stand_in, allowed
        self.looks = 0
        self.broken: list[Rows] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        done = threading.Event()
        thread = threading.Thread(target=self._look_until, args=(done,))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def look(self) -> Rows:
        """Past the faults, which are for the platform."""
        return list(self._stand_in.query_postgres(self.QUERY))

    def _look_until(self, done: threading.Event) -> None:
        while not done.wait(0.05):
            seen = self.look()
            self.looks += 1
            if seen not in self._allowed:
                self.broken.append(seen)


def random_fault(chance: random.Random) -> Fault:
    place = chance.randint(1, STATEMENTS)
    kind = chance.choice(["drop_before", "drop_during", "drop_after", "delay", "conflict", "slow_down"])
    if kind == "conflict":
        return Fault("error", place, error=ERROR_1023)
    if kind == "slow_down":
        return Fault("error", "^copy", error=S3_SLOW_DOWN)
    return Fault(kind, place, seconds=0.05)  # type: ignore[arg-type]


def killed_at(place: int, pid: Callable[[], int]) -> Fault:
    """Kills the client when its n-th statement arrives."""
    seen = iter(range(1, 10**6))

    def kill(_: str) -> bool:
        if next(seen) == place:
            os.kill(pid(), signal.SIGKILL)
        return False

    return Fault("delay", kill, seconds=0)


def run_and_kill(production: Production, settings: Settings, place: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sparkify_assets_tests.small_build"])
    process = context.Process(target=build, args=(settings,))
    production.stand_in.faults.add(killed_at(place, lambda: process.pid or 0))
    process.start()
    process.join()
    production.stand_in.faults.clear()


def all_rows(settings: Settings) -> dict[str, Rows]:
    warehouse = open_warehouse(settings)
    return warehouse.run(lambda session: {table: in_order(session.fetch(comparable(table)).rows) for table in TABLES})


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_fault_the_next_run_gives_the_star_of_a_good_one(
    production: Production, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    settings = production.settings()
    production.create_tables()
    lakes = two_versions(tmp_path)
    expected, seen = [], []
    for lake in (*lakes, lakes[0]):
        production.bring(lake.folder)
        build(settings)
        expected.append(all_rows(settings))
        seen.append(Reader(production.stand_in, []).look())
    assert expected[0] == expected[2] != expected[1]
    assert seen[0] == seen[2] != seen[1]

    reader = Reader(production.stand_in, seen)
    with reader.watching():
        for run in range(1, RUNS + 1):
            production.bring(lakes[run % 2].folder)
            if chance.random() < 0.2:
                run_and_kill(production, settings, chance.randint(1, STATEMENTS))
                build(settings)
            else:
                production.stand_in.faults.add(random_fault(chance))
                try:
                    build(settings)
                except WarehouseError:
                    build(settings)
                production.stand_in.faults.clear()
            assert all_rows(settings) == expected[run % 2], f"run {run} of seed {seed}"
    assert reader.looks > RUNS
    assert reader.broken == []
