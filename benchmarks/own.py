"""What is measured of our own command: against its floor, and as the history grows."""

import gzip
import json
import shutil
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks import lakes
from benchmarks.growth import read_costs, report
from benchmarks.parts_script import PARTS
from benchmarks.processes import SPARKIFY, Cost, Costs, measure, median, ratio, side_by_side, without_telemetry

SCRIPTS = Path(__file__).parent
LONG_AGO = date(2010, 11, 1)


def cube(folder: Path, rounds: int) -> None:
    """The asset over a star of 3,000,000 events which is there."""
    work = folder / "cube"
    if not work.exists():
        select = '+group:"star" or key:"listener_months"'
        measure([SPARKIFY, "run", "--select", select], work, {"SPARKIFY_LAKE": str(lakes.month(folder))})

    def build(kind: str) -> Cost:
        copy = _empty(folder / f"cube-{kind}")
        shutil.copy(work / "data" / "sparkify.duckdb", copy)
        cost = _script("cube_script", copy, kind, "sparkify.duckdb")
        return replace(cost, wall=float((copy / "seconds").read_text()))

    contenders = {"plays_cube, audited and checked": lambda: build("asset"), "its SQL": lambda: build("bare")}
    _report("plays_cube of 3,000,000 events; time of the build alone", side_by_side(rounds, contenders), "its SQL")


def overhead(folder: Path, rounds: int) -> None:
    """A lake so small that only the platform costs time."""
    lake = lakes.generated(folder / "overhead", "--days", "30", "--users", "90", "--songs", "40", "--events", "4500")

    def ours() -> Cost:
        select = '+group:"star" or key:"load_rejects"'
        return measure([SPARKIFY, "run", "--select", select], folder / "overhead-run", {"SPARKIFY_LAKE": str(lake)})

    def noop(kind: str) -> Cost:
        home = without_telemetry(folder / f"noop-{kind}")
        return _script("noop_job", home, kind, settings={"DAGSTER_HOME": str(home)})

    costs = side_by_side(
        rounds,
        {
            "sparkify run": ours,
            "no-op graph (same partitions and checks)": lambda: noop("graph"),
            "no-op steps (no partitions)": lambda: noop("steps"),
        },
    )
    _report("4,500 events, staging and star with all checks", costs, "no-op graph (same partitions and checks)")


def growth(folder: Path, rounds: int) -> None:
    """What each statement of the whole daily job costs after a longer history."""
    histories = (30, 300, 3000)
    days = [LONG_AGO + timedelta(days=number) for number in range(histories[-1] + 1)]
    size = ("--days", str(len(days)), "--users", "200", "--songs", "200", "--events", str(len(days) * 100))
    lake = lakes.generated(folder / "growth" / "lake", "--start", str(LONG_AGO), *size)
    given = {"SPARKIFY_LAKE": str(lake), "SPARKIFY_FIRST_DAY": str(LONG_AGO), "SPARKIFY_LAST_DAY": str(days[-1])}
    found = []
    for count in histories:
        work = folder / "growth" / f"history-{count}"
        if not work.exists():
            measure([SPARKIFY, "run", "--from", str(days[0]), "--to", str(days[count - 1])], work, given)
        copy = work.with_name(f"{work.name}-copy")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(work, copy)
        _script("statement_costs", copy, str(days[count]), "costs.json", settings=given)
        found.append(read_costs(copy / "costs.json"))
    print("\none more day of about 100 events, everything")
    report(histories, found)


def parts(folder: Path, rounds: int) -> None:
    """Where the first load of a month goes, and the bare script."""
    lake, days = lakes.month(folder), ("2018-11-01", "2018-11-30")
    given = {"SPARKIFY_LAKE": str(lake), "SPARKIFY_FIRST_DAY": days[0], "SPARKIFY_LAST_DAY": days[1]}
    found: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        for kind, seconds in found.items():
            work = _empty(folder / f"parts-{kind}")
            _script("parts_script", work, kind, "parts.json", str(lake), *days, settings=given)
            seconds.append(json.loads((work / "parts.json").read_text(encoding="utf-8")))

    def median_of(kind: str, of: Callable[[dict[str, float]], float]) -> str:
        seconds = statistics.median(of(one) for one in found[kind])
        return f"{seconds:.1f}" if seconds else ""

    print(f"\nprocessor seconds, medians of {rounds} rounds\n\n| part | seconds | in the bare script |\n|---|---|---|")
    for part in PARTS:
        cells = (median_of(kind, lambda one, part=part: one.get(part, 0)) for kind in found)  # type: ignore[misc]
        print(f"| {part} | {' | '.join(cells)} |")
    print(f"| the whole | {' | '.join(median_of(kind, lambda one: sum(one.values())) for kind in found)} |")


def gzipped(folder: Path, rounds: int) -> None:
    """The events of a lake as plain files, and compressed."""
    size = ("--days", "30", "--users", "10000", "--songs", "100", "--events", "1000000")
    plain, packed = lakes.generated(folder / "million", *size), folder / "million-gzip"
    if not packed.exists():
        shutil.copytree(plain, packed)
        for file in packed.glob("log_data/**/*.json"):
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 6))
            file.unlink()

    def stage(lake: Path) -> Cost:
        select = ["--select", "staging_events"]
        return measure([SPARKIFY, "run", *select], _empty(folder / "gzip-run"), {"SPARKIFY_LAKE": str(lake)})

    costs = side_by_side(rounds, {"gzip": lambda: stage(packed), "plain": lambda: stage(plain)})
    _report("1,000,000 events, staging with its checks", costs, "plain")


def _script(name: str, folder: Path, *arguments: str, settings: dict[str, str] | None = None) -> Cost:
    return measure([sys.executable, str(SCRIPTS / f"{name}.py"), *arguments], folder, settings or {})


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _report(title: str, costs: Costs, floor: str) -> None:
    print(f"\n{title}; ratios to: {floor}")
    for name, found in costs.items():
        cost, to_floor = median(found), ratio(found, costs[floor])
        print(
            f"  {name:<42}{cost.wall:7.2f} s {to_floor.wall:5.2f} x    "
            f"{cost.memory:7.0f} MB {to_floor.memory:5.2f} x    processor {cost.cpu:7.2f} s {to_floor.cpu:5.2f} x"
        )


BENCHES = {"cube": cube, "overhead": overhead, "growth": growth, "parts": parts, "gzip": gzipped}
