"""Promise 4: loads give the same rows on DuckDB and on Redshift, which the stand-in stands for."""

from collections.abc import Iterable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redshift_stand_in import Modes
from sparkify_assets.lake.open import open_lake
from sparkify_assets.models.reading import models
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.production import Production, comparable, in_order
from sparkify_assets_tests.workbench import ANSWERS, SmallLake, load_without_dagster

REAL = Path(__file__).parents[2] / "shared/data/sparkify-real"
TABLES = sorted(models().keys() - {"commits"})
FIRST, LAST = date(2018, 11, 1), date(2018, 11, 30)

# Each thing which no document decides, the other way round.
OTHERWISE = Modes(
    backslash_escapes=False,
    isolation="serializable",
    view_delay=0.02,
    broken_json="swallow",
    lines_scanned="lines",
    trusts_keys=True,
    numeric="zero",
)


class TwoEngines:
    """The same settings but for the warehouse."""

    def __init__(self, production: Production, database: Path, **changes: Any) -> None:
        common: dict[str, Any] = {"max_reject_share": 0.5, "first_day": FIRST, "last_day": LAST} | changes
        redshift = production.settings(**common)
        duckdb = Settings(_env_file=None, lake=redshift.lake, duckdb_path=str(database), **common)
        self._settings = {"duckdb": duckdb, "redshift": redshift}

    def load(self, first: str, last: str) -> None:
        """What the whole graph does, without Dagster around it."""
        for chosen in self._settings.values():
            with closing(open_warehouse(chosen)) as warehouse:
                load_without_dagster(warehouse, open_lake(chosen.lake), first, last, ANSWERS)

    def rows(self, tables: Iterable[str]) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
        """By engine, then by table."""
        found = {}
        for name, chosen in self._settings.items():
            with closing(open_warehouse(chosen)) as warehouse:
                found[name] = {table: in_order(warehouse.fetch(comparable(table)).rows) for table in tables}
        return found

    def expect_equal(self, *, filled: set[str]) -> None:
        both = self.rows(TABLES)
        for table in TABLES:
            assert both["redshift"][table] == both["duckdb"][table], table
            assert bool(both["duckdb"][table]) == (table in filled), f"{table} shows nothing"


ALWAYS = {"staging_events", "staging_songs", "users", "songs", "artists", "time", "songplays", "lake_files"}
ALWAYS |= {*ANSWERS, "made_tables"}
# What a lake of a few plays fills.
FEW = ALWAYS - {"plays_dice_weekend_evenings", "plays_slice_paid"}


@pytest.fixture
def engines(production: Production, tmp_path: Path) -> TwoEngines:
    return TwoEngines(production, tmp_path / "two.duckdb")


@pytest.mark.long
def test_a_faulty_compressed_lake_gives_the_same_tables(
    production: Production, engines: TwoEngines, tmp_path: Path
) -> None:
    generate_lake(tmp_path / "lake", days=6, users=60, songs=80, seed=7, start=FIRST, faults=0.04, compress=True)
    production.bring(tmp_path / "lake")
    engines.load("2018-11-01", "2018-11-06")
    engines.expect_equal(filled=ALWAYS | {"load_rejects"})


@pytest.mark.long
def test_without_a_work_prefix_the_tables_are_the_same(production: Production, tmp_path: Path) -> None:
    production.stand_in.modes = OTHERWISE
    generate_lake(tmp_path / "lake", days=3, users=30, songs=40, seed=9, start=FIRST, faults=0.04)
    production.bring(tmp_path / "lake")
    engines = TwoEngines(production, tmp_path / "two.duckdb", work_uri="")
    engines.load("2018-11-01", "2018-11-03")
    both = engines.rows(ALWAYS - {"staging_songs"} | {"load_rejects"})
    assert all(both["duckdb"].values())
    assert both["redshift"] == both["duckdb"]


def test_any_history_gives_the_same_tables(production: Production, engines: TwoEngines, tmp_path: Path) -> None:
    production.stand_in.modes = OTHERWISE
    lake = SmallLake(tmp_path / "lake")
    lake.song("A/TRA.json", song())
    lake.log("2018-11-01", event(), event(itemInSession=1, song="Late"))
    lake.log("2018-11-02", event(sessionId=2, ts=1541200000000))
    production.bring(lake.folder)
    engines.load("2018-11-02", "2018-11-02")
    engines.load("2018-11-01", "2018-11-01")
    engines.expect_equal(filled=FEW)
    lake.song("B/TRB.json", song(song_id="SO2", title="Late"))
    lake.log("2018-11-01", event(level="paid"), event(itemInSession=1, song="Late"), b"{broken")
    lake.log("2018-11-03", event(itemInSession=1, song="Late"), event(sessionId=9, ts=1541260000000))
    production.bring(lake.folder)
    engines.load("2018-11-01", "2018-11-03")
    engines.expect_equal(filled=FEW | {"load_rejects", "plays_slice_paid"})


@pytest.mark.long
@pytest.mark.skipif(not REAL.exists(), reason="the real data set does not lie beside the project")
def test_the_real_half_gives_the_same_tables(production: Production, engines: TwoEngines) -> None:
    production.bring(REAL)
    engines.load("2018-11-16", "2018-11-30")
    engines.expect_equal(filled=ALWAYS)
    assert len(engines.rows(["songplays"])["redshift"]["songplays"]) == 3779
