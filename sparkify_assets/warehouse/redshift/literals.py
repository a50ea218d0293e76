"""Values as text of a statement.

Bind variables are sure to be taken in INSERT .. VALUES only: Redshift refuses them in sub-queries, LIMIT and elsewhere
(the driver's maintainers: sqlalchemy-redshift#265, amazon-redshift-python-driver#24). So values are written, typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sqlglot
from sqlglot.tokenizer_core import TokenType

from sparkify_assets.models.ddl import storable
from sparkify_assets.models.sql_text import DIALECT


@dataclass(frozen=True)
class Literals:
    """How a session writes values.

    `backslash` is what is one in quotes: two where they escape, as AWS says, and one where they do not
    (standard_conforming_strings).
    """

    backslash: str

    def quoted(self, text: str) -> str:
        """A text in quotes."""
        return "'" + storable(text).replace("\\", self.backslash).replace("'", "''") + "'"

    def value(self, value: Any) -> str:
        """A value of Python; raises TypeError for a type which no column has."""
        match value:
            case None:
                return "null"
            case bool():
                return str(value).lower()
            case int() | Decimal():
                return f"({value})" if value < 0 else str(value)  # two dashes would begin a comment
            case float():
                return f"cast('{value}' as double precision)"
            case str():
                return self.quoted(value)
            case datetime():
                return f"timestamp '{value.isoformat(' ')}'"
            case date():
                return f"date '{value.isoformat()}'"
        raise TypeError(f"{type(value).__name__} {value!r} cannot be written into a statement.")

    def filled(self, statement: str, values: Mapping[str, Any]) -> str:
        """The statement with the values in the places of the parameters (`:name`) which it names."""
        if not values or ":" not in statement:
            return statement
        parts, start = list[str](), 0
        for colon, end in _parameters(statement):
            if (name := statement[colon + 1 : end]) in values:
                parts += [statement[start:colon], self.value(values[name])]
                start = end
        return "".join([*parts, statement[start:]])


@lru_cache
def _parameters(statement: str) -> tuple[tuple[int, int], ...]:
    """Where each begins and ends; what is in quotes or comments is none."""
    tokens = sqlglot.tokenize(statement, read=DIALECT)
    return tuple(
        (colon.start, name.end + 1)
        for colon, name in pairwise(tokens)
        if colon.token_type is TokenType.COLON and name.start == colon.end + 1
    )
