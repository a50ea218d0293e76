"""The cursor of the sensor `lake_changes`: the lake as earlier ticks saw it, and which parts have changed since."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from pydantic import BaseModel, Field

from sparkify_assets.lake.base import LakeFile
from sparkify_assets.lake.digest import NO_FILES, digest, digests_by_day

UNSTABLE_MONTHS = 2
OTHER_MONTHS = 2
SONG_FILES_A_TICK = 20_000
LEFT_OUT_LOGGED = 10

Loaded = Callable[[Iterable[date]], Mapping[date, str]]
"""The digest with which each of these days was loaded, without the days of which that is not known."""


class Songs(BaseModel):
    """The song files, which are listed page by page: `after` is the last file of the pages so far."""

    known: str | None = None
    changing: str | None = None
    after: str = ""
    so_far: str = NO_FILES

    def take_page(self, page: list[LakeFile], loaded: Callable[[], str]) -> str | None:
        """The digest of all song files if this page is the last and they have changed and are stable; else None.

        `loaded` is the digest with which they were loaded.
        """
        self.so_far = digest(page, self.so_far)
        if len(page) == SONG_FILES_A_TICK:
            self.after = page[-1].name
            return None
        found, self.after, self.so_far = self.so_far, "", NO_FILES
        if found == self.known or found == loaded():
            self.known, self.changing = found, None
        elif found != self.changing:
            self.changing = found
        else:
            self.known, self.changing = found, None
            return found
        return None


class LakeCursor(BaseModel):
    """A digest per day, however many files there are.

    `months` has the digests of the days which were requested or loaded, by month and day. `changing` has those of days
    which differ from that, until they are the same in two ticks: a file which is still being written is not read.
    `serial` keeps the keys of requests apart. `outside` are days outside of the partitions, and `left_out` the first
    files by month which are not loaded, both as they were logged.
    """

    serial: int
    months: dict[str, dict[str, str]] = Field(default_factory=dict)
    changing: dict[date, str] = Field(default_factory=dict)
    next_month: str = ""
    songs: Songs = Field(default_factory=Songs)
    outside: list[date] = Field(default_factory=list)
    left_out: dict[str, list[str]] = Field(default_factory=dict)

    def choose_months(self, newest: str, months: list[str]) -> list[str]:
        """The months to list in this tick: the newest, some with changing days, and some of the others in turn.

        `months` are all there are, the newest first.
        """
        unstable = sorted({_month(day) for day in self.changing} - {newest}, reverse=True)
        chosen = [newest, *unstable[:UNSTABLE_MONTHS]]
        others = [month for month in months if month not in chosen]
        turn = next((index for index, month in enumerate(others) if month <= self.next_month), 0)
        others = others[turn:] + others[:turn]
        self.next_month = next(iter(others[OTHER_MONTHS:]), "")
        return chosen + others[:OTHER_MONTHS]

    def take_month(
        self, month: str, days: list[date], files: list[LakeFile], loaded: Loaded, staged: Loaded
    ) -> dict[date, str]:
        """The digests of those of `days`, all of `month`, which have changed and are stable.

        `loaded` is what the event log knows. A month which is new to the cursor may be older than the event log: if
        that knows nothing of a day which has files, `staged` says what the warehouse holds.
        """
        found = digests_by_day(files)
        if month not in self.months:
            logged = loaded(days)
            held = {**(staged(days) if found.keys() & {*days} - logged.keys() else {}), **logged}
            self.months[month] = {f"{day:%d}": read for day, read in held.items() if read != NO_FILES}
        known = self.months[month]
        differing = {
            day: found.get(day, NO_FILES)
            for day in days
            if found.get(day, NO_FILES) != known.get(f"{day:%d}", NO_FILES)
        }
        stable = {day: read for day, read in differing.items() if self.changing.get(day) == read}
        elsewhere = {day: read for day, read in self.changing.items() if _month(day) != month}
        self.changing = elsewhere | {day: read for day, read in differing.items() if day not in stable}
        known |= {f"{day:%d}": read for day, read in stable.items()}
        by_others = loaded(stable) if stable else {}
        return {day: read for day, read in stable.items() if by_others.get(day) != read}

    def newest_day(self, last_day: date) -> date:
        """The newest day up to `last_day` which was requested or loaded; `last_day` itself if none was."""
        days = (date.fromisoformat(f"{month}-{day}") for month, known in self.months.items() for day in known)
        return max((day for day in days if day <= last_day), default=last_day)

    def newly_outside(self, month: str, outside: Iterable[date]) -> list[date]:
        """Those of the days outside of the partitions which were not logged before."""
        now = sorted(outside)
        new = [day for day in now if day not in self.outside]
        self.outside = sorted({day for day in self.outside if _month(day) != month} | set(now))
        return new

    def newly_left_out(self, month: str, names: list[str]) -> list[str]:
        """The first files of a month which are not loaded, if any of them was not logged before."""
        shown, known = sorted(names)[:LEFT_OUT_LOGGED], {name for some in self.left_out.values() for name in some}
        self.left_out = {**self.left_out, month: shown} if shown else self.left_out
        return [name for name in shown if name not in known]


def months_around(first_day: date, last_day: date) -> list[str]:
    """The months of these days, such as 2018-11, the one before and the one after; the newest first."""
    after, before = _first_of_next(last_day), first_day.replace(day=1) - timedelta(days=1)
    months = {_month(before), _month(after)}
    month = first_day.replace(day=1)
    while month <= last_day:
        months.add(_month(month))
        month = _first_of_next(month)
    return sorted(months, reverse=True)


def days_of_month(month: str) -> list[date]:
    """Every day of a month such as 2018-11."""
    first = date.fromisoformat(f"{month}-01")
    return [first + timedelta(days=n) for n in range((_first_of_next(first) - first).days)]


def contiguous(days: Iterable[date]) -> list[tuple[date, date]]:
    """First and last day of each range without a gap."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(days):
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _first_of_next(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
