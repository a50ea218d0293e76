"""Which statements of a daily run cost more after a longer history."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

Costs = Mapping[str, tuple[int, float]]
ROW_GROUP = 122_880
"""Rows which DuckDB scans at least of a table which has them: their number may grow up to here."""

_DIFFERS = re.compile(r"'[^']*'|\d+")


def read_costs(path: Path) -> Costs:
    """Rows scanned and processor seconds by statement; statements which differ in days and numbers are one."""
    found: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
    for statement, rows, seconds in json.loads(path.read_text(encoding="utf-8")):
        name = " ".join(_DIFFERS.sub("?", statement or "").split())
        found[name][0] += rows or 0
        found[name][1] += seconds or 0.0
    return {name: (int(rows), seconds) for name, (rows, seconds) in found.items()}


def report(histories: Sequence[int], costs: Sequence[Costs]) -> None:
    """Print the sums, and each statement which scans more rows after the longest history than after the one before."""
    for days, found in zip(histories, costs, strict=True):
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
