"""Tables and rows which somebody dropped by hand are back after the next run, of whatever day."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date

import pytest

from sparkify_assets.models.reading import models, views
from sparkify_assets_tests.contract.engines import DuckDB, Engine
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.workbench import ANSWERS, FIRST, load_without_dagster

pytestmark = pytest.mark.slow

DAYS = (FIRST, "2018-11-02", "2018-12-01")
# Rows of these say nothing of the lake: names of transactions, and what is still to do.
HELD = [name for name in models() if name not in ("commits", "pending_ranges", "pending_plays")]
MADE_UP = {"songplays": {"songplay_id"}, "load_rejects": {"raw_line"}}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Three days, a reject on one of them, a song with its artist, and a file of songs which is none."""
    for number, day in enumerate(DAYS):
        engine.folder.log(
            day,
            event(sessionId=number, ts=at(f"{day} 12:00"), userId=str(number + 1)),
            event(sessionId=number, itemInSession=1, ts=at(f"{day} 22:00"), song="Beta"),
            *([b"{"] if number == 0 else []),
        )
    engine.folder.song("A.json", song())
    engine.folder.song("B.json", song(song_id="SO2", artist_id="AR2", title="Beta"))
    engine.folder.song("C.json", b"no song")
    run(engine, DAYS[0], DAYS[-1], answers=())
    return engine


def run(engine: Engine, first: str, last: str | None = None, *, answers: Iterable[str] = ANSWERS) -> None:
    """A run in a process of its own."""
    engine.warehouse.close()
    load_without_dagster(engine.warehouse, engine.lake(), first, last or first, answers)


def drop(engine: Engine, *names: str) -> None:
    with engine.warehouse.transaction() as session:
        for name in names:
            kind = "view" if name in views() else "table"
            session.execute(f"drop {kind} if exists {name}" + " cascade" * (not isinstance(engine, DuckDB)))


def held(engine: Engine, names: Iterable[str] = HELD) -> dict[str, Counter[tuple[object, ...]]]:
    found = {}
    for name in names:
        columns = ", ".join(c for c in models()[name].column_names if c not in MADE_UP.get(name, ()))
        found[name] = Counter(engine.rows(f"select {columns} from {name}"))
    return found


def test_what_was_dropped_is_filled_by_a_run_of_one_day(filled: Engine) -> None:
    complete = held(filled)
    alone = [
        (name,) for name in ("staging_events", "lake_files", "time", "load_rejects", "songplays", "users", "plays")
    ]
    together = [("staging_events", "load_rejects", "time", "songs")]
    for names in alone if isinstance(filled, DuckDB) else together:
        drop(filled, *names)
        run(filled, DAYS[-1], answers=())
        assert held(filled) == complete, names


def test_whatever_is_dropped_at_once_is_filled(filled: Engine) -> None:
    run(filled, DAYS[0])
    complete = held(filled)
    chance = random.Random(5)
    # One is left which knows the days, and one into which the client of this test writes.
    everything = sorted({*models(), *views()} - {"songplays", "commits"})
    for _ in range(3 if isinstance(filled, DuckDB) else 1):
        lost = sorted({*ANSWERS, *chance.sample(everything, chance.randint(2, len(everything)))})
        drop(filled, *lost)
        run(filled, DAYS[1])
        assert held(filled) == complete, lost


def test_each_table_which_was_emptied_is_filled_by_a_run_of_one_day(filled: Engine) -> None:
    complete = held(filled)
    emptied = ("staging_events", "load_rejects", "time") if isinstance(filled, DuckDB) else ("songplays",)
    for name in emptied:
        with filled.warehouse.transaction() as session:
            session.execute(f"delete from {name}")
        run(filled, DAYS[-1], answers=())
        assert held(filled) == complete, name


def test_rows_which_were_deleted_from_staging_are_loaded_again(filled: Engine) -> None:
    complete = held(filled)
    with filled.warehouse.transaction() as session:
        session.execute(f"delete from staging_events where log_date = date '{DAYS[1]}' and itemInSession = 0")
        session.execute("delete from staging_songs where song_id = 'SO2'")
    assert filled.stage_songs().lost == ["song_data/B.json"]
    assert filled.stage_days(DAYS[-1]).lost == [date.fromisoformat(DAYS[1])]
    run(filled, DAYS[-1], answers=())
    assert held(filled) == complete


def test_days_to_process_are_known_without_their_table(filled: Engine) -> None:
    filled.folder.log(DAYS[1], event(sessionId=9, ts=at(f"{DAYS[1]} 13:00")))
    filled.stage_days(DAYS[1])
    drop(filled, "pending_ranges")
    run(filled, DAYS[0], answers=())
    assert filled.rows(f"select session_id from songplays where log_date = date '{DAYS[1]}'") == [(9,)]


def test_plays_to_count_are_known_without_their_table(filled: Engine) -> None:
    run(filled, DAYS[0])
    filled.folder.log(DAYS[1], event(sessionId=9, ts=at(f"{DAYS[1]} 13:00")))
    run(filled, DAYS[1], answers=())
    drop(filled, "pending_plays")
    run(filled, DAYS[0], answers=["peak_hours"])
    counted = filled.rows("select sum(plays) from peak_hours where play_month is null")
    assert counted == filled.rows("select count(*) from songplays") == [(5,)]


def test_times_of_lost_plays_which_changed_meanwhile_go(filled: Engine) -> None:
    drop(filled, "songplays")
    filled.folder.log(DAYS[-1], event(sessionId=9, ts=at(f"{DAYS[-1]} 13:00")))
    run(filled, DAYS[-1], answers=())
    assert filled.rows("select count(*) from time") == filled.rows("select count(*) from songplays") == [(5,)]


def test_days_which_are_whole_are_not_read_again(filled: Engine) -> None:
    again = filled.stage_days(DAYS[0])
    assert (again.staged.files, again.lost) == (1, [])
    assert filled.stage_songs().staged.files == 0
