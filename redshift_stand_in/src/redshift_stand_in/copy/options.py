"""The options of COPY and UNLOAD by their keyword. Anything the documentation does not list is a syntax error."""

from collections.abc import Callable
from typing import Any

from redshift_stand_in.copy.tokens import Tokens

Reader = Callable[[Tokens], Any]
"""Reads the value of an option."""


def read_option(tokens: Tokens, word: str, known: dict[str, Reader]) -> dict[str, Any]:
    """The option whose keyword was just read, and its value; raises Refused if it is none of these."""
    if word not in known:
        raise tokens.syntax_error(word.lower())
    return {word: known[word](tokens)}


def _flag(tokens: Tokens) -> bool:
    return True


def _text(tokens: Tokens) -> str:
    tokens.take("AS")
    return tokens.text()


def _number(tokens: Tokens) -> int:
    tokens.take("AS")
    if not tokens.is_number():
        raise tokens.syntax_error(tokens.text() if tokens.is_text() else tokens.word())
    return int(tokens.word())


def _switch(tokens: Tokens) -> str:
    for word in ("ON", "OFF", "TRUE", "FALSE", "PRESET"):
        if tokens.take(word):
            return {"TRUE": "ON", "FALSE": "OFF"}.get(word, word)
    return "ON"


def _optional_text(default: str) -> Reader:
    def read(tokens: Tokens) -> str:
        tokens.take("AS")
        return tokens.text() if tokens.is_text() else default

    return read


def _size(tokens: Tokens) -> int:
    tokens.take("AS")
    size = float(tokens.word())
    if tokens.take("."):
        size += float(f"0.{tokens.word()}")
    if tokens.take("GB"):
        return int(size * (1 << 30))
    tokens.take("MB")
    return int(size * (1 << 20))


def _manifest(tokens: Tokens) -> str:
    return "VERBOSE" if tokens.take("VERBOSE") else "PLAIN"


COPY_OPTIONS: dict[str, Reader] = {
    **dict.fromkeys(
        (
            "MANIFEST", "GZIP", "BZIP2", "ZSTD", "LZOP", "IGNOREALLERRORS", "TRUNCATECOLUMNS", "BLANKSASNULL",
            "EMPTYASNULL", "TRIMBLANKS", "ROUNDEC", "ACCEPTANYDATE", "EXPLICIT_IDS", "ESCAPE", "FILLRECORD",
            "IGNOREBLANKLINES", "REMOVEQUOTES",
        ),
        _flag,
    ),
    **dict.fromkeys(("REGION", "DELIMITER", "QUOTE", "FIXEDWIDTH", "ENCODING"), _text),
    **dict.fromkeys(("MAXERROR", "COMPROWS", "IGNOREHEADER", "READRATIO"), _number),
    **dict.fromkeys(("COMPUPDATE", "STATUPDATE"), _switch),
    "NOLOAD": _flag,
    "NULL": _text,
    "TIMEFORMAT": _text,
    "DATEFORMAT": _optional_text("auto"),
    "ACCEPTINVCHARS": _optional_text("?"),
}  # fmt: skip
UNLOAD_OPTIONS: dict[str, Reader] = {
    **dict.fromkeys(
        ("HEADER", "ALLOWOVERWRITE", "CLEANPATH", "GZIP", "BZIP2", "ZSTD", "ADDQUOTES", "ESCAPE", "ENCRYPTED"), _flag
    ),
    **dict.fromkeys(("REGION", "DELIMITER", "EXTENSION", "KMS_KEY_ID"), _text),
    "NULL": _text,
    "PARALLEL": _switch,
    "MANIFEST": _manifest,
    "MAXFILESIZE": _size,
    "ROWGROUPSIZE": _size,
}
