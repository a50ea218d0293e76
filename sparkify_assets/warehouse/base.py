"""The contract of a warehouse: transactions, statements, and loads of lake files."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import dagster as dg

from sparkify_assets.lake.base import Lake, LakeFile
from sparkify_assets.models.model import Model

T = TypeVar("T")

_SHOWN_OF_STATEMENT = 120

_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


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
class Staged:
    """What a load did: lines read are rows staged plus lines rejected."""

    files: int
    lines: int
    rows: int
    rejects: int


@dataclass(frozen=True)
class Source:
    """Lake files to stage into one table.

    `fields` are the JSON fields which feed the table's columns, in their order.
    `documents`: each file is one record, perhaps over several lines, and there are many of them;
    otherwise each line is one. `lines_before` are lines of this source which were staged earlier and
    count for the share of rejects. `own_day` is the day of a line as its content says, in SQL, null
    where it does not say: where each line lies in the file of that day, an engine need not look which
    file it came from.
    """

    lake: Lake
    files: Sequence[LakeFile]
    fields: Sequence[str]
    documents: bool = False
    max_reject_share: float = 0.01
    lines_before: int = 0
    own_day: str = "cast(null as date)"


class Session(ABC):
    """One transaction. Statements are Redshift SQL; `:name` stands for a parameter."""

    @abstractmethod
    def execute(self, statement: str, **parameters: Any) -> None:
        """Run a statement; parameters which it does not name are ignored."""

    @abstractmethod
    def fetch(self, query: str, **parameters: Any) -> Rows:
        """Run a query and take all its rows, which have to fit in memory."""

    @abstractmethod
    def stage(self, model: Model, source: Source) -> Staged:
        """Append the lines of the files to a staging table; lines which do not fit go to `load_rejects`.

        The manifest `lake_files` follows. Raises LoadError if a file cannot be read, if more than
        the allowed share of lines is rejected, or if a line cannot be accounted for.
        """


class Warehouse(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """A database in which the star can be built."""

    @property
    def picks_files(self) -> bool:
        """Whether a load can take some files of the catalogue; otherwise it takes the whole folder."""
        return True

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Session]:
        """Begin; commit at the end of the block, roll back if it raises."""

    @abstractmethod
    def create_tables(self) -> None:
        """Create the tables of `sql/` which are missing, in one transaction."""

    @abstractmethod
    def drop_tables(self) -> None:
        """Drop every table of `sql/`, in one transaction."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where the database is, for people."""

    def close(self) -> None:
        """Let go of what is open between transactions; the next use opens it again."""
        return

    @abstractmethod
    def facts(self) -> dict[str, str | int]:
        """Engine, version, place and size, for people."""

    @abstractmethod
    def table_place(self, table: str) -> str:
        """Where a table is found: database, schema and name."""

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


@cache
def parameter_names(statement: str) -> frozenset[str]:
    """Names of the `:name` parameters of a statement."""
    return frozenset(_PARAMETER.findall(statement))


def named(statement: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the parameters which a statement names."""
    return {name: value for name, value in parameters.items() if name in parameter_names(statement)}


def beginning(statement: str) -> str:
    """The first words of a statement, without its comments, for messages."""
    return " ".join(line.strip() for line in statement.splitlines() if not line.startswith("--"))[:_SHOWN_OF_STATEMENT]


def quoted(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def plain_number(value: Any) -> Any:
    """An exact number as int where it is whole, as float where not; anything else as it is."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def whole_range() -> tuple[date, date]:
    """Days which cover every partition, for checks of a whole table."""
    return date(1, 1, 1), date(9999, 12, 31)
