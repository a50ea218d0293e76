"""Which records are events and which are songs, and the names which their fields have elsewhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sparkify_assets.lake.sources import EVENTS, LOADED_COLUMNS, SONGS, Source
from sparkify_assets.models.ddl import Column

TRACK_ID = "track_id"
# Of each field the other names, most likely first. Case, `_`, `-`, `.` and blanks are the same in any name: user_id,
# UserId and `user id` are userId, and need no entry.
_EVENT_NAMES = {
    "artist": ("artist_name", "song_artist"),
    "auth": ("auth_status", "authentication"),
    "firstName": ("fname", "given_name"),
    "gender": ("sex",),
    "itemInSession": ("item", "session_item"),
    "lastName": ("lname", "surname", "family_name"),
    "length": ("duration", "song_length", "song_duration"),
    "level": ("subscription", "subscription_level", "user_level"),
    "method": ("http_method", "request_method"),
    "page": ("page_name",),
    "registration": ("registered", "registration_time", "registration_ts"),
    "sessionId": ("session",),
    "song": ("song_title", "song_name", "title", "track", "track_name"),
    "status": ("status_code", "http_status"),
    "ts": ("timestamp", "event_time", "event_timestamp", "event_ts"),
    "userAgent": ("agent", "browser"),
    "userId": ("uid",),
}
_SONG_NAMES = {
    "artist_latitude": ("latitude", "lat"),
    "artist_location": ("location",),
    "artist_longitude": ("longitude", "lon", "lng"),
    "artist_name": ("artist",),
    "duration": ("length", "song_duration"),
    "title": ("song", "song_title", "song_name", "track_name"),
    "year": ("release_year",),
}
_IGNORED = re.compile(r"[\s_.-]+")
# Apps which log plays apart from pages write no page for them.
_PLAY = "NextSong"


@dataclass(frozen=True, eq=False)
class Kind:
    """Records of one source; two of the fields `marks` make a record one of them."""

    singular: str
    source: Source
    other_names: Mapping[str, Sequence[str]]
    marks: frozenset[str]
    more_fields: Sequence[str] = ()

    @property
    def columns(self) -> list[Column]:
        """What the lake holds of a record, in the order in which it is written."""
        return [column for column in self.source.model.columns if column.name not in LOADED_COLUMNS]


EVENT = Kind(
    "an event", EVENTS, _EVENT_NAMES, frozenset({"auth", "itemInSession", "page", "sessionId", "ts", "userId"})
)
SONG = Kind(
    "a song", SONGS, _SONG_NAMES, frozenset({"artist_id", "artist_name", "song_id", "title", TRACK_ID}), (TRACK_ID,)
)


def recognize(fields: Mapping[str, Any]) -> tuple[Kind, dict[str, Any]] | None:
    """The kind of a record, and all its fields by the names of the lake; None if it is neither an event nor a song.

    A field which is not there is null. Fields which the lake does not know follow those which it does.
    """
    if not (plan := _plan(tuple(fields))):
        return None
    row = {name: None if origin is None else fields[origin] for name, origin in plan.origins}
    row |= {name: fields[name] for name in plan.unknown}
    if plan.is_play and row["song"] is not None:
        row["page"] = _PLAY
    return plan.kind, row


@dataclass(frozen=True)
class _Plan:
    kind: Kind
    origins: Sequence[tuple[str, str | None]]
    unknown: Sequence[str]
    is_play: bool


@lru_cache(maxsize=1024)
def _plan(names: tuple[str, ...]) -> _Plan | None:
    """What the fields of these names are; the records of a dump have few sets of names."""
    for kind in (EVENT, SONG):
        found = _name_of_each_column(kind, names)
        if len(kind.marks & found.keys()) >= 2:
            columns = dict.fromkeys((*(column.name for column in kind.columns), *found))
            unknown = sorted(set(names) - set(found.values()))
            is_play = kind is EVENT and "song" in found and "page" not in found
            return _Plan(kind, [(column, found.get(column)) for column in columns], unknown, is_play)
    return None


def _name_of_each_column(kind: Kind, names: Sequence[str]) -> dict[str, str]:
    """The field which is meant for a column, if there is one: the one of its own name before others."""
    given = {_squashed(name): name for name in reversed(names)} | {name: name for name in names}
    found = {}
    for column in (*(column.name for column in kind.columns), *kind.more_fields):
        for other in (column, *map(_squashed, (column, *kind.other_names.get(column, ())))):
            if other in given:
                found[column] = given[other]
                break
    return found


def _squashed(name: str) -> str:
    return _IGNORED.sub("", name).lower()
