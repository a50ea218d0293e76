"""Records as a lake may hold them, whole and broken: bytes, with the rows and rejects which have to become of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sparkify_assets.models.ddl import Column
from sparkify_assets_tests.fuzz.values import (
    Broken,
    Refused,
    Spelled,
    Staged,
    any_value,
    no_json,
    plain_value,
    quoted,
    reject_text,
)

NO_OBJECT, NO_UTF8 = "not a JSON object", "not valid UTF-8"
BROKEN: Sequence[tuple[bytes, str]] = [
    (b"[1]", NO_OBJECT), (b"5", NO_OBJECT), (b"null", NO_OBJECT), (b"not json", NO_OBJECT),
    (b"{'a': 1}", NO_OBJECT),
    (b"{a: 1}", NO_OBJECT), (b'{"a": 1,}', NO_OBJECT), (b'{"a": NaN}', NO_OBJECT),
    (b'{"a": -Infinity}', NO_OBJECT),
    (b'{"a": 01}', NO_OBJECT), (b'{"a": .5}', NO_OBJECT), (b'{"a": 1 /* one */}', NO_OBJECT),
    (b'{"a": "\x01"}', NO_OBJECT),
    (b'{"a": "\\x"}', NO_OBJECT), (b'{"a" 1}', NO_OBJECT), (b"[{}]", NO_OBJECT), (b"[]",
    NO_OBJECT), (b"\x00", NO_OBJECT),
    (b'{"a": tru}', NO_OBJECT), (b"<html>", NO_OBJECT), (b"a,b,c", NO_OBJECT), (b'{"a": "\xff"}', NO_UTF8),
    (b'{"a": "\xed\xa0\x80"}', NO_UTF8), (b"\xc3", NO_UTF8), (b'{"a": "\xc0\xaf"}', NO_UTF8),
]  # fmt: skip
CUT = [b'{"artist": "Des', b"{", b'{"artist"', b'{"artist": ', b'{"artist": "Des",', b'{"artist": {"a": 1']
"""Beginnings of records; what follows has to begin like a record too, or nobody can say where they end."""
EXTRA = ["color", "Song", "SONG", "sông", "", "a.b", "log_date", "source_file", "filename", "kéy"]


@dataclass(frozen=True)
class Reject:
    """A reject, but for its file and its line."""

    field: str | None
    reason: str
    raw: str | None


@dataclass(frozen=True)
class Piece:
    """Bytes of a file: a record, or what is in the place of one.

    It becomes `row`, or `reject`; if neither is known, nobody but the engines says what.
    """

    content: bytes
    row: tuple[Any, ...] | None = None
    reject: Reject | None = None
    is_record: bool = True
    is_cut: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether it is known what becomes of it."""
        return self.row is not None or self.reject is not None


def mild_record(
    random: Random, fields: Mapping[str, Column], known: Mapping[str, Spelled], *, has_numbers: bool = False
) -> Piece:
    """A record which fits, in a spelling which an engine may read by itself; with `has_numbers`, no text is one."""
    values = {name: known.get(column.name) or plain_value(random, column) for name, column in fields.items()}
    for name, column in fields.items():
        if column.name not in known and random.random() < 0.1:
            any_ = any_value(random, column)
            is_number_as_text = not column.byte_limit and (any_.json or b"").startswith(b'"')
            if isinstance(any_.fate, Staged) and not (has_numbers and is_number_as_text):
                values[name] = any_
    return _record(random, fields, values, _extra(random, fields, [0] * 9 + [1]), pretty=False)


def any_record(
    random: Random,
    fields: Mapping[str, Column],
    known: Mapping[str, Spelled],
    *,
    pretty: bool,
    changes: int | None = None,
) -> Piece:
    """A record with some values of any kind."""
    values = {name: known.get(column.name) or plain_value(random, column) for name, column in fields.items()}
    for name in random.sample(sorted(fields), changes or random.choice([0, 1, 1, 1, 2, 3])):
        values[name] = no_json(random) if random.random() < 0.06 and not pretty else any_value(random, fields[name])
    extra = _extra(random, fields, [0, 0, 0, 1, 2])
    return _record(random, fields, values, extra, pretty=pretty)


