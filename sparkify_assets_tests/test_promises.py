"""The promises of the warehouse, each as a property of random histories on real files and a real database."""

import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
import duckdb
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from sparkify_assets.errors import KeyViolation
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.sources import SOURCES
from sparkify_assets.loading.staging import stage
from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.reading import installed_sql, models, sql_folder, tables_in
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBSession, DuckDBWarehouse
from sparkify_assets_tests.cli import STAR_ALONE
from sparkify_assets_tests.lakes import (
    REAL_LAKE,
    STORED,
    Contents,
    Record,
    at,
    contents_of,
    day_file,
    day_of,
    difference,
    event,
    logged_out,
    new_lake,
    reference,
    song,
    song_file,
    star_of_staged,
    stored,
    write_day,
    write_song,
)
from sparkify_assets_tests.workbench import ANSWERS, Platform, load_without_dagster, new_database, tables_of

pytestmark = pytest.mark.slow

Days = tuple[date, date]

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
HISTORIES, KILLS = (300, 40) if THOROUGH else (5, 2)
# To shrink a history takes minutes; a red default run says at once what broke.
PHASES = (Phase.generate, Phase.shrink) if THOROUGH else (Phase.generate,)

STAGING = ("staging_events", "staging_songs")
STAR = "star"
STAR_TABLES = tables_of(STAR)
STEPS = {"staging_events": set[str](), "staging_songs": set[str](), STAR: {*STAGING}}
"""The graph: a run takes the steps in some order which respects this, and may die between any two."""


# Keys


@cache
def key_queries() -> str:
    """One query whose rows are the declared keys which are broken, each with an example."""
    broken = []
    for model in models().values():
        for name in (column.name for column in model.columns if not column.nullable):
            broken.append((f"{model.name}.{name} is null", f"from {model.name} where {name} is null"))
        for columns in filter(None, (model.primary_key, *model.unique)):
            listed = ", ".join(columns)
            doubled = f"from {model.name} group by {listed} having count(*) > 1"
            broken.append((f"{model.name} ({listed}) is not unique", doubled))
        for key in model.foreign_keys:
            known = f"select 1 from {key.table} where {key.table}.{key.reference} = {model.name}.{key.column}"
            orphans = f"from {model.name} where {key.column} is not null and not exists ({known})"
            broken.append((f"{model.name}.{key.column} is not in {key.table}", orphans))
    return " union all ".join(f"(select '{rule}' as rule {rows} limit 1)" for rule, rows in broken)


class AuditedWarehouse(DuckDBWarehouse):
    """Proves every declared key of every table after every commit, over whole tables."""

    audited: ClassVar[Counter[str]] = Counter()
    """Commits which were audited, by database."""

    @contextmanager
    def transaction(self) -> Iterator[DuckDBSession]:
        with super().transaction() as session:
            yield session
        with super().transaction() as session:
            broken = session._connection.execute(key_queries()).fetchall()
        assert not broken, f"Committed with broken keys: {broken}"
        self.audited[self.path] += 1


# Histories


class World:
    """A lake, a warehouse built from it step by step, and what of the lake has been staged so far."""

    def __init__(self, folder: Path, lake: Path | None = None, database: str = "star.duckdb") -> None:
        self.folder = folder
        self.lake = lake or new_lake(folder / "lake")
        self.staged: Contents = {}
        self.warehouse = AuditedWarehouse(path=str(new_database(folder / database)))

    def close(self) -> None:
        self.warehouse.close()

    def build(self, tables: Sequence[str], days: Days) -> None:
        """Build these tables in this order, as a run for these days does."""
        for table in tables:
            build_table(self.warehouse, self.lake, table, days)
            if table in STAGING:
                self._note_staged(table, days)

    def _note_staged(self, table: str, days: Days) -> None:
        def concerned(name: str) -> bool:
            day = day_of(name)
            return (day is None) if table == "staging_songs" else (day is not None and days[0] <= day <= days[1])

        self.staged = {name: text for name, text in self.staged.items() if not concerned(name)}
        self.staged |= {name: text for name, text in contents_of(self.lake).items() if concerned(name)}

    def check(self) -> None:
        """Everything follows from what is staged, and nothing is left to do."""
        problems = difference(self.stored(), reference(self.staged))
        assert not problems, problems
        assert self.warehouse.fetch("select * from pending_ranges").rows == []

    def check_against_rebuild(self) -> None:
        """The same rows come out of a new database, built at one go."""
        rebuilt = World(self.folder, self.lake, "rebuilt.duckdb")
        try:
            rebuilt.build(list(STEPS), ALL_DAYS)
            problems = difference(self.stored(), rebuilt.stored())
            assert not problems, problems
        finally:
            rebuilt.close()

    def stored(self) -> dict[str, Any]:
        return stored(lambda query: self.warehouse.fetch(query).rows)


