"""Small numbers of rows which Python knows and the engine does not: manifests and rejects."""

from collections.abc import Mapping, Sequence
from typing import Any

from sparkify_assets.warehouse.base import Session

_AT_ONCE = 1000


def insert_rows(session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert records of equal fields, a thousand in a statement."""
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        values = ", ".join(f"({', '.join(f':{name}_{place}' for name in row)})" for place, row in enumerate(some))
        parameters = {f"{name}_{place}": value for place, row in enumerate(some) for name, value in row.items()}
        session.execute(f"insert into {table} ({', '.join(some[0])}) values {values}", **parameters)
