"""A folder's lake into S3: in parallel, and again without what is there."""

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import LakeFile
from sparkify_assets.lake.listing import is_noise
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.lake.sources import JSON_PATHS, SOURCES

_PARALLEL = 16
_md5 = partial(hashlib.md5, usedforsecurity=False)
# An object of several parts has the ETag of its parts, so that their size has to be known.
PART_BYTES = 8 << 20


@dataclass
class Uploaded:
    """Numbers of files: sent, found unchanged, deleted in S3, and there in S3 alone."""

    sent: int = 0
    unchanged: int = 0
    deleted: int = 0
    only_in_s3: int = 0


def upload(folder: Path, lake: S3Lake, *, delete: bool, progress: Callable[[int, int], None]) -> Uploaded:
    """Copy the files of a lake to S3; `progress` takes how many are done, of how many.

    A file of the same size and checksum is not sent again. With `delete` the objects of these folders which the
    folder lacks are deleted. Raises LakeError if `folder` is no lake, or if a file cannot be read or sent; what was
    sent until then stays.
    """
    local = dict(_files(folder))
    if not local:
        raise LakeError(f"{folder} holds no lake: there is no {JSON_PATHS} and no file in {', '.join(_folders())}.")
    there = {file.name: file for place in _folders() for file in lake.list_files(place)}
    if paths := lake.find(JSON_PATHS):
        there[JSON_PATHS] = paths
    done = Uploaded()
    with ThreadPoolExecutor(_PARALLEL) as senders:
        jobs = [senders.submit(_send, lake, name, path, there.get(name)) for name, path in local.items()]
        try:
            for number, job in enumerate(as_completed(jobs), 1):
                done.sent += job.result()
                progress(number, len(jobs))
        except BaseException:
            senders.shutdown(cancel_futures=True)
            raise
    done.unchanged = len(local) - done.sent
    surplus = sorted(there.keys() - local.keys())
    if delete:
        lake.delete(surplus)
        done.deleted = len(surplus)
    else:
        done.only_in_s3 = len(surplus)
    return done


def _folders() -> list[str]:
    return [source.folder for source in SOURCES]


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """What is a lake's, by its name in it; leftovers of tools and what is no file are not."""
    for place in _folders():
        for parent, _, names in os.walk(folder / place):
            for path in (Path(parent, name) for name in names):
                name = path.relative_to(folder).as_posix()
                if path.is_file() and not is_noise(name, place):
                    yield name, path
    if (folder / JSON_PATHS).is_file():
        yield JSON_PATHS, folder / JSON_PATHS


def _send(lake: S3Lake, name: str, path: Path, there: LakeFile | None) -> bool:
    try:
        if there and there.size == path.stat().st_size and there.version == etag(path):
            return False
        lake.put_file(name, path, PART_BYTES)
    except OSError as error:
        raise LakeError(
            f"{path} cannot be read: {error.strerror}. Give this user the right, then run again."
        ) from error
    return True


def etag(path: Path) -> str:
    """What S3 calls the content of a file: MD5, or of several parts the MD5 of theirs and their number."""
    with path.open("rb") as file:
        parts = [_md5(part) for part in iter(lambda: file.read(PART_BYTES), b"")] or [_md5(b"")]
    if path.stat().st_size < PART_BYTES:
        return parts[0].hexdigest()
    return f"{_md5(b''.join(part.digest() for part in parts)).hexdigest()}-{len(parts)}"