def build_table(warehouse: DuckDBWarehouse, lake: Path, table: str, days: Days) -> None:
    """One step of a run, without Dagster around it."""
    source = next((source for source in SOURCES if source.table == table), None)
    if source:
        local = LocalLake(folder=str(lake))
        stage(warehouse, local, source, days if source.is_daily else None, max_reject_share=1)
    else:
        load_tables(warehouse, tables_in(STAR), days)


# Few values, so that plays repeat, listeners tie and titles meet. The days are in two months.

DAYS = ("2018-10-31", "2018-11-01", "2018-11-02", "2018-11-03")
ALL_DAYS = date.fromisoformat(DAYS[0]), date.fromisoformat(DAYS[-1])
FILES = ("TRAAA1", "TRAAA2", "TRAAB1", "TRABB1")
TITLES = ("Alpha", "Alpha  ", "Beta", "Beta\u00a0", "")
ARTISTS = ("Ann", "Ann ", "Bob")
MOMENTS = tuple(at(f"{day} {time}") + ms for day in DAYS for time, ms in (("00:00", 0), ("23:59", 59_999)))

durations = st.sampled_from([None, 100.0, 200.0, 300.0])
plays = st.builds(
    event,
    artist=st.sampled_from([*ARTISTS, None]),
    firstName=st.sampled_from(["Lily", "Max", None]),
    itemInSession=st.integers(0, 2),
    length=durations,
    level=st.sampled_from(["free", "paid"]),
    location=st.sampled_from(["Oslo", "Rome"]),
    sessionId=st.integers(1, 2),
    song=st.sampled_from([*TITLES, None]),
    ts=st.sampled_from(MOMENTS),
    userId=st.sampled_from(["1", "2", 3, "", None]),
)
visits = st.builds(
    event,
    itemInSession=st.integers(0, 2),
    level=st.sampled_from(["free", "paid"]),
    page=st.just("Home"),
    sessionId=st.integers(1, 2),
    ts=st.sampled_from(MOMENTS),
    userId=st.sampled_from(["1", "2", "3"]),
)
guests = st.builds(logged_out, sessionId=st.integers(1, 2), ts=st.sampled_from(MOMENTS))
FAULTY_LINES: tuple[Record | str | bytes, ...] = (
    "{",
    "null",
    "[1]",
    '"text"',
    "# rotated",
    json.dumps(event())[:-1],
    json.dumps(event()) * 2,
    json.dumps(event(artist="?")).encode().replace(b"?", b"\xff"),
    event(ts="yesterday"),
    event(ts=None),
    event(ts=1541073600000.5),
    event(ts=1 << 63),
    event(sessionId=1.5),
    event(sessionId=1 << 31),
    event(itemInSession=""),
    event(page=None),
    event(length="long"),
    event(gender="FM"),
    event(song="é" * 513),
    event(userId="1x"),
    {},
)
lines = st.lists(
    st.one_of(plays, plays, plays, visits, guests, st.sampled_from(FAULTY_LINES), st.sampled_from(["", "  "])),
    min_size=2,
    max_size=8,
)
songs = st.builds(
    song,
    artist_id=st.sampled_from(["AR1", "AR2"]),
    artist_latitude=st.sampled_from([None, 1.5]),
    artist_location=st.sampled_from([None, "", "Oslo"]),
    artist_longitude=st.sampled_from([None, -2.5]),
    artist_name=st.sampled_from(ARTISTS),
    duration=durations,
    song_id=st.sampled_from(["SO1", "SO2", "SO3"]),
    title=st.sampled_from(TITLES),
    year=st.sampled_from([None, 0, 1999, 2018]),
)
FAULTY_SONGS: tuple[Record | str | bytes, ...] = (
    "",
    "{",
    "[]",
    song(song_id=None),
    song(title=None),
    song(duration="long"),
    song(year=1999.5),
    song(artist_id="A" * 33),
    json.dumps(song(), indent=1),
    json.dumps(song()) + "\n" + json.dumps(song(song_id="SO9", artist_id="AR9")),
)


