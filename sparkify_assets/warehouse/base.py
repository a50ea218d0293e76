"""The contract of a warehouse: transactions, statements, and loads of lake files."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import dagster as dg

from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.lake.sources import Source
from sparkify_assets.models.ddl import Column

T = TypeVar("T")

_EXCERPT_CHARACTERS = 120
_ROWS_PER_INSERT, _VALUES_PER_INSERT = 1000, 32_000
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
WHOLE_RANGE = date(1, 1, 1), date(9999, 12, 31)
"""Days which cover every partition, for checks of a whole table."""


@dataclass(frozen=True)
class Rows:
    """What a query gave."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as records."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def scalar(self) -> Any:
        """The one value of a query which gives one row of one column."""
        ((value,),) = self.rows
        return value


@dataclass(frozen=True)
class FileLoad:
    """Files of a source to append to its staging table; `fields` are the columns by the field which feeds them."""

    lake: Lake
    source: Source
    files: Sequence[LakeFile]
    fields: Mapping[str, Column]


class NotPlain(Exception):
    """A load of plain files failed at some of them, and its transaction with it."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        super().__init__(f"These files have to be read record by record: {', '.join(sorted(self.names))}")


class Session(ABC):
    """One transaction. Statements are Redshift SQL; `:name` stands for a parameter."""

    @abstractmethod
    def execute(self, statement: str, **parameters: Any) -> None:
        """Run a statement; parameters which it does not name are ignored."""

    def execute_idempotent(self, statement: str) -> None:
        """Run a statement which does no harm if a retry runs it twice."""
        self.execute(statement)

    @abstractmethod
    def fetch(self, query: str, **parameters: Any) -> Rows:
        """Run a query and take all its rows, which have to fit in memory."""

    def insert_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert records of equal fields which Python knows and the engine does not: manifests, rejects."""
        step = min(_ROWS_PER_INSERT, _VALUES_PER_INSERT // len(rows[0])) if rows else 1
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            values = ", ".join(f"({', '.join(f':{name}_{index}' for name in row)})" for index, row in enumerate(some))
            parameters = {f"{name}_{index}": value for index, row in enumerate(some) for name, value in row.items()}
            self.execute_insert(f"insert into {table} ({', '.join(some[0])}) values {values}", parameters)

    def execute_insert(self, statement: str, parameters: Mapping[str, Any]) -> None:
        """Run an INSERT .. VALUES of parameters alone."""
        self.execute(statement, **parameters)

    def delete_if_any(self, table: str, condition: str, /, **parameters: Any) -> None:
        """Delete rows of a table which all loads share, if there are some.

        Where isolation is SERIALIZABLE, a delete of nothing conflicts with the writes of others all the same.
        """
        if self.fetch(f"select count(*) as found from {table} where {condition}", **parameters).scalar:
            self.execute(f"delete from {table} where {condition}", **parameters)

    def take_turn(self, table: str) -> None:
        """Wait for the transactions which took a turn at this table, and see what they wrote; has to come first.

        Others cannot read the table until this transaction ends. Does nothing where one process alone may write.
        """
        return

    def quoted(self, text: str) -> str:
        """A text as a literal of the session, for statements which take no parameters."""
        return quoted(text)

    @abstractmethod
    def load_plain_files(self, load: FileLoad) -> dict[str, int]:
        """Append the files of which each record is a line that every column holds; how many records each has.

        The days of the files have no rows yet. Of a file which is left out no row is appended: its records
        have to be read one by one. Raises NotPlain if that is only known once the transaction has failed, and
        LakeError or LoadError if a file cannot be read at all.
        """

    @abstractmethod
    def load_parquet(self, table: str, lake: Lake, prefix: str, names: Sequence[str]) -> None:
        """Append Parquet files of the lake, which have the columns of the table in its order and in its types.

        `names` are all files whose names begin with `prefix`. Raises LoadError if they cannot be loaded.
        """

    @abstractmethod
    def append(self, table: str, path: Path) -> None:
        """Append a local file of JSON objects, one a line: each has the columns by their names in lower case."""


class Warehouse(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """A database in which the star can be built."""

    kinds: ClassVar[frozenset[str]]
    """What the UI shows the engine as; `aws` among them if it runs there."""
    single_process: ClassVar[bool] = False
    """Whether one process alone may write."""
    hash_function: ClassVar[str | None] = None
    """A fast function of any values; unlike MD5, two engines do not agree on it."""

    schema_name: str
    """Schema which holds the tables; statements name them without it."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Session]:
        """Begin; commit at the end of the block, roll back if it raises."""

    @abstractmethod
    def create_tables(self) -> None:
        """Create the tables of `sql/` which are missing, in one transaction."""

    @abstractmethod
    def drop_tables(self) -> None:
        """Drop every table of `sql/`, in one transaction."""

    def drop_schema(self) -> None:
        """Drop the schema, with all which anybody has put there."""
        self.run(lambda session: session.execute_idempotent(f'drop schema if exists "{self.schema_name}" cascade'))
        self.close()

    @property
    @abstractmethod
    def database_location(self) -> str:
        """Where the database is, for people."""

    @property
    def location(self) -> str:
        """Where the tables are, for people: the database, with the schema unless it is the engine's default."""
        is_default = self.schema_name == type(self).model_fields["schema_name"].default
        return self.database_location if is_default else f"{self.database_location}, schema {self.schema_name}"

    @property
    @abstractmethod
    def database(self) -> str:
        """Name of the database."""

    def close(self) -> None:
        """Let go of what is open between transactions; the next use opens it again."""
        return

    @abstractmethod
    def facts(self) -> dict[str, str | int]:
        """Engine, version, location and size, for people."""

    def health_checks(self) -> Mapping[str, Callable[[], str]]:
        """What `sparkify doctor` looks at, by name: each says how it is, or raises SparkifyError with a hint."""
        return {"warehouse": self._reached}

    def qualified_name(self, table: str) -> str:
        """Database, schema and name of a table."""
        return f"{self.database}.{self.schema_name}.{table}"

    @abstractmethod
    def engine_sql(self, statement: str) -> str:
        """A statement as this engine runs it."""

    def run(self, work: Callable[[Session], T]) -> T:
        """Do `work` in a transaction, and give what it returns.

        A warehouse which can be out of reach for a moment does it again from the start, so `work` has to
        change nothing outside of its session.
        """
        with self.transaction() as session:
            return work(session)

    def fetch(self, query: str, **parameters: Any) -> Rows:
        """Run one query in a transaction of its own."""
        return self.run(lambda session: session.fetch(query, **parameters))

    def _reached(self) -> str:
        try:
            facts = self.facts()
        finally:
            self.close()
        size = f", {int(facts['bytes']) / 1e6:.1f} MB" if "bytes" in facts else ""
        return f"{facts['engine']}, {facts['location']}{size}"


@cache
def parameter_names(statement: str) -> frozenset[str]:
    """Names of the `:name` parameters of a statement."""
    return frozenset(_PARAMETER.findall(statement))


def used_parameters(statement: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the parameters which a statement names."""
    return {name: value for name, value in parameters.items() if name in parameter_names(statement)}


def excerpt(statement: str) -> str:
    """The first words of a statement, without its comments, for messages."""
    lines = (line.strip() for line in statement.splitlines() if not line.startswith("--"))
    return " ".join(lines)[:_EXCERPT_CHARACTERS]


def quoted(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def plain_number(value: Any) -> Any:
    """An exact number as int where it is whole, as float where not; anything else as it is."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
