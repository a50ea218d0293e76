"""A lake of a seed: days of logs and a catalog, with all that may be in one."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from sparkify_assets.lake.sources import EVENTS, LOADED_COLUMNS, SONGS
from sparkify_assets.models.ddl import Column
from sparkify_assets_tests.fuzz.files import LIMIT, Made, array, lines, run_together, wrapped
from sparkify_assets_tests.fuzz.records import Piece, any_record, broken, damaged, mild_record
from sparkify_assets_tests.fuzz.values import Spelled, Staged, quoted

DAYS = 28
MILD, NUMBERS, ONE_ODD, HOSTILE = "mild", "numbers", "one odd", "hostile"
"""Days of which engines may read all records, numbers too as numbers, or all but one, or few.

That one shows what an engine takes by itself.
"""
LOG_NAMES = [
    "{year}/{month}/{day}-{name}", "{day}-{name}", "{year}/{month}/{dd}/{name}", "{plain} {name}",
    "{day}/{name}",
    "year={year}/month={month}/day={dd}/{name}", "dt={day}/level=raw/{name}", "eu/{year}-{month}/{day}_{name}",
    "log_data/{year}/{month}/{day}-{name}", "page=x/{year}/{month}/{day} {name}", "{day}.json/{name}",
]  # fmt: skip
BASES = [
    "events{n}", "e[{n}]", "e*{n}?", "e{{a,{n}}}", "it's {n}", "é 米 {n}", "a%20b+{n}",
    "e&$;:@={n}", "e..{n}", "e{n} copy",
    "e{n} (1)", "e\u0301{n}", 'say "{n}"', "-{n}", "e#{n}", "~e{n}", "{n}" + "x" * 90, "e,{n}",
    "e|{n}", "e^{n}`", "[/bold]{n}",
]  # fmt: skip
HOSTILE_BASES = ["back\\slash{n}", "tab\t{n}", "\x1b[2J{n}", "e\u202e{n}"]
ENDINGS = [".json"] * 8 + [".jsonl", ".ndjson", ".JSON", ".json.gz", ".json.gz", ".jsonl.GZ", ".json.bz2", ".Json"]
DECOYS = [
    "part-{n}.json", "{year}/{month}/part-{n}.json", "2018-11-31-{n}.json", "{day}-{n}.txt",
    "{day}-{n}", "{day}-{n}.json.zst",
    "{day}-{n}.json.bak", "._{day}-{n}.json", "_{day}-{n}.json", "{day}-{n}.json~",
    ".ipynb_checkpoints/{day}-{n}.json",
    "2018/10/{day}-{n}.json", "{day}-{n}.csv.gz",
]  # fmt: skip
ODD_FIELDS = [
    "filename", "path", "Path", "select", 'say "hi"', " a b ", "", "a.b", "a[0]", "sông", "SELECT",
    "rowid", "*", "c0", "v1",
    "parsed", "files", "log_date", "tab\t", "米", "$", "a,b", "x" * 200, "%s", ":day", "?", "{}",
    "/", "null", "json", "🎵",
]  # fmt: skip


@dataclass
class FuzzLake:
    """The files of a lake, and what has to become of those which are loaded, by name.

    `paths` names the fields, if there is such a file.
    """

    seed: int
    paths: bytes = b""
    loaded: dict[str, Made] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    decoys: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of files."""
        return len(self.loaded) + len(self.decoys)

    def write(self, folder: Path) -> None:
        """Write it."""
        for name, content in {name: made.content for name, made in self.loaded.items()}.items() | self.decoys.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name in ("log_data", "song_data"):
            (folder / name).mkdir(exist_ok=True)
        (folder / "log_json_path.json").unlink(missing_ok=True)
        if self.paths:
            (folder / "log_json_path.json").write_bytes(self.paths)


def make_lake(seed: int) -> FuzzLake:
    """The lake of a seed; every third holds but what engines may read by themselves."""
    random = Random(seed)
    lake = FuzzLake(seed)
    is_mild = seed % 3 == 0
    has_paths = seed % 7 != 6
    fields = _event_fields(random, odd=has_paths)
    lake.paths = (
        b""
        if not has_paths
        else json.dumps({"jsonpaths": [f"$['{name}']" for name in fields]}, ensure_ascii=seed % 2 == 0).encode()
    )
    serial = iter(range(1, 10**6))
    for number in range(1, DAYS + 1):
        day = f"2018-11-{number:02d}"
        kind = random.choice(
            [MILD, NUMBERS] if is_mild else [NUMBERS, MILD, ONE_ODD, ONE_ODD, ONE_ODD, HOSTILE, HOSTILE]
        )
        if number == 1 and seed % 4:
            kind = NUMBERS  # the first file tells how the others are read
        odd_file = 0 if kind == ONE_ODD else -1
        others = random.choice([NUMBERS, NUMBERS, MILD]) if kind == ONE_ODD else kind
        for place in range(random.randint(2, 5) if kind == HOSTILE else random.choice([1, 1, 2])):
            name = f"log_data/{_name(random, day, next(serial), kind)}"
            write = partial(_event, random, fields, number, serial)
            lake.loaded[name] = (
                _file(random, name, write)
                if kind == HOSTILE
                else _plain_file(random, write, others, has_odd=place == odd_file)
            )
            lake.days[name] = day
    songs = {column.name: column for column in SONGS.model.columns if column.name not in LOADED_COLUMNS}
    for _ in range(30):
        name = f"song_data/{_song_name(random, next(serial))}"
        lake.loaded[name] = _file(random, name, partial(_song, random, songs, serial), most=2)
    for _ in range(8):
        day = f"2018-11-{random.randint(1, DAYS):02d}"
        name = f"log_data/{_filled(random.choice(DECOYS), day, str(next(serial)), next(serial))}"
        lake.decoys[name] = mild_record(random, fields, {}).content
    return lake


