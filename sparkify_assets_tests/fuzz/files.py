"""Files as a lake may hold them: records in a stream, wrapped somehow; and what has to become of each."""

import bz2
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sparkify_assets_tests.fuzz.records import Piece

LIMIT = 4 << 20
Write = Callable[[bool], Piece]
"""Gives a piece, pretty-printed or on a line."""


@dataclass
class Made:
    """The bytes of a file. If `is_decided`, it has these rows and these rejects, with their lines; else maybe some."""

    content: bytes = b""
    is_decided: bool = True
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[tuple[int, str | None, str, str | None]] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records it has if it is decided."""
        return len(self.rows) + len(self.rejects)


def lines(random: Random, pieces: Sequence[Piece]) -> Made:
    """One piece a line."""
    ends = random.choice([[b"\n"], [b"\r\n"], [b"\n", b"\n\n", b"\n \r\n", b"\n\x0b\n", b"\t\n"]])
    return _stream(pieces, [random.choice(ends) for _ in pieces], random)


def run_together(random: Random, pieces: Sequence[Piece]) -> Made:
    """Records with nothing or blanks between them."""
    return _stream(pieces, [random.choice([b"", b" ", b"\t", b"\n", b"\r"]) for _ in pieces], random)


def array(random: Random, pieces: Sequence[Piece]) -> Made:
    """One JSON list: no record by COPY's rules. What is rejected of it is for the engines to agree on."""
    comma = random.choice([b",", b",\n", b"\n,", b" ,\r\n "])
    return Made(b"[" + random.choice([b"", b"\n"]) + comma.join(piece.content for piece in pieces) + b"\n]", False)


def wrapped(random: Random, made: Made, name: str) -> Made:
    """The file with a mark, compressed as its name says or otherwise, cut, or in another encoding."""
    chance = random.random()
    if chance < 0.05:
        made.content = b"\xef\xbb\xbf" + made.content
    elif chance < 0.07:
        text = made.content.decode(errors="replace")
        encoding = random.choice(["utf-16", "utf-16-le", "utf-16-be"])
        is_told = encoding == "utf-16" or (
            made.content[:2].isascii() and len(text) > 1 and b"\0" not in made.content[:2]
        )
        reason = "UTF-16 text; save the file as UTF-8 (iconv -f UTF-16 -t UTF-8)"
        made = Made(text.encode(encoding), is_told, [], [(1, None, reason, None)] if is_told else [])
    elif chance < 0.09:
        return Made(random.randbytes(random.randint(1, 400)), is_decided=False)
    elif chance < 0.11:
        return Made(
            random.choice(
                [b"", b"\n", b" \r\n\t", b"\xef\xbb\xbf", b"\x1f", b"\x1f\x8b", b"BZh", b"BZh9", b"\xff\xfe"]
            ),
            False,
        )
    return _compressed(random, made, name)


def _compressed(random: Random, made: Made, name: str) -> Made:
    kind = "gz" if name.lower().endswith(".gz") else "bz2" if name.lower().endswith(".bz2") else ""
    if random.random() < 0.08:
        kind = random.choice(["", "gz", "bz2"])
    if not kind:
        return made
    compress: Callable[[bytes], bytes] = gzip.compress if kind == "gz" else bz2.compress
    cut = random.randint(0, len(made.content)) if random.random() < 0.1 else len(made.content)
    content = compress(made.content[:cut]) + (compress(made.content[cut:]) if cut < len(made.content) else b"")
    chance = random.random()
    if chance < 0.04:
        return Made(content[: random.randint(3, len(content))], is_decided=False)
    if chance < 0.07:
        place = random.randint(3, len(content) - 1)
        return Made(content[:place] + random.randbytes(4) + content[place + 4 :], is_decided=False)
    if chance < 0.09:
        return Made(content + random.choice([b"\0" * 9, b"junk", b"\n"]), is_decided=False)
    return Made(content, made.is_decided, made.rows, made.rejects)


def _stream(pieces: Sequence[Piece], ends: Sequence[bytes], random: Random) -> Made:
    """The pieces one after the other. Where one is cut, the next has to begin like a record, or all is open."""
    made, line = Made(), 1
    content = bytearray()
    for piece, following, end in zip(pieces, [*pieces, None][1:], ends, strict=True):
        begins = following is None or following.content.startswith(b"{")
        if not piece.is_decided or (piece.is_cut and not begins):
            made.is_decided = False
        if piece.row is not None:
            made.rows.append(piece.row)
        elif piece.reject:
            made.rejects.append((line, piece.reject.field, piece.reject.reason, piece.reject.raw))
        content += piece.content + end
        line += (piece.content + end).count(b"\n")
    if pieces and random.random() < 0.4 and (last := ends[-1]):
        del content[-len(last) :]
    made.content = bytes(content)
    return made
