"""A digest of files: equal while the same files with the same contents are in the lake."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from hashlib import blake2b

from sparkify_assets.lake.base import LakeFile

NO_FILES = "0" * 16

LAKE_DIGEST = "lake_digest"
"""Metadata of what is staged: the digest of the files, of each day or of the whole catalog, as they were read."""


def digest(files: Iterable[LakeFile], so_far: str = NO_FILES) -> str:
    """16 hexadecimal digits of name, size and version of each file, whatever their order.

    A long listing may be taken in parts: `so_far` is the digest of the parts before.
    """
    total = int(so_far, 16)
    for file in files:
        line = f"{file.name}\n{file.size}\n{file.version}".encode()
        total += int.from_bytes(blake2b(line, digest_size=8).digest())
    return f"{total % 2**64:016x}"


def digests_by_day(files: Iterable[LakeFile]) -> dict[date, str]:
    """The digest of the log files of each day which has some."""
    by_day: dict[date, list[LakeFile]] = defaultdict(list)
    for file in files:
        if file.day:
            by_day[file.day].append(file)
    return {day: digest(some) for day, some in by_day.items()}
