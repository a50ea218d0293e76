"""Ways to find in a statement what Redshift refuses; the rules are in refusals.py."""

from collections.abc import Callable

from sqlglot import exp

from redshift_stand_in.sql.statement import Statement

Finder = Callable[[Statement], str | None]
"""What breaks the rule, as written in the statement; None if nothing does."""


def words(*texts: str, at: int = 0, head: str = "") -> Finder:
    """Words in a row, in statements which begin with `head`; the error names the one `at` this index."""
    sequences = [text.split() for text in texts]

    def find(statement: Statement) -> str | None:
        if head and statement.head != head:
            return None
        for index in range(len(statement.tokens)):
            for sequence in sequences:
                if statement.has(index, *sequence) and statement.word(index - 1) not in (".", "as"):
                    return statement.source(index + (at if at < len(sequence) else 0))
        return None

    return find


def begins(*texts: str) -> Finder:
    """A statement which begins so."""

    def find(statement: Statement) -> str | None:
        for text in texts:
            if statement.sql.lower().split()[: len(text.split())] == text.split():
                return text.upper()
        return None

    return find


def calls(*names: str, with_tables: bool = False) -> Finder:
    """A call of one of these functions, perhaps only in a statement which names a table."""

    def find(statement: Statement) -> str | None:
        if with_tables and not statement.named_tables:
            return None
        for index in range(len(statement.tokens)):
            if statement.word(index) in names and statement.word(index + 1) == "(":
                return statement.source(index)
        return None

    return find


def keyword_with_tables(*names: str) -> Finder:
    """One of these words, which are calls without parentheses, in a statement which names a table."""

    def find(statement: Statement) -> str | None:
        if not statement.named_tables:
            return None
        for index in range(len(statement.tokens)):
            if statement.word(index) in names and statement.word(index - 1) not in (".", "as"):
                return statement.source(index)
        return None

    return find


def node(kind: type[exp.Expr], is_wrong: Callable[[exp.Expr], bool], found: str = "") -> Finder:
    """A node of the tree for which `is_wrong` holds."""

    def find(statement: Statement) -> str | None:
        for part in statement.tree.find_all(kind) if statement.tree else ():
            if is_wrong(part):
                return found or part.sql(dialect="redshift")
        return None

    return find
