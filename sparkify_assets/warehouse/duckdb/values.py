"""What a column holds of a raw JSON text, and why it does not, as DuckDB SQL."""

from collections.abc import Iterable

from sparkify_assets.models.ddl import Column
from sparkify_assets.warehouse.base import quoted


def typed_value(column: Column, raw: str) -> str:
    """The typed value; as in COPY, an empty string is null unless the column holds text."""
    return raw if column.byte_limit else f"try_cast(nullif({raw}, '') as {column.type})"


def is_valid(column: Column, raw: str, value: str) -> str:
    """Whether a column holds a raw text, as SQL which is true, or else false or null."""
    if column.byte_limit:
        holds = f"strlen({raw}) <= {column.byte_limit}"
    elif column.type == "DOUBLE PRECISION":
        holds = f"isfinite({value})"
    else:
        # A cast alone would round 1.5; most texts are settled by the cheaper comparison.
        holds = f"cast({value} as varchar) = {raw} or ({value} is not null and {_is_whole(raw)})"
    if not column.nullable:
        return holds
    return f"{raw} is null or {holds}" + ("" if column.byte_limit else f" or {raw} = ''")


def reason(column: Column, raw: str) -> str:
    """Why a raw text does not fit, as SQL which is only right where it does not."""
    missing = (
        f"when coalesce({raw}, '') = '' then 'missing'"
        if not column.byte_limit
        else f"when {raw} is null then 'missing'"
    )
    if column.byte_limit:
        why = f"'longer than {column.byte_limit} bytes'"
    elif column.type == "DOUBLE PRECISION":
        why = "'not a number'"
    else:
        why = f"case when {_is_whole(raw)} then 'out of range for {column.type}' else 'not a whole number' end"
    return f"case {missing} else {why} end"


def _is_whole(raw: str) -> str:
    return rf"regexp_full_match({raw}, '\s*[+-]?\d+\s*')"


def identifier(name: str) -> str:
    """A name as a SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def text_list(texts: Iterable[str]) -> str:
    """Texts as a SQL list."""
    return "[" + ", ".join(map(quoted, texts)) + "]"
