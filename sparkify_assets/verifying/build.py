"""A small lake with planted faults, and every table of `sql/` made of it, without Dagster."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.lake.sources import SOURCES
from sparkify_assets.lake.upload import upload
from sparkify_assets.loading.staging import stage
from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.model import load_order
from sparkify_assets.models.reading import models, tables_in
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.base import Warehouse

FIRST, DAYS = date(2018, 11, 1), 3
RANGE = (FIRST, FIRST + timedelta(days=DAYS - 1))
_ONE_TRANSACTION = "star"
_MADE_OF_IT = ("analytics", "cubes")


def write_lake(folder: Path) -> Lake:
    """Three days with each kind of fault."""
    generate_lake(folder, days=DAYS, users=30, songs=40, seed=2018, start=FIRST, faults=0.04)
    return open_lake(str(folder))


def lake_in_s3(settings: Settings, name: str) -> S3Lake:
    """Where a lake may be written: `name` under SPARKIFY_WORK_URI; raises SettingsError if there is none."""
    if not settings.work_uri:
        raise SettingsError(
            "SPARKIFY_WORK_URI is empty, and COPY has to read the sample from somewhere. Set it to a prefix of S3 "
            "which this process may write to."
        )
    lake = open_lake(f"{settings.work_uri.rstrip('/')}/{name}")
    assert isinstance(lake, S3Lake)
    return lake


def bring(folder: Path, lake: S3Lake) -> None:
    """Copy a lake to S3."""
    upload(folder, lake, delete=False, progress=lambda done, of: None)


def remove(folder: Path, lake: S3Lake) -> None:
    """Delete in S3 what was brought from this folder."""
    lake.delete([path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()])


def build_tables(warehouse: Warehouse, lake: Lake, time_zone: str, progress: Callable[[str], None]) -> None:
    """Stage the lake and load each table, in the transactions in which a run does."""
    warehouse.create_tables()
    for source in SOURCES:
        progress(source.table)
        stage(warehouse, lake, source, RANGE if source.is_daily else None, max_reject_share=1)
    progress(_ONE_TRANSACTION)
    load_tables(warehouse, tables_in(_ONE_TRANSACTION), RANGE, time_zone)
    for model in load_order(models().values()):
        if model.group in _MADE_OF_IT:
            progress(model.name)
            load_tables(warehouse, [model], RANGE, time_zone)
