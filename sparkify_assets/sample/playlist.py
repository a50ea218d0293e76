"""What the sample's listeners hear: catalog songs, other cuts of them, unknown songs."""

import json
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sparkify_assets.sample.songs import Catalog, Names, Song

OUTSIDE_SHARE = 0.35
OTHER_CUT_SHARE = 0.03
ZIPF_EXPONENT = 0.85
TREND_GROWTH = 4.0
MOST_OUTSIDE_SONGS = 30_000


def json_text(value: object) -> str:
    r"""JSON as the event logs spell it: ASCII only, and a slash as `\/`."""
    return json.dumps(value).replace("/", "\\/")


class Playlist:
    """One row per thing that can be heard, ready to be drawn and printed.

    `artist`, `title` and `length` hold JSON text; their last row, `silence`, is the `null` of
    events which play nothing. Rows of other cuts repeat a catalog song with a length up to
    two seconds off, so that only the nearest duration matches the song.
    """

    def __init__(self, catalog: Catalog, seed: int) -> None:
        rnd = random.Random(f"playlist {seed}")
        songs = catalog.songs
        known = [(song.artist_name, song.title, song.duration) for song in songs]
        cuts = [
            (artist, title, round(max(1.0, duration + rnd.choice((-1, 1)) * rnd.uniform(0.2, 2.0)), 5))
            for artist, title, duration in known
        ]
        outside = _outside_songs(catalog, rnd)
        artists, titles, seconds = zip(*known, *cuts, *outside, strict=True)
        self.silence = len(seconds)
        self.artist, self.title, self.length = (
            np.array([json_text(value) for value in (*column, None)], dtype=object)
            for column in (artists, titles, seconds)
        )
        self.milliseconds = (np.asarray([*seconds, 0.0]) * 1000).astype(np.int64)
        self._heard = _zipf_shares(len(songs), rnd)
        self._outside = _zipf_shares(len(outside), rnd)
        self._trending = _trending_songs(songs, rnd)

    def odds(self, progress: float) -> NDArray[np.float64]:
        """Cumulative odds of every row at a moment, 0 at the lake's first day, 1 at its last."""
        heard = self._heard.copy()
        heard[self._trending] = heard.mean() / 4 * np.exp(TREND_GROWTH * progress)
        heard *= (1 - OUTSIDE_SHARE) / heard.sum()
        shares = (heard * (1 - OTHER_CUT_SHARE), heard * OTHER_CUT_SHARE)
        odds = np.cumsum(np.concatenate([*shares, self._outside * OUTSIDE_SHARE]))
        return np.asarray(odds / odds[-1])


def _zipf_shares(size: int, rnd: random.Random) -> NDArray[np.float64]:
    ranks = list(range(size))
    rnd.shuffle(ranks)
    weights = (np.asarray(ranks, dtype=np.float64) + 2.0) ** -ZIPF_EXPONENT
    return np.asarray(weights / weights.sum())


def _trending_songs(songs: Sequence[Song], rnd: random.Random) -> NDArray[np.int64]:
    """All songs of a few artists: their popularity grows from day to day."""
    artists = sorted({song.artist_id for song in songs})
    rising = set(rnd.sample(artists, min(5, 1 + len(artists) // 60)))
    return np.array([i for i, song in enumerate(songs) if song.artist_id in rising], dtype=np.int64)


def _outside_songs(catalog: Catalog, rnd: random.Random) -> list[tuple[str, str, float]]:
    """Songs which match nothing in the catalog, half of them by artists it knows."""
    known = {(song.artist_name, song.title.strip()) for song in catalog.songs}
    artists = [song.artist_name for song in catalog.songs]
    names = Names(rnd, taken=artists)
    songs = []
    for _ in range(min(MOST_OUTSIDE_SONGS, max(100, len(catalog)))):
        artist = rnd.choice(artists) if rnd.random() < 0.5 else names.artist()
        title = names.title()
        if (artist, title) in known:
            title = f"{title} (Unreleased)"
        songs.append((artist, title, round(rnd.lognormvariate(5.45, 0.33), 5)))
    return songs