@st.composite
def some_days(draw: st.DrawFn) -> Days:
    """A day or a range."""
    first, last = sorted((draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))))
    return date.fromisoformat(first), date.fromisoformat(last)


@st.composite
def orders(draw: st.DrawFn) -> list[str]:
    """The tables in any order in which a run may build them."""
    order: list[str] = []
    while len(order) < len(STEPS):
        order.append(draw(st.sampled_from([t for t in STEPS if t not in order and STEPS[t] <= {*order}])))
    return order


class Histories(RuleBasedStateMachine):
    """Files come, change and go; runs load some days, and some die. Keys are audited at each commit."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        write_song(self.world.lake, song(song_id="SO0", artist_id="AR0", title="Silence"), file="TRZZZ1")

    @initialize(days=st.tuples(*[lines] * len(DAYS)), records=st.lists(songs, min_size=2, max_size=4))
    def begin(self, days: tuple[list[Record], ...], records: list[Record]) -> None:
        for day, written in zip(DAYS, days, strict=True):
            write_day(self.world.lake, day, written)
        for file, record in zip(FILES, records, strict=False):
            write_song(self.world.lake, record, file=file)
        self.world.build(list(STEPS), ALL_DAYS)
        self.world.check()

    @rule(day=st.sampled_from(DAYS), written=lines, order=orders())
    def reload_a_day(self, day: str, written: list[Record], order: list[str]) -> None:
        write_day(self.world.lake, day, written)
        self.world.build(order, (date.fromisoformat(day),) * 2)
        self.world.check()

    @rule(day=st.sampled_from(DAYS), written=lines, part=st.sampled_from(["", "", "", "-2"]))
    def write_day(self, day: str, written: list[Record], part: str) -> None:
        write_day(self.world.lake, day, written, part=part)

    @rule(day=st.sampled_from(DAYS))
    def delete_day(self, day: str) -> None:
        (self.world.lake / day_file(day)).unlink(missing_ok=True)

    @rule(file=st.sampled_from(FILES), record=songs | songs | st.sampled_from(FAULTY_SONGS))
    def write_song(self, file: str, record: Record) -> None:
        write_song(self.world.lake, record, file=file)

    @rule(file=st.sampled_from(FILES))
    def delete_song(self, file: str) -> None:
        (self.world.lake / song_file(file)).unlink(missing_ok=True)

    @rule(days=some_days(), order=orders())
    def run(self, days: Days, order: list[str]) -> None:
        self.world.build(order, days)
        self.world.check()

    @rule(days=some_days(), order=orders(), built=st.integers(1, len(STEPS) - 1))
    def die_between_two_steps(self, days: Days, order: list[str], built: int) -> None:
        self.world.build(order[:built], days)

    @rule(days=some_days(), order=orders())
    def load_the_catalog_alone(self, days: Days, order: list[str]) -> None:
        self.world.build([table for table in order if table != "staging_events"], days)
        self.world.check()

    @rule(days=some_days(), tables=st.lists(st.sampled_from(list(STEPS)), min_size=1, max_size=2, unique=True))
    def build_a_selection(self, days: Days, tables: list[str]) -> None:
        """What is selected may lack what it needs; then it is refused, and nothing has happened."""
        for table in tables:
            before = self.world.stored()
            try:
                self.world.build([table], days)
            except KeyViolation:
                assert self.world.stored() == before

    def teardown(self) -> None:
        try:
            self.world.build(list(STEPS), ALL_DAYS)
            self.world.check()
            self.world.check_against_rebuild()
        finally:
            self.world.close()
            self.folder.cleanup()


def test_after_any_history_every_table_equals_a_rebuild_and_the_reference() -> None:
    run_state_machine_as_test(
        Histories, settings=settings(max_examples=HISTORIES, stateful_step_count=8, phases=PHASES)
    )


# Histories which once went wrong, and rules which random ones seldom meet


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world with one song, which `event()` plays."""
    made = World(tmp_path)
    write_song(made.lake, song())
    yield made
    made.close()


OCT_31, NOV_1, NOV_2, NOV_3 = DAYS


def run(world: World, first_day: str, last_day: str) -> None:
    world.build(list(STEPS), (date.fromisoformat(first_day), date.fromisoformat(last_day)))
    world.check()


def song_ids(world: World) -> list[str | None]:
    return [row[0] for row in world.warehouse.fetch("select song_id from songplays order by start_time").rows]


def start_times(world: World) -> list[str]:
    return [str(row[0]) for row in world.warehouse.fetch("select start_time from songplays order by 1").rows]


