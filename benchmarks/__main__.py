"""`python -m benchmarks [NAME ...] [--rounds N] [--folder DIR]`; without names all are run.

star      a month of 3,000,000 events: the checked run against scripts which check nothing
overhead  a small lake: the whole run against Dagster jobs whose steps do nothing
cube      plays_cube over the plays of that month, with its checks, against its SQL alone
day       one more day of about 100,000 events, a Wednesday both times, after 30 and after 303 such days: the star
daily     the same with 10,000 events a day: the whole daily job, with answers, cubes, checks and pages
growth    one more day after 30, 300 and 3,000 days of 100 events: the statements which scan more rows for it
memory    peak memory of building 30,300,000 events
"""

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.growth import read_costs, report
from benchmarks.processes import SPARKIFY, Cost, measure, side_by_side

SCRIPTS = Path(__file__).parent
FIRST_DAY, LONG_AGO = date(2018, 11, 5), date(2010, 11, 1)
HISTORIES = (30, 303)
EVENTS_A_DAY, EVENTS_A_SMALL_DAY = 100_000, 10_000
STAR = ("--select", '+group:"star"')


def star(folder: Path, rounds: int) -> None:
    """Staging, star and checks of a month against the same SQL without them."""
    lake = _month(folder)

    def ours() -> Cost:
        work = _empty(folder / "ours")
        return measure([SPARKIFY, "run", "--select", '+group:"star"'], work, {"SPARKIFY_LAKE": str(lake)})

    def bare() -> Cost:
        return _script("bare_script", _empty(folder / "bare"), str(lake), "bare.duckdb", "2018-11-01", "2018-11-30")

    def plain() -> Cost:
        return _script("plain_script", _empty(folder / "plain"), str(lake), "plain.duckdb")

    contenders = {"sparkify run": ours, "our SQL in a bare script": bare, "a plain script": plain}
    costs = side_by_side(rounds, contenders)
    _report("3,000,000 events, 15,000 song files, star and checks", costs, "our SQL in a bare script")


def cube(folder: Path, rounds: int) -> None:
    """The asset over a star of 3,000,000 events which is there."""
    work = folder / "cube"
    if not work.exists():
        select = '+group:"star" or key:"listener_months"'
        measure([SPARKIFY, "run", "--select", select], work, {"SPARKIFY_LAKE": str(_month(folder))})

    def build(kind: str) -> Cost:
        copy = _empty(folder / f"cube-{kind}")
        shutil.copy(work / "data" / "sparkify.duckdb", copy)
        cost = _script("cube_script", copy, kind, "sparkify.duckdb")
        return replace(cost, wall=float((copy / "seconds").read_text()))

    contenders = {"plays_cube, audited and checked": lambda: build("asset"), "its SQL": lambda: build("bare")}
    _report("plays_cube of 3,000,000 events; time of the build alone", side_by_side(rounds, contenders), "its SQL")


