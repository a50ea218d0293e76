"""What is checked of a table: its keys, the files under `sql/checks/`, its rows, and the days and files of its lake."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg

from sparkify_assets.loading.key_audit import SHOWN_ROWS, CheckFinding, KeyRule, evaluate
from sparkify_assets.loading.table_facts import count
from sparkify_assets.models.model import Model
from sparkify_assets.models.sql_checks import SqlCheck
from sparkify_assets.warehouse.base import Session

LEFT_OUT = "left_out"
"""Metadata of what is staged: the files which the load left out."""

NEW_COLUMNS = "new_columns"
"""Metadata of a copy of a table: the columns of that table of which nobody has said whether they are to be staged."""

PLAYED = ("first_day", "last_day")
"""Metadata of a table by weeks or months: the days of the plays which its load took."""

_SHRUNK = 0.9


@dataclass(frozen=True)
class CheckContext:
    """What a check looks at: the rows of these days, in an open transaction.

    In a table by weeks or months they are days of plays in `time_zone`.
    `latest` is the metadata of the table's latest materialization, and `is_of_run` whether this run made it.
    """

    session: Session
    first_day: date
    last_day: date
    latest: Mapping[str, dg.MetadataValue[Any]]
    is_of_run: bool
    time_zone: str

    @property
    def parameters(self) -> dict[str, date | str]:
        """What a statement may name."""
        return {"first_day": self.first_day, "last_day": self.last_day, "time_zone": self.time_zone}


class TableCheck(ABC):
    """One check of one table."""

    name: str
    description: str
    blocking: bool

    @abstractmethod
    def evaluate(self, context: CheckContext) -> CheckFinding:
        """Find the rows which break the rule."""

    def severity(self, finding: CheckFinding) -> dg.AssetCheckSeverity:
        """How bad a finding is."""
        return dg.AssetCheckSeverity.ERROR if self.blocking else dg.AssetCheckSeverity.WARN


class KeyCheck(TableCheck):
    """A declared key. A load audits it before it commits, which is what a run with a load reports."""

    blocking = True

    def __init__(self, rule: KeyRule) -> None:
        self._rule = rule
        self.name, self.description = rule.name, f"{rule.rule[0].upper()}{rule.rule[1:]}."

    def evaluate(self, context: CheckContext) -> CheckFinding:
        """Take the audit of the load, or evaluate the rule over the whole table."""
        audited = context.latest.get("audited") if context.is_of_run else None
        if audited is not None and self.name in audited.value:
            return CheckFinding(0)
        return evaluate(context.session, self._rule, {})


class FileCheck(TableCheck):
    """A check written as SQL under `sql/checks/`."""

    def __init__(self, check: SqlCheck) -> None:
        self._check = check
        self.name, self.description, self.blocking = check.name, check.description, check.is_error

    def evaluate(self, context: CheckContext) -> CheckFinding:
        """Run the file's queries."""
        session, check, known = context.session, self._check, context.parameters
        broken = session.fetch(f"select count(*) from ({check.query}) as broken", **known).scalar
        rows = session.fetch(f"{check.query} limit {SHOWN_ROWS}", **known).dicts() if broken else []
        metrics = next(iter(session.fetch(check.metrics, **known).dicts()), {}) if check.metrics else {}
        return CheckFinding(int(broken), rows, {name: value for name, value in metrics.items() if value is not None})


class RowCount(TableCheck):
    """There are rows, as many as the last run left, and not many fewer than before it."""

    name = "row_count"
    blocking = True

    def __init__(self, model: Model, may_be_empty: bool = False) -> None:
        self._model, self._may_be_empty = model, may_be_empty
        has_rows = " as many rows" if may_be_empty else " rows, as many"
        self.description = (
            f"{model.name} has{has_rows} as its last run left, and at least {_SHRUNK:.0%} of those before it."
        )

    def evaluate(self, context: CheckContext) -> CheckFinding:
        """Compare with the latest materialization."""
        rows = count(context.session, self._model)
        metrics: dict[str, int | float] = {"rows_now": rows}
        problems = []
        if not rows and not self._may_be_empty:
            problems.append("the table is empty: are there log files for these days in the lake?")
        if "dagster/row_count" in context.latest and "rows_added" in context.latest:
            left, added = int(context.latest["dagster/row_count"].value), int(context.latest["rows_added"].value)
            metrics |= {"rows_of_last_run": left, "rows_before_it": left - added}
            if rows != left:
                problems.append(f"the last run left {left} rows: something else has changed the table")
            elif rows < _SHRUNK * (left - added):
                problems.append(f"there were {left - added} rows before the last run")
        return CheckFinding(len(problems), [{"problem": problem} for problem in problems], metrics)

    def severity(self, finding: CheckFinding) -> dg.AssetCheckSeverity:
        """An empty table stops the run, but for that of a catalog which never held anything.

        A change in size is worth a look.
        """
        before = {finding.metrics.get(name) for name in ("rows_of_last_run", "rows_before_it")}
        is_empty_catalog = not self._model.grows_by_day and before == {0}
        worth_a_look = finding.metrics["rows_now"] or is_empty_catalog
        return dg.AssetCheckSeverity.WARN if worth_a_look else dg.AssetCheckSeverity.ERROR


class DaysHaveEvents(TableCheck):
    """Each day has a log file with lines in it."""

    name = "days_have_events"
    description = "Each day has a log file in the lake, and lines in it."
    blocking = False

    def __init__(self, table: str, days: dg.DailyPartitionsDefinition) -> None:
        self._table, self._days = table, days

    def evaluate(self, context: CheckContext) -> CheckFinding:
        """Compare the partitions with the manifest."""
        staged = context.session.fetch(
            "select distinct log_date from lake_files where table_name = :table_name and record_count > 0 "
            "and log_date between :first_day and :last_day",
            table_name=self._table,
            first_day=context.first_day,
            last_day=context.last_day,
        )
        present = {str(day) for (day,) in staged.rows}
        days = self._days.get_partition_keys()
        expected = [day for day in days if str(context.first_day) <= day <= str(context.last_day)]
        missing = [day for day in expected if day not in present]
        metrics: dict[str, int | float] = {"days": len(expected), "days_with_events": len(expected) - len(missing)}
        return CheckFinding(len(missing), [{"day_without_events": day} for day in missing[:SHOWN_ROWS]], metrics)


class ToldByTheLoad(TableCheck):
    """What the last load wrote into the metadata `told` of the table, as a list of rows, breaks the rule."""

    blocking = False
    told: str
    metric: str

    def evaluate(self, context: CheckContext) -> CheckFinding:
        """Take the rows from the latest materialization."""
        found = context.latest.get(self.told)
        rows: list[dict[str, Any]] = list(found.value) if found else []
        return CheckFinding(len(rows), rows[:SHOWN_ROWS], {self.metric: len(rows)})


class FilesAreLoaded(ToldByTheLoad):
    """Each file which the last load saw in the folder of its source was loaded, or is no data by its name."""

    name = "files_are_loaded"
    description = "Each file which the last load saw was loaded; what notebooks, editors and tools leave is no data."
    told, metric = LEFT_OUT, "files_left_out"


class ColumnsAreKnown(ToldByTheLoad):
    """Each column of the table in the database is staged, or named as one which is not to be."""

    name = "columns_are_known"
    description = "Each column of the database is staged, or the source line of the table says that it is not to be."
    told, metric = NEW_COLUMNS, "new_columns"
