"""Dumps to a lake: each record to its day or its song, in memory which does not grow with the dumps.

A file of the lake holds its records in order and each of them once, whatever the order of dumps and records. So an
import which is repeated changes nothing, and what another dump has of the same day is added.
"""

import fcntl
import filecmp
import heapq
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sparkify_assets.errors import LakeError
from sparkify_assets.importing.arrays import split_elements
from sparkify_assets.importing.fields import EVENT, SONG
from sparkify_assets.importing.lines import NotPlaced, Placed, Placing
from sparkify_assets.importing.repair import text_repair
from sparkify_assets.importing.report import ImportReport
from sparkify_assets.importing.sorting import SortedLines
from sparkify_assets.lake.listing import LeftOut, is_noise, why_unreadable
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.records import read_records
from sparkify_assets.lake.sources import JSON_PATHS

UNFINISHED = ".unfinished-import"
# A catalog without any file is an error of a run; one with an empty file is empty on purpose.
NO_SONGS = f"{SONG.source.folder}/no_songs.json"
_RECORDS_AT_ONCE = 1000

OnProgress = Callable[[str, int], None]
"""Called with what is done, and the number of records for which it is."""


def import_dumps(paths: Sequence[Path], lake: Path, *, repair: bool, on_progress: OnProgress) -> ImportReport:
    """Place all records of files, and of files in folders, in the lake; raises LakeError or SettingsError."""
    report = ImportReport()
    lake = lake.resolve()
    dumps = list(dict.fromkeys(_dumps(paths, lake, report)))
    report.dumps = len(dumps)
    placing = Placing(text_repair(report.count_repair) if repair else None)
    of_lake = Placing(text_repair(lambda *_: None) if repair else None)
    with _translate_errors(lake), _work_folder(lake) as work:
        _validate_json_paths(lake)
        lines = SortedLines(work)
        for dump in dumps:
            for number, record in enumerate(read_records(str(dump), split_elements), start=1):
                found = placing.place(record, str(dump))
                report.count(found, str(dump), record.line)
                if isinstance(found, Placed):
                    lines.add(_sortable(found))
                if number % _RECORDS_AT_ONCE == 0:
                    on_progress(f"reading {dump.name}", number)
        if report.placed:
            _write(lines, lake, work, of_lake, report, on_progress)
    return report


def _dumps(paths: Sequence[Path], lake: Path, report: ImportReport) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise LakeError(f"{path} does not exist. Give files of dumps, or folders with them.")
        whole = path.resolve()
        _require_apart(path, lake)
        if not path.is_dir():
            yield path
            continue
        if lake.is_relative_to(whole):
            raise LakeError(f"{path} holds the lake {lake} itself. Give a folder which does not, or another --lake.")
        folder = LocalLake(folder=str(whole.parent))
        for file in folder.list_files(whole.name):
            if is_noise(file.name, whole.name) or file.name.endswith(f"/{JSON_PATHS}"):
                report.noise += 1
            elif why := why_unreadable(file):
                report.not_read.append(LeftOut(file, why))
            else:
                found = path / file.name.removeprefix(f"{whole.name}/")
                _require_apart(found, lake)
                yield found


def _require_apart(path: Path, lake: Path) -> None:
    if path.resolve().is_relative_to(lake):
        raise LakeError(f"{path} is in the lake {lake} itself. Move it out of there first, or give another --lake.")


def _validate_json_paths(lake: Path) -> None:
    """Refuse a lake whose events have other names than those which are written."""
    if (lake / JSON_PATHS).exists():
        names = list(EVENT.source.fields(LocalLake(folder=str(lake))))
        if others := [name for name, column in zip(names, EVENT.columns, strict=True) if name != column.name]:
            raise LakeError(
                f"{lake / JSON_PATHS} reads the fields {', '.join(others)}, which an import does not write. Import "
                "into a new lake."
            )


