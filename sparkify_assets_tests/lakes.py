"""Tiny lakes written by hand, and the star which they have to become, computed in plain Python.

The reference knows the rules of meaning and the tie rules stated in the files of `sql/`; it shares no
code with the package and reads none of its SQL. A staging line which fits no column, a play which is
repeated, a listener whose events tie: whatever it is, `reference(contents)` says what has to be stored.
"""

import gzip
import json
import math
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

Record = dict[str, Any]
Row = tuple[Hashable, ...]
Contents = dict[str, bytes]
Star = dict[str, Counter[Row]]
"""Per table its rows; a row which is stored twice counts twice."""

REAL_LAKE = Path(__file__).parents[2] / "shared" / "data" / "sparkify-real"
DAY_MS = 86_400_000


# Lakes


def event(**changes: Any) -> Record:
    """An event of the logs: a play of listener 1, unless changed."""
    return {
        "artist": "Ann",
        "auth": "Logged In",
        "firstName": "Lily",
        "gender": "F",
        "itemInSession": 0,
        "lastName": "Koch",
        "length": 200.0,
        "level": "free",
        "location": "Oslo",
        "method": "PUT",
        "page": "NextSong",
        "registration": 1540906345796.0,
        "sessionId": 1,
        "song": "Alpha",
        "status": 200,
        "ts": at("2018-11-01 12:00"),
        "userAgent": "Mozilla",
        "userId": "1",
    } | changes


def logged_out(**changes: Any) -> Record:
    """An event of a visitor without a name."""
    nobody = dict.fromkeys(
        ("artist", "firstName", "gender", "lastName", "length", "location", "registration", "song", "userAgent")
    )
    return event(**{**nobody, "auth": "Logged Out", "page": "Home", "method": "GET", "userId": "", **changes})


def song(**changes: Any) -> Record:
    """A record of the catalog: the song which `event()` plays, unless changed."""
    return {
        "num_songs": 1,
        "artist_id": "AR1",
        "artist_latitude": 59.9,
        "artist_longitude": 10.7,
        "artist_location": "Oslo",
        "artist_name": "Ann",
        "song_id": "SO1",
        "title": "Alpha",
        "duration": 200.0,
        "year": 2000,
    } | changes


def at(moment: str) -> int:
    """Epoch milliseconds of a moment such as '2018-11-01 12:00', in UTC."""
    return round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


def new_lake(folder: Path) -> Path:
    """An empty lake."""
    (folder / "log_data").mkdir(parents=True)
    (folder / "song_data").mkdir()
    paths = {"jsonpaths": [f"$['{name}']" for name in EVENT_COLUMNS]}
    (folder / "log_json_path.json").write_text(json.dumps(paths), encoding="utf-8")
    return folder


def write_day(lake: Path, day: str, lines: Iterable[Record | str | bytes], *, part: str = "") -> Path:
    """Write the log file of a day, or another `part` of it; lines which are no records stand as they are."""
    return _write(lake / day_file(day, part), b"\n".join(map(_encoded, lines)))


def write_song(lake: Path, record: Record | str | bytes, *, file: str = "TRAAA1") -> Path:
    """Write a file of the catalog."""
    return _write(lake / song_file(file), _encoded(record))


def day_file(day: str, part: str = "") -> str:
    """Name of a log file below the lake."""
    return f"log_data/{day[:4]}/{day[5:7]}/{day}-events{part}.json"


def song_file(file: str) -> str:
    """Name of a catalog file below the lake."""
    return f"song_data/{'/'.join(file[2:5])}/{file}.json"


def contents_of(lake: Path) -> Contents:
    """Every log and song file of a lake, by its name."""
    paths = sorted(path for folder in ("log_data", "song_data") for path in (lake / folder).rglob("*.json*"))
    return {path.relative_to(lake).as_posix(): path.read_bytes() for path in paths}


def day_of(name: str) -> date | None:
    """Day of a log file, None for a song file."""
    return date.fromisoformat(Path(name).name[:10]) if name.startswith("log_data/") else None


