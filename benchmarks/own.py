"""What is measured of our own command: against its floor, and as the history grows."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks import lakes
from benchmarks.growth import growth
from benchmarks.parts import parts
from benchmarks.processes import (
    SPARKIFY,
    Cost,
    Costs,
    empty,
    measure,
    measure_script,
    median,
    ratio,
    side_by_side,
    without_telemetry,
)


def cube(folder: Path, rounds: int) -> None:
    """The asset over a star of 3,000,000 events which is there."""
    work = folder / "cube"
    if not work.exists():
        select = '+group:"star" or key:"listener_months"'
        measure([SPARKIFY, "run", "--select", select], work, {"SPARKIFY_LAKE": str(lakes.month(folder))})

    def build(kind: str) -> Cost:
        copy = empty(folder / f"cube-{kind}")
        shutil.copy(work / "data" / "sparkify.duckdb", copy)
        cost = measure_script("cube_script", copy, kind, "sparkify.duckdb")
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
        return measure_script("noop_job", home, kind, settings={"DAGSTER_HOME": str(home)})

    costs = side_by_side(
        rounds,
        {
            "sparkify run": ours,
            "no-op graph (same partitions and checks)": lambda: noop("graph"),
            "no-op steps (no partitions)": lambda: noop("steps"),
        },
    )
    _report("4,500 events, staging and star with all checks", costs, "no-op graph (same partitions and checks)")


def gzipped(folder: Path, rounds: int) -> None:
    """The events of a lake as plain files, and compressed."""
    size = ("--days", "30", "--users", "10000", "--songs", "100", "--events", "1000000")
    plain, packed = (
        lakes.generated(folder / "million", *size),
        lakes.generated(folder / "million-gzip", *size, "--gzip"),
    )

    def stage(lake: Path) -> Cost:
        select = ["--select", "staging_events"]
        return measure([SPARKIFY, "run", *select], empty(folder / "gzip-run"), {"SPARKIFY_LAKE": str(lake)})

    costs = side_by_side(rounds, {"gzip": lambda: stage(packed), "plain": lambda: stage(plain)})
    _report("1,000,000 events, staging with its checks", costs, "plain")


def huge(folder: Path, _rounds: int) -> None:
    """The star of 100,000,000 events in one run; a lake of 45 GB."""
    days = 1000
    lake, last = lakes.long(folder, days, 100_000), lakes.LONG_START + timedelta(days=days - 1)
    period = {"SPARKIFY_FIRST_DAY": str(lakes.LONG_START), "SPARKIFY_LAST_DAY": str(last)}
    command = [SPARKIFY, "run", "--from", str(lakes.LONG_START), "--to", str(last), "--select", '+group:"star"']
    cost = measure(command, empty(folder / "huge"), {"SPARKIFY_LAKE": str(lake), **period})
    print(f"\n100,000,000 events, staging and star with all checks\n  {cost}")


def _report(title: str, costs: Costs, floor: str) -> None:
    print(f"\n{title}; ratios to: {floor}")
    for name, found in costs.items():
        cost, to_floor = median(found), ratio(found, costs[floor])
        print(
            f"  {name:<42}{cost.wall:7.2f} s {to_floor.wall:5.2f} x    "
            f"{cost.memory:7.0f} MB {to_floor.memory:5.2f} x    processor {cost.cpu:7.2f} s"
        )


BENCHES = {"cube": cube, "overhead": overhead, "growth": growth, "parts": parts, "gzip": gzipped, "huge": huge}