def test_a_repeat_in_another_day_counts_once_the_earlier_line_is_gone(world: World) -> None:
    write_day(world.lake, NOV_1, [event(ts=at("2018-11-01 10:00"))])
    write_day(world.lake, NOV_2, [event(ts=at("2018-11-02 10:00"))])
    run(world, NOV_1, NOV_2)
    assert start_times(world) == ["2018-11-01 10:00:00"]
    write_day(world.lake, NOV_1, [])
    run(world, NOV_1, NOV_1)
    assert start_times(world) == ["2018-11-02 10:00:00"]


def test_a_repeat_in_another_day_counts_once_whatever_its_time(world: World) -> None:
    write_day(world.lake, NOV_1, [event(ts=at("2018-11-01 10:00"))])
    write_day(world.lake, NOV_2, [event(ts=at("2018-11-02 10:00"))])
    run(world, NOV_1, NOV_2)
    write_day(world.lake, NOV_1, [event(ts=at("2018-11-02 11:00"))])
    run(world, NOV_1, NOV_1)
    assert start_times(world) == ["2018-11-02 10:00:00"]


def test_a_song_which_arrives_later_matches_earlier_plays(world: World) -> None:
    write_day(world.lake, NOV_1, [event(song="Beta")])
    run(world, NOV_1, NOV_1)
    assert song_ids(world) == [None]
    write_song(world.lake, song(song_id="SO2", title="Beta"), file="TRAAA2")
    run(world, NOV_3, NOV_3)
    assert song_ids(world) == ["SO2"]


def test_the_plays_of_a_song_which_is_gone_stay_without_it(world: World) -> None:
    write_song(world.lake, song(song_id="SO2", artist_id="AR2", title="Beta"), file="TRAAA2")
    write_day(world.lake, NOV_1, [event(song="Beta")])
    run(world, NOV_1, NOV_1)
    assert song_ids(world) == ["SO2"]
    (world.lake / song_file("TRAAA2")).unlink()
    run(world, NOV_3, NOV_3)
    assert song_ids(world) == [None]


def test_a_play_without_a_length_takes_the_lowest_song_of_its_title(world: World) -> None:
    write_song(world.lake, song(song_id="SO1", duration=300.0))
    write_song(world.lake, song(song_id="SO2", duration=100.0), file="TRAAA2")
    write_day(world.lake, NOV_1, [event(length=None)])
    run(world, NOV_1, NOV_1)
    assert song_ids(world) == ["SO1"]


def test_titles_match_whatever_spaces_follow_them_but_no_other_blank(world: World) -> None:
    played = ["Alpha", "Alpha  ", "Alpha\u00a0", " Alpha", "alpha"]
    write_day(
        world.lake, NOV_1, [event(song=title, itemInSession=n, ts=at(NOV_1) + n) for n, title in enumerate(played)]
    )
    run(world, NOV_1, NOV_1)
    assert song_ids(world) == ["SO1", "SO1", None, None, None]


def test_a_listener_is_as_in_the_latest_event_which_is_left(world: World) -> None:
    write_day(world.lake, NOV_1, [event(level="free", ts=at("2018-11-01 10:00"))])
    write_day(world.lake, NOV_2, [event(level="paid", ts=at("2018-11-02 10:00"), page="Home")])
    run(world, NOV_1, NOV_2)
    assert levels(world) == [(1, "paid", date.fromisoformat(NOV_2))]
    write_day(world.lake, NOV_2, [event(userId="2")])
    run(world, NOV_2, NOV_2)
    assert levels(world) == [(1, "free", date.fromisoformat(NOV_1)), (2, "free", date.fromisoformat(NOV_2))]
    write_day(world.lake, NOV_1, [logged_out()])
    run(world, NOV_1, NOV_1)
    assert levels(world) == [(2, "free", date.fromisoformat(NOV_2))]


@pytest.mark.parametrize(
    ("wins", "loses"),
    [
        (event(level="free", sessionId=2), event(level="paid", itemInSession=9)),
        (event(level="free", itemInSession=2), event(level="paid", itemInSession=1)),
        (event(level="free"), event(level="paid")),
        (event(level="free", firstName="Ada"), event(level="free", firstName="Eve")),
        (event(level="free", firstName="Ada"), event(level="free", firstName=None)),
    ],
)
def test_events_of_one_millisecond_are_ordered_by_item_then_content(wins: Record, loses: Record, world: World) -> None:
    for days in ((NOV_1, NOV_2), (NOV_2, NOV_1)):
        for day, line in zip(days, (wins, loses), strict=True):
            write_day(world.lake, day, [line])
            run(world, day, day)
        assert levels(world) == [(1, "free", date.fromisoformat(days[0]))]


