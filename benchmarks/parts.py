"""Where a first load goes."""

import json
import statistics
from collections.abc import Callable
from pathlib import Path

from benchmarks import lakes
from benchmarks.parts_script import PARTS
from benchmarks.processes import empty, measure_script


def parts(folder: Path, rounds: int) -> None:
    """Where the first load of a month goes, and that of 90 days which are as large."""
    _parts(folder, rounds, "3,000,000 events, 15,000 song files", lakes.month(folder), ("2018-11-01", "2018-11-30"))
    long = lakes.long(folder, 90, 100_000)
    _parts(folder, rounds, "9,000,000 events, 2,000 song files", long, ("2018-01-01", "2018-03-31"))


def _parts(folder: Path, rounds: int, title: str, lake: Path, days: tuple[str, str]) -> None:
    given = {"SPARKIFY_LAKE": str(lake), "SPARKIFY_FIRST_DAY": days[0], "SPARKIFY_LAST_DAY": days[1]}
    found: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        for kind, seconds in found.items():
            work = empty(folder / f"parts-{kind}")
            measure_script("parts_script", work, kind, "parts.json", str(lake), *days, settings=given)
            seconds.append(json.loads((work / "parts.json").read_text(encoding="utf-8")))

    def median_of(kind: str, of: Callable[[dict[str, float]], float]) -> str:
        seconds = statistics.median(of(one) for one in found[kind])
        return f"{seconds:.1f}" if seconds else ""

    print(f"\n{title}: processor seconds, medians of {rounds} rounds\n")
    print("| part | seconds | in the bare script |\n|---|---|---|")
    for part in PARTS:
        cells = (median_of(kind, lambda one, part=part: one.get(part, 0)) for kind in found)  # type: ignore[misc]
        print(f"| {part} | {' | '.join(cells)} |")
    print(f"| the whole | {' | '.join(median_of(kind, lambda one: sum(one.values())) for kind in found)} |")
