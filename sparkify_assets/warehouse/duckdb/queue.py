"""Who waits for a DuckDB file, in the order in which they came.

DuckDB lets in whoever tries at the right moment. Therefore each process which waits has a file beside the database,
locked as long as it lives and named after the time at which it came.
"""

import fcntl
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from sparkify_assets.file_lock import try_to_lock

_NAME = re.compile(r"(?P<came>\d{19,})-(?P<pid>\d+)-(?P<aim>read|write)")
_FRESH_SECONDS = 1
"""So old may a file be which its process has not locked yet."""
_SHOWN = 120


class Queue:
    """The place of this process among those which wait for the file `database`; it has none until `enter`."""

    def __init__(self, database: Path, *, read_only: bool) -> None:
        self._folder, self._prefix = database.parent, f"{database.name}.waiting-"
        self._aim = "read" if read_only else "write"
        self._path: Path | None = None
        self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Give the place up."""
        if self._path:
            self._path.unlink(missing_ok=True)
            os.close(self._lock)
            self._path = None

    def enter(self) -> None:
        """Wait behind those who wait already; not where this user may not write beside the database."""
        if self._path:
            return
        path = self._folder / f"{self._prefix}{time.time_ns()}-{os.getpid()}-{self._aim}"
        with suppress(OSError):
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._path = path

    def ahead(self) -> Sequence[int]:
        """Processes whose turn is before: all who came first, but readers do not wait for one another."""
        own = self._path.name.removeprefix(self._prefix) if self._path else ""
        found = []
        for name, place in self._places():
            is_before = not own or name < own
            if is_before and "write" in (place["aim"], self._aim) and self._is_waiting(name, int(place["came"])):
                found.append(int(place["pid"]))
        return found

    def _places(self) -> Iterator[tuple[str, re.Match[str]]]:
        for file in sorted(os.listdir(self._folder)):
            name = file.removeprefix(self._prefix)
            if name != file and (place := _NAME.fullmatch(name)):
                yield name, place

    def _is_waiting(self, name: str, came: int) -> bool:
        """Whether its process lives; the file of one which was killed is removed."""
        path = self._folder / f"{self._prefix}{name}"
        try:
            probe = try_to_lock(path)
        except OSError:
            return False
        if probe is None:
            return True
        try:
            if time.time_ns() - came < _FRESH_SECONDS * 1e9:
                return True
            with suppress(OSError):
                path.unlink()
            return False
        finally:
            os.close(probe)


def named(pid: int, program: str = "") -> str:
    """The process for people: with what it runs, on one line, as far as this user may know; else the program."""
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(_command_of(pid).split()))
    shown = (line if len(line) <= _SHOWN else f"{line[:_SHOWN]} ...") or program
    return f"process {pid} ({shown})" if shown else f"process {pid}"


def _command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    with suppress(OSError):
        return subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    return ""