def levels(world: World) -> list[tuple[Any, ...]]:
    return world.warehouse.fetch("select user_id, level, log_date from users order by user_id").rows


def test_a_repeat_counts_once_in_whichever_order_its_days_are_loaded(world: World) -> None:
    write_day(world.lake, NOV_1, [event(ts=at("2018-11-01 10:00"), location="Oslo")])
    write_day(world.lake, NOV_2, [event(ts=at("2018-11-01 10:00"), location="Bergen")])
    for day in (NOV_1, NOV_2, NOV_1):
        run(world, day, day)
    assert world.warehouse.fetch("select location, log_date from songplays").rows == [
        ("Bergen", date.fromisoformat(NOV_2))
    ]


def test_a_load_reads_no_other_day_and_no_song_file_it_knows(world: World) -> None:
    """What a day costs: garbage in all files which were loaded before changes nothing."""
    write_day(world.lake, NOV_1, [event()])
    write_day(world.lake, NOV_2, [event(itemInSession=1, ts=at(NOV_2))])
    run(world, NOV_1, NOV_1)
    before = world.stored()
    known = world.lake / song_file("TRAAA1")
    status = known.stat()
    known.write_bytes(b"?" * status.st_size)
    os.utime(known, ns=(status.st_atime_ns, status.st_mtime_ns))
    write_day(world.lake, NOV_1, ["garbage"])
    world.build(list(STEPS), (date.fromisoformat(NOV_2),) * 2)
    after = world.stored()
    assert after["songplays"] - before["songplays"] == Counter(
        row for row in after["songplays"] if row[-1] == date.fromisoformat(NOV_2)
    )
    assert before["songplays"] <= after["songplays"]
    assert after["staging_songs"] == before["staging_songs"]
    assert after["load_rejects"] == Counter()


# The graph


def stored_in(database: Path, tables: Sequence[str] = tuple(STORED)) -> dict[str, Any]:
    with reading(database) as warehouse:
        return stored(lambda query: warehouse.fetch(query).rows, tables)


def load(lake: Path, database: Path, first_day: str, last_day: str) -> None:
    """What a run of these days does up to the star, without Dagster around it."""
    warehouse = AuditedWarehouse(path=str(database))
    warehouse.create_tables()
    try:
        for table in STEPS:
            build_table(warehouse, lake, table, (date.fromisoformat(first_day), date.fromisoformat(last_day)))
    finally:
        warehouse.close()


@contextmanager
def reading(database: Path) -> Iterator[DuckDBWarehouse]:
    warehouse = DuckDBWarehouse(path=str(database), read_only=True)
    try:
        yield warehouse
    finally:
        warehouse.close()


def broken_keys(database: Path) -> list[Any]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(key_queries()).fetchall()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_line_is_staged_or_rejected_and_every_play_counted_once(seed: int, tmp_path: Path) -> None:
    lake, database = tmp_path / "lake", tmp_path / "star.duckdb"
    generate_lake(lake, days=3, users=15, songs=40, seed=seed, faults=0.3, compress=seed == 2)
    with closing(AuditedWarehouse(path=str(database))) as warehouse:
        load_without_dagster(warehouse, LocalLake(folder=str(lake)), "2018-11-01", "2018-11-03", ANSWERS)
    assert warehouse.audited[str(database)] > len(STEPS)
    found = stored_in(database)
    planted = json.loads((lake / "planted_faults.json").read_text())["rejects"]
    assert found["load_rejects"] == Counter(
        ("staging_events" if p["file"].startswith("log_data") else "staging_songs", p["file"], p["line"], p["column"])
        for p in planted
    )
    contents = contents_of(lake)
    lines = sum(bool(line.strip()) for text in map(_plain, contents.items()) for line in text.split(b"\n"))
    staged = found["staging_events"].total() + found["staging_songs"].total()
    assert lines == staged + found["load_rejects"].total()
    plays = {(row[12], row[4]) for row in found["staging_events"] if row[10] == "NextSong"}
    assert Counter((row[5], row[8]) for row in found["songplays"]) == Counter(plays)
    problems = difference(found, reference(contents))
    assert not problems, problems


def _plain(file: tuple[str, bytes]) -> bytes:
    name, content = file
    return gzip.decompress(content) if name.endswith(".gz") else content


