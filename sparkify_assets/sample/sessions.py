"""Draws the sessions of one part of a day: who listens, when, which pages and which songs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sparkify_assets.sample.plan import DAY_MS, HOUR_WEIGHTS, SWITCH_SESSION, Part, Plan, spread
from sparkify_assets.sample.playlist import Playlist

# Page, method, status.
PAGES = (
    ("NextSong", "PUT", 200), ("Home", "GET", 200), ("Settings", "GET", 200), ("Help", "GET", 200),
    ("About", "GET", 200), ("Save Settings", "PUT", 307), ("Error", "GET", 404), ("Downgrade", "GET", 200),
    ("Upgrade", "GET", 200), ("Submit Downgrade", "PUT", 307), ("Submit Upgrade", "PUT", 307), ("Logout", "PUT", 307),
    ("Login", "PUT", 307),
)  # fmt: skip
PAGE_NUMBER = {name: number for number, (name, _, _) in enumerate(PAGES)}
NEXT_SONG, HOME = PAGE_NUMBER["NextSong"], PAGE_NUMBER["Home"]

# How often a user sees a page by chance, in percent; the rest is NextSong.
CHANCE_PAGES = {"Home": 6.2, "Settings": 0.75, "Help": 0.4, "About": 0.27, "Save Settings": 0.17, "Error": 0.1}
CHANCE_DOWNGRADE, CHANCE_UPGRADE = 1.1, 1.1
CHANCE_LOGOUT = 0.017
CHANCE_OPENS_LOGGED_OUT = 0.08
CHANCE_LOOKS_AROUND = 0.12
# Paying listeners come more often and stay longer: a quarter of the users, most of the plays.
PAID_VISITS = 1.7
PAID_APPETITE = 10.0

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Events:
    """Columns of events in the order of time; `paid` is the level, `guest` means logged out."""

    user: Ints
    paid: Flags
    guest: Flags
    session: Ints
    item: Ints
    page: Ints
    heard: Ints
    ts: Ints


@dataclass(frozen=True)
class Sessions:
    """Sessions of a part, those with a level change first, and the layout of their events."""

    user: Ints
    paid: Flags
    length: Ints
    first: Ints
    of_event: Ints
    item: Ints


def draw_events(plan: Plan, playlist: Playlist, day: int, part: Part) -> Events:
    """Draw a part's events; the same plan, day and part give the same events anywhere."""
    rng = np.random.default_rng([plan.recipe.seed, 3, day, part.number])
    sessions = _draw_sessions(rng, plan, day, part)
    paid, submits = _draw_levels(rng, sessions, len(part.switching))
    page = _draw_pages(rng, paid)
    _place_submits(page, paid, submits)
    guest = np.zeros(part.events, dtype=np.bool_)
    _place_logouts(rng, page, guest, sessions, len(part.switching) + len(part.expected))
    heard = np.full(part.events, playlist.silence, dtype=np.int64)
    plays = np.flatnonzero(page == NEXT_SONG)
    odds = playlist.odds(day / max(1, plan.recipe.days - 1))
    heard[plays] = np.searchsorted(odds, rng.random(len(plays)), side="right")
    begin, since_begin = _draw_times(rng, sessions, part, playlist.milliseconds[heard])
    number = np.empty(len(begin), dtype=np.int64)
    number[np.argsort(begin, kind="stable")] = np.arange(part.session, part.session + len(begin))
    ts = plan.recipe.first_ms + day * DAY_MS + begin[sessions.of_event] + since_begin
    order = np.argsort(ts, kind="stable")
    return Events(
        user=sessions.user[sessions.of_event][order],
        paid=paid[order],
        guest=guest[order],
        session=number[sessions.of_event][order],
        item=sessions.item[order],
        page=page[order],
        heard=heard[order],
        ts=ts[order],
    )


def _draw_sessions(rng: np.random.Generator, plan: Plan, day: int, part: Part) -> Sessions:
    pays = plan.paid(day)
    odds = plan.listeners.activity * np.where(pays, PAID_VISITS, 1.0)
    # A second session on the day of a change could show the old level after the change.
    odds[plan.changes.on(day)] = 0.0
    free_choice = part.sessions - len(part.switching) - len(part.expected)
    cumulated = np.cumsum(odds)
    drawn = np.searchsorted(cumulated, rng.random(free_choice) * cumulated[-1], side="right")
    user = np.concatenate([part.switching, part.expected, drawn])
    paid = pays[user]
    length = np.ones(len(user), dtype=np.int64)
    length[: len(part.switching)] = SWITCH_SESSION
    appetite = rng.lognormal(0.0, 0.8, len(user)) * np.where(paid, PAID_APPETITE, 1.0)
    length += spread(part.events - int(length.sum()), appetite)
    first = np.cumsum(length) - length
    of_event = np.repeat(np.arange(len(user)), length)
    return Sessions(user, paid, length, first, of_event, np.arange(part.events) - first[of_event])


