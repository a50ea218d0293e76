"""Promise 4: the graph gives the same rows on DuckDB and on Redshift, which the stand-in stands for."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from redshift_stand_in import Modes
from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.lake.open import open_lake
from sparkify_assets.models.reading import models
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.production import Production, comparable, in_order
from sparkify_assets_tests.workbench import ANSWERS, QUIET, STAR_GRAPH, SmallLake, load_without_dagster

REAL = Path(__file__).parents[2] / "shared/data/sparkify-real"
TABLES = sorted(models().keys() - {"commits"})
BUILT = [dg.AssetKey(name) for name in (*STAR_GRAPH, *ANSWERS)]
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
    """The same settings but for the warehouse; each build runs the whole graph on both."""

    def __init__(self, production: Production, database: Path, instance: dg.DagsterInstance, **changes: Any) -> None:
        self._instance = instance
        common: dict[str, Any] = {"max_reject_share": 0.5, "first_day": FIRST, "last_day": LAST} | changes
        redshift = production.settings(**common)
        duckdb = Settings(_env_file=None, lake=redshift.lake, duckdb_path=str(database), **common)
        self._settings = {"duckdb": duckdb, "redshift": redshift}

    def build(self, first: date = FIRST, last: date = LAST) -> None:
        for chosen in self._settings.values():
            build_definitions(chosen).resolve_job_def("sparkify_etl").execute_in_process(
                instance=self._instance, asset_selection=BUILT, tags=day_tags(first, last), run_config=QUIET
            )

    def load(self, first: str, last: str) -> None:
        """The same without Dagster, in a tenth of the time."""
        for chosen in self._settings.values():
            with closing(open_warehouse(chosen)) as warehouse:
                load_without_dagster(warehouse, open_lake(chosen.lake), first, last, ANSWERS)

    def rows(self, table: str) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for name, chosen in self._settings.items():
            warehouse = open_warehouse(chosen)
            found[name] = in_order(warehouse.fetch(comparable(table)).rows)
            warehouse.close()
        return found

    def expect_equal(self, *, filled: set[str]) -> None:
        for table in TABLES:
            both = self.rows(table)
            assert both["redshift"] == both["duckdb"], table
            assert bool(both["duckdb"]) == (table in filled), f"{table} shows nothing"


ALWAYS = {"staging_events", "staging_songs", "users", "songs", "artists", "time", "songplays", "lake_files"}
ALWAYS |= {*ANSWERS, "made_tables"}
# What a lake of a few plays fills.
FEW = ALWAYS - {"plays_dice_weekend_evenings", "plays_slice_paid"}


@pytest.fixture
def engines(production: Production, tmp_path: Path, instance: dg.DagsterInstance) -> TwoEngines:
    return TwoEngines(production, tmp_path / "two.duckdb", instance)


@pytest.mark.long
def test_a_faulty_compressed_lake_gives_the_same_tables(
    production: Production, engines: TwoEngines, tmp_path: Path
) -> None:
    generate_lake(tmp_path / "lake", days=6, users=60, songs=80, seed=7, start=FIRST, faults=0.04, compress=True)
    production.bring(tmp_path / "lake")
    engines.build(last=date(2018, 11, 6))
    engines.expect_equal(filled=ALWAYS | {"load_rejects"})


def test_without_a_work_prefix_the_star_is_the_same(
    production: Production, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    production.stand_in.modes = OTHERWISE
    generate_lake(tmp_path / "lake", days=3, users=30, songs=40, seed=9, start=FIRST, faults=0.04)
    production.bring(tmp_path / "lake")
    engines = TwoEngines(production, tmp_path / "two.duckdb", instance, work_uri="")
    engines.build(last=date(2018, 11, 3))
    for table in ALWAYS - {"staging_songs"} | {"load_rejects"}:
        both = engines.rows(table)
        assert both["redshift"] == both["duckdb"], table


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


@pytest.mark.skipif(not REAL.exists(), reason="the real data set does not lie beside the project")
def test_the_real_half_gives_the_same_tables(production: Production, engines: TwoEngines) -> None:
    production.bring(REAL)
    engines.load("2018-11-16", "2018-11-30")
    engines.expect_equal(filled=ALWAYS)
    assert len(engines.rows("songplays")["redshift"]) == 3779