@pytest.mark.skipif(not REAL_LAKE.is_dir(), reason="the real data set is not beside the repository")
def test_the_real_half_gives_the_known_rows_and_equals_the_reference(tmp_path: Path) -> None:
    database = new_database(tmp_path / "star.duckdb")
    load(REAL_LAKE, database, "2018-11-16", "2018-11-30")
    found = stored_in(database)
    assert {table: rows.total() for table, rows in found.items()} == {
        "staging_events": 4_482,
        "staging_songs": 36,
        "load_rejects": 0,
        "users": 92,
        "artists": 36,
        "songs": 36,
        "time": 3_774,
        "songplays": 3_779,
    }
    assert sum(row[3] is not None for row in found["songplays"].elements()) == 1
    problems = difference(found, reference(contents_of(REAL_LAKE)))
    assert not problems, problems


# Violations


@pytest.fixture
def small_star(tmp_path: Path) -> tuple[Path, Path]:
    """A lake of two days, the first of which is built."""
    lake, database = new_lake(tmp_path / "lake"), new_database(tmp_path / "star.duckdb")
    write_song(lake, song())
    write_day(lake, NOV_1, [event(), event(userId="2", sessionId=2)])
    write_day(lake, NOV_2, [event(ts=at("2018-11-02 08:00"), itemInSession=1)])
    load(lake, database, NOV_1, NOV_1)
    return lake, database


def everything_in(database: Path) -> dict[str, list[Any]]:
    with reading(database) as warehouse:
        return {table: sorted(warehouse.fetch(f"select * from {table}").rows, key=repr) for table in models()}


def in_sql(*texts: str) -> Callable[[Path], None]:
    """Changes of the last occurrence of a text into the text which follows it."""

    def change(path: Path) -> None:
        for before, after in zip(texts[::2], texts[1::2], strict=True):
            head, found, tail = path.read_text().rpartition(before)
            assert found, f"{path} lacks {before!r}"
            path.write_text(head + after + tail)

    return change


TWICE = " cross join (select 1 as n union all select 2 as n) as twice\n"
BROKEN_LOADS = {
    ("users", "primary_key"): ("users", in_sql("from ranked\n", f"from ranked{TWICE}")),
    ("artists", "primary_key"): (
        "artists",
        in_sql(
            "    artist_name as name,\n", "    cast(n as varchar(9)) as name,\n", "from ranked\n", f"from ranked{TWICE}"
        ),
    ),
    ("songs", "references_artists"): ("songs", in_sql("    artist_id,\n", "    'nobody' as artist_id,\n")),
    ("time", "primary_key"): ("time", in_sql("from played", f"from played{TWICE}")),
    ("songplays", "unique_session_id_and_item_in_session"): (
        "songplays",
        in_sql("from counted\n", f"from counted{TWICE}"),
    ),
    ("songplays", "references_time"): (
        "time",
        in_sql("    start_time,\n", "    dateadd(day, 9, start_time) as start_time,\n"),
    ),
    ("songplays", "references_users"): ("users", in_sql("event_rank = 1", "event_rank = 1 and user_id <> 2")),
}


