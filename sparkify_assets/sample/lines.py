"""Prints drawn events as the JSON lines of the real logs."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from sparkify_assets.sample.listeners import FIRST_NAMES, LOWEST_USER_ID, Listeners
from sparkify_assets.sample.playlist import Playlist, json_text
from sparkify_assets.sample.sessions import PAGES, Events
from sparkify_assets.sample.words import (
    FIRST_NAMES_F,
    LAST_NAMES,
    METRO_AREAS,
    USER_AGENTS,
)

LINES_AT_ONCE = 20_000

Texts = NDArray[np.object_]


class LinePrinter:
    """Joins prepared pieces of JSON: a line costs one string formatting, no JSON encoder.

    The last entry of the pieces about a person is the one of logged-out visitors.
    """

    def __init__(self, listeners: Listeners, playlist: Playlist) -> None:
        self._listeners = listeners
        self._playlist = playlist
        self._first = _texts(
            [
                f'"auth":"Logged In","firstName":{json_text(name)},"gender":"{gender}"'
                for name, gender in zip(FIRST_NAMES, _GENDERS, strict=True)
            ]
            + ['"auth":"Logged Out","firstName":null,"gender":null']
        )
        self._last = _texts([json_text(name) for name in (*LAST_NAMES, None)])
        self._place = _texts(
            [
                f'"level":"{level}","location":{json_text(place)}'
                for level in ("free", "paid")
                for place in (*METRO_AREAS, None)
            ]
        )
        self._agent = _texts([json_text(agent) for agent in (*USER_AGENTS, None)])
        self._page = _texts([f'"method":"{method}","page":"{page}"' for page, method, _ in PAGES])
        self._status = _texts([str(status) for _, _, status in PAGES])
        self._registration = _texts([f"{ms}.0" for ms in listeners.registration] + ["null"])
        ids = range(LOWEST_USER_ID, LOWEST_USER_ID + len(listeners))
        self._user_id = _texts([*map(str, ids), ""])

    def lines(self, events: Events) -> Iterator[str]:
        """Yield the events' lines, at most 20,000 at a time, joined by newlines."""
        for begin in range(0, len(events.ts), LINES_AT_ONCE):
            yield "\n".join(self._lines(events, slice(begin, begin + LINES_AT_ONCE)))

    def _lines(self, events: Events, chunk: slice) -> list[str]:
        who, user, guest = self._listeners, events.user[chunk], events.guest[chunk]
        heard, page = events.heard[chunk], events.page[chunk]

        def known(entries: NDArray[np.int64], unknown: int) -> NDArray[np.int64]:
            return np.where(guest, unknown, entries)

        place = known(who.place[user], len(METRO_AREAS))
        place += events.paid[chunk] * (len(METRO_AREAS) + 1)
        return [
            f'{{"artist":{artist},{first},"itemInSession":{item},"lastName":{last},'
            f'"length":{length},{place},{page},"registration":{registration},'
            f'"sessionId":{session},"song":{song},"status":{status},"ts":{ts},'
            f'"userAgent":{agent},"userId":"{user_id}"}}'
            for (
                artist, first, item, last, length, place, page,
                registration, session, song, status, ts, agent, user_id,
            ) in zip(
                self._playlist.artist[heard].tolist(),
                self._first[known(who.first_name[user], len(FIRST_NAMES))].tolist(),
                events.item[chunk].tolist(),
                self._last[known(who.last_name[user], len(LAST_NAMES))].tolist(),
                self._playlist.length[heard].tolist(),
                self._place[place].tolist(),
                self._page[page].tolist(),
                self._registration[known(user, len(who))].tolist(),
                events.session[chunk].tolist(),
                self._playlist.title[heard].tolist(),
                self._status[page].tolist(),
                events.ts[chunk].tolist(),
                self._agent[known(who.agent[user], len(USER_AGENTS))].tolist(),
                self._user_id[known(user, len(who))].tolist(),
                strict=True,
            )
        ]  # fmt: skip


_GENDERS = ["F"] * len(FIRST_NAMES_F) + ["M"] * (len(FIRST_NAMES) - len(FIRST_NAMES_F))


def _texts(texts: Sequence[str]) -> Texts:
    return np.array(texts, dtype=object)


@contextmanager
def open_for_writing(path: Path) -> Iterator[BinaryIO]:
    """Open a new binary file, one in `.gz` compressed, without a date so that bytes repeat."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", compresslevel=4, fileobj=raw, mtime=0) as packed:
                yield cast(BinaryIO, packed)
        else:
            yield raw
