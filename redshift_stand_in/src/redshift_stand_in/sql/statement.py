"""One statement as it was sent: its tokens with their indexes in the text, and its tree where sqlglot can read it."""

import logging
import re
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

DIALECT = "redshift"

# sqlglot reads what follows these as one opaque text.
OPAQUE = {
    "analyze", "call", "close", "copy", "declare", "explain", "fetch", "lock", "refresh", "reset", "show", "unload",
    "vacuum",
}  # fmt: skip

# Developer Guide: Reserved words.
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
    disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
    from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect
    interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16
    mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps
    parallel partition percent permissions pivot placing primary qualify raw readratio recover references rejectlog
    resort respect restore right select session_user similar snapshot some sysdate system table tag tdes text255 text32k
    then timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose wallet when where
    with without
    """,
    )
)

_COMMENTS = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_LITERAL = re.compile(r"('(?:[^']|'')*')|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"\w+")
_SYSTEM_TABLE = re.compile(r"(pg|svv|svl|stl|stv|sys|svcs)_")
_SYSTEM_SCHEMAS = {"information_schema", "pg_catalog"}


class Statement:
    """`sql` is the text without the comments and blanks before it, and without semicolons at its end."""

    def __init__(self, sql: str) -> None:
        self.sql = sql[_start(sql) :].rstrip("; \t\r\n")

    @cached_property
    def head(self) -> str:
        """The first word in lower case, which names the kind of statement."""
        found = _WORD.match(self.sql)
        return found[0].lower() if found else ""

    @cached_property
    def tokens(self) -> list[Token]:
        """None of an opaque statement, nor of one which sqlglot cannot tokenize: PostgreSQL has the better error."""
        if self.head in OPAQUE:
            return []
        try:
            return sqlglot.tokenize(self.sql, read=DIALECT)
        except SqlglotError:
            return []

    @cached_property
    def tree(self) -> exp.Expr | None:
        """None where sqlglot cannot read it."""
        if not self.tokens:
            return None
        logger = logging.getLogger("sqlglot")
        level = logger.level
        logger.setLevel(logging.ERROR)
        try:
            return sqlglot.parse_one(self.sql, read=DIALECT)
        except (SqlglotError, RecursionError):
            return None
        finally:
            logger.setLevel(level)

    @cached_property
    def named_tables(self) -> tuple[str, ...]:
        """Tables and views which are no part of the system, as PostgreSQL text."""
        if self.tree is None:
            return ()
        local = {cte.alias.lower() for cte in self.tree.find_all(exp.CTE)}
        found = [
            table
            for table in self.tree.find_all(exp.Table)
            if isinstance(table.this, exp.Identifier)
            and not (table.name.lower() in local and not table.db)
            and not _SYSTEM_TABLE.match(table.name.lower())
            and table.db.lower() not in _SYSTEM_SCHEMAS
        ]
        return tuple(dict.fromkeys(pg_name(*(part for part in (table.db, table.name) if part)) for table in found))

    def word(self, index: int) -> str:
        """The token in lower case; empty for strings, quoted names, and beyond the end."""
        if not 0 <= index < len(self.tokens):
            return ""
        token = self.tokens[index]
        return "" if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER) else token.text.lower()

    def has(self, index: int, *words: str) -> bool:
        """Whether these words begin at this index."""
        return all(self.word(index + offset) == word for offset, word in enumerate(words))

    def source(self, index: int) -> str:
        """The token as written."""
        return self.sql[self.tokens[index].start : self.tokens[index].end + 1]

    def closing(self, opening: int) -> int:
        """The index of the parenthesis which closes the one at `opening`, or the end."""
        depth = 0
        for index in range(opening, len(self.tokens)):
            depth += {"(": 1, ")": -1}.get(self.word(index), 0)
            if depth == 0:
                return index
        return len(self.tokens)

    def find(self, start: int, end: int, *words: str) -> int | None:
        """The first index outside of parentheses of one of these words."""
        index = start
        while index < end:
            word = self.word(index)
            if word in words:
                return index
            index = self.closing(index) + 1 if word == "(" else index + 1
        return None

    def split(self, start: int, end: int) -> list[tuple[int, int]]:
        """The parts between commas outside of parentheses."""
        parts = []
        while start < end:
            comma = self.find(start, end, ",")
            parts.append((start, end if comma is None else comma))
            start = end if comma is None else comma + 1
        return parts

    def arguments(self, name: int) -> tuple[list[tuple[int, int]], int]:
        """Arguments of the call whose name is at this index, the index after it. Raises ValueError if it is open."""
        end = self.closing(name + 1)
        if end == len(self.tokens):
            raise ValueError(f"no parenthesis closes that of {self.source(name)}")
        return self.split(name + 2, end), end + 1

    def name(self, index: int) -> tuple[tuple[str, ...], int]:
        """The parts of a name, folded to lower case as Redshift does even in quotes, and the index after it."""
        parts = [self.tokens[index].text.lower()]
        index += 1
        while self.word(index) == ".":
            parts.append(self.tokens[index + 1].text.lower())
            index += 2
        return tuple(parts), index


def with_escaped_backslashes(sql: str) -> str:
    """A text whose literals take a backslash for itself, as one whose literals take it for an escape."""
    return _LITERAL.sub(lambda found: found[0].replace("\\", "\\\\") if found[1] else found[0], sql)


def pg_name(*parts: str) -> str:
    """A name as PostgreSQL text."""
    return ".".join(
        part.lower()
        if re.fullmatch(r"[a-z_][a-z0-9_]*", part.lower()) and part.lower() not in RESERVED
        else quoted(part)
        for part in parts
    )


def quoted(name: str) -> str:
    """A name in quotes, in lower case."""
    return '"' + name.lower().replace('"', '""') + '"'


def _start(sql: str) -> int:
    found = _COMMENTS.match(sql)
    return found.end() if found else 0
