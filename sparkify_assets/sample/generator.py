"""Writes sample lakes: invented songs, listeners and plays with the oddities of the real ones."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson

from sparkify_assets.sample.days import write_days
from sparkify_assets.sample.faults import EventFaults, Manifest
from sparkify_assets.sample.plan import EVENTS_PER_USER_AND_DAY, Plan, Recipe
from sparkify_assets.sample.song_faults import plant_song_faults
from sparkify_assets.sample.songs import Catalog, write_catalog

# Below this a second process costs more than it saves.
EVENTS_WORTH_A_POOL = 300_000
HIGHEST_FAULT_RATE = 0.5
UNFINISHED = ".unfinished-sample"
JSONPATHS = (
    "artist", "auth", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location", "method",
    "page", "registration", "sessionId", "song", "status", "ts", "userAgent", "userId",
)  # fmt: skip


@dataclass(frozen=True)
class GeneratedLake:
    """What was written.

    Attributes:
        files: The number of event and song files, faulty ones included.
        events: The number of good event lines, each of which is once or more in the lake.
        songs: The number of good songs.
        planted: The number of faults listed in `planted_faults.json`.
    """

    out: Path
    files: int
    events: int
    songs: int
    planted: int
    seconds: float


def estimate_events(days: int, users: int) -> int:
    """The number of events which `generate_lake` writes unless their number is given."""
    return max(1, round(EVENTS_PER_USER_AND_DAY * days * users))


def generate_lake(
    out: Path,
    *,
    days: int,
    users: int,
    songs: int,
    seed: int,
    start: date = date(2018, 11, 1),
    events: int | None = None,
    compress: bool = False,
    faults: float = 0.0,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> GeneratedLake:
    """Write a sample lake whose bytes depend on the arguments alone, not on the workers.

    The lake appears when it is complete: its files are written to a folder inside `out` and
    moved to their final paths at the end, `log_data` last. With several workers the calling module
    must be importable, as for every use of `multiprocessing`.

    Args:
        out: Folder of the lake; other files in it stay.
        days: Days of events, each in a file of its own.
        users: Listeners; each is seen unless there are too few events for that.
        songs: Songs in the catalog, each in a file of its own.
        seed: Another seed gives another lake.
        start: The first day.
        events: The exact number of good events, three per user and day unless given.
        compress: Whether event and song files are written as `.json.gz`.
        faults: Share of event lines and song files which are planted as faulty, repeated, late
            or doubled; `planted_faults.json` says where. Each kind occurs in all but tiny lakes.
        workers: Processes which write days; by default one per core if the lake is worth it.
        progress: Called with the number of events written since the last call.

    Raises:
        ValueError: An argument is out of range, or `out` holds a lake already.
    """
    begin = time.monotonic()
    total = estimate_events(days, users) if events is None else events
    if workers is None:
        workers = 1 if total < EVENTS_WORTH_A_POOL else (os.cpu_count() or 1)
    _validate_numbers(faults, seed, days=days, users=users, songs=songs, events=total, workers=workers)
    out = out.resolve()
    _validate_folder(out)
    plan = Plan(Recipe(days, users, songs, seed, start, total))
    manifest = Manifest()
    with _unfinished(out) as root:
        event_files = []
        for file in write_days(plan, root, compress and not faults, workers):
            event_files.append(file)
            progress(file.lines)
        catalog = Catalog(songs, seed)
        write_catalog(root, catalog, compress)
        files = len(event_files) + songs
        if faults:
            EventFaults(sorted(event_files), faults, seed, plan.last_session, manifest).plant(root, compress)
            files += plant_song_faults(root, catalog, faults, seed, compress, manifest)
            manifest.write(root / "planted_faults.json")
        _write_json_paths(root)
    return GeneratedLake(out, files, total, songs, manifest.planted, time.monotonic() - begin)


def _write_json_paths(root: Path) -> None:
    paths = {"jsonpaths": [f"$['{name}']" for name in JSONPATHS]}
    (root / "log_json_path.json").write_bytes(orjson.dumps(paths, option=orjson.OPT_INDENT_2))


def _validate_numbers(faults: float, seed: int, **numbers: int) -> None:
    if seed < 0:
        raise ValueError(f"seed is {seed}; give 0 or more")
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} is {number}; give at least 1")
    if not 0 <= faults <= HIGHEST_FAULT_RATE:
        raise ValueError(f"faults is {faults}; give a share from 0 to {HIGHEST_FAULT_RATE}")


def _validate_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is not a folder; give a new or an empty one")
    for folder in (out / "log_data", out / "song_data"):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ValueError(f"{folder} is not empty; delete it or give another folder")


@contextmanager
def _unfinished(out: Path) -> Iterator[Path]:
    """A folder whose entries move to `out` on success and vanish on failure.

    It is inside `out`, which may be a mount of its own. What a killed generator left in it is
    removed first.
    """
    root = out / UNFINISHED
    is_new = not out.exists()
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    try:
        yield root
        # A reader takes a folder with log_data for a lake, so log_data comes last.
        for entry in sorted(root.iterdir(), key=lambda entry: entry.name == "log_data"):
            entry.rename(out / entry.name)
        root.rmdir()
    except BaseException:
        shutil.rmtree(out if is_new else root, ignore_errors=True)
        raise
