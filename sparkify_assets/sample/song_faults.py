"""Plants faulty and doubled files beside the good song files of a sample."""

import json
import random
from itertools import cycle, islice
from pathlib import Path

from sparkify_assets.sample.faults import Manifest, fault_count, overlong_texts
from sparkify_assets.sample.songs import Catalog, Song, write_song_file

# Bytes which the staging columns hold.
SONG_LIMITS = {"artist_id": 32, "artist_location": 1024, "artist_name": 1024, "song_id": 32, "title": 1024}
DEFECTS: dict[str, list[tuple[str | None, object]]] = {
    "broken_json": [(None, None)],
    "wrong_type": [("duration", "long"), ("year", "MCMXC"), ("artist_latitude", "north")],
    "overlong": [
        (column, json.loads(text))
        for column, limit in sorted(SONG_LIMITS.items(), reverse=True)
        for text in overlong_texts(limit)
    ],
    "missing_required": [(column, None) for column in ("song_id", "artist_id", "title", "artist_name")],
}


def plant_song_faults(root: Path, catalog: Catalog, rate: float, seed: int, compress: bool, manifest: Manifest) -> int:
    """Write the additional song files, note them, and return their number.

    A doubled file holds a good record under a new track id. A faulty one has a song id of its
    own, so that it shows as one song too many if it slips through.
    """
    rnd = random.Random(f"song faults {seed}")
    each = fault_count(len(catalog), rate, len(DEFECTS) + 1)
    fresh = len(catalog)
    for kind, defects in DEFECTS.items():
        for column, value in islice(cycle(defects), each):
            song = rnd.choice(catalog.songs)._replace(song_id=catalog.song_id(fresh))
            path = catalog.song_path(fresh, compress)
            write_song_file(root, path, _spoiled(song, column, value, rnd))
            manifest.rejects.append({"file": path, "line": 1, "kind": kind, "column": column})
            fresh += 1
    for index in rnd.sample(range(len(catalog)), each):
        path = catalog.song_path(fresh, compress)
        write_song_file(root, path, json.dumps(catalog.songs[index]._asdict()))
        manifest.doubled_songs.append({"file": path, "of_file": catalog.song_path(index, compress)})
        fresh += 1
    return fresh - len(catalog)


def _spoiled(song: Song, column: str | None, value: object, rnd: random.Random) -> str:
    if column is None:
        text = json.dumps(song._asdict())
        return text[: rnd.randrange(1, len(text) - 1)]
    return json.dumps({**song._asdict(), column: value})