@pytest.mark.parametrize(("table", "check"), list(BROKEN_LOADS))
def test_a_load_which_breaks_a_key_rolls_back_and_names_the_rows(
    table: str, check: str, small_star: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, database = small_star
    before = everything_in(database)
    file, break_load = BROKEN_LOADS[table, check]
    with sql_with(monkeypatch, tmp_path, file, break_load), pytest.raises(KeyViolation) as refused:
        load(lake, database, NOV_1, NOV_2)
    after = everything_in(database)
    assert (refused.value.table, refused.value.check) == (table, check)
    assert refused.value.count
    assert refused.value.rows
    assert {name: after[name] for name in STAR_TABLES} == {name: before[name] for name in STAR_TABLES}
    assert broken_keys(database) == []


def test_a_row_to_which_another_day_refers_stays_and_the_step_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, database = new_lake(tmp_path / "lake"), new_database(tmp_path / "star.duckdb")
    write_song(lake, song())
    write_day(lake, NOV_1, [event(userId="2", sessionId=2)])
    write_day(lake, NOV_2, [event(userId="2", page="Home", ts=at("2018-11-02 08:00"))])
    load(lake, database, NOV_1, NOV_2)
    without_user = in_sql("event_rank = 1", "event_rank = 1 and user_id <> 2")
    with sql_with(monkeypatch, tmp_path, "users", without_user), dg.DagsterInstance.ephemeral() as instance:
        result = Platform(str(lake), database, instance, last_day=NOV_2).build(NOV_2, good=False)
        shown = _last_evaluation(instance, "songplays", "references_users")
    assert not result.success
    assert [event.step_key for event in result.get_step_failure_events()] == ["star"]
    assert not shown.passed
    assert shown.metadata["violations"].value == 1
    assert [row.data["user_id"] for row in _rows(shown)] == [2]
    assert broken_keys(database) == []


@contextmanager
def sql_with(
    monkeypatch: pytest.MonkeyPatch, folder: Path, table: str, change: Callable[[Path], None]
) -> Iterator[None]:
    """The platform with another file for a table."""
    sql = shutil.copytree(sql_folder(), folder / "sql")
    change(next(sql.glob(f"*/{table}.sql")))
    with monkeypatch.context() as patched:
        patched.setattr("sparkify_assets.models.reading.sql_folder", lambda: sql)
        installed_sql.cache_clear()
        yield
    installed_sql.cache_clear()


def _rows(shown: dg.AssetCheckEvaluation) -> Sequence[dg.TableRecord]:
    rows = shown.metadata["rows"]
    assert isinstance(rows, dg.TableMetadataValue)
    return rows.records


def _last_evaluation(instance: dg.DagsterInstance, table: str, check: str) -> dg.AssetCheckEvaluation:
    record = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        [dg.AssetCheckKey(dg.AssetKey(table), check)]
    )
    (found,) = record.values()
    evaluation = found.event.dagster_event.event_specific_data  # type: ignore[union-attr]
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    return evaluation


# Processes

SPARKIFY = Path(sys.executable).with_name("sparkify")


class Command:
    """`sparkify run` in a process of its own, with its own working folder and Dagster home."""

    def __init__(self, home: Path, lake: Path, database: Path) -> None:
        home.mkdir(exist_ok=True)
        self.home, self.lake, self.database = home, lake, database

    def start(
        self, first_day: str, last_day: str, *options: str, largest_file: int = 0, **settings: str
    ) -> subprocess.Popen[str]:
        environment = os.environ | {
            "DAGSTER_HOME": str(self.home),
            "SPARKIFY_LAKE": str(self.lake),
            "SPARKIFY_DUCKDB_PATH": str(self.database),
            **settings,
        }
        size = (largest_file, largest_file)
        limited = partial(resource.setrlimit, resource.RLIMIT_FSIZE, size) if largest_file else None
        return subprocess.Popen(
            [str(SPARKIFY), "run", "--from", first_day, "--to", last_day, *options],
            cwd=self.home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=limited,
        )


def finished(process: subprocess.Popen[str]) -> str:
    """Its output; it has to end well."""
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return output


def seconds_of_work(process: subprocess.Popen[str], database: Path) -> float:
    """From the first sign of life in the database until the end."""
    begin = _first_write(process, database)
    finished(process)
    return time.monotonic() - begin


def _first_write(process: subprocess.Popen[str], database: Path) -> float:
    log = database.with_name(database.name + ".wal")
    before = _stamp(database), _stamp(log)
    while (_stamp(database), _stamp(log)) == before and process.poll() is None:
        time.sleep(0.005)
    return time.monotonic()


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def killed(process: subprocess.Popen[str], database: Path, after: float) -> bool:
    """Kill it so many seconds after its first write; whether it was still at work."""
    until = _first_write(process, database) + after
    while time.monotonic() < until and process.poll() is None:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.mark.long
def test_without_space_a_run_tells_the_cure_and_the_next_one_builds(tmp_path: Path) -> None:
    first_day, last_day = "2018-11-01", "2018-11-03"
    lake, database = tmp_path / "lake", tmp_path / "star.duckdb"
    generate_lake(lake, days=3, users=100, songs=50, seed=3, events=40_000)
    command = Command(tmp_path / "home", lake, database)
    stopped = command.start(first_day, last_day, *STAR_ALONE, largest_file=8_000_000, COLUMNS="1000")
    output, _ = stopped.communicate(timeout=120)
    assert stopped.returncode == 1
    assert f"Is the disk full? Free some space beside {database}" in output
    assert "Traceback" not in output
    assert _keys_of_what_is_there(database) == []
    finished(command.start(first_day, last_day, *STAR_ALONE))
    assert difference(stored_in(database), reference(contents_of(lake))) == ""


