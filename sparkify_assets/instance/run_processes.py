"""Which process works on a run: a file per run, locked by that process as long as it lives.

The lock goes with the process, and no other process takes its place, as one with the same number would.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sparkify_assets.file_lock import try_to_lock

_HELD: dict[Path, int] = {}
"""Open files of the runs of this process: closing one lets go of its lock."""


@dataclass(frozen=True)
class RunProcess:
    """The process which works, or worked, on a run."""

    run_id: str
    host: str
    pid: int
    started: str

    @property
    def text(self) -> str:
        """For people."""
        return f"process {self.pid} on {self.host}, which began it at {self.started}"


class RunProcesses:
    """The files of the runs which are going on, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, run_id: str) -> None:
        """Note that this process works on the run from now on."""
        path = self._folder / run_id
        if path in _HELD:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC).isoformat(" ", timespec="seconds")
        note = json.dumps(asdict(RunProcess(run_id, socket.gethostname(), os.getpid(), now)))
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        fcntl.flock(held, fcntl.LOCK_EX)
        os.write(held, note.encode())
        _HELD[path] = held

    def end(self, run_id: str) -> None:
        """Forget the run, whichever process worked on it."""
        path = self._folder / run_id
        path.unlink(missing_ok=True)
        if path in _HELD:
            os.close(_HELD.pop(path))

    def gone(self) -> Iterator[RunProcess]:
        """The processes of this host which no longer live; each is given to one caller at a time, of all processes."""
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            try:
                probe = try_to_lock(path)
            except FileNotFoundError:
                continue  # its run has ended meanwhile
            if probe is None:
                continue
            try:
                process = _read(path)
                # A lock of another host need not be seen here.
                if process and process.host == socket.gethostname():
                    yield process
            finally:
                os.close(probe)


def _read(path: Path) -> RunProcess | None:
    """What the file says; None if its process ended before it had written it."""
    try:
        return RunProcess(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
