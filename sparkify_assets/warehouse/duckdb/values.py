"""What a column holds of a JSON value which DuckDB gives as text, and whether that is as written; as DuckDB SQL."""

import re

from sparkify_assets.lake.sources import Usable
from sparkify_assets.models.ddl import Column

_EXPONENT = "[eE][+-]?[0-9]+"
# -0 comes as 0.
_REWRITTEN = rf"0|[\[{{].*|-[0-9].*|[0-9]+([.][0-9]+({_EXPONENT})?|{_EXPONENT})"
_PATTERN_SIGNS = re.compile(r"[*?\[]")


def typed_value(column: Column, raw: str) -> str:
    """What a column of numbers holds of a raw text; as in COPY, null of an empty one."""
    return f"try_cast(nullif({raw}, '') as {column.type})"


def is_number(column: Column, usable: Usable | None, raw: str, value: str) -> str:
    """Whether a column of numbers holds a raw text, as SQL which is true, or else false or null."""
    if column.type == "DOUBLE PRECISION":
        holds = f"isfinite({value})"
    else:
        # A cast alone would round 1.5; most texts are settled by the cheaper comparison.
        holds = f"(cast({value} as varchar) = {raw} or ({value} is not null and {_is_whole(raw)}))"
    if usable:
        holds += f" and {value} between {usable.lowest} and {usable.highest}"
    return f"{raw} is null or {raw} = '' or {holds}" if column.nullable else holds


def is_as_written(column: Column) -> str:
    """Whether a stored text, or null, surely is the one in the file, as SQL which is true or false.

    Not of a text which its column may not hold, nor of one like a float or a nested value: DuckDB writes those anew.
    """
    text = identifier(column.name)
    # Most texts begin with a letter, the cheapest to tell: the pattern is tried on what begins like a number or a list.
    is_plain = (
        f"case when {text} >= ':' and {text} < '[' then true when {text} >= '\\' and {text} < '{{' then true "
        f"when {text} < '-' then true else not regexp_full_match({text}, '{_REWRITTEN}', 's') end"
    )
    # DuckDB tells the first two of each text in a dictionary once, and of null all three are null.
    return (
        f"(strlen({text}) <= {column.byte_limit}) is not false and contains({text}, chr(0)) is not true "
        f"and ({is_plain}) is not false"
    )


def _is_whole(raw: str) -> str:
    return rf"regexp_full_match({raw}, '\s*[+-]?\d+\s*')"


def identifier(name: str) -> str:
    """A name as a SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal_path(path: str) -> str:
    """A path in which nothing is a pattern to DuckDB; empty if there is no way to write it so."""
    return "" if "\\" in path else _PATTERN_SIGNS.sub(r"[\g<0>]", path)
