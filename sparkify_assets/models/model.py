"""A table of `sql/` as its file states it, and the order in which tables are created and loaded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import cast

from sqlglot import exp

from sparkify_assets.models.ddl import Table
from sparkify_assets.models.sql_text import ModelError, parse, without_comment


@dataclass(frozen=True)
class Model(Table):
    """One table of `sql/`, as its file states it.

    `helpers` create temporary tables for the `queries`, each of which gives rows; a `script` table has `script` instead
    of both. `reads` are the tables which its rows are made of, looked up through views and named queries. `source` is
    the line which says what table of an operational database the rows are a copy of, empty for all other tables.
    """

    name: str
    group: str
    path: Path
    description: str
    create: str
    load: str
    helpers: tuple[str, ...]
    queries: tuple[str, ...]
    script: tuple[str, ...]
    checks: tuple[str, ...]
    source: str = ""
    reads: frozenset[str] = frozenset()

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in the order of the table."""
        return tuple(column.name for column in self.columns)

    @property
    def loaded_columns(self) -> tuple[str, ...]:
        """The columns which the query gives: all but those which the engine makes."""
        return tuple(column.name for column in self.columns if not column.identity)

    @property
    def affected_key(self) -> tuple[str, ...]:
        """Columns of the helper `affected_<table>`: keys of rows under other days which a run replaces too."""
        created = f"create temp table affected_{self.name} as"
        for text in map(without_comment, self.helpers):
            if text.startswith(created):
                return tuple(cast(exp.Create, parse(text)).expression.named_selects)
        return ()

    @property
    def scope(self) -> str | None:
        """The predicate of the rows which a run replaces, or None if they are not known by it."""
        if self.load == "days":
            return f"{self.name}.log_date between :first_day and :last_day"
        if self.load == "weeks":
            week = f"{self.name}.week_start"
            return f"{_in_range(week)} and {week} in (select week_start from changed_days)"
        return self._scope_of_months if self.load == "months" else None

    @property
    def _scope_of_months(self) -> str:
        nullable = {column.name: column.nullable for column in self.columns}
        month, day = f"{self.name}.play_month", f"{self.name}.play_date"
        parts = [f"{day} in (select play_date from changed_days)"] if "play_date" in nullable else []
        if "play_month" in nullable:
            of_month = f"{month} in (select play_month from changed_days)"
            parts.append(f"({day} is null and {of_month})" if parts else of_month)
        within = _in_range(month if "play_month" in nullable else day)
        if nullable.get("play_month"):
            # Rows over all time follow from those of the months.
            parts.append(f"{month} is null")
            within = f"({within} or {month} is null)"
        either = " or ".join(parts)
        return f"{within} and ({either})" if len(parts) > 1 else f"{within} and {either}"

    @property
    def follows_plays(self) -> bool:
        """Whether a load replaces the rows of the days, weeks and months in which plays have changed."""
        return self.load in ("weeks", "months")

    @property
    def texts(self) -> tuple[str, ...]:
        """The statements which are written in the file, after its CREATE."""
        return (*self.helpers, *self.script, *self.queries)

    @property
    def is_daily(self) -> bool:
        """Whether a run of some days changes only the rows of these days."""
        return not self.follows_plays and any(":first_day" in text for text in self.texts)

    @property
    def grows_by_day(self) -> bool:
        """Whether the table has as many rows as the history is long."""
        return self.is_daily or "log_date" in self.column_names

    @property
    def is_local(self) -> bool:
        """Whether dates and hours are those of the time zone of the settings, and not UTC."""
        return any(":time_zone" in text for text in self.texts)


@dataclass(frozen=True)
class View:
    """A view of `sql/`, whose rows are made of the tables `reads`."""

    name: str
    create: str
    query: str
    reads: frozenset[str]


def dependency_order(tables: Iterable[Model]) -> list[Model]:
    """Referenced tables before those which refer to them."""
    return _ordered(tables, lambda model: {key.table for key in model.foreign_keys})


def load_order(tables: Iterable[Model]) -> list[Model]:
    """Tables after those which their rows are made of."""
    return _ordered(tables, lambda model: model.reads)


def rows_of_run(table: Model, columns: Iterable[str] | None = None) -> str:
    """The query of the rows which a run replaces in a table with a `scope`, whatever their day; all columns by default.

    Before the load it gives the rows which go, afterwards those which the run wrote.
    """
    name, key = table.name, table.affected_key
    names = ", ".join(f"{name}.{column}" for column in columns or table.column_names)
    rows = f"select {names}\nfrom {name}"
    if not key:
        return f"{rows}\nwhere {table.scope}"
    affected = f"inner join affected_{name} on {equal(name, f'affected_{name}', key)}"
    return f"{rows}\nwhere {table.scope}\nunion all\n{rows}\n{affected}\nwhere not ({table.scope})"


def _in_range(column: str) -> str:
    """An engine knows where in a table a range of days is, and which rows to skip, but not so for single days."""
    return f"{column} between :first_day and :last_day"


def equal(left: str, right: str, columns: Iterable[str]) -> str:
    """The join condition of two relations on columns of one name."""
    return " and ".join(f"{left}.{column} = {right}.{column}" for column in columns)


def _ordered(tables: Iterable[Model], before: Callable[[Model], Iterable[str]]) -> list[Model]:
    """Topological order, else that of the names."""
    waiting = {model.name: model for model in tables}
    sorter = TopologicalSorter({name: sorted(waiting.keys() & {*before(m)} - {name}) for name, m in waiting.items()})
    try:
        return [waiting[name] for name in sorter.static_order()]
    except CycleError as error:
        raise ModelError(f"The tables {', '.join(error.args[1])} need each other in a circle.") from error
