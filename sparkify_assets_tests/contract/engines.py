"""An engine under contract: an empty warehouse, and a lake which it can read."""

from abc import ABC, abstractmethod
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.sources import EVENTS, SONGS
from sparkify_assets.loading.staging import StagedTable, stage
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.production import Production
from sparkify_assets_tests.workbench import FIRST, Day, SmallLake, new_database

Row = tuple[Any, ...]


class Engine(ABC):
    """The warehouse, the folder in which its lake is written, and ways to look at it from outside."""

    def __init__(self, folder: SmallLake) -> None:
        self.folder = folder
        self.warehouse = self.another_client()

    @abstractmethod
    def another_client(self, *, read_only: bool = False, schema: str = "") -> Warehouse:
        """A warehouse of its own on the same database."""

    @abstractmethod
    def create_tables(self) -> None:
        """Have the tables of `sql/`, copied from those which were made first, which is many times quicker."""

    @abstractmethod
    def lake(self) -> Lake:
        """The lake as it is now, where the engine reads it."""

    @abstractmethod
    def sent_as_it_is(self, statement: str) -> list[Row]:
        """What the engine gives for a statement which nothing translates."""

    def stage_days(self, first: Day = FIRST, last: Day | None = None, *, share: float = 1.0) -> StagedTable:
        days = (date.fromisoformat(first), date.fromisoformat(last or first))
        return stage(self.warehouse, self.lake(), EVENTS, days, share)

    def stage_songs(self, *, share: float = 1.0) -> StagedTable:
        return stage(self.warehouse, self.lake(), SONGS, None, share)

    def rows(self, query: str) -> list[Row]:
        return self.warehouse.fetch(query).rows

    def rejects(self) -> list[Row]:
        """File, line, field, reason and value of each."""
        return self.rows(
            "select source_file, line_number, column_name, reason, raw_value from load_rejects order by 1, 2"
        )

    def staged(self) -> dict[str, list[Row]]:
        """All which a load writes, to compare."""
        return {
            "staging_events": self.rows(
                "select log_date, sessionId, itemInSession from staging_events order by 1, 2, 3"
            ),
            "staging_songs": self.rows("select source_file, song_id, title from staging_songs order by 1, 2"),
            "load_rejects": self.rejects(),
            "lake_files": self.rows(
                "select source_file, log_date, size_bytes, record_count from lake_files order by 1"
            ),
        }


class DuckDB(Engine):
    def __init__(self, folder: SmallLake, path: Path) -> None:
        self.path = path
        super().__init__(folder)

    def another_client(self, *, read_only: bool = False, schema: str = "") -> Warehouse:
        settings = Settings(_env_file=None, duckdb_path=str(self.path), schema=schema)
        return open_warehouse(settings, read_only=read_only)

    def create_tables(self) -> None:
        new_database(self.path)

    def lake(self) -> Lake:
        return LocalLake(folder=str(self.folder.folder))

    def sent_as_it_is(self, statement: str) -> list[Row]:
        with duckdb.connect(str(self.path)) as connection:
            return connection.execute(statement).fetchall()


class Redshift(Engine):
    def __init__(self, folder: SmallLake, production: Production) -> None:
        self.production = production
        super().__init__(folder)

    def another_client(self, *, read_only: bool = False, schema: str = "") -> Warehouse:
        return open_warehouse(self.production.settings(schema=schema), read_only=read_only)

    def create_tables(self) -> None:
        self.production.create_tables()

    def lake(self) -> Lake:
        lake, folder = self.production.lake, self.folder.folder
        for found in self.production.s3.list_objects_v2(Bucket=lake.bucket, Prefix=f"{lake.prefix}/").get(
            "Contents", []
        ):
            if not (folder / found["Key"].removeprefix(f"{lake.prefix}/")).exists():
                self.production.s3.delete_object(Bucket=lake.bucket, Key=found["Key"])
        self.production.bring(folder)
        return lake

    def sent_as_it_is(self, statement: str) -> list[Row]:
        return self.rows(statement)
