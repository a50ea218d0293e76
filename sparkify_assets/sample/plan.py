"""What is fixed before a sample's days are written, so that every day can be written alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sparkify_assets.sample.listeners import draw_level_changes, draw_listeners

EVENTS_PER_USER_AND_DAY = 3.0
EVENTS_PER_SESSION = 9.3
# An upgrade and the pages around it need a session of at least this many events.
SWITCH_SESSION = 4
# Bounds the memory of a day; more events than this and the day is drawn in several parts.
EVENTS_PER_PART = 400_000
DAY_MS = 86_400_000

# Monday to Sunday; the service is used at work.
WEEKDAY_WEIGHTS = (1.0, 1.05, 1.2, 1.1, 1.25, 0.65, 0.5)
HOUR_WEIGHTS = np.array(
    [95, 85, 60, 50, 65, 90, 95, 100, 110, 125, 135, 155, 185, 205, 265, 290, 285, 275, 250, 190, 185, 150, 120, 110.0]
)


@dataclass(frozen=True)
class Recipe:
    """The arguments which decide what is in a sample lake."""

    days: int
    users: int
    songs: int
    seed: int
    start: date
    events: int

    @property
    def first_ms(self) -> int:
        """The lake's first millisecond, UTC."""
        return int(datetime.combine(self.start, datetime.min.time(), UTC).timestamp()) * 1000

    def date_of(self, day: int) -> date:
        """The date of the day with that number, the first one being 0."""
        return self.start + timedelta(days=day)


@dataclass(frozen=True)
class Part:
    """A stretch of one day, drawn at once; most days have one part.

    Attributes:
        shares: The part's position in the day as shares of its events, (0, 1) for a whole day.
        switching: Users who change level here; they have this one session on this day.
        expected: Users who would otherwise never be seen in the lake.
        session: The first session id of the part.
    """

    number: int
    events: int
    shares: tuple[float, float]
    switching: NDArray[np.int64]
    expected: NDArray[np.int64]
    session: int

    @property
    def sessions(self) -> int:
        """How many sessions begin here, each with at least one event."""
        least = max(1, len(self.switching) + len(self.expected))
        return min(
            max(least, round(self.events / EVENTS_PER_SESSION)),
            self.events - (SWITCH_SESSION - 1) * len(self.switching),
        )


class Plan:
    """Events, sessions, expected users and level changes of every day of a sample."""

    def __init__(self, recipe: Recipe) -> None:
        rng = np.random.default_rng([recipe.seed, 2])
        self.recipe = recipe
        self.listeners = draw_listeners(recipe.users, recipe.seed, recipe.first_ms)
        self.events_of_day = _events_of_day(rng, recipe)
        self.changes = draw_level_changes(rng, recipe.users, self.events_of_day)
        self.parts: list[list[Part]] = self._draw_parts(rng)

    def paid(self, day: int) -> NDArray[np.bool_]:
        """Who pays as that day begins."""
        return np.asarray(self.listeners.paid_at_first ^ self.changes.flips_before(day, len(self.listeners)))

    @property
    def last_session(self) -> int:
        """The highest session id of the lake."""
        last = next(parts[-1] for parts in reversed(self.parts) if parts)
        return last.session + last.sessions - 1

    def _draw_parts(self, rng: np.random.Generator) -> list[list[Part]]:
        """The parts of each day; each user is expected on one day."""
        users, days = len(self.listeners), len(self.events_of_day)
        visit = rng.choice(days, users, p=self.events_of_day / self.events_of_day.sum())
        visit[self.changes.user] = -1  # seen anyway, on the day of their change
        order = np.argsort(visit, kind="stable")
        bounds = np.searchsorted(visit[order], np.arange(days + 1))
        session = 1
        parts = []
        for day in range(days):
            parts.append(self._parts_of(day, order[bounds[day] : bounds[day + 1]], session))
            session += sum(part.sessions for part in parts[-1])
        return parts

    def _parts_of(self, day: int, expected: NDArray[np.int64], session: int) -> list[Part]:
        events = int(self.events_of_day[day])
        count = -(-events // EVENTS_PER_PART)
        switching = np.array_split(self.changes.on(day), max(1, count))
        expecting = np.array_split(expected, max(1, count))
        parts: list[Part] = []
        for number in range(count):
            size = events * (number + 1) // count - events * number // count
            room = size - SWITCH_SESSION * len(switching[number])
            shares = (number / count, (number + 1) / count)
            parts.append(Part(number, size, shares, switching[number], expecting[number][:room], session))
            session += parts[-1].sessions
        return parts


def _events_of_day(rng: np.random.Generator, recipe: Recipe) -> NDArray[np.int64]:
    """Spread the exact number of events over the days, by weekday and with some chance."""
    weekday = (recipe.start.weekday() + np.arange(recipe.days)) % 7
    weights = np.asarray(WEEKDAY_WEIGHTS)[weekday] * rng.uniform(0.85, 1.15, recipe.days)
    return spread(recipe.events, weights)


def spread(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Split a whole number in proportion to weights; the parts add up exactly."""
    edges = np.rint(np.cumsum(weights) / weights.sum() * total).astype(np.int64)
    edges[-1] = total
    return np.asarray(np.diff(edges, prepend=0))
