"""The loads of the graph without Dagster, small and quick, for tests which build hundreds of times.

Processes which are going to be killed fork from a server which has imported this module.
"""

from datetime import date

from sparkify_assets.lake.open import open_lake
from sparkify_assets.loading.staging import stage_catalogue, stage_days
from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.model import models
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse

DAYS = (date(2018, 11, 1), date(2018, 11, 2))


def build(chosen: Settings) -> None:
    """Stage everything and load the star, in the order of the graph."""
    warehouse = open_warehouse(chosen)
    assert isinstance(warehouse, RedshiftWarehouse)
    warehouse = warehouse.model_copy(update={"retry_seconds": 0.01})
    lake = open_lake(chosen.lake)
    songs = models()["staging_songs"]
    fields = [column.name for column in songs.columns if column.name != "source_file"]
    stage_days(warehouse, lake, models()["staging_events"], lake.event_fields(), DAYS, max_reject_share=1)
    stage_catalogue(warehouse, lake, songs, fields, max_reject_share=1)
    load_tables(warehouse, [model for model in models().values() if model.group == "star"], DAYS)
