"""Plants faulty and doubled files beside the good song files of a sample."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from sparkify_assets.sample.faults import Manifest, fault_count, overlong_texts
from sparkify_assets.sample.songs import Catalogue, Song, song_path, write_song_file

SONG_LIMITS = {
    "artist_id": 32, "artist_location": 1024, "artist_name": 1024, "song_id": 32, "title": 1024,
}  # fmt: skip
DEFECTS: dict[str, list[tuple[str | None, object]]] = {
    "broken_json": [(None, None)],
    "wrong_type": [("duration", "long"), ("year", "MCMXC"), ("artist_latitude", "north")],
    "overlong": [
        (column, json.loads(text))
        for column, limit in sorted(SONG_LIMITS.items(), reverse=True)
        for text in overlong_texts(limit)
    ],
    "missing_required": [
        ("song_id", None),
        ("artist_id", None),
        ("title", None),
        ("artist_name", None),
    ],
}


def plant_song_faults(
    root: Path, catalogue: Catalogue, rate: float, seed: int, compress: bool, manifest: Manifest
) -> int:
    """Write the additional song files, note them, and return their number.

    A doubled file holds a good record under a new track id. A faulty one has a song id of its
    own, so that it shows as one song too many if it slips through.
    """
    rnd = random.Random(f"song faults {seed}")
    each = fault_count(len(catalogue), rate, len(DEFECTS) + 1)
    fresh = len(catalogue)
    for kind, column, value in _chosen(each):
        song = replace(rnd.choice(catalogue.songs), song_id=catalogue.fresh_song_id(fresh))
        path = song_path(catalogue.track_id(fresh), compress)
        write_song_file(root, path, _spoiled(song, column, value, rnd))
        manifest.rejects.append({"file": path, "line": 1, "kind": kind, "column": column})
        fresh += 1
    for index in rnd.sample(range(len(catalogue)), each):
        path = song_path(catalogue.track_id(fresh), compress)
        write_song_file(root, path, json.dumps(catalogue.songs[index].record()))
        origin = song_path(catalogue.track_id(index), compress)
        manifest.doubled_songs.append({"file": path, "of_file": origin})
        fresh += 1
    return fresh - len(catalogue)


def _chosen(each: int) -> Iterator[tuple[str, str | None, object]]:
    for kind, defects in DEFECTS.items():
        for column, value in islice(cycle(defects), each):
            yield kind, column, value


def _spoiled(song: Song, column: str | None, value: object, rnd: random.Random) -> str:
    if column is None:
        text = json.dumps(song.record())
        return text[: rnd.randrange(1, len(text) - 1)]
    return json.dumps({**song.record(), column: value})
