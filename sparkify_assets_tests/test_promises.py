"""The promises of the warehouse, each as a property of random histories on real files and a real database."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from pydantic import PrivateAttr

from sparkify_assets.errors import KeyViolation
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.models import models
from sparkify_assets.publish import publish
from sparkify_assets.stage import stage_catalogue, stage_days
from sparkify_assets.warehouse.duckdb import DuckDBSession, DuckDBWarehouse
from sparkify_assets_tests.lakes import (
    EVENT_COLUMNS,
    SONG_COLUMNS,
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
    stored,
    write_day,
    write_song,
)

Days = tuple[date, date]

STAGING = ("staging_events", "staging_songs")
NEEDS = {
    "staging_events": set(),
    "staging_songs": set(),
    "users": {"staging_events"},
    "artists": {"staging_songs"},
    "songs": {"staging_songs", "artists"},
    "time": {"staging_events"},
    "songplays": {"users", "artists", "songs", "time"},
}
"""The graph: a run builds the tables in some order which respects this, and may die between any two."""


# Keys


@cache
def key_queries() -> str:
    """One query whose rows are the declared keys which are broken, each with an example."""
    broken = []
    for model in models().values():
        for column in model.columns:
            if not column.nullable:
                broken.append((f"{model.name}.{column.name} is null", f"from {model.name} where {column.name} is null"))
        for columns in filter(None, (model.primary_key, *model.unique)):
            listed = ", ".join(columns)
            doubled = f"from {model.name} group by {listed} having count(*) > 1"
            broken.append((f"{model.name} ({listed}) is not unique", doubled))
        for key in model.foreign_keys:
            (column,), (referred,) = key.columns, key.references
            orphans = f"from {model.name} where {column} not in (select {referred} from {key.table})"
            broken.append((f"{model.name}.{column} is not in {key.table}", orphans))
    return " union all ".join(f"(select '{rule}' as rule {rows} limit 1)" for rule, rows in broken)


class AuditedWarehouse(DuckDBWarehouse):
    """Proves every declared key of every table after every commit, over whole tables."""

    _commits: int = PrivateAttr(default=0)

    @property
    def commits(self) -> int:
        return self._commits

    @contextmanager
    def transaction(self) -> Iterator[DuckDBSession]:
        with super().transaction() as session:
            yield session
        with super().transaction() as session:
            broken = session._connection.execute(key_queries()).fetchall()
        assert not broken, f"Committed with broken keys: {broken}"
        self._commits += 1


# Histories


class World:
    """A lake, a warehouse built from it step by step, and what of the lake has been staged so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake = new_lake(folder / "lake")
        self.staged: Contents = {}
        self.warehouse = _new_warehouse(folder / "star.duckdb")

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
        assert difference(self.stored(), reference(self.staged)) == ""
        for table in ("pending_ranges", "unplayed_times"):
            assert self.warehouse.fetch(f"select * from {table}").rows == []

    def check_against_rebuild(self) -> None:
        """The same rows come out of a new database, built at one go."""
        rebuilt = World.__new__(World)
        rebuilt.lake, rebuilt.staged = self.lake, {}
        rebuilt.warehouse = _new_warehouse(self.folder / "rebuilt.duckdb")
        try:
            rebuilt.build(list(NEEDS), ALL_DAYS)
            assert difference(self.stored(), rebuilt.stored()) == ""
        finally:
            rebuilt.close()

    def stored(self) -> dict[str, Any]:
        return stored(lambda query: self.warehouse.fetch(query).rows)


def build_table(warehouse: DuckDBWarehouse, lake: Path, table: str, days: Days) -> None:
    """One step of a run, without Dagster around it."""
    model, source = models()[table], LocalLake(folder=str(lake))
    if table == "staging_events":
        stage_days(warehouse, source, model, list(EVENT_COLUMNS), days, max_reject_share=1)
    elif table == "staging_songs":
        stage_catalogue(warehouse, source, model, list(SONG_COLUMNS), max_reject_share=1)
    else:
        publish(warehouse, model, days if model.is_daily else None)


@cache
def _empty_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "star.duckdb")
        warehouse = DuckDBWarehouse(path=str(path))
        warehouse.create_tables()
        warehouse.close()
        return path.read_bytes()


def _new_warehouse(path: Path) -> AuditedWarehouse:
    path.write_bytes(_empty_database())
    return AuditedWarehouse(path=str(path))


# Few values, so that plays repeat, listeners tie and titles meet. The days lie in two months.

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
    max_size=6,
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
    while len(order) < len(NEEDS):
        order.append(draw(st.sampled_from([t for t in NEEDS if t not in order and NEEDS[t] <= {*order}])))
    return order


class Histories(RuleBasedStateMachine):
    """Files come, change and go; runs load some days, and some die. Keys are audited at each commit."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        write_song(self.world.lake, song(song_id="SO0", artist_id="AR0", title="Silence"), file="TRZZZ1")

    @initialize(days=st.tuples(*[lines] * len(DAYS)), records=st.lists(songs, max_size=3))
    def begin(self, days: tuple[list[Record], ...], records: list[Record]) -> None:
        for day, written in zip(DAYS, days, strict=True):
            write_day(self.world.lake, day, written)
        for file, record in zip(FILES, records, strict=False):
            write_song(self.world.lake, record, file=file)

    @rule(day=st.sampled_from(DAYS), written=lines, part=st.sampled_from(["", "", "", "-2"]))
    def write_day(self, day: str, written: list[Record], part: str) -> None:
        write_day(self.world.lake, day, written, part=part)

    @rule(day=st.sampled_from(DAYS))
    def delete_day(self, day: str) -> None:
        (self.world.lake / day_file(day)).unlink(missing_ok=True)

    @rule(file=st.sampled_from(FILES), record=songs | st.sampled_from(FAULTY_SONGS))
    def write_song(self, file: str, record: Record) -> None:
        write_song(self.world.lake, record, file=file)

    @rule(file=st.sampled_from(FILES))
    def delete_song(self, file: str) -> None:
        (self.world.lake / song_file(file)).unlink(missing_ok=True)

    @rule(days=some_days(), order=orders())
    def run(self, days: Days, order: list[str]) -> None:
        self.world.build(order, days)
        self.world.check()

    @rule(days=some_days(), order=orders(), built=st.integers(1, len(NEEDS) - 1))
    def die_between_two_tables(self, days: Days, order: list[str], built: int) -> None:
        self.world.build(order[:built], days)

    @rule(days=some_days(), order=orders())
    def load_the_catalogue_alone(self, days: Days, order: list[str]) -> None:
        self.world.build([table for table in order if table != "staging_events"], days)
        self.world.check()

    @rule(days=some_days(), tables=st.lists(st.sampled_from(list(NEEDS)), min_size=1, max_size=3, unique=True))
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
            self.world.build(list(NEEDS), ALL_DAYS)
            self.world.check()
            self.world.check_against_rebuild()
        finally:
            self.world.close()
            self.folder.cleanup()


def test_after_any_history_every_table_equals_a_rebuild_and_the_reference() -> None:
    run_state_machine_as_test(Histories, settings=settings(stateful_step_count=10))