def _write(
    lines: SortedLines, lake: Path, work: Path, placing: Placing, report: ImportReport, on_progress: OnProgress
) -> None:
    _make_lake(lake, work)
    with lines.in_order() as merged:
        for name, some in groupby((line.split(b"\t", 2) for line in merged), key=itemgetter(0)):
            on_progress(f"writing {name.decode()}", report.added)
            counts = Counter[str]()
            with _present(lake / name.decode(), work, placing).in_order() as present:
                together = heapq.merge(
                    _once((tuple(line[1:]) for line in some), counts, "new"),
                    _once((tuple(line.split(b"\t", 2)[1:]) for line in present), counts, "present"),
                )
                whole = (line for _, line in _once(together, counts, "all"))
                report.written_files += _replace(lake / name.decode(), whole, work)
            report.added += counts["all"] - counts["present"]
    report.has_songs = _has_songs(lake)


def _make_lake(lake: Path, work: Path) -> None:
    """What every lake has, where it lacks it."""
    for kind in (EVENT, SONG):
        (lake / kind.source.folder).mkdir(exist_ok=True)
    if not (lake / JSON_PATHS).exists():
        paths = {"jsonpaths": [f"$['{column.name}']" for column in EVENT.columns]}
        _replace(lake / JSON_PATHS, [json.dumps(paths, indent=2).encode()], work)


def _has_songs(lake: Path) -> bool:
    """Whether the lake has a catalog; if not, its plays are staged and counted all the same, and match nothing."""
    marker = lake / NO_SONGS
    has_songs = any(file.name != NO_SONGS for file in LocalLake(folder=str(lake)).list_files(SONG.source.folder))
    if not has_songs and not marker.exists():
        marker.touch()
    elif has_songs and marker.exists() and not marker.stat().st_size:
        marker.unlink()
    return has_songs


def _once(lines: Iterable[tuple[bytes, ...]], counts: Counter[str], name: str) -> Iterator[tuple[bytes, ...]]:
    """Lines in order without their repeats, counted."""
    for line, _ in groupby(lines):
        counts[name] += 1
        yield line


def _present(path: Path, work: Path, placing: Placing) -> SortedLines:
    """What a file of the lake holds already; raises LakeError for what would be lost."""
    lines = SortedLines(work)
    for record in read_records(str(path)) if path.exists() else ():
        found = placing.place(record, str(path))
        if isinstance(found, NotPlaced):
            raise LakeError(
                f"{path}, line {record.line}: {found.reason}: {found.detail[:100]}. Nothing is added to a file with "
                "such a record. Correct it, or import into another lake."
            )
        lines.add(_sortable(found))
    return lines


def _sortable(placed: Placed) -> bytes:
    return b"%b\t%b\t%b" % (placed.file.encode(), placed.time.encode(), placed.line)


def _replace(path: Path, lines: Iterable[bytes], work: Path) -> bool:
    """Give a file new lines, at once; false if it holds them: then it stays as it is, also for the sensor."""
    new = work / "new"
    with new.open("wb") as file:
        file.writelines(lines)
    if path.exists() and filecmp.cmp(new, path, shallow=False):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(new, path)
    return True


@contextmanager
def _work_folder(lake: Path) -> Iterator[Path]:
    """A folder in the lake for one import at a time, gone afterwards; what a killed import left in it goes first."""
    is_new = not lake.exists()
    lake.mkdir(parents=True, exist_ok=True)
    lock = os.open(lake, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeError(f"Another import writes to {lake}. Wait until it has ended, then run again.") from None
        work = lake / UNFINISHED
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
            if is_new and not any(lake.iterdir()):
                lake.rmdir()
    finally:
        os.close(lock)


@contextmanager
def _translate_errors(lake: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LakeError(
            f"{error.filename or lake}: {error.strerror}. Nothing is half written: give this user the right, or free "
            "some space, and run again."
        ) from error