def _event_fields(random: Random, *, odd: bool) -> dict[str, Column]:
    columns = [column for column in EVENTS.model.columns if column.name not in LOADED_COLUMNS]
    names = random.sample([name for name in ODD_FIELDS if name], k=len(columns))
    share = random.choice([0, 0, 0.2, 0.6]) if odd else 0
    named = {names[n] if random.random() < share else column.name: column for n, column in enumerate(columns)}
    return named if len(named) == len(columns) else {column.name: column for column in columns}


def _name(random: Random, day: str, number: int, kind: str) -> str:
    bases = (
        BASES[:1] if kind != HOSTILE and random.random() < 0.7 else BASES if random.random() < 0.9 else HOSTILE_BASES
    )
    name = random.choice(bases).format(n=number) + random.choice(ENDINGS)
    return _filled(random.choice(LOG_NAMES), day, name, number)


def _filled(pattern: str, day: str, name: str, number: int) -> str:
    year, month, dd = day.split("-")
    return pattern.format(day=day, year=year, month=month, dd=dd, plain=day.replace("-", ""), name=name, n=number)


def _song_name(random: Random, number: int) -> str:
    folder = random.choice(["A/B/C/", "", "song_data/A/", "artist_id=1/", "2018-11-01/"])
    return folder + random.choice(["TR{n}", *BASES, *HOSTILE_BASES[:2]]).format(n=number) + random.choice(ENDINGS)


def _event(
    random: Random, fields: Mapping[str, Column], day: int, serial: Iterator[int], kind: str, pretty: bool = False
) -> Piece:
    when = 1541030400000 + (day - 1) * 86_400_000 + random.randrange(86_400_000)
    if random.random() < 0.02:
        when = random.choice([0, 253402214399999, when - 86_400_000, when + 86_400_000])
    number = next(serial)
    known = {
        "itemInSession": Spelled(str(number).encode(), Staged(number)),
        "sessionId": Spelled(
            f'"{number}"'.encode() if random.random() < 0.2 and kind != NUMBERS else str(number).encode(),
            Staged(number),
        ),
        "ts": Spelled(str(when).encode(), Staged(when)),
    }
    if kind == ONE_ODD:
        return any_record(random, fields, known, pretty=pretty, changes=1)
    if kind == HOSTILE:
        return _any(random, fields, known, pretty)
    return mild_record(random, fields, known, has_numbers=kind == NUMBERS)


def _song(random: Random, fields: Mapping[str, Column], serial: Iterator[int], _kind: str, pretty: bool) -> Piece:

    name = f"SO{next(serial)}"
    return _any(random, fields, {"song_id": Spelled(quoted(random, name).encode(), Staged(name))}, pretty)


def _any(random: Random, fields: Mapping[str, Column], known: Mapping[str, Spelled], pretty: bool) -> Piece:
    chance = random.random()
    if chance < 0.1:
        return broken(random)
    piece = any_record(random, fields, known, pretty=pretty)
    if chance < 0.101:
        return _long(random, piece)
    return damaged(random, fields, piece) if chance < 0.14 else piece


def _long(random: Random, piece: Piece) -> Piece:
    """A record of about as many bytes as one may have."""
    room = LIMIT + random.choice([-2, -1, 0, 1, 2, 70]) - len(piece.content) - len(b'"pad":"",')
    return Piece(b'{"pad":"' + b"x" * room + b'",' + piece.content[1:])


def _plain_file(random: Random, write: Callable[[str], Piece], kind: str, *, has_odd: bool) -> Made:
    pieces = [write(kind) for _ in range(random.randint(kind == NUMBERS, 6))]
    if has_odd:
        pieces.insert(random.randint(0, len(pieces)), broken(random) if random.random() < 0.2 else write(ONE_ODD))
    return lines(random, pieces)


def _file(random: Random, name: str, write: Callable[..., Piece], most: int = 12) -> Made:
    chance = random.random()
    count = random.randint(1, most)
    if chance < 0.12:
        pieces = [write(HOSTILE, False) for _ in range(count)]
        made = run_together(random, [piece for piece in pieces if piece.is_record])
    elif chance < 0.16:
        made = array(random, [write(HOSTILE, random.random() < 0.5) for _ in range(count)])
    else:
        pretty = random.random() < 0.25
        made = lines(random, [write(HOSTILE, pretty) for _ in range(count)])
    return wrapped(random, made, name)
