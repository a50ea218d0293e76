"""Redshift SQL as PostgreSQL reads it: the client's text, changed where the prelude cannot teach PostgreSQL."""

from collections.abc import Callable

from sqlglot.tokenizer_core import TokenType

from redshift_stand_in.contract import Refused
from redshift_stand_in.sql.select import rewrite_select
from redshift_stand_in.sql.statement import Statement, quoted

# Developer Guide: Dateparts for date or timestamp functions.
DATE_PARTS = {
    name: part
    for part, names in {
        "millennium": "millennium millennia mil mils",
        "century": "century centuries c cent cents",
        "decade": "decade decades dec decs",
        "epoch": "epoch",
        "year": "year years y yr yrs",
        "quarter": "quarter quarters qtr qtrs",
        "month": "month months mon mons",
        "week": "week weeks w",
        "dow": "dow dayofweek dw weekday",
        "doy": "doy dayofyear dy yearday",
        "day": "day days d",
        "hour": "hour hours h hr hrs",
        "minute": "minute minutes m min mins",
        "second": "second seconds s sec secs",
        "milliseconds": "millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon",
        "microseconds": "microsecond microseconds microsec microsecs usec usecs usecond useconds us",
        "timezone": "timezone",
        "timezone_hour": "timezone_hour",
        "timezone_minute": "timezone_minute",
    }.items()
    for name in names.split()
}

VARCHARS = {"varchar", "nvarchar", "character varying", "text"}
CHARS = {"char", "character", "nchar", "bpchar"}
NUMERICS = {"decimal", "numeric", "dec"}
TYPES = {"super": "jsonb", "varbyte": "bytea", "varbinary": "bytea"}


