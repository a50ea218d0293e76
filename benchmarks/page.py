"""The tables which the benches write into docs/speed.md, between markers."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.processes import Costs, median, ratio

SPEED = Path(__file__).parents[1] / "docs" / "speed.md"


def figures(warm: Costs, cold: Costs, floor: str) -> str:
    """The fastest first: medians, and ratios to the floor round by round."""
    with_floor = floor in warm
    header = ["", "warm, s", *(["cold, s"] if cold else []), "processor, s", "memory, MB"]
    rows = []
    for name in sorted(warm, key=lambda name: median(warm[name]).wall):
        cost = median(warm[name])
        row = [CONTENDERS[name].name, _seconds(cost.wall)]
        row += [_seconds(median(cold[name]).wall)] if cold else []
        row += [_seconds(cost.cpu), f"{cost.memory:,.0f}"]
        if with_floor:
            to_floor = ratio(warm[name], warm[floor])
            row += [f"{to_floor.wall:.2f}", f"{to_floor.cpu:.2f}", f"{to_floor.memory:.2f}"]
        rows.append(row)
    header += ["time, ratio", "processor, ratio", "memory, ratio"] if with_floor else []
    return table(header, rows)


def growth_figures(found: Mapping[int, Costs]) -> str:
    """Seconds of one more day by days of history, and how much more the longest costs than the shortest."""
    shortest, longest = min(found), max(found)
    rows = []
    for name in sorted(found[longest], key=lambda name: median(found[longest][name]).wall):
        costs = {count: median(costs[name]) for count, costs in found.items()}
        last = costs[longest]
        rows.append(
            [
                CONTENDERS[name].name,
                "this day" if CONTENDERS[name].one_day else "builds all anew",
                *(_seconds(cost.wall) for cost in costs.values()),
                f"{last.wall / costs[shortest].wall:.2f}",
                *(_seconds(cost.cpu) for cost in costs.values()),
                f"{last.cpu / costs[shortest].cpu:.2f}",
                f"{last.memory:,.0f}",
            ]
        )
    after = [f"{count} days" for count in found]
    grown = f"{longest} to {shortest}"
    header = ["", "loads", *(f"{name}, s" for name in after), grown, *(f"processor {name}, s" for name in after)]
    return table([*header, grown, "memory, MB"], rows)


def conditions(title: str, rounds: int, cold_rounds: int = 0) -> str:
    """What was measured, when and where."""
    commit = _output("git", "rev-parse", "--short", "HEAD")
    cold = f"; cold: median of {cold_rounds}, files of the lake and of the programs dropped from the page cache"
    return (
        f"{title}. {datetime.now(UTC):%Y-%m-%d}, commit {commit}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {os.getloadavg()[2]:.1f}; median of {rounds} rounds in turn, "
        f"warm page cache{cold if cold_rounds else ''}. Every star has the same rows and hashes."
    )


def contenders() -> str:
    """Who takes part, what it checks, by which versions and commands."""
    rows = [
        [each.name, each.checks, _versions(each), ", then for a day ".join(f"`{text}`" for text in each.commands)]
        for each in CONTENDERS.values()
    ]
    return table(["", "checks", "versions", "command"], rows)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_block(name: str, text: str, page: Path = SPEED) -> None:
    """Put a block between the markers of its name.

    Raises:
        ValueError: The page has no such markers.
    """
    begin, end = f"<!-- bench {name} -->", f"<!-- end of bench {name} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page} has no lines {begin} and {end} to write the table between")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}"


def _versions(contender: Contender) -> str:
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    found = _output(str(contender.environment / "bin" / "python"), "-c", code, *contender.packages).split()
    return ", ".join(" ".join(pair) for pair in zip(contender.packages, found, strict=True))


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=SPEED.parent, capture_output=True, text=True, check=True).stdout.strip()
