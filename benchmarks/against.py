"""Our command against what people would use instead: the same tables from the same lake, compared by hashes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from benchmarks import lakes
from benchmarks.contenders import CONTENDERS, Work
from benchmarks.page import conditions, contenders, figures, growth_figures, write_block
from benchmarks.picture import draw
from benchmarks.processes import Cost, forget, median, side_by_side
from benchmarks.star import Star, require_same

FIRST_DAY, LAST_DAY = date(2018, 11, 1), date(2018, 11, 30)
HISTORIES = (30, 100, 300)
EVENTS_A_DAY = 10_000
FLOOR = "bare"
NOT_IN_THE_PICTURE = ("bare", "polars")


@dataclass(frozen=True)
class Bench:
    """How the benches are run: where lakes and databases lie, how often, who takes part, whether docs/ is written."""

    folder: Path
    rounds: int
    cold_rounds: int
    names: Sequence[str]
    events_a_day: int
    write: bool

    def small(self) -> None:
        """A lake of the size of the real one."""
        self._first_load("small", "8,056 events, 71 song files", lakes.small(self.folder))

    def month(self) -> None:
        """A month of 3,000,000 events."""
        self._first_load("month", "3,000,000 events, 15,000 song files", lakes.month(self.folder))

    def big(self) -> None:
        """Ten months of 100,000 events a day."""
        days, start = HISTORIES[-1] + 1, lakes.LONG_START
        title = f"{days * 100_000:,} events, 2,000 song files"
        self._first_load("big", title, lakes.long(self.folder, days, 100_000), start, start + timedelta(days=days - 1))

    def days(self) -> None:
        """One more day after 30, 100 and 300 such days."""
        whole = lakes.long(self.folder, HISTORIES[-1] + 1, self.events_a_day)
        loads = {key: load for count in HISTORIES for key, load in self._one_more_day(whole, count).items()}
        # The three of a contender follow each other: a machine which becomes slower must not look like growth.
        in_turn = {(count, name): loads[count, name] for name in self.names for count in HISTORIES}
        costs = side_by_side(self.rounds, in_turn)
        found = {count: {name: costs[count, name] for name in self.names} for count in HISTORIES}
        title = f"One more day of about {self.events_a_day:,} events after as many such days"
        self._report(f"days-{self.events_a_day}", growth_figures(found), conditions(title, self.rounds))
        if self.write and self.events_a_day == EVENTS_A_DAY:
            shown = [name for name in self.names if name not in NOT_IN_THE_PICTURE]
            draw({CONTENDERS[n].name: {c: median(found[c][n]).cpu for c in HISTORIES} for n in shown})

    def _first_load(self, block: str, title: str, lake: Path, start: date = FIRST_DAY, last: date = LAST_DAY) -> None:
        work, stars = Work(lake, start, start, last), Stars()

        def load(name: str, cold: bool) -> Cost:
            contender, place = CONTENDERS[name], CONTENDERS[name].prepare(self.folder / "work" / name)
            if cold:
                forget(lake, contender.environment)
            cost = contender.run(work, place)
            stars.compare(name, contender.star(place))
            return cost

        def loads(cold: bool) -> Mapping[str, Callable[[], Cost]]:
            return {name: partial(load, name, cold) for name in self.names}

        cold = side_by_side(self.cold_rounds, loads(cold=True)) if self.cold_rounds else {}
        warm = side_by_side(self.rounds, loads(cold=False))
        self._report(block, figures(warm, cold, FLOOR), conditions(title, self.rounds, self.cold_rounds))

    def _one_more_day(self, whole: Path, count: int) -> Mapping[tuple[int, str], Callable[[], Cost]]:
        """What to measure after so many days, by contender; their histories are loaded now."""
        start, day = lakes.LONG_START, lakes.LONG_START + timedelta(days=count)
        folder, stars = self.folder / f"days-{self.events_a_day}-{count}", Stars()
        lake = lakes.cut(whole, folder / "lake", count)
        histories = {name: folder / "history" / name for name in self.names if CONTENDERS[name].one_day}
        for name, history in histories.items():
            if not history.exists():
                place = CONTENDERS[name].prepare(folder / "work" / name)
                CONTENDERS[name].run(Work(lake, start, start, day - timedelta(days=1)), place)
                history.parent.mkdir(exist_ok=True)
                place.rename(history)
        lakes.add_day(whole, lake, day)

        def load(name: str) -> Cost:
            contender = CONTENDERS[name]
            place = contender.prepare(folder / "work" / name, histories.get(name))
            cost = contender.run(Work(lake, start, day, day), place)
            stars.compare(name, contender.star(place))
            return cost

        return {(count, name): partial(load, name) for name in self.names}

    def _report(self, block: str, *parts: str) -> None:
        text = "\n\n".join(parts)
        print(f"\n{block}\n\n{text}", flush=True)
        if self.write:
            write_block(block, text)
            write_block("contenders", contenders())


class Stars:
    """Raises as soon as a contender makes another star than the first did."""

    def __init__(self) -> None:
        self._first: Star | None = None

    def compare(self, name: str, star: Star) -> None:
        self._first = self._first or star
        require_same(name, star, self._first)


BENCHES = {"small": Bench.small, "month": Bench.month, "days": Bench.days, "big": Bench.big}
