"""A small lake, the platform on top of it, and a look at its tables: rows in sight, real parts."""

import gzip
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.sources import EVENTS, SONGS
from sparkify_assets.loading.staging import StagedTable, stage
from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.materialization import goes_unreferenced, load_statements, prune_statements
from sparkify_assets.models.model import Model, load_order
from sparkify_assets.models.reading import models, tables_in
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.lakes import new_lake

Day = str

FIRST = "2018-11-01"


def tables_of(*groups: str) -> tuple[str, ...]:
    """Names of the tables of these folders of `sql/`."""
    return tuple(model.name for group in groups for model in tables_in(group))


STAR_GRAPH = ("cluster", *tables_of("staging", "star"))
"""What most rules are about. Answers, cubes and pages take seconds, and have tests of their own."""
EVERYTHING: tuple[str, ...] = ()
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
SONG_FIELDS = [column.name for column in models()["staging_songs"].columns if column.name != "source_file"]


def as_line(thing: Any) -> bytes:
    """A line of a file: bytes as they are, records as JSON."""
    return thing if isinstance(thing, bytes) else json.dumps(thing, ensure_ascii=False).encode()


class SmallLake:
    """The lake in `folder`; where there is none, a new one with the JSONPaths file and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder if (folder / "log_data").exists() else new_lake(folder)

    def log_name(self, day: Day, suffix: str = "-events.json") -> str:
        return f"log_data/{day[:4]}/{day[5:7]}/{day}{suffix}"

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    def log(self, day: Day, *lines: Any, suffix: str = "-events.json") -> Path:
        return self.write(self.log_name(day, suffix), b"".join(as_line(line) + b"\n" for line in lines))

    def song(self, name: str, record: Any) -> Path:
        return self.write(f"song_data/{name}", as_line(record))


def load_texts(model: Model) -> list[str]:
    """All statements which a load of the table sends for it, those which drop what nothing refers to included."""
    pruned = prune_statements(model, tables_in(model.group)) if goes_unreferenced(model) else ()
    return [*load_statements(model), *pruned]


def whole_steps(definitions: dg.Definitions, names: Sequence[str]) -> list[dg.AssetKey]:
    """These assets, and those which are made in one step with them."""
    selection = dg.AssetSelection.assets(*names).required_multi_asset_neighbors()
    return sorted(selection.resolve(definitions.resolve_asset_graph()))


ANSWERS = tables_of("analytics", "cubes")


def load_without_dagster(warehouse: Warehouse, lake: Lake, first: Day, last: Day, answers: Iterable[str]) -> None:
    """What a run of these days does to the warehouse, from creating what is missing to the last answer."""
    days = (date.fromisoformat(first), date.fromisoformat(last))
    warehouse.create_tables()
    stage(warehouse, lake, SONGS, None, 1.0)
    stage(warehouse, lake, EVENTS, days, 1.0)
    load_tables(warehouse, tables_in("star"), days)
    for model in load_order([models()[name] for name in answers]):
        load_tables(warehouse, [model], days if model.is_daily or model.follows_plays else None)


@cache
def _tables_without_rows() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "warehouse.duckdb")
        warehouse = DuckDBWarehouse(path=str(path))
        warehouse.create_tables()
        warehouse.close()
        return path.read_bytes()


def new_database(path: Path) -> Path:
    """A DuckDB file with the tables of `sql/`; to make them anew for each test would take a quarter of a second."""
    path.write_bytes(_tables_without_rows())
    return path


class Tables:
    """A warehouse without Dagster and with all tables, for tests of what is staged."""

    def __init__(self, lake: SmallLake, path: Path) -> None:
        self.lake = LocalLake(folder=str(lake.folder))
        self.warehouse = DuckDBWarehouse(path=str(path if path.exists() else new_database(path)))

    def stage_day(self, day: Day = FIRST, last: Day | None = None, share: float = 1.0) -> StagedTable:
        days = (date.fromisoformat(day), date.fromisoformat(last or day))
        return stage(self.warehouse, self.lake, EVENTS, days, share)

    def stage_songs(self, share: float = 1.0) -> StagedTable:
        return stage(self.warehouse, self.lake, SONGS, None, share)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.warehouse.fetch(query).rows


class Platform:
    """All assets and checks on a small lake and a database with all tables, in one process."""

    def __init__(self, lake: SmallLake | str, path: Path, instance: dg.DagsterInstance, **changes: Any) -> None:
        if not path.exists():
            new_database(path)
        given = {
            "lake": str(lake.folder if isinstance(lake, SmallLake) else lake),
            "duckdb_path": str(path),
            "report_folder": str(path.parent / "reports"),
        }
        self.settings = Settings(_env_file=None, **(given | changes))
        self.definitions = build_definitions(self.settings)
        self.instance = instance

    def build(
        self,
        first: Day | None = None,
        last: Day | None = None,
        *,
        select: Sequence[str] = STAR_GRAPH,
        good: bool = True,
    ) -> dg.ExecuteInProcessResult:
        days = (date.fromisoformat(first), date.fromisoformat(last or first)) if first else self.settings.days
        return self.definitions.resolve_job_def("sparkify_etl").execute_in_process(
            instance=self.instance,
            asset_selection=whole_steps(self.definitions, select) if select else None,
            tags=day_tags(*days),
            run_config=QUIET,
            raise_on_error=good,
        )

    def check(self, *tables: str, selection: dg.AssetSelection | None = None) -> Mapping[str, dg.AssetCheckEvaluation]:
        """Run the checks of these tables alone, over the whole tables; by 'table.check'."""
        chosen = selection or dg.AssetSelection.checks_for_assets(*tables)
        wired = dg.Definitions.merge(
            self.definitions, dg.Definitions(jobs=[dg.define_asset_job("checks_only", chosen)])
        )
        result = wired.resolve_job_def("checks_only").execute_in_process(
            instance=self.instance, run_config=QUIET, raise_on_error=False
        )
        return evaluations(result)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(self.settings.duckdb_path) as connection:
            return connection.execute(query).fetchall()

    def change(self, *statements: str) -> None:
        """What somebody else does to the database."""
        with duckdb.connect(self.settings.duckdb_path) as connection:
            for statement in statements:
                connection.execute(statement)


def materializations(result: dg.ExecuteInProcessResult, table: str) -> list[dg.AssetMaterialization]:
    """Those of one table, whichever step made it."""
    events = result.get_asset_materialization_events()
    return [event.materialization for event in events if event.asset_key == dg.AssetKey(table)]


def evaluations(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {f"{e.asset_key.to_user_string()}.{e.check_name}": e for e in result.get_asset_check_evaluations()}
