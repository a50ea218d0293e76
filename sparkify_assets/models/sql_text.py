"""Files of `sql/` as text: their statements, comments and header lines, and the tables which a query reads."""

import itertools
import re
from collections.abc import Iterable, Mapping
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from sparkify_assets.errors import SparkifyError

DIALECT = "redshift"
_OPTION = re.compile(r"(?P<name>load|check|source|severity|default): (?P<value>.+)")
_WITH = re.compile(r"with\s+", re.IGNORECASE)


class ModelError(SparkifyError):
    """A file under `sql/` is not written as it has to be; names the file and the fix."""


def statements(text: str) -> list[str]:
    """The statements of a file as written, each with the comments above it, without semicolons."""
    alone = text.strip().removesuffix(";").rstrip()
    if ";" not in alone:  # as in most checks; the tokenizer costs time at each start
        return [alone] if alone else []
    try:
        tokens = sqlglot.tokenize(text, read=DIALECT)
    except SqlglotError as error:
        raise _as_model_error(error) from error
    ends = [token.start for token in tokens if token.token_type is TokenType.SEMICOLON]
    starts = [0, *(end + 1 for end in ends)]
    parts = [text[start:end].strip() for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def leading_comment(statement: str) -> list[str]:
    """The lines of the comment above a statement, without their dashes."""
    lines = itertools.takewhile(lambda line: line.startswith("--"), statement.splitlines())
    return [line.removeprefix("--").strip() for line in lines]


def without_comment(statement: str) -> str:
    """The statement without the comment above it."""
    return "\n".join(statement.splitlines()[len(leading_comment(statement)) :])


def header(statement: str) -> tuple[str, dict[str, list[str]]]:
    """The description above a statement, and its options (`load: days`), each with all its values."""
    description, options = [], dict[str, list[str]]()
    for line in leading_comment(statement):
        if option := _OPTION.fullmatch(line):
            options.setdefault(option["name"], []).append(option["value"])
        else:
            description.append(line)
    return "\n".join(description), options


@cache
def parse(statement: str) -> exp.Expr:
    """The syntax tree of a statement, shared by all callers: copy it before a change.

    Raises ModelError in the words of the parser.
    """
    try:
        return sqlglot.parse_one(statement, read=DIALECT)
    except SqlglotError as error:
        raise _as_model_error(error) from error


def _as_model_error(error: SqlglotError) -> ModelError:
    return ModelError(f"fix the SQL: {str(error).splitlines()[0]}")


def tables_read(statement: str) -> frozenset[str]:
    """Names of the tables which a statement reads, without its own common table expressions."""
    tree = parse(statement)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    target = tree.find(exp.Table) if isinstance(tree, (exp.Create, exp.Insert)) else None
    return frozenset(table.name for table in tree.find_all(exp.Table) if table is not target) - own


def with_queries(statement: str, queries: Mapping[str, str]) -> str:
    """The statement with those of the named queries which it reads, put in front as common table expressions."""
    needed = _needed(tables_read(statement), queries)
    if not needed:
        return statement
    prefix, query = _split_create(statement)
    expressions = ",\n".join(f"{name} as (\n{queries[name]}\n)" for name in needed)
    own = _WITH.match(query)
    return f"{prefix}with {expressions}{',' if own else ''}\n{query[own.end() :] if own else query}"


def _needed(read: Iterable[str], queries: Mapping[str, str]) -> list[str]:
    """Those of the queries which are read, after those which they read themselves."""
    ordered: list[str] = []
    for name in sorted(set(read) & queries.keys()):
        ordered += [n for n in (*_needed(tables_read(queries[name]), queries), name) if n not in ordered]
    return ordered


def _split_create(statement: str) -> tuple[str, str]:
    """What stands before the query of a statement (comment, CREATE .. AS or INSERT ..), and the query."""
    comment = "".join(f"{line}\n" for line in statement.splitlines()[: len(leading_comment(statement))])
    rest = statement[len(comment) :]
    found = re.match(r"create\s+temp\s+table\s+\w+\s+as\s+", rest, re.IGNORECASE)
    head = found.group() if found else ""
    return comment + head, rest[len(head) :]
