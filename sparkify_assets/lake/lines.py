"""Lines of lake files, for engines which cannot number them or which fail at broken ones."""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import cast

import orjson

from sparkify_assets.errors import LakeError

# Lines of a file are found three times as fast in blocks of this size as in the usual ones.
_BLOCK = 1 << 18


def count_lines(path: str) -> int:
    """Lines of a file without parsing them; a last line need not end with a newline."""
    with opened(path) as file:
        return sum(1 for _ in file)


def write_numbered_lines(paths: Mapping[str, str], out: Path, *, one_record_per_file: bool) -> int:
    """Write the lines of files, blank ones left out, to `out` as NDJSON; returns the bytes of the longest.

    Each has source_file, line_number (from 1), line, and parse_error (why the line is no text, or
    null). With `one_record_per_file`, a record which spans several lines counts as its first line.
    """
    longest = 0
    with out.open("wb") as target:
        for name, path in paths.items():
            for number, line in numbered_lines(path, one_record_per_file=one_record_per_file):
                longest = max(longest, target.write(_numbered(name, number, line)))
    return longest


def numbered_lines(path: str, *, one_record_per_file: bool) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers from 1, blank ones left out; with `one_record_per_file` as above."""
    with opened(path) as file:
        for number, line in _records(file) if one_record_per_file else enumerate(file, start=1):
            if line := line.strip():
                yield number, line


@contextmanager
def opened(path: str) -> Iterator[BufferedReader]:
    """The plain bytes of a lake file; raises LakeError, with its name, if they cannot be read."""
    try:
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb", buffering=0) as raw:
            yield BufferedReader(cast(RawIOBase, raw), _BLOCK)
    except (OSError, EOFError, zlib.error) as error:
        raise LakeError(
            f"{path} cannot be read: {error}. Restore the file or give this user the right to read it, then run again."
        ) from error


def _records(file: BufferedReader) -> Iterable[tuple[int, bytes]]:
    text = file.read().strip()
    if b"\n" not in text:
        return [(1, text)]
    try:
        return [(1, orjson.dumps(orjson.loads(text)))]
    except orjson.JSONDecodeError:
        return enumerate(text.splitlines(), start=1)


def _numbered(name: str, number: int, line: bytes) -> bytes:
    parse_error = None
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text, parse_error = line.decode("utf-8", errors="replace"), "not valid UTF-8"
    record = {"source_file": name, "line_number": number, "line": text, "parse_error": parse_error}
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
