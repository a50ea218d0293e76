"""What a column holds of a raw JSON text, as DuckDB SQL."""

import re

from sparkify_assets.lake.sources import Usable
from sparkify_assets.models.ddl import Column

_EXPONENT = "[eE][+-]?[0-9]+"
# -0 comes as 0.
_REWRITTEN = rf"0|[\[{{].*|-[0-9].*|[0-9]+([.][0-9]+({_EXPONENT})?|{_EXPONENT})"
_PATTERN_SIGNS = re.compile(r"[*?\[]")


def typed_value(column: Column, raw: str) -> str:
    """The typed value; as in COPY, an empty string is null unless the column holds text."""
    return raw if column.byte_limit else f"try_cast(nullif({raw}, '') as {column.type})"


def is_plainly_held(column: Column, usable: Usable | None, raw: str, value: str) -> str:
    """Whether a column holds a raw text, as SQL which is true, or else false or null.

    Not true of a text which may not be what the file has: DuckDB writes a float and a nested value anew.
    """
    if column.byte_limit:
        holds = f"strlen({raw}) <= {column.byte_limit} and not contains({raw}, chr(0)) and {_is_as_written(raw)}"
    elif column.type == "DOUBLE PRECISION":
        holds = f"isfinite({value})"
    else:
        # A cast alone would round 1.5; most texts are settled by the cheaper comparison.
        holds = f"(cast({value} as varchar) = {raw} or ({value} is not null and {_is_whole(raw)}))"
    if usable:
        holds += f" and {value} between {usable.lowest} and {usable.highest}"
    if not column.nullable:
        return holds
    return f"{raw} is null or {holds}" + ("" if column.byte_limit else f" or {raw} = ''")


def _is_as_written(raw: str) -> str:
    # Most texts begin with a letter, the cheapest to tell: the pattern is tried on what begins like a number or a list.
    return (
        f"case when {raw} >= ':' and {raw} < '[' then true when {raw} >= '\\' and {raw} < '{{' then true "
        f"when {raw} < '-' then true else not regexp_full_match({raw}, '{_REWRITTEN}', 's') end"
    )


def _is_whole(raw: str) -> str:
    return rf"regexp_full_match({raw}, '\s*[+-]?\d+\s*')"


def identifier(name: str) -> str:
    """A name as a SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal_path(path: str) -> str:
    """A path in which nothing is a pattern to DuckDB; empty if there is no way to write it so."""
    return "" if "\\" in path else _PATTERN_SIGNS.sub(r"[\g<0>]", path)
