"""The loads of the graph without Dagster, small and quick, for tests which build hundreds of times.

Processes which are going to be killed fork from a server which has imported this module.
"""

from datetime import date

from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.sources import SOURCES
from sparkify_assets.loading.staging import stage
from sparkify_assets.loading.tables import load_tables
from sparkify_assets.models.reading import tables_in
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
    for source in SOURCES:
        stage(warehouse, lake, source, DAYS if source.is_daily else None, max_reject_share=1)
    load_tables(warehouse, tables_in("star"), DAYS)
