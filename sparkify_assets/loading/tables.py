"""Load, audit, commit: how tables of `sql/` process what is staged, all tables of a load in one transaction."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sparkify_assets.loading.changed_plays import hand_on_plays, plays_taken, take_changed_days
from sparkify_assets.loading.key_audit import audit
from sparkify_assets.loading.pending import clear_pending, daily_readers, mark_pending, with_pending
from sparkify_assets.loading.table_facts import count, preview, rows_by_day
from sparkify_assets.models.materialization import goes_unreferenced, load_statements, prune_statements
from sparkify_assets.models.model import Model, load_order, rows_of_run
from sparkify_assets.warehouse.base import WHOLE_RANGE, Rows, Session, Warehouse

Days = tuple[date, date]


@dataclass(frozen=True)
class LoadedTable:
    """What a load did to a table. `days` are those it covered, None for a table without days.

    `played` are the days of the plays which a table by weeks or months took, None for any other table. `audited` are
    the names of the key rules which were proved before the commit.
    """

    rows_before: int
    rows: int
    seconds: float
    days: Days | None
    played: Days | None
    rows_by_day: dict[date, int]
    preview: Rows
    audited: list[str]


def load_tables(
    warehouse: Warehouse, tables: Sequence[Model], days: Days | None, time_zone: str = "UTC"
) -> dict[str, LoadedTable]:
    """Load tables over these days and those still pending, audit their keys, commit; what was done, by table.

    A daily table without rows is new, or was dropped or emptied by hand: then the load covers all days.
    Tables by weeks and months take the plays which changed since their last load; without days they are made anew.
    `:time_zone` in a statement is `time_zone`. Raises KeyViolation after rolling back if a key does not hold.
    """
    return warehouse.run(lambda session: _Load(session, tables, days, time_zone).run())


class _Load:
    def __init__(self, session: Session, tables: Sequence[Model], days: Days | None, time_zone: str) -> None:
        self._session, self._time_zone = session, time_zone
        self._tables = load_order(tables)
        self._days = with_pending(session, tables, *days) if days else None
        self._played: dict[str, Days] = {}

    def run(self) -> dict[str, LoadedTable]:
        rows_before = {model.name: count(self._session, model) for model in self._tables}
        if is_refilled := any(model.is_daily and not rows_before[model.name] for model in self._tables):
            self._days = WHOLE_RANGE
        seconds = {model.name: self._load(model) for model in self._tables}
        # Of a table which was empty there is no row which could have been referred to before.
        for model in (m for m in self._tables if goes_unreferenced(m) and rows_before[m.name]):
            for statement in prune_statements(model, self._tables, whole=is_refilled):
                self._session.execute(statement)
        audited = audit(self._session, self._tables, self._parameters)
        self._note_days()
        self._note_plays()
        return {
            model.name: LoadedTable(
                rows_before=rows_before[model.name],
                rows=count(self._session, model),
                seconds=seconds[model.name],
                days=self._days if model.is_daily else None,
                played=self._played.get(model.name),
                rows_by_day=rows_by_day(self._session, model, self._days if model.is_daily else None),
                preview=preview(self._session, model, self._parameters(model)),
                audited=audited[model.name],
            )
            for model in self._tables
        }

    def _load(self, model: Model) -> float:
        started = time.perf_counter()
        if model.follows_plays:
            self._played[model.name] = take_changed_days(self._session, model, self._time_zone, anew=not self._days)
        for statement in load_statements(model):
            self._session.execute(statement, **self._parameters(model))
        return time.perf_counter() - started

    def _parameters(self, model: Model) -> dict[str, Any]:
        first_day, last_day = self._played.get(model.name) or self._days or WHOLE_RANGE
        return {"first_day": first_day, "last_day": last_day, "time_zone": self._time_zone}

    def _note_days(self) -> None:
        """Hand the days which changed on to the tables made of these."""
        clear_pending(self._session, self._tables)
        names = [model.name for model in self._tables]
        readers = daily_readers(names, within=names)
        if self._days and readers:
            mark_pending(self._session, readers, *self._changed_days(self._days))

    def _note_plays(self) -> None:
        if any(model.load == "days" for model in self._tables):
            first_day, last_day = self._days or WHOLE_RANGE
            hand_on_plays(self._session, [model.name for model in self._tables], first_day, last_day)
        for model in self._tables:
            if model.follows_plays:
                plays_taken(self._session, model)

    def _changed_days(self, days: Days) -> Days:
        first_days, last_days = [days[0]], [days[1]]
        for model in self._tables:
            if model.affected_key:
                first, last = self._session.fetch(
                    "select min(log_date) as first_day, max(log_date) as last_day from ("
                    f"select log_date from ({rows_of_run(model)}) as written "
                    f"union all select log_date from old_{model.name}) as changed",
                    first_day=days[0],
                    last_day=days[1],
                ).rows[0]
                first_days.append(first or days[0])
                last_days.append(last or days[1])
        return min(first_days), max(last_days)
