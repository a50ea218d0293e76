"""QUALIFY and TOP, which PostgreSQL lacks."""

from collections.abc import Callable

from sqlglot.tokenizer_core import TokenType

from redshift_stand_in.sql.statement import Statement, quoted

_SET_OPERATORS = ("union", "except", "minus", "intersect")
_NAMES = (TokenType.VAR, TokenType.IDENTIFIER)
Render = Callable[[int, int], str]
"""The text for PostgreSQL of a part of the statement; see Rewriter.render."""


def rewrite_select(statement: Statement, render: Render, start: int, end: int) -> tuple[str, int] | None:
    """The SELECT which begins here, and the index after it; None if it has neither QUALIFY nor TOP."""
    stop = statement.find(start + 1, end, ")", *_SET_OPERATORS) or end
    qualify = statement.find(start, stop, "qualify")
    is_distinct = statement.word(start + 1) == "distinct"
    first = start + 2 if statement.word(start + 1) in ("distinct", "all") else start + 1
    limit = ""
    if statement.word(first) == "top":
        limit = f" limit {statement.source(first + 1)}"
        first += 2
    if qualify is not None:
        text = _Qualified(statement, render, first, qualify, stop, is_distinct).text()
    elif limit:
        text = f"select {'distinct ' if is_distinct else ''}{render(first, stop)}"
    else:
        return None
    beside = statement.word(stop) in _SET_OPERATORS or statement.word(start - 1) in (*_SET_OPERATORS, "all")
    return (f"({text}{limit})" if beside else f"{text}{limit}"), stop


class _Qualified:
    """Rows with the condition as one more column, and around them a SELECT which keeps those where it holds.

    Its first column is at `first`. The condition and ORDER BY may name aliases of the SELECT list: their values
    replace them.
    """

    def __init__(
        self, statement: Statement, render: Render, first: int, qualify: int, stop: int, is_distinct: bool
    ) -> None:
        self.statement, self.render = statement, render
        self.first, self.qualify, self.stop, self.is_distinct = first, qualify, stop, is_distinct
        self.values: dict[str, str] = {}

    def text(self) -> str:
        find = self.statement.find
        source = find(self.first, self.qualify, "from") or self.qualify
        order = find(self.qualify, self.stop, "order by", "limit", "offset") or self.stop
        limit = find(order, self.stop, "limit", "offset") or self.stop
        inner, outer = [], []
        for number, (low, high) in enumerate(self.statement.split(self.first, source)):
            alias = f"c{number}_"
            if self.statement.word(high - 1) == "*":
                tables = [self.statement.source(low)] if high - low > 1 else self._tables(source + 1)
                inner += [f"{table} as {alias}{index}" for index, table in enumerate(tables)]
                outer += [f"(kept_.{alias}{index}).*" for index in range(len(tables))]
            else:
                value, name = self._column(low, high)
                inner.append(f"{value} as {alias}")
                outer.append(f"kept_.{alias} as {quoted(name)}")
                self.values[name] = value
        condition = self._with_values(self.qualify + 1, order)
        return (
            f"select {'distinct ' if self.is_distinct else ''}{', '.join(outer)} "
            f"from (select {', '.join(inner)}, ({condition}) as is_kept_ "
            f"{self.render(source, self.qualify)} {self._with_values(order, limit)}) as kept_ "
            f"where kept_.is_kept_ {self.render(limit, self.stop)}"
        ).rstrip()

    def _column(self, low: int, high: int) -> tuple[str, str]:
        """A column of the SELECT list: its value, and the name which PostgreSQL would give it."""
        statement, render = self.statement, self.render
        last = statement.tokens[high - 1]
        before = statement.word(high - 2) if high - low > 1 else "."
        if before == "as":
            return render(low, high - 2), last.text.lower()
        if last.token_type in _NAMES and before not in (".", "::"):
            return render(low, high - 1), last.text.lower()
        if before == "." and high - low in (1, 3):
            return render(low, high), last.text.lower()
        is_call = statement.word(low + 1) == "("
        return render(low, high), statement.word(low) if is_call else "?column?"

    def _with_values(self, start: int, end: int) -> str:
        statement = self.statement
        parts = []
        run = start
        for index in range(start, end):
            token = statement.tokens[index]
            alone = statement.word(index - 1) != "." and statement.word(index + 1) not in (".", "(")
            if token.token_type in _NAMES and alone and token.text.lower() in self.values:
                parts += [self.render(run, index), f"({self.values[token.text.lower()]})"]
                run = index + 1
        return " ".join([*parts, self.render(run, end)])

    def _tables(self, index: int) -> list[str]:
        """The names by which the tables of the FROM are known."""
        statement = self.statement
        stop = statement.find(index, self.qualify, "where", "group by", "having") or self.qualify
        names = []
        for_join: int | None = index
        while for_join is not None:
            if statement.word(for_join) == "(":
                name, after = "", statement.closing(for_join) + 1
            else:
                (*_, name), after = statement.name(for_join)
            after += statement.word(after) == "as"
            has_alias = after < stop and statement.tokens[after].token_type in _NAMES
            names.append(quoted(statement.tokens[after].text if has_alias else name))
            join = statement.find(after, stop, ",", "join")
            for_join = None if join is None else join + 1
        return names
