"""`make soak`: a year of daily runs of everything, in one process, on small days. They have to cost the same.

The clock of retention is moved, so that of each moment the latest 30 runs are those of the last 30 days.
"""

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import dagster as dg

from sparkify_assets.instance.home import open_instance
from sparkify_assets.instance.retention import delete_old_runs
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets_tests.workbench import EVERYTHING, Platform

FIRST_DAY = date(2018, 1, 1)
KEPT = 30
WARM_UP = 20
"""Runs until the history of each check on the dashboard is full."""
COMPARED = 10
SLOWER, LARGER = 1.2, 1.2
MOST_BYTES = 250_000_000
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """Of one run, by the processor's time, and what the process holds after it."""

    seconds: float
    instance_bytes: int
    files: int
    memory_bytes: int


def daily_runs(folder: Path, days: int) -> Iterator[Cost]:
    """One run after another, each of the next day."""
    generate_lake(folder / "lake", start=FIRST_DAY, days=days, users=20, songs=20, events=20 * days, seed=1)
    os.environ["DAGSTER_HOME"] = str(folder / "home")
    last = FIRST_DAY + timedelta(days=days - 1)
    with open_instance() as instance:
        platform = Platform(
            str(folder / "lake"), folder / "warehouse.duckdb", instance, first_day=FIRST_DAY, last_day=last
        )
        for number in range(days):
            started = time.process_time()
            platform.build(str(FIRST_DAY + timedelta(days=number)), select=EVERYTHING)
            _delete_old(instance)
            yield Cost(
                time.process_time() - started,
                sum(path.stat().st_size for path in (folder / "home").rglob("*") if path.is_file()),
                len(os.listdir("/proc/self/fd")),
                _memory_bytes(),
            )


def problems(costs: Sequence[Cost]) -> list[str]:
    """Which of the promises do not hold."""
    first, last = costs[WARM_UP : WARM_UP + COMPARED], costs[-COMPARED:]

    def grew(name: str, allowed: float) -> Iterator[str]:
        before, after = (statistics.median(getattr(cost, name) for cost in some) for some in (first, last))
        print(f"{name}: {before:,.2f} in the first {COMPARED} runs after {WARM_UP}, {after:,.2f} in the last")
        if after > before * allowed:
            yield f"{name} grew from {before:,.2f} to {after:,.2f}, by more than {allowed:.0%}"

    found = [*grew("seconds", SLOWER), *grew("files", 1), *grew("memory_bytes", LARGER)]
    largest = max(cost.instance_bytes for cost in costs)
    print(f"The instance took {largest / 1e6:,.1f} MB at most, {costs[-1].instance_bytes / 1e6:,.1f} MB at the end.")
    return [*found, *([f"The instance took {largest:,} bytes"] if largest > MOST_BYTES else [])]


def main() -> None:
    """Print a line per ten runs, then what was compared; end with 1 if a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    costs = []
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for cost in daily_runs(Path(folder), parser.parse_args().days):
            costs.append(cost)
            if len(costs) % COMPARED == 0:
                print(f"{len(costs)} runs in {time.perf_counter() - began:.0f} s: {cost}", flush=True)
    found = problems(costs)
    sys.exit("\n".join(found) if found else 0)


def _delete_old(instance: dg.DagsterInstance) -> None:
    records = instance.get_run_records(limit=KEPT)
    if len(records) == KEPT:
        delete_old_runs(instance, KEPT, records[-1].create_timestamp + timedelta(days=KEPT))


def _memory_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


if __name__ == "__main__":
    main()
