"""Temporary folders which do not outlive their process for long: the next one removes what a killed one left."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sparkify_assets.file_lock import try_to_lock

_PREFIX = "sparkify-scratch-"
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder in TMPDIR, gone when the context ends. Its owner holds a lock on it, which ends with the process."""
    _remove_abandoned()
    folder, lock = _new_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _new_folder() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with suppress(OSError):
            lock = try_to_lock(folder, _FOLDER)
            # Before it was locked another process may have taken it for an abandoned one.
            if lock is not None and folder.exists():
                return folder, lock
            if lock is not None:
                os.close(lock)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and (lock := try_to_lock(folder, _FOLDER)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)
