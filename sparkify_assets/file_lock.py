"""Locks on files and folders. The system lets go of them however their process ends, by SIGKILL and a restart too."""

import fcntl
import os
from pathlib import Path


def try_to_lock(path: Path, flags: int = 0) -> int | None:
    """A descriptor which holds the lock until it is closed; None while another one does.

    Raises OSError if there is no such file, or it cannot be opened with these `flags`.
    """
    descriptor = os.open(path, os.O_RDONLY | flags)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