_stamps = count(time.time_ns() // 1_000_000_000)


def _write(path: Path, content: bytes) -> Path:
    """Each write gets a second of its own: two within a tick of the file system's clock would look the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    stamp = next(_stamps)
    os.utime(path, (stamp, stamp))
    return path


def _encoded(line: Record | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


# Staging: lines to typed rows


@dataclass(frozen=True)
class _Text:
    limit: int
    required: bool = False

    def value(self, raw: str | None) -> str | None:
        return raw

    def fits(self, raw: str | None) -> bool:
        return len((raw or "").encode()) <= self.limit and not (self.required and raw is None)


@dataclass(frozen=True)
class _Whole:
    bits: int
    required: bool = False

    def value(self, raw: str | None) -> int | None:
        return int(raw) if raw and self.fits(raw) else None

    def fits(self, raw: str | None) -> bool:
        if not raw:
            return not self.required
        whole = re.fullmatch(r"\s*-?[0-9]+\s*", raw) is not None
        return whole and -(1 << (self.bits - 1)) <= int(raw) < 1 << (self.bits - 1)


@dataclass(frozen=True)
class _Real:
    def value(self, raw: str | None) -> float | None:
        return float(raw) if raw and self.fits(raw) else None

    def fits(self, raw: str | None) -> bool:
        try:
            return not raw or math.isfinite(float(raw))
        except ValueError:
            return False


_Column = _Text | _Whole | _Real

EVENT_COLUMNS: dict[str, _Column] = {
    "artist": _Text(1024),
    "auth": _Text(32),
    "firstName": _Text(128),
    "gender": _Text(1),
    "itemInSession": _Whole(32, required=True),
    "lastName": _Text(128),
    "length": _Real(),
    "level": _Text(16),
    "location": _Text(1024),
    "method": _Text(16),
    "page": _Text(64, required=True),
    "registration": _Real(),
    "sessionId": _Whole(32, required=True),
    "song": _Text(1024),
    "status": _Whole(32),
    "ts": _Whole(64, required=True),
    "userAgent": _Text(2048),
    "userId": _Whole(32),
}
SONG_COLUMNS: dict[str, _Column] = {
    "artist_id": _Text(32, required=True),
    "artist_latitude": _Real(),
    "artist_location": _Text(1024),
    "artist_longitude": _Real(),
    "artist_name": _Text(1024, required=True),
    "duration": _Real(),
    "num_songs": _Whole(32),
    "song_id": _Text(32, required=True),
    "title": _Text(1024, required=True),
    "year": _Whole(32),
}


@dataclass(frozen=True)
class _Line:
    """A line of a file: its record if it fits, else the first field which does not (None if it is no object)."""

    file: str
    number: int
    record: Record | None
    column: str | None = None


def _lines(name: str, content: bytes) -> Iterator[_Line]:
    plain = gzip.decompress(content) if name.endswith(".gz") else content
    columns = EVENT_COLUMNS if day_of(name) else SONG_COLUMNS
    is_document = not day_of(name) and _is_json(plain)
    for number, line in enumerate([plain] if is_document else plain.split(b"\n"), start=1):
        for record in _records(line):
            yield _line(name, number, record, columns)


def _records(line: bytes) -> list[bytes]:
    """The objects of a line, and what follows them if it is none."""
    try:
        rest = line.decode("utf-8").strip()
    except ValueError:
        return [line]
    found: list[bytes] = []
    while rest:
        try:
            value, end = json.JSONDecoder().raw_decode(rest)
        except ValueError:
            value, end = None, 0
        if not isinstance(value, dict):
            return [*found, rest.encode()]
        found.append(rest[:end].encode())
        rest = rest[end:].strip()
    return found


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _line(name: str, number: int, line: bytes, columns: Mapping[str, _Column]) -> _Line:
    try:
        found = json.loads(line.decode("utf-8"))
    except ValueError:
        return _Line(name, number, None)
    if not isinstance(found, dict):
        return _Line(name, number, None)
    raw = {field: _raw(found.get(field)) for field in columns}
    unfit = next((field for field, column in columns.items() if not column.fits(raw[field])), None)
    if unfit:
        return _Line(name, number, None, unfit)
    return _Line(name, number, {field: column.value(raw[field]) for field, column in columns.items()})


def _raw(value: Any) -> str | None:
    """A value of JSON as the text which COPY would see."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# The star


def reference(contents: Mapping[str, bytes]) -> Star:
    """What every table has to hold once these files are staged, staging tables and rejects included."""
    events: list[Record] = []
    songs: list[Record] = []
    rejects: Counter[Row] = Counter()
    for name, content in contents.items():
        day = day_of(name)
        table = "staging_events" if day else "staging_songs"
        for line in _lines(name, content):
            if line.record is None:
                rejects[table, line.file, line.number, line.column] += 1
            elif day:
                events.append({**line.record, "log_date": day})
            else:
                songs.append({**line.record, "source_file": name})
    staged: Star = {
        "staging_events": Counter(tuple(record.values()) for record in events),
        "staging_songs": Counter(tuple(record.values()) for record in songs),
        "load_rejects": rejects,
    }
    return staged | star_of(events, songs)


def star_of(events: Iterable[Record], songs: Iterable[Record]) -> Star:
    """The star of these staged rows, by the names of their columns."""
    staged, catalog = list(events), list(songs)
    plays = list(_plays(staged))
    chosen_songs = _best(catalog, "song_id", _song_order)
    of_name: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in chosen_songs:
        of_name[_name(record["title"], record["artist_name"])].append(record)
    star: dict[str, Iterable[Row]] = {
        "users": map(_user, _best((e for e in staged if e["userId"] is not None), "userId", _latest)),
        "artists": map(_artist, _best(catalog, "artist_id", _artist_order)),
        "songs": map(_song, chosen_songs),
        "time": {_time(play["ts"]) for play in plays},
        "songplays": (_songplay(play, _match(play, of_name)) for play in plays),
    }
    return {table: Counter(rows) for table, rows in star.items()}


def _plays(events: Iterable[Record]) -> Iterator[Record]:
    lines: dict[tuple[int, int], list[Record]] = defaultdict(list)
    for line in events:
        if line["page"] == "NextSong":
            lines[line["sessionId"], line["itemInSession"]].append(line)
    for repeats in lines.values():
        yield min(repeats, key=_earliest)


def _best(records: Iterable[Record], key: str, order: Callable[[Record], Row]) -> list[Record]:
    groups: dict[Any, list[Record]] = defaultdict(list)
    for record in records:
        groups[record[key]].append(record)
    return [min(group, key=order) for group in groups.values()]


def _last_if_null(value: Any) -> tuple[bool, Any]:
    """Orders None behind everything else."""
    return value is None, 0 if value is None else value


def _fields(record: Record, *names: str) -> Row:
    return tuple(_last_if_null(record[name]) for name in names)


def _earliest(e: Record) -> Row:
    return _fields(e, "ts", "userId", "level", "song", "artist", "length", "location", "userAgent", "log_date")


def _latest(e: Record) -> Row:
    newest = (-e["ts"], -e["sessionId"], -e["itemInSession"])
    return (*newest, *_fields(e, "level", "firstName", "lastName", "gender", "log_date"))


def _song_order(s: Record) -> Row:
    return (-(s["year"] or 0), *_fields(s, "title", "artist_name", "artist_id", "duration", "year"))


def _artist_order(s: Record) -> Row:
    placed = s["artist_latitude"] is not None and s["artist_longitude"] is not None
    told = 0 if placed else 1 if s["artist_location"] else 2
    details = _fields(s, "song_id", "artist_name", "artist_location", "artist_latitude", "artist_longitude")
    return (told, -(s["year"] or 0), *details)


def _match(play: Record, of_name: Mapping[tuple[str, str], list[Record]]) -> Record | None:
    if play["song"] is None or play["artist"] is None:
        return None
    same = of_name.get(_name(play["song"], play["artist"]), [])
    return min(
        same, key=lambda s: (_last_if_null(_distance(s["duration"], play["length"])), s["song_id"]), default=None
    )


def _name(title: str, artist: str) -> tuple[str, str]:
    return title.rstrip(" "), artist.rstrip(" ")


def _distance(duration: float | None, length: float | None) -> float | None:
    return None if duration is None or length is None else abs(duration - length)


def _moment(ts: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(milliseconds=ts)


def _user(e: Record) -> Row:
    person = (e["userId"], e["firstName"], e["lastName"], e["gender"], e["level"])
    return (*person, e["ts"], e["sessionId"], e["itemInSession"], e["log_date"])


def _artist(s: Record) -> Row:
    return s["artist_id"], s["artist_name"], s["artist_location"], s["artist_latitude"], s["artist_longitude"]


def _song(s: Record) -> Row:
    return s["song_id"], s["title"], s["artist_id"], s["year"], s["duration"], s["artist_name"]


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _time(ts: int) -> Row:
    t = _moment(ts)
    return t, t.hour, t.day, t.isocalendar().week, t.month, t.year, _WEEKDAYS[t.weekday()]


def _songplay(e: Record, match: Record | None) -> Row:
    ids = (match["song_id"], match["artist_id"]) if match else (None, None)
    who = (_moment(e["ts"]), e["userId"], e["level"])
    where = (e["sessionId"], e["location"], e["userAgent"], e["itemInSession"])
    return (*who, *ids, *where, *_played(e), e["log_date"])


def _played(e: Record) -> Row:
    length = e["length"]
    is_sane = length is not None and 0 <= length <= 86_400
    return e["song"], e["artist"], math.floor(length + 0.5) if is_sane else None


# What is stored

STORED = {
    "staging_events": (*EVENT_COLUMNS, "log_date"),
    "staging_songs": (*SONG_COLUMNS, "source_file"),
    "load_rejects": ("table_name", "source_file", "line_number", "column_name"),
    "users": (
        "user_id", "first_name", "last_name", "gender", "level",
        "last_seen_ts", "last_session_id", "last_item_in_session", "log_date",
    ),
    "artists": ("artist_id", "name", "location", "latitude", "longitude"),
    "songs": ("song_id", "title", "artist_id", "year", "duration", "artist_name"),
    "time": ("start_time", "hour", "day", "week", "month", "year", "weekday"),
    "songplays": (
        "start_time", "user_id", "level", "song_id", "artist_id",
        "session_id", "location", "user_agent", "item_in_session", "played_title", "played_artist", "played_seconds",
        "log_date",
    ),
}  # fmt: skip
"""Columns which follow from the lake; `songplay_id` and the text of a reject do not."""

STAR = ("users", "artists", "songs", "time", "songplays")


def stored(query: Callable[[str], Iterable[tuple[Any, ...]]], tables: Iterable[str] = STORED) -> Star:
    """What the tables hold, comparable with `reference`; `query` gives the rows of a SELECT."""
    return {table: Counter(map(tuple, query(f"select {', '.join(STORED[table])} from {table}"))) for table in tables}


def star_of_staged(staged: Star) -> Star:
    """The star which belongs to the rows of the staging tables."""
    events = (dict(zip(STORED["staging_events"], row, strict=True)) for row in staged["staging_events"].elements())
    songs = (dict(zip(STORED["staging_songs"], row, strict=True)) for row in staged["staging_songs"].elements())
    return star_of(events, songs)


def difference(found: Star, wanted: Star) -> str:
    """Rows which are in one of them only, for people; empty if they are equal."""
    lines = [
        f"{table} {what}: {row}" + (f" x{times}" if times > 1 else "")
        for table in wanted
        for what, rows in (
            ("lacks", wanted[table] - found[table]),
            ("has too much", found[table] - wanted[table]),
        )
        for row, times in rows.items()
    ]
    return "\n".join(lines[:40])
