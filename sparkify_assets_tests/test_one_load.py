"""Promise 8: a reader sees the five tables of one load or of the one before, never a mix."""

import random
import threading
from datetime import date
from pathlib import Path

import duckdb
import pytest

from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.reading import models
from sparkify_assets_tests.lakes import at, event, song
from sparkify_assets_tests.workbench import SmallLake, Tables, tables_of

STAR = [models()[name] for name in tables_of("star")]
DAYS = ("2018-11-01", "2018-11-02", "2018-11-03")
LOADS, PLAYS = 12, 300
# The rows of all five tables in one statement, and so of one moment.
STATE = "select " + ", ".join(
    f"(select md5(coalesce(string_agg(t::varchar, '|' order by t::varchar), '')) from {model.name} as t)"
    for model in STAR
)

State = tuple[str, ...]


class Reader:
    """Reads the star over and over, beside the loads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._cursor = connection.cursor()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self.seen: list[State] = []

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._done.is_set():
            self.seen += self._cursor.execute(STATE).fetchall()


def random_day(rnd: random.Random, day: str) -> list[dict[str, object]]:
    """Plays of few users, songs and sessions, some of them late or repeated."""
    return [
        event(
            ts=at(f"{rnd.choice(DAYS)} 10:00") + rnd.randrange(10_000),
            userId=str(rnd.randrange(20)),
            sessionId=rnd.randrange(30),
            itemInSession=rnd.randrange(10),
            song=rnd.choice(["Alpha", "Beta", "Gamma"]),
        )
        for _ in range(PLAYS)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_reader_sees_the_five_tables_of_one_load(seed: int, tmp_path: Path) -> None:
    rnd = random.Random(seed)
    lake = SmallLake(tmp_path / "lake")
    tables = Tables(lake, tmp_path / "star.duckdb")
    with tables.warehouse.transaction() as session:
        connection = session._connection
    committed = {connection.execute(STATE).fetchall()[0]}
    with Reader(connection) as reader:
        for _ in range(LOADS):
            day = rnd.choice(DAYS)
            lake.log(day, *random_day(rnd, day))
            lake.song("A.json", song(title=rnd.choice(["Alpha", "Beta"]), year=rnd.randrange(1990, 2018)))
            tables.stage_day(day)
            tables.stage_songs()
            load_tables(tables.warehouse, STAR, (date.fromisoformat(day),) * 2)
            committed |= {*connection.execute(STATE).fetchall()}
    assert len(reader.seen) > LOADS
    assert len(committed) > LOADS // 2
    assert {*reader.seen} <= committed
