"""The sample's listeners: who they are, how much they listen, when their level changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sparkify_assets.sample.words import FIRST_NAMES_F, FIRST_NAMES_M, LAST_NAMES, METRO_AREAS, USER_AGENTS

LOWEST_USER_ID = 2
SHARE_F = 0.55
SHARE_PAID = 0.22
SHARE_SWITCHING = 0.06
SHARE_SWITCHING_BACK = 0.3
REGISTERED_WITHIN_MS = 45 * 86_400_000

FIRST_NAMES = FIRST_NAMES_F + FIRST_NAMES_M


@dataclass(frozen=True)
class Listeners:
    """One entry per user; names, locations and agents are indexes into the lists of words."""

    first_name: NDArray[np.int64]
    last_name: NDArray[np.int64]
    location: NDArray[np.int64]
    agent: NDArray[np.int64]
    registration: NDArray[np.int64]
    activity: NDArray[np.float64]
    paid_at_first: NDArray[np.bool_]

    def __len__(self) -> int:
        """The number of users."""
        return len(self.activity)


def draw_listeners(users: int, seed: int, first_ms: int) -> Listeners:
    """Draw users who registered within 45 days before the lake begins at `first_ms`.

    Activity is log-normal: a tenth of the users makes about half of the sessions.
    """
    rng = np.random.default_rng([seed, 1])
    is_f = rng.random(users) < SHARE_F
    first_f = rng.integers(0, len(FIRST_NAMES_F), users)
    first_m = rng.integers(len(FIRST_NAMES_F), len(FIRST_NAMES), users)
    return Listeners(
        first_name=np.where(is_f, first_f, first_m),
        last_name=rng.integers(0, len(LAST_NAMES), users),
        location=_skewed(rng, users, len(METRO_AREAS)),
        agent=_skewed(rng, users, len(USER_AGENTS)),
        registration=first_ms - rng.integers(1, REGISTERED_WITHIN_MS, users),
        activity=rng.lognormal(0.0, 1.25, users),
        paid_at_first=rng.random(users) < SHARE_PAID,
    )


def _skewed(rng: np.random.Generator, size: int, choices: int) -> NDArray[np.int64]:
    """Indexes of which the first ones are the most frequent."""
    return (choices * rng.random(size) ** 1.6).astype(np.int64)


@dataclass(frozen=True)
class LevelChanges:
    """Which user submits an upgrade or a downgrade on which day, sorted by day."""

    user: NDArray[np.int64]
    day: NDArray[np.int64]

    def on(self, day: int) -> NDArray[np.int64]:
        """The users whose level changes on that day."""
        return np.asarray(self.user[self.day == day])

    def flips_before(self, day: int, users: int) -> NDArray[np.bool_]:
        """Whether a user's level differs from the first one as that day begins."""
        counts = np.bincount(self.user[self.day < day], minlength=users)
        return np.asarray(counts % 2 == 1)


def draw_level_changes(rng: np.random.Generator, users: int, events_of_day: NDArray[np.int64]) -> LevelChanges:
    """Draw who changes level when: inside the lake's days, never twice on one day.

    A change needs a session of its own, so a day takes no more of them than an eighth of its
    events. At least half of the users never change, so that others can listen on any day.
    """
    days = len(events_of_day)
    count = min(users // 2, max(1, round(users * SHARE_SWITCHING)))
    user = rng.permutation(users)[:count]
    first = min(1, days - 1)
    day = rng.integers(first, max(first + 1, days - 1), count)
    again = rng.random(count) < SHARE_SWITCHING_BACK
    later = day[again] + rng.integers(1, days + 1, int(again.sum()))
    user, day = np.concatenate([user, user[again]]), np.concatenate([day, later])
    order = np.argsort(day, kind="stable")
    order = order[day[order] < days]
    user, day = user[order], day[order]
    rank_in_day = np.arange(len(day)) - np.searchsorted(day, day)
    fits = rank_in_day < events_of_day[day] // 8
    return LevelChanges(user[fits], day[fits])
