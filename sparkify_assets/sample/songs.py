"""The sample's catalogue: invented songs and artists with the oddities of the real song files."""

import gzip
import json
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase

from sparkify_assets.sample.words import (
    ADJECTIVES,
    ARTIST_PLACES,
    FIRST_NAMES_F,
    FIRST_NAMES_M,
    LAST_NAMES,
    NOUNS,
    TITLE_ENDINGS,
)

FOLDERS = 26**3
SONGS_PER_FOLDER = 24

# Every catalogue of a hundred songs shows each oddity: it recurs at a fixed stride of songs.
TWIN_STRIDE, TWIN_AT = 40, 6
BLANK_STRIDE, BLANK_AT = 50, 3
GUEST_STRIDE, GUEST_AT = 60, 9


@dataclass(frozen=True, slots=True)
class Song:
    """One record of the catalogue, its fields in the order of the real song files."""

    num_songs: int
    artist_id: str
    artist_latitude: float | None
    artist_longitude: float | None
    artist_location: str
    artist_name: str
    song_id: str | None
    title: str
    duration: float
    year: int

    def record(self) -> dict[str, object]:
        """The fields by name, in the order in which the file spells them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Artist:
    """An artist with one main name and one home; single songs may deviate from both."""

    artist_id: str
    name: str
    home: tuple[str, float | None, float | None]


class Names:
    """Source of invented artist names and titles; artist names never repeat."""

    def __init__(self, rnd: random.Random, taken: Iterable[str] = ()) -> None:
        self._rnd = rnd
        self._taken = set(taken)

    def artist(self) -> str:
        """A name not given before."""
        name = self._artist_pattern()
        while name in self._taken:
            name = f"{self._artist_pattern()} {self._rnd.randint(2, 9999)}"
        self._taken.add(name)
        return name

    def _artist_pattern(self) -> str:
        pick = self._rnd.choice
        match self._rnd.randrange(5):
            case 0:
                return f"The {pick(ADJECTIVES)} {pick(NOUNS)}s"
            case 1:
                return f"{pick(ADJECTIVES)} {pick(NOUNS)}"
            case 2:
                return f"{pick(FIRST_NAMES_F + FIRST_NAMES_M)} {pick(LAST_NAMES)}"
            case 3:
                return f"{pick(LAST_NAMES)} & The {pick(ADJECTIVES)} {pick(NOUNS)}s"
            case _:
                return f"{pick(NOUNS)}/{pick(NOUNS)}"

    def title(self) -> str:
        """A title; two calls may give the same one, as two artists may choose the same words."""
        pick = self._rnd.choice
        ending = pick(TITLE_ENDINGS)
        match self._rnd.randrange(5):
            case 0:
                return f"{pick(ADJECTIVES)} {pick(NOUNS)}{ending}"
            case 1:
                return f"{pick(NOUNS)} of the {pick(ADJECTIVES)} {pick(NOUNS)}{ending}"
            case 2:
                return f"You're My {pick(NOUNS)}, {pick(FIRST_NAMES_F)}{ending}"
            case 3:
                return f'{pick(ADJECTIVES)} "{pick(NOUNS)}" No. {self._rnd.randint(1, 40)}{ending}'
            case _:
                return f"\u00bf{pick(NOUNS)} {pick(ADJECTIVES)} {pick(NOUNS)}?{ending}"


class Catalogue:
    """The songs of one sample; the same size and seed give the same songs in the same order.

    One artist_id may stand with several names and places; two neighbours at the twin stride
    share artist name and title and differ in duration.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._rnd = random.Random(f"catalogue {seed}")
        self._names = Names(self._rnd)
        self.size = size
        self._artists: list[Artist] = []
        self.songs: list[Song] = []
        for index in range(size):
            self.songs.append(self._song(index))

    def __len__(self) -> int:
        """The number of songs."""
        return self.size

    def track_id(self, index: int) -> str:
        """The id which names a song's file; indexes past the catalogue give fresh ids."""
        per_folder = max(SONGS_PER_FOLDER, math.ceil(self.size * 1.1 / FOLDERS))
        folder = index // per_folder % FOLDERS
        letters = (folder // 676, folder // 26 % 26, folder % 26, index // 26 % 26, index % 26)
        return f"TR{''.join(ascii_uppercase[i] for i in letters)}128{_scrambled(index, 8)}"

    def fresh_song_id(self, index: int) -> str:
        """The id of the song at an index; indexes past the catalogue give fresh ids."""
        return f"SO{_letters(index)}12A{_scrambled(index, 8)}"

    def _song(self, index: int) -> Song:
        if index % TWIN_STRIDE == TWIN_AT:
            return self._twin(index, self.songs[-1])
        has_guest = index % GUEST_STRIDE == GUEST_AT
        artist = self._artist_of_last_song() if has_guest else self._artist()
        name, home = artist.name, artist.home
        if has_guest or self._rnd.random() < 0.03:
            name = f"{artist.name} feat. {self._names.artist()}"
        if has_guest or self._rnd.random() < 0.03:
            home = self._home()
        title = self._names.title()
        if index % BLANK_STRIDE == BLANK_AT:
            title = self._rnd.choice((f" {title}", f"{title} ", f" {title} "))
        place, latitude, longitude = home
        return Song(
            num_songs=1,
            artist_id=artist.artist_id,
            artist_latitude=latitude,
            artist_longitude=longitude,
            artist_location=place,
            artist_name=name,
            song_id=self.fresh_song_id(index),
            title=title,
            duration=round(min(1800.0, self._rnd.lognormvariate(5.45, 0.33)), 5),
            year=0 if self._rnd.random() < 0.6 else self._rnd.randint(1958, 2018),
        )

    def _twin(self, index: int, song: Song) -> Song:
        twin = {
            "song_id": self.fresh_song_id(index),
            "duration": round(song.duration + self._rnd.uniform(20, 90), 5),
            "year": 0,
        }
        return Song(**{**song.record(), **twin})  # type: ignore[arg-type]

    def _artist(self) -> Artist:
        """A new artist for three songs of five, else one of the known, the first ones most."""
        if self._artists and self._rnd.random() < 0.4:
            return self._artists[int(len(self._artists) * self._rnd.random() ** 3)]
        number = len(self._artists)
        artist_id = f"AR{_letters(number)}1187{_scrambled(number, 7)}"
        self._artists.append(Artist(artist_id, self._names.artist(), self._home()))
        return self._artists[-1]

    def _artist_of_last_song(self) -> Artist:
        last = self.songs[-1].artist_id
        return next(artist for artist in reversed(self._artists) if artist.artist_id == last)

    def _home(self) -> tuple[str, float | None, float | None]:
        if self._rnd.random() < 0.4:
            return "", None, None
        place, latitude, longitude = self._rnd.choice(ARTIST_PLACES)
        return (place, None, None) if self._rnd.random() < 0.35 else (place, latitude, longitude)


def _scrambled(index: int, digits: int) -> str:
    """An index as hex digits without visible order; an odd factor keeps different ones apart."""
    return f"{(index * 0x9E3779B1 + 0x3C6EF372) % 16**digits:0{digits}X}"


def _letters(index: int) -> str:
    number = (index + 1) * 7_368_787
    return "".join(ascii_uppercase[number // 26**place % 26] for place in range(5))


def song_path(track_id: str, compress: bool) -> str:
    """Where the file of a track lies in the lake, after the third to fifth letter of its id."""
    suffix = ".json.gz" if compress else ".json"
    return f"song_data/{track_id[2]}/{track_id[3]}/{track_id[4]}/{track_id}{suffix}"


def write_song_file(root: Path, path: str, text: str) -> None:
    """Write one song file; a name in `.gz` is compressed, without a date so that bytes repeat."""
    target = root / path
    data = text.encode()
    if path.endswith(".gz"):
        data = gzip.compress(data, 6, mtime=0)
    try:
        target.write_bytes(data)
    except FileNotFoundError:
        target.parent.mkdir(parents=True)
        target.write_bytes(data)


def write_catalogue(root: Path, catalogue: Catalogue, compress: bool) -> int:
    """Write one file per song and return their number."""
    for index, song in enumerate(catalogue.songs):
        path = song_path(catalogue.track_id(index), compress)
        write_song_file(root, path, json.dumps(song.record()))
    return len(catalogue)
