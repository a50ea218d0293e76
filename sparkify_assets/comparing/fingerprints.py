"""A number for the values of a row, in Redshift SQL, the same on every engine."""

from collections.abc import Iterable

from sparkify_assets.models.ddl import Column

# Of the 32 digits of MD5, as many as a bigint holds.
_HEX_DIGITS = 15
# Doubles are compared to the millionth: engines do not write all of their digits alike. Whole part and fraction go
# apart, since some make a decimal of the first 15 digits of a double alone.
_DOUBLE = (
    "case when abs({0}) < 1e15 then cast(cast(floor({0}) as decimal(38, 0)) as varchar(64)) || '.' || "
    "cast(cast(floor(({0} - floor({0})) * 1000000) as decimal(38, 0)) as varchar(64)) "
    "else cast({0} as varchar(64)) end"
)


def fingerprint(columns: Iterable[Column]) -> str:
    """An expression of whole numbers, which differ where a value of these columns does; null is a value too."""
    text = " || ".join(map(_part, columns))
    return f"strtol(substring(md5({text}), 1, {_HEX_DIGITS}), 16)"


def _part(column: Column) -> str:
    """The value with its length before it, so that no two rows read alike; nothing for null."""
    text = _text(column)
    return f"coalesce(cast(len({text}) as varchar(16)) || ':' || {text}, '-')"


def _text(column: Column) -> str:
    if column.byte_limit:
        return column.name
    if column.type == "DOUBLE PRECISION":
        return _DOUBLE.format(column.name)
    if column.type == "TIMESTAMP":
        return f"to_char({column.name}, 'YYYY-MM-DD HH24:MI:SS.US')"
    if column.type == "DATE":
        return f"to_char({column.name}, 'YYYY-MM-DD')"
    return f"cast({column.name} as varchar(64))"
