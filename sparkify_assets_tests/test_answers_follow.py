"""Promise 2 for answers and cubes: whatever changed, and in whatever order, they are those which are made anew."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.model import load_order
from sparkify_assets.models.reading import models, tables_in
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.lakes import Record, Star, at, difference, event, new_lake, song, write_day, write_song
from sparkify_assets_tests.test_promises import ALL_DAYS, DAYS, FILES, STEPS, build_table, lines, some_days, songs

pytestmark = pytest.mark.slow

HISTORIES = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 2
ZONES = ("UTC", "America/New_York")
ANSWERS = tuple(model.name for model in load_order([*tables_in("analytics"), *tables_in("cubes")]))
OCT, NOV, DEC = "2018-10-31", "2018-11-20", "2018-12-31"


class Answered:
    """A lake, and a warehouse with answers which follow it."""

    def __init__(self, folder: Path, zone: str = "UTC") -> None:
        self.lake = new_lake(folder / "lake")
        self.warehouse = DuckDBWarehouse(path=str(folder / "answered.duckdb"))
        self.zone = zone

    def build(self, first: str, last: str | None = None) -> None:
        """The star, as a run for these days makes it."""
        for step in STEPS:
            build_table(self.warehouse, self.lake, step, (date.fromisoformat(first), date.fromisoformat(last or first)))

    def answer(self, tables: Sequence[str] = ANSWERS) -> None:
        """These answers and cubes, as a run for one day makes them, whichever day that is."""
        for table in tables:
            load_tables(self.warehouse, [models()[table]], ALL_DAYS, self.zone)

    def check(self) -> None:
        found = self.rows()
        for table in ANSWERS:
            load_tables(self.warehouse, [models()[table]], None, self.zone)
        wanted = self.rows()
        problems = difference(found, wanted) or difference(wanted, found)
        assert not problems, problems

    def rows(self) -> Star:
        def of(table: str) -> list[tuple[Any, ...]]:
            return self.warehouse.fetch(f"select * from {table}").rows

        return {table: Counter(of(table)) for table in ANSWERS}


# Changes, in sight


def plays(day: str, *changes: Record, session: int = 1) -> list[Record]:
    """Plays of a day, an hour apart."""
    return [
        event(**{"sessionId": session, "itemInSession": item, "ts": at(f"{day} {8 + item:02}:00"), **change})
        for item, change in enumerate(changes)
    ]


TWO = ({"location": "Gary, IN"}, {"userId": "2", "gender": "M", "level": "paid", "song": "Late"})


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answered]:
    """Plays in three months, with their answers; each test changes them further."""
    made = Answered(tmp_path_factory.mktemp("answered"))
    write_song(made.lake, song())
    for session, day in enumerate((OCT, NOV, DEC)):
        write_day(made.lake, day, plays(day, *TWO, session=session))
    made.build(OCT, DEC)
    made.answer()
    yield made
    made.warehouse.close()


def an_old_month_is_loaded_again(it: Answered) -> None:
    write_day(it.lake, OCT, plays(OCT, TWO[1], session=7))
    it.build(OCT)


def an_old_day_loses_its_plays(it: Answered) -> None:
    write_day(it.lake, NOV, [])
    it.build(NOV)


def a_play_comes_with_the_file_of_a_later_month(it: Answered) -> None:
    write_day(it.lake, DEC, [*plays(DEC, *TWO, session=2), *plays(OCT, {"song": "Beta"}, session=8)])
    it.build(DEC)


def a_song_comes_late_and_matches_plays_of_old_months(it: Answered) -> None:
    write_song(it.lake, song(song_id="SO2", title="Late"), file="TRAAB1")
    it.build(DEC)


def a_listener_tells_another_gender(it: Answered) -> None:
    write_day(it.lake, DEC, plays(DEC, *TWO, {"userId": "2", "gender": "F"}, session=2))
    it.build(DEC)


def the_time_zone_is_another(it: Answered) -> None:
    it.zone = "America/New_York"


def a_run_dies_before_it_answers(it: Answered) -> None:
    write_day(it.lake, OCT, plays(OCT, *TWO, {"song": "Gamma"}, session=9))
    it.build(OCT)
    it.answer(ANSWERS[:4])
    write_day(it.lake, NOV, plays(NOV, *TWO, session=10))
    it.build(NOV)


@pytest.mark.parametrize(
    "change",
    [
        an_old_month_is_loaded_again,
        an_old_day_loses_its_plays,
        a_play_comes_with_the_file_of_a_later_month,
        a_song_comes_late_and_matches_plays_of_old_months,
        a_listener_tells_another_gender,
        the_time_zone_is_another,
        a_run_dies_before_it_answers,
    ],
)
def test_answers_follow_what_changed(answered: Answered, change: Callable[[Answered], None]) -> None:
    before = answered.rows()
    change(answered)
    answered.answer()
    assert answered.rows() != before
    answered.check()


def test_an_answer_which_is_loaded_alone_takes_what_its_base_gets_later(answered: Answered) -> None:
    write_day(answered.lake, NOV, plays(NOV, TWO[1], session=11))
    answered.build(NOV)
    answered.answer(["plays_cube"])
    answered.answer()
    answered.check()


def test_a_day_does_not_touch_the_rows_of_other_months(answered: Answered) -> None:
    """What somebody wrote into another month stays: no load has looked there."""
    tables = ("top_songs", "peak_hours", "listening_by_demographic", "listener_months")
    write_day(answered.lake, DEC, plays(DEC, *TWO, session=2))
    answered.build(DEC)
    answered.answer()
    with answered.warehouse.transaction() as session:
        for table in tables:
            session.execute(f"update {table} set plays = plays + 100 where play_month = date '2018-10-01'")
    write_day(answered.lake, DEC, plays(DEC, *TWO, *TWO, session=2))
    answered.build(DEC)
    answered.answer()
    for table in tables:
        kept = answered.warehouse.fetch(f"select min(plays) from {table} where play_month = date '2018-10-01'").scalar
        assert kept > 100, table


# Changes at random


class Histories(RuleBasedStateMachine):
    """Files come and change; some runs answer, in one time zone or the other, and some answer in part."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.it = Answered(Path(self.folder.name))
        write_song(self.it.lake, song(song_id="SO0", artist_id="AR0", title="Silence"), file="TRZZZ1")

    @initialize(days=st.tuples(*[lines] * len(DAYS)))
    def begin(self, days: tuple[list[Record], ...]) -> None:
        for day, written in zip(DAYS, days, strict=True):
            write_day(self.it.lake, day, written)
        self.it.build(DAYS[0], DAYS[-1])
        self.it.answer()

    @rule(day=st.sampled_from(DAYS), written=lines, file=st.sampled_from(FILES), record=songs)
    def load_a_day(self, day: str, written: list[Record], file: str, record: Record) -> None:
        write_day(self.it.lake, day, written)
        write_song(self.it.lake, record, file=file)
        self.it.build(day)

    @rule(days=some_days())
    def load_days(self, days: tuple[date, date]) -> None:
        self.it.build(str(days[0]), str(days[1]))

    @rule(zone=st.sampled_from(ZONES), tables=st.sets(st.sampled_from(ANSWERS), min_size=3, max_size=6))
    def answer_in_part(self, zone: str, tables: set[str]) -> None:
        self.it.zone = zone
        self.it.answer([table for table in ANSWERS if table in tables])

    def teardown(self) -> None:
        try:
            self.it.answer()
            self.it.check()
        finally:
            self.it.warehouse.close()
            self.folder.cleanup()


def test_after_any_history_answers_are_those_which_are_made_anew() -> None:
    run_state_machine_as_test(
        Histories, settings=settings(max_examples=HISTORIES, stateful_step_count=4, phases=[Phase.generate])
    )
