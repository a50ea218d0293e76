"""What the run's log tells of a statement which takes long."""

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
def watched(statement: str, pid: int, every_seconds: float, ask: Callable[..., Rows]) -> Iterator[None]:
    """Log, every so many seconds while the block lasts, how long it has run and what a COPY has loaded by then.

    `ask` queries on another connection; what it cannot tell is left out.
    """
    done = threading.Event()
    log = dg.get_dagster_logger()
    started = time.monotonic()

    def tell() -> None:
        while not done.wait(every_seconds):
            seconds = time.monotonic() - started
            loaded = _loaded(ask, pid) if statement.lower().startswith("copy") else ""
            log.info(f"Running for {seconds:.0f} s: {statement} ...{loaded}")

    watcher = threading.Thread(target=tell, name="redshift-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join(timeout=1)


def _loaded(ask: Callable[..., Rows], pid: int) -> str:
    try:
        found = ask(_LOADING, pid=pid).rows
    except (WarehouseError, TransientFailure):
        return ""
    if not found:
        return ""
    rows, size, files, of = (int(value or 0) for value in found[0])
    return f" {rows:,} rows, {size / 1e6:.1f} MB, {files} of {of} files so far."