def _draw_levels(rng: np.random.Generator, sessions: Sessions, switching: int) -> tuple[Flags, Ints]:
    """Each event's level, and where the changes are submitted: the next event has the new one."""
    length, first = sessions.length[:switching], sessions.first[:switching]
    submits = first + 1 + (rng.random(switching) * (length - 2)).astype(np.int64)
    paid = sessions.paid[sessions.of_event]
    covered = int(length.sum())
    paid[:covered] ^= np.arange(covered) > np.repeat(submits, length)
    return paid, submits


def _draw_pages(rng: np.random.Generator, paid: Flags) -> Ints:
    chance = np.zeros((2, len(PAGES)))
    for name, percent in CHANCE_PAGES.items():
        chance[:, PAGE_NUMBER[name]] = percent
    chance[0, PAGE_NUMBER["Upgrade"]] = CHANCE_UPGRADE
    chance[1, PAGE_NUMBER["Downgrade"]] = CHANCE_DOWNGRADE
    chance[:, NEXT_SONG] = 100 - chance.sum(axis=1)
    free, paying = np.cumsum(chance, axis=1) / 100
    draw = rng.random(len(paid))
    of_free, of_paying = (np.searchsorted(odds, draw, side="right") for odds in (free, paying))
    return np.where(paid, of_paying, of_free)


def _place_submits(page: Ints, paid: Flags, submits: Ints) -> None:
    leaves = paid[submits]
    page[submits - 1] = np.where(leaves, PAGE_NUMBER["Downgrade"], PAGE_NUMBER["Upgrade"])
    page[submits] = np.where(leaves, PAGE_NUMBER["Submit Downgrade"], PAGE_NUMBER["Submit Upgrade"])
    page[submits + 1] = HOME


def _place_logouts(rng: np.random.Generator, page: Ints, guest: Flags, sessions: Sessions, kept: int) -> None:
    """Write logouts and what follows over the pages: Home, a look around, Login, Home.

    The session may end at any of these steps. Some sessions open at the second step, as if the
    logout had happened before them. The first `kept` sessions stay as they are, so that an
    expected user or a change of level is not hidden.
    """
    opens = np.flatnonzero(rng.random(len(sessions.first)) < CHANCE_OPENS_LOGGED_OUT)
    leaves = np.flatnonzero((rng.random(len(page)) < CHANCE_LOGOUT) & (sessions.item > 0))
    where = np.concatenate([sessions.first[opens] - 1, leaves])
    owner = np.concatenate([opens, sessions.of_event[leaves]])
    order = np.argsort(where, kind="stable")
    where, owner = where[order], owner[order]
    apart = (np.diff(where, prepend=-10) > 5) & (owner >= kept)
    where, owner = where[apart], owner[apart]

    def step(offset: Ints | int, name: str, logged_out: bool, only: Flags | bool = True) -> None:
        at = where + offset
        inside = (at >= 0) & (at < len(page))
        inside &= sessions.of_event[np.clip(at, 0, len(page) - 1)] == owner
        page[at[inside & only]] = PAGE_NUMBER[name]
        guest[at[inside & only]] = logged_out

    chance = rng.random(len(where))
    looks_around = chance < CHANCE_LOOKS_AROUND
    step(0, "Logout", False)
    step(1, "Home", True)
    step(2, "About", True, only=chance < CHANCE_LOOKS_AROUND / 2)
    step(2, "Help", True, only=looks_around & (chance >= CHANCE_LOOKS_AROUND / 2))
    step(2 + looks_around, "Login", True)
    step(3 + looks_around, "Home", False)


def _draw_times(rng: np.random.Generator, sessions: Sessions, part: Part, played_ms: Ints) -> tuple[Ints, Ints]:
    """Each session's begin within the day and each event's distance to it, in milliseconds.

    A song's successor comes when it ends, and sometimes after a pause; other pages take seconds.
    Every session ends within its part; one which could not is played faster.
    """
    hours = np.concatenate([[0.0], np.cumsum(HOUR_WEIGHTS) / HOUR_WEIGHTS.sum()])
    opening, closing = (int(np.interp(share, hours, _HOUR_EDGES)) for share in part.shares)
    room = closing - opening
    gap = played_ms + rng.integers(1, 1000, len(played_ms))
    pauses = (played_ms == 0) | (rng.random(len(played_ms)) < 0.08)
    gap += np.where(pauses, rng.exponential(45_000, len(played_ms)), 0.0).astype(np.int64)
    elapsed = np.cumsum(gap) - gap
    elapsed -= elapsed[sessions.first][sessions.of_event]
    last = sessions.first + sessions.length - 1
    longest = np.maximum(1.0, 0.95 * room - sessions.length)
    pace = np.minimum(1.0, longest / np.maximum(1, elapsed[last]))
    # Adding the item keeps the order strict however fast the session is played.
    elapsed = (elapsed * pace[sessions.of_event]).astype(np.int64) + sessions.item
    span = elapsed[last] + 1
    middle = np.interp(rng.uniform(*part.shares, len(span)), hours, _HOUR_EDGES) - opening
    begin = np.abs(middle - span / 2)
    slack = np.maximum(0, room - span)
    begin = np.clip(np.where(begin > slack, 2 * slack - begin, begin), 0, slack)
    return opening + begin.astype(np.int64), elapsed


_HOUR_EDGES = np.arange(25) * (DAY_MS / 24)
