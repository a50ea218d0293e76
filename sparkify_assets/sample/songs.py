"""The sample's catalog: invented songs and artists with the oddities of the real song files."""

import gzip
import json
import math
import random
import re
from collections.abc import Iterable
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

from sparkify_assets.sample import words

FOLDERS = 26**3
SONGS_PER_FOLDER = 24

# Every catalog of a hundred songs shows each oddity: it recurs at a fixed stride of songs.
TWIN_STRIDE, TWIN_AT = 40, 6
BLANK_STRIDE, BLANK_AT = 50, 3
GUEST_STRIDE, GUEST_AT = 60, 9

_WORDS = {
    "adjective": words.ADJECTIVES,
    "noun": words.NOUNS,
    "first": words.FIRST_NAMES_F + words.FIRST_NAMES_M,
    "woman": words.FIRST_NAMES_F,
    "last": words.LAST_NAMES,
    "number": range(1, 41),
}
_ARTISTS = (
    "The {adjective} {noun}s", "{adjective} {noun}", "{first} {last}", "{last} & The {adjective} {noun}s",
    "{noun}/{noun}",
)  # fmt: skip
_TITLES = (
    "{adjective} {noun}", "{noun} of the {adjective} {noun}", "You're My {noun}, {woman}",
    '{adjective} "{noun}" No. {number}', "¿{noun} {adjective} {noun}?",
)  # fmt: skip


class Song(NamedTuple):
    """One record of the catalog, its fields in the order of the real song files."""

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


class Artist(NamedTuple):
    """An artist with one main name and one home; single songs may deviate from both."""

    artist_id: str
    name: str
    home: tuple[str, float | None, float | None]


class Names:
    """Source of invented artist names and titles; artist names never repeat, titles may."""

    def __init__(self, rnd: random.Random, taken: Iterable[str] = ()) -> None:
        self._rnd = rnd
        self._taken = set(taken)

    def artist(self) -> str:
        """A name not given before."""
        name = self._fill(_ARTISTS)
        while name in self._taken:
            name = f"{self._fill(_ARTISTS)} {self._rnd.randint(2, 9999)}"
        self._taken.add(name)
        return name

    def title(self) -> str:
        """Any title."""
        ending = self._rnd.choice(words.TITLE_ENDINGS)
        return self._fill(_TITLES) + ending

    def _fill(self, patterns: tuple[str, ...]) -> str:
        pattern = patterns[self._rnd.randrange(len(patterns))]
        return re.sub(r"\{(\w+)\}", lambda kind: str(self._rnd.choice(_WORDS[kind[1]])), pattern)


class Catalog:
    """The songs of one sample; the same size and seed give the same songs in the same order.

    One artist_id may have several names and locations; two neighbors at the twin stride
    share artist name and title and differ in duration.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._rnd = random.Random(f"catalogue {seed}")  # as spelled in the first version, so that seeds keep their lake
        self._names = Names(self._rnd)
        self._artists: list[Artist] = []
        self._folder_size = max(SONGS_PER_FOLDER, math.ceil(size * 1.1 / FOLDERS))
        self.songs: list[Song] = []
        for index in range(size):
            self.songs.append(self._song(index))

    def __len__(self) -> int:
        """The number of songs."""
        return len(self.songs)

    def song_path(self, index: int, compress: bool) -> str:
        """The file of the song at an index; indexes past the catalog give fresh files."""
        folder = index // self._folder_size % FOLDERS
        letters = (folder // 676, folder // 26 % 26, folder % 26, index // 26 % 26, index % 26)
        return song_path(f"TR{''.join(ascii_uppercase[i] for i in letters)}128{_scrambled(index, 8)}", compress)

    def song_id(self, index: int) -> str:
        """The id of the song at an index; indexes past the catalog give fresh ids."""
        return f"SO{_letters(index)}12A{_scrambled(index, 8)}"

    def _song(self, index: int) -> Song:
        if index % TWIN_STRIDE == TWIN_AT:
            duration = round(self.songs[-1].duration + self._rnd.uniform(20, 90), 5)
            return self.songs[-1]._replace(song_id=self.song_id(index), duration=duration, year=0)
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
        location, latitude, longitude = home
        duration = round(min(1800.0, self._rnd.lognormvariate(5.45, 0.33)), 5)
        year = 0 if self._rnd.random() < 0.6 else self._rnd.randint(1958, 2018)
        return Song(
            1, artist.artist_id, latitude, longitude, location, name, self.song_id(index), title, duration, year
        )

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
        location, latitude, longitude = self._rnd.choice(words.ARTIST_LOCATIONS)
        return (location, None, None) if self._rnd.random() < 0.35 else (location, latitude, longitude)


def _scrambled(index: int, digits: int) -> str:
    """An index as hex digits without visible order; an odd factor keeps different ones apart."""
    return f"{(index * 0x9E3779B1 + 0x3C6EF372) % 16**digits:0{digits}X}"


def _letters(index: int) -> str:
    number = (index + 1) * 7_368_787
    return "".join(ascii_uppercase[number // 26**digit % 26] for digit in range(5))


def song_path(track_id: str, compress: bool) -> str:
    """Where the file of a track is in the lake, after the third to fifth letter of its id."""
    return f"song_data/{'/'.join(track_id[2:5])}/{track_id}{'.json.gz' if compress else '.json'}"


def write_song_file(root: Path, path: str, text: str) -> None:
    """Write one song file; a name in `.gz` is compressed, without a date so that bytes repeat."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    target.write_bytes(gzip.compress(data, 6, mtime=0) if path.endswith(".gz") else data)


def write_catalog(root: Path, catalog: Catalog, compress: bool) -> None:
    """Write one file per song."""
    for index, song in enumerate(catalog.songs):
        write_song_file(root, catalog.song_path(index, compress), json.dumps(song._asdict()))