def overhead(folder: Path, rounds: int) -> None:
    """A lake so small that only the platform costs time."""
    lake = _lake(folder / "small", "--days", "30", "--users", "90", "--songs", "40", "--events", "4500")

    def ours() -> Cost:
        select = '+group:"star" or key:"load_rejects"'
        return measure([SPARKIFY, "run", "--select", select], folder / "small-run", {"SPARKIFY_LAKE": str(lake)})

    def noop(kind: str) -> Cost:
        home = folder / f"noop-{kind}"
        home.mkdir(exist_ok=True)
        (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
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


def day(folder: Path, rounds: int) -> None:
    """The same day's load with little and with much history."""
    _grown(folder, rounds, EVENTS_A_DAY, *STAR)


def daily(folder: Path, rounds: int) -> None:
    """The same for everything which a daily run does."""
    _grown(folder / "daily", rounds, EVENTS_A_SMALL_DAY)


def _grown(folder: Path, rounds: int, events: int, *select: str) -> None:
    lake = _long_lake(folder, events)
    histories = {count: _history(folder, lake, count, *select) for count in HISTORIES}
    contenders = {
        f"after {count} days": (lambda work=work, count=count: _one_day(work, lake, count, *select))
        for count, work in histories.items()
    }
    _report(f"one more day of about {events:,} events", side_by_side(rounds, contenders), "after 30 days")


def growth(folder: Path, rounds: int) -> None:
    """What each statement of the whole daily job costs after a longer history."""
    histories = (30, 300, 3000)
    days = [LONG_AGO + timedelta(days=number) for number in range(histories[-1] + 1)]
    size = ("--days", str(len(days)), "--users", "200", "--songs", "200", "--events", str(len(days) * 100))
    lake = _lake(folder / "growth" / "lake", "--start", str(LONG_AGO), *size)
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


def memory(folder: Path, rounds: int) -> None:
    """The largest build."""
    lake = _long_lake(folder, EVENTS_A_DAY)
    cost = measure(_run_days(1, HISTORIES[-1], *STAR), _empty(folder / "memory"), _long_settings(lake))
    print(f"\n30,300,000 events: peak memory {cost.memory / 1024:.2f} GiB, {cost.wall:.0f} s")


def _script(name: str, folder: Path, *arguments: str, settings: dict[str, str] | None = None) -> Cost:
    return measure([sys.executable, str(SCRIPTS / f"{name}.py"), *arguments], folder, settings or {})


def _lake(place: Path, *options: str) -> Path:
    if not place.exists():
        measure([SPARKIFY, "generate", str(place), *options], place.parent, {})
    return place


def _month(folder: Path) -> Path:
    size = ("--days", "30", "--users", "10000", "--songs", "15000", "--events", "3000000")
    return _lake(folder / "month", *size)


def _long_lake(folder: Path, events: int) -> Path:
    days = HISTORIES[-1] + 1
    size = ("--days", str(days), "--users", "20000", "--songs", "2000", "--events", str(days * events))
    return _lake(folder / "long", "--start", str(FIRST_DAY), *size)


def _long_settings(lake: Path) -> dict[str, str]:
    last_day = _day(HISTORIES[-1] + 1)
    return {"SPARKIFY_LAKE": str(lake), "SPARKIFY_FIRST_DAY": str(FIRST_DAY), "SPARKIFY_LAST_DAY": str(last_day)}


def _history(folder: Path, lake: Path, count: int, *select: str) -> Path:
    work = folder / f"history-{count}"
    if not work.exists():
        measure(_run_days(1, count, *select), work, _long_settings(lake))
    return work


def _one_day(work: Path, lake: Path, count: int, *select: str) -> Cost:
    """Load the day after the history into a copy of it."""
    copy = work.with_name(f"{work.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(work, copy)
    return measure(_run_days(count + 1, count + 1, *select), copy, _long_settings(lake))


def _run_days(first: int, last: int, *select: str) -> list[str]:
    return [SPARKIFY, "run", "--from", str(_day(first)), "--to", str(_day(last)), *select]


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number - 1)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _report(title: str, costs: dict[str, Cost], floor: str) -> None:
    print(f"\n{title}; ratios to: {floor}")
    for name, cost in costs.items():
        print(
            f"  {name:<42}{cost.wall:7.2f} s {cost.wall / costs[floor].wall:5.2f} x    "
            f"{cost.memory:7.0f} MB {cost.memory / costs[floor].memory:5.2f} x    processor {cost.cpu:7.2f} s"
        )


BENCHES = {
    "star": star,
    "cube": cube,
    "overhead": overhead,
    "day": day,
    "daily": daily,
    "growth": growth,
    "memory": memory,
}


def main() -> None:
    """Run the benches which are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="benches to run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where lakes are kept for the next time; by default nowhere")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sparkify-bench-") as temporary:
        folder = chosen.folder.resolve() if chosen.folder else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in chosen.names or BENCHES:
            BENCHES[name](folder, chosen.rounds)


if __name__ == "__main__":
    main()
