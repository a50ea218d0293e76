"""Whole processes, timed."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

SPARKIFY = str(Path(sys.executable).with_name("sparkify"))
_SCRIPTS = Path(__file__).parent


@dataclass(frozen=True)
class Cost:
    """Of a process and those it started: wall and processor time in seconds, peak memory of all together in MB."""

    wall: float
    cpu: float
    memory: float


Key = TypeVar("Key", bound=Hashable)

Costs = Mapping[str, Sequence[Cost]]
"""By contender, one cost a round; equal places are of the same round."""


def measure(command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Cost:
    """Run a command in `folder`; raises RuntimeError if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SPARKIFY_", "DAGSTER_"))}
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    process = subprocess.Popen(
        list(command), cwd=folder, env={**environment, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout
    with _MemoryWatch(process.pid) as watch:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output.decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, watch.peak / 1024)


def measure_script(name: str, folder: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> Cost:
    """Run a script of this folder in `folder`; raises RuntimeError if it fails."""
    return measure([sys.executable, str(_SCRIPTS / f"{name}.py"), *arguments], folder, settings or {})


def empty(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class _MemoryWatch:
    """Looks four times a second at the resident memory, in kB, of a process and its descendants, which /proc tells.

    The peak which the kernel reports of a process that has ended is no use: it counts the parent from before the exec.
    """

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._ended = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "_MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.25):
            now, highest = _resident(self._pid)
            self.peak = max(self.peak, now, highest)


def _resident(pid: int) -> tuple[int, int]:
    """Of the process and all which it started, now, shared pages for each of them; and the process's own peak."""
    try:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [int(child) for task in tasks for child in task.read_text().split()]
        now, highest = (int(status[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError):  # it has just ended
        return 0, 0
    return now + sum(_resident(child)[0] for child in children), highest


def without_telemetry(home: Path) -> Path:
    """A home of plain Dagster which reports to nobody."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    return home


def forget(*places: Path) -> None:
    """Drop files, or all files below folders, from the page cache, so that the next process reads them from the disk.

    The kernel keeps pages which another process maps, and a virtual machine's host may keep the file itself.
    """
    os.sync()
    for place in places:
        for file in [place] if place.is_file() else place.rglob("*"):
            if file.is_file() and not file.is_symlink():
                handle = os.open(file, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


def side_by_side(rounds: int, contenders: Mapping[Key, Callable[[], Cost]]) -> dict[Key, list[Cost]]:
    """Costs over rounds in which the contenders take turns, so that a noisy moment hits all."""
    costs: dict[Key, list[Cost]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, run in contenders.items():
            cost = run()
            print(f"round {number + 1}, {name}: {cost}", file=sys.stderr, flush=True)
            costs[name].append(cost)
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "memory")))


def ratio(costs: Sequence[Cost], floor: Sequence[Cost]) -> Cost:
    """The median over the rounds of a contender's figure to that of the floor in the same round."""
    return median(
        [
            Cost(cost.wall / least.wall, cost.cpu / least.cpu, cost.memory / least.memory)
            for cost, least in zip(costs, floor, strict=True)
        ]
    )
