"""What the warehouse holds of the lake, by its manifest `lake_files`."""

from collections.abc import Iterable
from datetime import date

from sparkify_assets.errors import WarehouseBusy, WarehouseError
from sparkify_assets.lake.base import LakeFile
from sparkify_assets.lake.digest import digest, digests_by_day
from sparkify_assets.lake.sources import Source
from sparkify_assets.warehouse.base import Session, Warehouse


def staged_files(session: Session, table: str) -> list[LakeFile]:
    """The files whose records are in a staging table, as they were when they were read."""
    query = "select source_file, size_bytes, version, log_date from lake_files where table_name = :table"
    return [LakeFile(*row) for row in session.fetch(query, table=table).rows]


def staged_days(warehouse: Warehouse, source: Source, days: Iterable[date]) -> dict[date, str]:
    """The digest of the files of each of these days which is staged; nothing if the warehouse does not answer."""
    wanted = {*days}
    return digests_by_day(file for file in _read(warehouse, source) if file.day in wanted)


def staged_catalog(warehouse: Warehouse, source: Source) -> str:
    """The digest of all staged files of a catalog, of which copies are none; that of no files if none are."""
    return digest(_read(warehouse, source))


def _read(warehouse: Warehouse, source: Source) -> list[LakeFile]:
    """Raises WarehouseBusy while another process holds the database."""
    try:
        # In one attempt: whoever asks is not to wait for a warehouse which is paused.
        with warehouse.transaction() as session:
            return staged_files(session, source.table)
    except WarehouseBusy:
        raise
    except WarehouseError:
        return []
    finally:
        warehouse.close()
