"""The lakes which the benches read; a lake which is there already is taken as it is."""

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

from benchmarks.processes import SPARKIFY, measure

LONG_START = date(2018, 1, 1)


def generated(place: Path, *options: str) -> Path:
    """A lake of `sparkify generate` with these options."""
    if not place.exists():
        measure([SPARKIFY, "generate", str(place), *options], place.parent, {})
    return place


def small(folder: Path) -> Path:
    """As many days, listeners, songs and events as the real data have."""
    return generated(folder / "small", "--days", "30", "--users", "96", "--songs", "71", "--events", "8056")


def month(folder: Path) -> Path:
    """3,000,000 events of 30 days, 15,000 song files."""
    size = ("--days", "30", "--users", "10000", "--songs", "15000", "--events", "3000000")
    return generated(folder / "month", *size)


def long(folder: Path, days: int, events_a_day: int) -> Path:
    """Many days of about equal size, from LONG_START on."""
    size = ("--days", str(days), "--users", "20000", "--songs", "2000", "--events", str(days * events_a_day))
    return generated(folder / f"long-{days}-{events_a_day}", "--start", str(LONG_START), *size)


def cut(whole: Path, place: Path, days: int) -> Path:
    """The first days of a lake, by links; what is there of other days goes."""
    if not place.exists():
        shutil.copytree(whole / "song_data", place / "song_data", copy_function=os.link)
    shutil.rmtree(place / "log_data", ignore_errors=True)
    for number in range(days):
        day = LONG_START + timedelta(days=number)
        _file(place, day).parent.mkdir(parents=True, exist_ok=True)
        os.link(_file(whole, day), _file(place, day))
    return place


def add_day(whole: Path, place: Path, day: date) -> None:
    """One more day, as a file which is newer than the others."""
    _file(place, day).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_file(whole, day), _file(place, day))


def _file(lake: Path, day: date) -> Path:
    return lake / f"log_data/{day:%Y/%m}/{day}-events.json"
