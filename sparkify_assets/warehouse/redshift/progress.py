"""Progress of long statements in the run's log."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

from sparkify_assets.errors import WarehouseError
from sparkify_assets.warehouse.base import Rows
from sparkify_assets.warehouse.redshift.failures import TransientFailure

_LOADING = """
    select loaded_rows, loaded_bytes, file_count_scanned, source_file_count
    from sys_load_history
    where session_id = :pid and status = 'running'
    order by start_time desc
    limit 1
"""


@contextmanager
def log_progress(statement: str, pid: int, every_seconds: float, query: Callable[..., Rows]) -> Iterator[None]:
    """Log, every so many seconds while the block lasts, how long it has run and what a COPY has loaded by then.

    `query` runs on another connection; if it fails, the log lacks what a COPY has loaded.
    """
    done = threading.Event()
    log = dg.get_dagster_logger()
    started = time.monotonic()

    def log_regularly() -> None:
        while not done.wait(every_seconds):
            seconds = time.monotonic() - started
            loaded = _loaded(query, pid) if statement.lower().startswith("copy") else ""
            log.info(f"Running for {seconds:.0f} s: {statement} ...{loaded}")

    watcher = threading.Thread(target=log_regularly, name="redshift-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join(timeout=1)


def _loaded(query: Callable[..., Rows], pid: int) -> str:
    try:
        found = query(_LOADING, pid=pid).rows
    except (WarehouseError, TransientFailure):
        return ""
    if not found:
        return ""
    rows, size, files, of = (int(value or 0) for value in found[0])
    return f" {rows:,} rows, {size / 1e6:.1f} MB, {files} of {of} files so far."
