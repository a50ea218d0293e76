"""The records of a lake file: JSON objects, one after the other, wherever their lines end.

What AWS documents for COPY holds here too: objects are separated by blanks or nothing, and may span lines. JSON is
strict (RFC 8259): no NaN, no comments, no trailing commas. Of a key which stands twice the first value counts.
"""

import bz2
import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader, FileIO
from typing import Any, cast

import msgspec
from isal import igzip, igzip_lib

from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.json_objects import split_records
from sparkify_assets.lake.json_record import LONGEST_RECORD, Record

_BLOCK = 1 << 18
_BOM = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF16_ZEROS = ([False, True, False, True], [True, False, True, False])
_DAMAGED = (EOFError, gzip.BadGzipFile, cast(type[Exception], igzip_lib.IsalError))
NOT_PLAIN = (*_DAMAGED, msgspec.MsgspecError, OSError, RecursionError, UnicodeError)
"""What reading a file as plain JSON lines raises if it is otherwise."""


class _Damaged(EOFError):
    """Compressed data which cannot be read on."""


class _Bzip2(bz2.BZ2File):
    """Says of damaged data that it is damaged, not that the system failed."""

    def readinto(self, buffer: Any) -> int:
        """As of the base."""
        try:
            return super().readinto(buffer)
        except OSError as error:
            if error.errno is not None:
                raise
            raise _Damaged(str(error)) from error


def read_records(
    path: str, split: Callable[["BufferedReader[Any]"], Iterator[Record]] = split_records
) -> Iterator[Record]:
    """All records of a file, in order, in bounded memory; what is no record is one with a fault."""
    number = 0
    try:
        with opened(path) as file:
            head = file.peek(4)[:4]
            if head[:2] in _UTF16_MARKS or [byte == 0 for byte in head] in _UTF16_ZEROS:
                yield Record(1, head, fault="UTF-16 text; save the file as UTF-8 (iconv -f UTF-16 -t UTF-8)")
                return
            if head.startswith(_BOM):
                file.read(len(_BOM))
            for record in split(file):
                number = record.line
                yield record
    except _DAMAGED as error:
        yield Record(number + 1, b"", fault=f"damaged: the compressed data cannot be read on ({error})")


def count_plain(path: str, decoder: "msgspec.json.Decoder[Any]") -> int | None:
    """How many records a file has if it is plain: no mark, strict JSON, one object a line; else None.

    Each object is one which the decoder takes. A thousand times as fast as reading records.
    """
    count, rest = 0, b""
    try:
        with opened(path, by_name=True) as file:
            if file.peek(3).startswith(_BOM):
                return None
            while block := file.read(_BLOCK):
                first, last = block.find(b"\n") + 1, block.rfind(b"\n") + 1
                rest += block[: first or len(block)]
                # A line within a block is never too long.
                if len(rest) - bool(first) >= LONGEST_RECORD:
                    return None
                if first:
                    count += len(decoder.decode_lines(rest)) + len(decoder.decode_lines(memoryview(block)[first:last]))
                    rest = block[last:]
            return count + len(decoder.decode_lines(rest))
    except NOT_PLAIN:
        return None


def count_lines(path: str) -> int:
    """Lines of a file, read in blocks; raises LakeError or OSError if it cannot be read."""
    with opened(path) as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))


@contextmanager
def opened(path: str, *, by_name: bool = False) -> Iterator["BufferedReader[Any]"]:
    """The plain bytes of a lake file, compressed or not as its first bytes say, whatever its name.

    With `by_name`, raises OSError if its first bytes say otherwise than its name. Raises LakeError, with the
    name of the file, if it cannot be opened.
    """
    with ExitStack() as stack:
        try:
            raw = stack.enter_context(BufferedReader(FileIO(path), _BLOCK))
            head = raw.peek(3)[:3]
        except OSError as error:
            raise LakeError(
                f"{path} cannot be read: {error.strerror}. Restore the file or give this user the right, then run "
                "again."
            ) from error
        is_gzip, is_bzip2 = head[:2] == b"\x1f\x8b", head == b"BZh"
        if by_name and (is_bzip2 or is_gzip != path.lower().endswith(".gz")):
            raise OSError("compressed otherwise than its name says")
        if is_gzip or is_bzip2:
            plain: Any = igzip.IGzipFile(fileobj=raw) if is_gzip else _Bzip2(raw)  # type: ignore[no-untyped-call]
            stack.enter_context(plain)
            yield BufferedReader(plain, _BLOCK)
        else:
            yield raw


def same_content(lake: Lake, one: LakeFile, other: LakeFile) -> bool:
    """Whether two files hold the same bytes once they are not compressed."""
    with lake.fetched([one, other]) as paths:
        try:
            with opened(paths[one.name]) as left, opened(paths[other.name]) as right:
                while (block := left.read(_BLOCK)) == right.read(_BLOCK):
                    if not block:
                        return True
                return False
        except _DAMAGED:
            return False
