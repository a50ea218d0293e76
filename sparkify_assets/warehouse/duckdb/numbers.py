"""Numbers which the engine reads as numbers: which fields have them, and the proof that each line does.

DuckDB itself rounds 1.5 for an integer, takes true for 1, and makes null of what its type does not hold. So the pass
which proves that each line is strict JSON proves their numbers too; what that refuses is read as text.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from sparkify_assets.lake.records import NOT_PLAIN, opened
from sparkify_assets.lake.sources import Usable
from sparkify_assets.models.ddl import Column

_DOUBLE = "DOUBLE PRECISION"
_LOOKED_AT = 1 << 18
# What the name of a field of a msgspec structure may be.
_NAME = re.compile(r'[^"\\\x00-\x1f]*')
_RECORDS = msgspec.json.Decoder(dict[str, Any])


def fields_of_numbers(path: str, fields: Mapping[str, Column]) -> frozenset[str]:
    """The fields of columns of numbers which the first lines of a file write as numbers; none if they are broken."""
    try:
        with opened(path, by_name=True) as file:
            records = _RECORDS.decode_lines(file.read(_LOOKED_AT).rpartition(b"\n")[0])
    except NOT_PLAIN:
        return frozenset()
    return frozenset(
        name
        for name, column in fields.items()
        if (column.integer_range or column.type == _DOUBLE)
        and _NAME.fullmatch(name)
        and {type(record.get(name)) for record in records} & {int, float}
    )


def decoder_of_lines(
    fields: Mapping[str, Column], usable: Mapping[str, Usable], numbers: frozenset[str]
) -> "msgspec.json.Decoder[Any]":
    """Takes objects whose fields `numbers` are numbers which their columns hold, and of use; or null where they may."""
    columns = ((name, column, usable.get(column.name)) for name, column in fields.items() if name in numbers)
    attributes: list[Any] = [_attribute(index, *column) for index, column in enumerate(columns)]
    return msgspec.json.Decoder(msgspec.defstruct("Line", attributes, kw_only=True, gc=False))


def _attribute(index: int, name: str, column: Column, usable: Usable | None) -> tuple[str, Any, Any]:
    number: Any = float
    if limits := (usable.lowest, usable.highest) if usable else column.integer_range:
        number = Annotated[int, msgspec.Meta(ge=limits[0], le=limits[1])]
    if column.nullable:
        return f"field_{index}", number | None, msgspec.field(default=None, name=name)
    return f"field_{index}", number, msgspec.field(name=name)
