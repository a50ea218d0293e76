"""What a daily run costs after a longer history: the run, the sensors, the instance, and each statement."""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks import lakes
from benchmarks.page import table
from benchmarks.processes import SPARKIFY, measure, measure_script

HISTORIES = (30, 300, 3000)
EVENTS_A_DAY = 100
LONG_AGO = date(2010, 11, 1)
ROW_GROUP = 122_880
"""Rows which DuckDB scans at least of a table which has them: their number may grow up to here."""

FIGURES = (
    "the whole daily job, processor seconds",
    "a tick of `lake_changes`, processor seconds",
    "a tick of each other sensor at most, processor seconds",
    "cursor of `lake_changes`, bytes",
    "Dagster's instance, MB",
)
_DIFFERS = re.compile(r"'[^']*'|\d+")

Costs = Mapping[str, tuple[int, float]]
"""Rows scanned and processor seconds by statement; statements which differ in days and numbers are one."""


def growth(folder: Path, _rounds: int) -> None:
    """One more day of the whole job after each history."""
    days = [LONG_AGO + timedelta(days=number) for number in range(HISTORIES[-1] + 1)]
    size = ("--days", str(len(days)), "--users", "200", "--songs", "200", "--events", str(len(days) * EVENTS_A_DAY))
    lake = lakes.generated(folder / "growth" / "lake", "--start", str(LONG_AGO), *size)
    figures, costs = [], []
    for count in HISTORIES:
        history, day = folder / "growth" / f"history-{count}", str(days[count])
        given = {"SPARKIFY_LAKE": str(lake), "SPARKIFY_FIRST_DAY": str(LONG_AGO), "SPARKIFY_LAST_DAY": day}
        if not history.exists():
            measure([SPARKIFY, "run", "--from", str(days[0]), "--to", str(days[count - 1])], history, given)
        run = measure([SPARKIFY, "run", "--from", day, "--to", day], copy := _copy(history), given)
        measure_script("ticks", copy, "ticks.json", settings=given)
        figures.append(_figures(run.cpu, copy))
        measure_script("statement_costs", copy := _copy(history), day, "costs.json", settings=given)
        costs.append(_read_costs(copy / "costs.json"))
    print(f"\none more day of about {EVENTS_A_DAY} events, everything\n")
    rows = [[name, *values] for name, values in zip(FIGURES, zip(*figures, strict=True), strict=True)]
    print(table(["", *(f"{count} days" for count in HISTORIES)], rows))
    _report_statements(costs)


def _figures(seconds: float, folder: Path) -> list[str]:
    ticks = json.loads((folder / "ticks.json").read_text(encoding="utf-8"))
    tick, cursor = ticks.pop("lake_changes")
    instance = sum(path.stat().st_size for path in (folder / "data" / "dagster").rglob("*") if path.is_file())
    others = max(seconds for seconds, _ in ticks.values())
    return [f"{seconds:.1f}", f"{tick:.3f}", f"{others:.3f}", f"{cursor:,}", f"{instance / 1e6:.0f}"]


def _copy(history: Path) -> Path:
    copy = history.with_name(f"{history.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    return shutil.copytree(history, copy)


def _read_costs(path: Path) -> Costs:
    found: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
    for statement, rows, seconds in json.loads(path.read_text(encoding="utf-8")):
        name = " ".join(_DIFFERS.sub("?", statement or "").split())
        found[name][0] += rows or 0
        found[name][1] += seconds or 0.0
    return {name: (int(rows), seconds) for name, (rows, seconds) in found.items()}


def _report_statements(costs: Sequence[Costs]) -> None:
    """Print the sums, and each statement which scans more rows after the longest history than after the one before."""
    for days, found in zip(HISTORIES, costs, strict=True):
        rows, seconds = (sum(values) for values in zip(*found.values(), strict=True))
        print(
            f"  after {days:>5} days: {len(found)} statements, {rows:>12,} rows scanned, {seconds:7.2f} s of processor"
        )
    last, before = costs[-1], costs[-2]
    grown = sorted(
        (name for name in last if last[name][0] > max(ROW_GROUP, 1.2 * before.get(name, (0, 0.0))[0])),
        key=lambda name: -last[name][0],
    )
    print(f"  statements which scan more than a row group ({ROW_GROUP:,} rows) and more than before:")
    for name in grown:
        rows = "".join(f"{found.get(name, (0, 0.0))[0]:>12,}" for found in costs)
        seconds = "".join(f"{found.get(name, (0, 0.0))[1]:>8.3f}" for found in costs)
        print(f"  {rows}  {seconds} s  {name[:150]}")
