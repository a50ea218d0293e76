"""Writes the event files of a sample, one day after the other or several days at once."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

from sparkify_assets.sample.faults import EventFile
from sparkify_assets.sample.lines import LinePrinter, open_for_writing
from sparkify_assets.sample.plan import Plan, Recipe
from sparkify_assets.sample.playlist import Playlist
from sparkify_assets.sample.sessions import draw_events
from sparkify_assets.sample.songs import Catalog


class DayWriter:
    """Writes any day of a plan; what it needs for that is prepared once."""

    def __init__(self, plan: Plan, root: Path, compress: bool) -> None:
        self._plan = plan
        self._root = root
        self._suffix = ".json.gz" if compress else ".json"
        recipe = plan.recipe
        self._playlist = Playlist(Catalog(recipe.songs, recipe.seed), recipe.seed)
        self._printer = LinePrinter(plan.listeners, self._playlist)

    def write(self, day: int) -> EventFile:
        """Write one day's file; as in the real logs, the last line has no newline."""
        date = self._plan.recipe.date_of(day)
        path = f"log_data/{date:%Y/%m}/{date}-events{self._suffix}"
        with open_for_writing(self._root / path) as file:
            newline = b""
            for part in self._plan.parts[day]:
                for lines in self._printer.lines(draw_events(self._plan, self._playlist, day, part)):
                    file.write(newline)
                    file.write(lines.encode("ascii"))
                    newline = b"\n"
        return EventFile(path, str(date), int(self._plan.events_of_day[day]))


def write_days(plan: Plan, root: Path, compress: bool, workers: int) -> Iterator[EventFile]:
    """Write every day which has events and yield its file, with several workers in any order."""
    days = [day for day, parts in enumerate(plan.parts) if parts]
    if min(workers, len(days)) == 1:
        yield from map(DayWriter(plan, root, compress).write, days)
        return
    # Spawned, since the caller may run threads, a progress display for one, which a fork breaks.
    with ProcessPoolExecutor(
        max_workers=min(workers, len(days)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
        initargs=(plan.recipe, root, compress),
    ) as pool:
        try:
            for done in as_completed([pool.submit(_write_day, day) for day in days]):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


_writer: DayWriter


def _begin_worker(recipe: Recipe, root: Path, compress: bool) -> None:
    """Prepare a worker; it draws plan and catalog anew, which is faster than sending them."""
    global _writer
    # Ctrl-C reaches every process of the terminal; the parent alone decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _writer = DayWriter(Plan(recipe), root, compress)


def _end_with_parent() -> None:
    """End this worker when its parent is killed; it would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _write_day(day: int) -> EventFile:
    return _writer.write(day)