class Rewriter:
    """Renders parts of a statement; a part is given by the indexes of its first token and of the one after its last."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._calls: dict[str, Callable[[int], tuple[str, int]]] = {
            "cast": self._cast,
            "convert": self._convert,
            "date_part": self._date_part,
            "date_trunc": self._date_call,
            "dateadd": self._date_call,
            "datediff": self._date_call,
            "decode": self._decode,
            "extract": self._extract,
            "grouping_id": self._grouping_id,
            "listagg": self._listagg,
            "nvl": self._nvl,
            "nvl2": self._nvl2,
            "try_cast": self._try_cast,
        }

    def all(self) -> str:
        """The whole statement."""
        return self.render(0, len(self.statement.tokens))

    def render(self, start: int, end: int) -> str:
        """The text of a part, with the blanks and comments between its tokens."""
        parts: list[str] = []
        index = start
        while index < end:
            gap_from = self.statement.tokens[index - 1].end + 1 if index > start else self.statement.tokens[index].start
            parts.append(self.statement.sql[gap_from : self.statement.tokens[index].start])
            piece, index = self._next(index, end)
            parts.append(piece)
        return "".join(parts)

    def _next(self, index: int, end: int) -> tuple[str, int]:
        statement, token = self.statement, self.statement.tokens[index]
        word, source = statement.word(index), statement.source(index)
        match token.token_type:
            case TokenType.STRING:
                # Redshift reads backslashes as escapes, as PostgreSQL does after an E.
                return (f"E{source}" if source.startswith("'") and "\\" in source else source), index + 1
            case TokenType.IDENTIFIER:
                return quoted(token.text), index + 1
            case TokenType.DCOLON:
                kind, after = self.type(index + 1)
                return f"::{kind}", after
            case TokenType.SELECT:
                return rewrite_select(statement, self.render, index, end) or (source, index + 1)
        if word.startswith("#") and len(word) > 1:
            is_made = statement.head != "insert" and statement.word(index - 1) == "into"
            return f"temp {quoted(word)}" if is_made else quoted(word), index + 1
        if statement.word(index - 1) == ".":
            return source, index + 1
        if word in self._calls and statement.word(index + 1) == "(":
            return self._calls[word](index)
        if word == "sysdate" and statement.word(index + 1) != "(" and statement.word(index - 1) != "as":
            return "sysdate()", index + 1
        if word == "minus":
            return "except", index + 1
        if word == "approximate" and statement.word(index + 1) in ("count", "percentile_disc"):
            return "", index + 1
        return source, index + 1

    # Types

    def type(self, index: int) -> tuple[str, int]:
        """The type which is named here, with the lengths Redshift assumes (Developer Guide: Data types)."""
        statement, word = self.statement, self.statement.word(index)
        has_size = statement.word(index + 1) == "("
        size = self.render(index + 2, statement.closing(index + 1)).lower() if has_size else ""
        after = statement.closing(index + 1) + 1 if has_size else index + 1
        if word in VARCHARS:
            length = {"": 256, "max": 65535}.get(size) or int(size)
            return f"varchar({_checked(length, 65535, 'character varying')})", after
        if word in CHARS:
            length = {"": 256 if word == "bpchar" else 1, "max": 4096}.get(size) or int(size)
            return f"char({_checked(length, 4096, 'character')})", after
        if word in NUMERICS:
            return f"numeric({size or '18, 0'})", after
        if word in TYPES:
            return TYPES[word], after
        return self.render(index, after), after

    def _cast(self, name: int) -> tuple[str, int]:
        end = self.statement.closing(name + 1)
        as_ = self.statement.find(name + 2, end, "as")
        if as_ is None:
            return self.statement.source(name), name + 1
        kind, after = self.type(as_ + 1)
        return f"cast({self.render(name + 2, as_)} as {kind}{self._rest(after, end)})", end + 1

    def _try_cast(self, name: int) -> tuple[str, int]:
        end = self.statement.closing(name + 1)
        as_ = self.statement.find(name + 2, end, "as") or end
        kind, after = self.type(as_ + 1)
        kind += self._rest(after, end)
        return f"cast(redshift.try_cast(({self.render(name + 2, as_)})::text, null::{kind}) as {kind})", end + 1

    def _convert(self, name: int) -> tuple[str, int]:
        end = self.statement.closing(name + 1)
        kind, after = self.type(name + 2)
        comma = self.statement.find(after, end, ",") or end
        return f"cast({self.render(comma + 1, end)} as {kind}{self._rest(after, comma)})", end + 1

    def _rest(self, start: int, end: int) -> str:
        return f" {self.render(start, end)}" if start < end else ""

    # Calls which PostgreSQL's grammar does not take as Redshift writes them

    def _part(self, index: int) -> str:
        written = self.statement.tokens[index].text
        return f"'{DATE_PARTS.get(written.lower(), written)}'"

    def _date_call(self, name: int) -> tuple[str, int]:
        ((part, _), *others), after = self.statement.arguments(name)
        rendered = ", ".join(self.render(*other) for other in others)
        return f"{self.statement.source(name)}({self._part(part)}, {rendered})", after

    def _date_part(self, name: int) -> tuple[str, int]:
        text, after = self._date_call(name)
        return f"redshift.pgdate_part{text[len('date_part') :]}", after

    def _extract(self, name: int) -> tuple[str, int]:
        end = self.statement.closing(name + 1)
        return f"redshift.date_part({self._part(name + 2)}, {self.render(name + 4, end)})", end + 1

    def _grouping_id(self, name: int) -> tuple[str, int]:
        return "grouping", name + 1

    def _nvl(self, name: int) -> tuple[str, int]:
        return "coalesce", name + 1

    def _nvl2(self, name: int) -> tuple[str, int]:
        arguments, after = self.statement.arguments(name)
        value, given, missing = (self.render(*argument) for argument in arguments)
        return f"(case when ({value}) is not null then {given} else {missing} end)", after

    def _decode(self, name: int) -> tuple[str, int]:
        arguments, after = self.statement.arguments(name)
        value, *pairs = [self.render(*argument) for argument in arguments]
        otherwise = f" else {pairs.pop()}" if len(pairs) % 2 else ""
        arms = [
            # Two nulls count as equal (Developer Guide: DECODE).
            f"when ({value}) is not distinct from ({found}) then {result}"
            for found, result in zip(pairs[::2], pairs[1::2], strict=True)
        ]
        return f"(case {' '.join(arms)}{otherwise} end)", after

    def _listagg(self, name: int) -> tuple[str, int]:
        statement = self.statement
        (value, *delimiter), after = statement.arguments(name)
        distinct = "distinct " if statement.word(value[0]) == "distinct" else ""
        text = f"({self.render(value[0] + bool(distinct), value[1])})::text"
        order = ""
        if statement.has(after, "within", "group", "("):
            end = statement.closing(after + 2)
            order = f" {self.render(after + 3, end)}"
            if distinct:
                # PostgreSQL sorts distinct values by the value itself.
                order = order.replace(text[1:-7], text)
            after = end + 1
        by = self.render(*delimiter[0]) if delimiter else "''"
        aggregate = f"string_agg({distinct}{text}, {by}{order})"
        return (aggregate if statement.word(after) == "over" else f"redshift.listagg({aggregate})"), after


def _checked(length: int, most: int, name: str) -> int:
    if not 0 < length <= most:
        raise Refused("22023", f"length for type {name} must be between 1 and {most}")
    return length