@pytest.mark.long
def test_a_killed_run_leaves_whole_commits_and_the_next_repairs_the_rest(tmp_path: Path) -> None:
    first_day, last_day, other_day = "2018-11-01", "2018-11-10", "2018-11-05"
    lake, changed, database = tmp_path / "lake", tmp_path / "changed", tmp_path / "star.duckdb"
    generate_lake(lake, days=10, users=80, songs=100, seed=1)
    shutil.copytree(lake, changed)
    _change_all(changed)
    wanted = {folder: reference(contents_of(folder)) for folder in (lake, changed)}
    seconds = seconds_of_work(
        Command(tmp_path / "home", lake, database).start(first_day, last_day, *STAR_ALONE), database
    )
    assert difference(stored_in(database), wanted[lake]) == ""
    rnd = random.Random(2018)
    at_work = 0
    for kill in range(KILLS):
        reload = kill % 2 == 1
        chosen = changed if reload else lake
        if not reload:
            database.unlink()
            database.with_name(database.name + ".wal").unlink(missing_ok=True)
        moment = (kill + rnd.random()) / KILLS * seconds
        run = Command(tmp_path / "home", chosen, database).start(first_day, last_day, *STAR_ALONE)
        at_work += killed(run, database, moment)
        if database.exists():
            assert _keys_of_what_is_there(database) == []
        load(chosen, database, other_day, other_day)
        found = stored_in(database)
        problems = difference(found, star_of_staged(found))
        assert not problems, f"killed after {moment:.3f} s, one other day built: {problems}"
        load(chosen, database, first_day, last_day)
        problems = difference(stored_in(database), wanted[chosen])
        assert not problems, f"killed after {moment:.3f} s, all days built again: {problems}"
    assert at_work >= KILLS // 2


def _change_all(lake: Path) -> None:
    """Drop, repeat and carry lines; half of the songs go or get another name."""
    logs = sorted((lake / "log_data").rglob("*.json"))
    texts = [path.read_bytes().split(b"\n") for path in logs]
    for path, text, before in zip(logs, texts, [texts[-1], *texts[:-1]], strict=True):
        path.write_bytes(b"\n".join([*text[::2], *text[:5], *before[1:20:2]]))
    for number, path in enumerate(sorted((lake / "song_data").rglob("*.json"))):
        if number % 4 == 0:
            path.unlink()
        elif number % 4 == 1:
            path.write_text(json.dumps(json.loads(path.read_text()) | {"title": "Another"}))


def _keys_of_what_is_there(database: Path) -> list[Any]:
    """Opened for writing, as the next run does: that replays what was committed."""
    with duckdb.connect(str(database)) as connection:
        tables = connection.execute("select count(*) from duckdb_tables()").fetchall()[0][0]
        assert tables in (0, len(models()))
        return connection.execute(key_queries()).fetchall() if tables else []


@pytest.mark.long
def test_two_runs_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    lake, database = tmp_path / "lake", tmp_path / "star.duckdb"
    generate_lake(lake, days=4, users=60, songs=60, seed=3)
    one, two = (Command(tmp_path / name, lake, database) for name in ("one", "two"))
    both = [one.start("2018-11-01", "2018-11-03"), two.start("2018-11-02", "2018-11-04")]
    outputs = [finished(process) for process in both]
    assert all("0 failed" in output for output in outputs)
    problems = difference(stored_in(database), reference(contents_of(lake)))
    assert not problems, problems
    assert broken_keys(database) == []


@pytest.mark.long
def test_a_run_which_may_not_wait_says_which_process_holds_the_database(tmp_path: Path) -> None:
    lake, database = new_lake(tmp_path / "lake"), tmp_path / "star.duckdb"
    write_song(lake, song())
    write_day(lake, NOV_1, [event()])
    hold = f"import duckdb; held = duckdb.connect({str(database)!r}); print('held', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        command = Command(tmp_path / "home", lake, database)
        refused = command.start(NOV_1, NOV_1, *STAR_ALONE, SPARKIFY_DUCKDB_WAIT_SECONDS="0")
        output, _ = refused.communicate(timeout=120)
        assert refused.returncode == 1
        assert f"held by process {holder.pid}" in " ".join(output.split())
        assert "Traceback" not in output
        waiting = command.start(NOV_1, NOV_1, *STAR_ALONE)
    finally:
        holder.communicate("\n")
    finished(waiting)
    problems = difference(stored_in(database), reference(contents_of(lake)))
    assert not problems, problems
