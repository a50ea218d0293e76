"""Whether two warehouses hold the same rows in a table: the engines count and hash, and few rows are fetched."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sparkify_assets.comparing.fingerprints import fingerprint
from sparkify_assets.loading.table_facts import count
from sparkify_assets.models.ddl import Column
from sparkify_assets.models.model import Model
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import Rows, Session, Warehouse
from sparkify_assets.warehouse.tables import stored_columns

Record = dict[str, Any]
Pair = tuple[Record | None, Record | None]

SHOWN_ROWS = 10
# A bucket of a table of millions has a few thousand rows, which is what is fetched at once.
_BUCKETS = 1024


@dataclass(frozen=True)
class TableDiff:
    """A table in two warehouses.

    `rows` are their numbers, None where there is no such table. `problem` says why rows cannot be compared, and
    calls the two A and B.
    `differing` are the first rows which one of them lacks, beside the row of the same key in the other.
    """

    table: str
    rows: tuple[int | None, int | None]
    problem: str = ""
    differing: list[Pair] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether both hold the same rows."""
        return not self.problem and not self.differing


def compared_tables() -> list[Model]:
    """The tables of `sql/`, without those in which loads remember what they did: these are of one warehouse."""
    return [model for model in models().values() if model.group != "state"]


def compare(left: Warehouse, right: Warehouse, tables: Sequence[Model]) -> list[TableDiff]:
    """Compare these tables, without the columns which an engine makes up, each side in one transaction."""
    own_hash = left.hash_function if left.hash_function == right.hash_function else None

    def both(one: Session, other: Session) -> list[TableDiff]:
        stored, others = stored_columns(one, left.schema_name), stored_columns(other, right.schema_name)
        return [
            _compare(
                _Side(one, model, stored.get(model.name), own_hash),
                _Side(other, model, others.get(model.name), own_hash),
            )
            for model in tables
        ]

    return left.run(lambda one: right.run(lambda other: both(one, other)))


class _Side:
    """A table in one of the warehouses; `stored` are the names of its columns there, in lower case."""

    def __init__(self, session: Session, model: Model, stored: Rows | None, own_hash: str | None) -> None:
        self.session, self.model = session, model
        self.stored = {str(column).lower() for column, *_ in stored.rows} if stored else set()
        self.columns = [column for column in model.columns if not column.identity]
        self.key = _key(model)

        def hashed(columns: Sequence[Column]) -> str:
            return f"{own_hash}({', '.join(one.name for one in columns)})" if own_hash else fingerprint(columns)

        self._row = hashed(self.columns)
        self._bucket = f"mod({hashed(self.key or self.columns)}, {_BUCKETS})"

    def size(self) -> int | None:
        """Number of its rows; None if there is no such table."""
        return count(self.session, self.model) if self.stored else None

    def buckets(self) -> dict[int, tuple[int, int]]:
        """Of each bucket the number of its rows, and the sum of their hashes."""
        found = self.session.fetch(
            f"select bucket, count(*) as found, sum(hashed) as total from (select {self._bucket} as bucket, "
            f"{self._row} as hashed from {self.model.name}) as hashes group by bucket"
        )
        return {int(bucket): (int(count), int(total)) for bucket, count, total in found.rows}

    def rows_of(self, bucket: int) -> dict[int, list[Record]]:
        """The rows of a bucket, by their hash."""
        names = [column.name for column in self.columns]
        found = self.session.fetch(
            f"select {self._row} as hashed, {', '.join(names)} from {self.model.name} where {self._bucket} = {bucket}"
        )
        rows: dict[int, list[Record]] = {}
        for hashed, *values in found.rows:
            rows.setdefault(int(hashed), []).append(dict(zip(names, values, strict=True)))
        return rows


def _compare(left: _Side, right: _Side) -> TableDiff:
    name = left.model.name
    if problem := _problem({"A": left, "B": right}):
        return TableDiff(name, (left.size(), right.size()), problem)
    one, other = left.buckets(), right.buckets()
    sizes = [sum(rows for rows, _ in found.values()) for found in (one, other)]
    unlike = sorted(bucket for bucket in one.keys() | other.keys() if one.get(bucket) != other.get(bucket))
    return TableDiff(name, (sizes[0], sizes[1]), differing=list(_first(left, right, unlike)))


def _problem(sides: Mapping[str, _Side]) -> str:
    """Why the rows cannot be compared; nothing if they can."""
    if missing := [name for name, side in sides.items() if not side.stored]:
        return f"no such table in {' and '.join(missing)}"
    for name, side in sides.items():
        if lacking := sorted({column.name.lower() for column in side.columns} - side.stored):
            return f"no column {', '.join(lacking)} in {name}"
    return ""


def _first(left: _Side, right: _Side, buckets: Sequence[int]) -> Iterator[Pair]:
    shown = 0
    for bucket in buckets:
        for pair in _pairs(left.rows_of(bucket), right.rows_of(bucket), [column.name for column in left.key]):
            yield pair
            shown += 1
            if shown == SHOWN_ROWS:
                return


def _pairs(left: dict[int, list[Record]], right: dict[int, list[Record]], key: Sequence[str]) -> Iterator[Pair]:
    counts = [Counter({hashed: len(rows) for hashed, rows in side.items()}) for side in (left, right)]
    only_left = [left[hashed][0] for hashed in (counts[0] - counts[1]).elements()]
    only_right = [right[hashed][0] for hashed in (counts[1] - counts[0]).elements()]
    by_key = {tuple(row[name] for name in key): row for row in only_right} if key else {}
    for row in only_left:
        yield row, by_key.pop(tuple(row[name] for name in key), None)
    rest = by_key.values() if key else only_right
    yield from ((None, row) for row in rest)


def _key(model: Model) -> list[Column]:
    made_up = {column.name for column in model.columns if column.identity}
    keys = [key for key in (model.primary_key, *model.unique) if key and not made_up & {*key}]
    return [column for column in model.columns if keys and column.name in keys[0]]
