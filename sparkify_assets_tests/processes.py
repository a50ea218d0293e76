"""What processes of tests do. They fork from a server which has imported this module, so that they start at once."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.runs import SqliteRunStorage

from sparkify_assets.components.partitions import day_tags
from sparkify_assets.defs.tables.jobs import sparkify_etl
from sparkify_assets.instance.home import open_instance
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse

CONTEXT = multiprocessing.get_context("forkserver")
DAYS = (date(2018, 11, 1), date(2018, 11, 2))


def start(work: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    CONTEXT.set_forkserver_preload([__name__])
    process = CONTEXT.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def until(holds: Callable[[], Any], seconds: float, pause: float = 0.01) -> None:
    """Wait for something which other processes do; AssertionError if it does not come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(pause)


def run_and_die(home: Path, job_name: str = sparkify_etl.name) -> None:
    """A run of the command line, of an asset and two days, which is killed in its first step."""

    @dg.asset
    def doomed() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    run_in(home, job_name, doomed)


def run_and_die_early(home: Path) -> None:
    """A run which is killed when it has noted its process, and its status does not say yet that it has started."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    @dg.asset
    def never() -> None:
        pass

    SqliteRunStorage.handle_run_event = die  # type: ignore[method-assign]
    run_in(home, sparkify_etl.name, never)


def run_until(home: Path, may_end: Event) -> None:
    """A run of the command line which ends well once it may."""

    @dg.asset
    def patient() -> None:
        may_end.wait(60)

    run_in(home, sparkify_etl.name, patient)


def run_in(home: Path, job_name: str, asset: dg.AssetsDefinition) -> None:
    os.environ["DAGSTER_HOME"] = str(home)
    job = dg.define_asset_job(job_name, [asset])
    with open_instance() as instance:
        dg.Definitions([asset], jobs=[job]).resolve_job_def(job_name).execute_in_process(
            instance=instance, asset_selection=[asset.key], tags=day_tags(*DAYS)
        )


def first_use(home: Path, together: Barrier) -> None:
    """Make the home at the same moment as the others do."""
    os.environ["DAGSTER_HOME"] = str(home)
    together.wait(60)
    with open_instance() as instance:
        assert instance.get_runs() == []


def hold(database: Path, log: Path, name: str, read_only: bool, may_end: Event) -> None:
    """Open the database, write the name into the log, and keep it open until it may end."""
    warehouse = DuckDBWarehouse(path=str(database), read_only=read_only, wait_seconds=60)
    warehouse.fetch("select 1")
    with log.open("a") as lines:
        lines.write(f"{name}\n")
    may_end.wait(60)
    warehouse.close()