def _extra(random: Random, fields: Mapping[str, Column], how_many: Sequence[int]) -> list[tuple[str, Spelled]]:
    """Fields which no column takes: their names are others, in other case, or stand there twice."""
    extra = []
    for _ in range(random.choice(how_many)):
        name = random.choice([*fields])
        other = random.choice([name.swapcase(), name.upper(), name.lower()])
        names = [name, random.choice(EXTRA) if other in fields else other, random.choice(EXTRA)]
        extra.append((random.choice(names), any_value(random, random.choice([fields[name], *fields.values()]))))
    return extra


def broken(random: Random) -> Piece:
    """Something else in the place of a record."""
    if random.random() < 0.2:
        return Piece(random.choice(CUT), None, Reject(None, NO_OBJECT, None), is_record=False, is_cut=True)
    content, reason = random.choice(BROKEN)
    return Piece(content, None, Reject(None, reason, None), is_record=False)


def damaged(random: Random, fields: Mapping[str, Column], piece: Piece) -> Piece:
    """The bytes of a record, damaged somehow."""
    content = piece.content
    place = random.randint(0, len(content))
    match random.randrange(5):
        case 0:
            content = content[:place]
        case 1:
            content = content[:place] + random.choice(BYTES) + content[place + 1 :]
        case 2:
            content = content[:place] + random.choice(BYTES) + content[place:]
        case 3:
            content += random.choice([b"", b" ", b",", b"\n,\n", b"}"]) + content
        case _:
            blanks = [b" ", b"\t", b"\r", b"\x0b", b"\x0c", b"\xef\xbb\xbf", b"\xc2\xa0", b",", b"\x00", b";", b"["]
            content = random.choice(blanks) + content + random.choice(blanks)
    return piece if is_beyond_copy(content, fields) else Piece(content, is_record=False, is_cut=True)


BYTES = [bytes([one]) for one in b'{}[]",:\\/0 \n\r\x00\x1f\x7fnu'] + [
    b"\xff",
    b"\xc3",
    b"\\ud800",
    b"\\u",
    b"\xe2\x80\xa8",
]


def is_beyond_copy(content: bytes, fields: Mapping[str, Column]) -> bool:
    """Whether bytes which are no text are where COPY does not look: in a field which no column takes.

    Known and left as it is: DuckDB rejects such a record, Redshift does not.
    """
    found = False

    def see(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        seen: set[str] = set()
        for name, value in pairs:
            is_looked_at = name in fields and name not in seen
            seen.add(name)
            found = found or (not is_looked_at and not _is_text(repr_of(value))) or not _is_text(name)
        return dict(pairs)

    decoder = json.JSONDecoder(object_pairs_hook=see, strict=False)
    text = content.decode(errors="surrogateescape")
    for start in (place for place, one in enumerate(text) if one == "{"):
        try:
            decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
    return found


def repr_of(value: Any) -> str:
    """A value with all its texts in it."""
    return json.dumps(value, ensure_ascii=False)


def _is_text(text: str) -> bool:
    return not any("\ud800" <= one <= "\udfff" for one in text)


def _record(
    random: Random,
    fields: Mapping[str, Column],
    values: Mapping[str, Spelled],
    extra: list[tuple[str, Spelled]],
    *,
    pretty: bool,
) -> Piece:
    pairs = [(name, value.json) for name, value in values.items() if value.json is not None]
    if random.random() < 0.3:
        random.shuffle(pairs)
    absent = {name for name, value in values.items() if value.json is None}
    # Of a name which stands twice the first counts: what is added comes last.
    pairs += [(name, value.json) for name, value in extra if value.json is not None and name not in absent]
    colon, comma, end = random.choice([(":", ",", ""), (": ", ", ", ""), (" :\t", " , ", " ")])
    if pretty:
        comma, end = random.choice([(",\n    ", "\n"), (",\r\n\t", "\r\n"), ("\n, ", "\n")])
    written = [f"{quoted(random, name)}{colon}".encode() + (value or b"") for name, value in pairs]
    start = comma.lstrip(",") if pretty and comma.startswith(",") else end
    content = b"{" + start.encode() + comma.encode().join(written) + end.encode() + b"}"
    if any(isinstance(value.fate, Broken) for value in values.values()):
        return Piece(content, None, Reject(None, NO_OBJECT, None), is_record=False)
    row: list[Any] = []
    for name in fields:
        match values[name].fate:
            case Staged(value):
                row.append(value)
            case Refused(reason, raw):
                return Piece(content, None, Reject(name[:128], reason, reject_text(raw)))
            case _:
                return Piece(content)
    return Piece(content, tuple(row))
