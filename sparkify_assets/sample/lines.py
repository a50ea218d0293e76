"""Prints drawn events as the JSON lines of the real logs."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from sparkify_assets.sample.listeners import LOWEST_USER_ID, Listeners
from sparkify_assets.sample.playlist import Playlist, json_text
from sparkify_assets.sample.sessions import PAGES, Events
from sparkify_assets.sample.words import FIRST_NAMES_F, FIRST_NAMES_M, LAST_NAMES, METRO_AREAS, USER_AGENTS

LINES_AT_ONCE = 20_000
# In the order of the columns in `LinePrinter._lines`.
_LINE = (
    '{"artist":%s,"auth":%s,"itemInSession":%s,"lastName":%s,"length":%s,"level":%s,"method":%s,"registration":%s,'
    '"sessionId":%s,"song":%s,"status":%s,"ts":%s,"userAgent":%s,"userId":"%s"}'
)


class LinePrinter:
    """Joins prepared pieces of JSON: a line costs one string formatting, no JSON encoder.

    A piece may hold several fields. The last of the pieces about a person is the one of logged-out visitors.
    """

    def __init__(self, listeners: Listeners, playlist: Playlist) -> None:
        self._listeners = listeners
        self._playlist = playlist
        people = [(name, "F") for name in FIRST_NAMES_F] + [(name, "M") for name in FIRST_NAMES_M]
        self._auth = _pieces(
            [f'"Logged In","firstName":{json_text(name)},"gender":"{gender}"' for name, gender in people]
            + ['"Logged Out","firstName":null,"gender":null']
        )
        self._last_name = _pieces([json_text(name) for name in (*LAST_NAMES, None)])
        self._level = _pieces(
            [
                [f'"{level}","location":{json_text(location)}' for location in (*METRO_AREAS, None)]
                for level in ("free", "paid")
            ]
        )
        self._agent = _pieces([json_text(agent) for agent in (*USER_AGENTS, None)])
        self._method = _pieces([f'"{method}","page":"{page}"' for page, method, _ in PAGES])
        self._status = _pieces([str(status) for _, _, status in PAGES])
        self._registration = _pieces([*(f"{ms}.0" for ms in listeners.registration), "null"])
        self._user_id = _pieces([*map(str, range(LOWEST_USER_ID, LOWEST_USER_ID + len(listeners))), ""])

    def lines(self, events: Events) -> Iterator[str]:
        """Yield the events' lines, at most 20,000 at a time, joined by newlines."""
        for begin in range(0, len(events.ts), LINES_AT_ONCE):
            yield "\n".join(self._lines(events, slice(begin, begin + LINES_AT_ONCE)))

    def _lines(self, events: Events, chunk: slice) -> list[str]:
        who, user, guest = self._listeners, events.user[chunk], events.guest[chunk]
        heard, page, paid = events.heard[chunk], events.page[chunk], events.paid[chunk].astype(np.int64)

        def known(entries: NDArray[np.int64]) -> NDArray[np.int64]:
            return np.where(guest, -1, entries)

        columns = (
            self._playlist.artist[heard],
            self._auth[known(who.first_name[user])],
            events.item[chunk],
            self._last_name[known(who.last_name[user])],
            self._playlist.length[heard],
            self._level[paid, known(who.location[user])],
            self._method[page],
            self._registration[known(user)],
            events.session[chunk],
            self._playlist.title[heard],
            self._status[page],
            events.ts[chunk],
            self._agent[known(who.agent[user])],
            self._user_id[known(user)],
        )
        return [_LINE % row for row in zip(*(column.tolist() for column in columns), strict=True)]


def _pieces(texts: Sequence[str] | Sequence[Sequence[str]]) -> NDArray[np.object_]:
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
