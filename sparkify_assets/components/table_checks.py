"""All checks of a table as one step, which can be run alone and which can run some of them.

In a run of some days the checks look at those days; run alone, at the whole table.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import dagster as dg

from sparkify_assets.components.metadata import records_table
from sparkify_assets.components.partitions import run_days
from sparkify_assets.loading.key_audit import SHOWN_ROWS, KeyRule, find, key_rules
from sparkify_assets.loading.table_facts import count
from sparkify_assets.models.model import Model, models
from sparkify_assets.models.sql_checks import SqlCheck, sql_checks
from sparkify_assets.warehouse.base import Finding, Session, Warehouse, whole_range

_SHRUNK = 0.9


@dataclass(frozen=True)
class Looked:
    """What a check looks at: the rows of these days, in an open transaction."""

    context: dg.AssetCheckExecutionContext
    warehouse: Warehouse
    session: Session
    first_day: date
    last_day: date
    of_run: bool


class TableCheck(ABC):
    """One check of one table."""

    name: str
    description: str
    blocking: bool

    @abstractmethod
    def look(self, at: Looked) -> Finding:
        """Find the rows which break the rule."""

    def severity(self, finding: Finding) -> dg.AssetCheckSeverity:
        """How bad a finding is."""
        return dg.AssetCheckSeverity.ERROR if self.blocking else dg.AssetCheckSeverity.WARN


class KeyCheck(TableCheck):
    """A declared key. A load has proved it for its days before it committed; that is what its run reports."""

    blocking = True

    def __init__(self, model: Model, rule: KeyRule) -> None:
        self._model, self._rule = model, rule
        self.name, self.description = rule.name, f"{rule.rule[0].upper()}{rule.rule[1:]}."

    def look(self, at: Looked) -> Finding:
        """Recall the load's own proof, or prove it now."""
        proved = at.warehouse.recall(self._model.name).get(self.name) if at.of_run else None
        return proved or find(at.session, self._rule, at.first_day, at.last_day)


class FileCheck(TableCheck):
    """A check written as SQL under `sql/checks/`."""

    def __init__(self, check: SqlCheck) -> None:
        self._check = check
        self.name, self.description, self.blocking = check.name, check.description, check.is_error

    def look(self, at: Looked) -> Finding:
        """Run the file's queries."""
        days = {"first_day": at.first_day, "last_day": at.last_day}
        broken = at.session.fetch(f"select count(*) from ({self._check.query}) as broken", **days).scalar
        rows = at.session.fetch(f"{self._check.query} limit {SHOWN_ROWS}", **days).dicts() if broken else []
        numbers = at.session.fetch(self._check.numbers, **days).dicts()[0] if self._check.numbers else {}
        return Finding(int(broken), rows, {name: value for name, value in numbers.items() if value is not None})


class RowCount(TableCheck):
    """There are rows, as many as the last run left, and not many fewer than before it."""

    name = "row_count"
    blocking = True

    def __init__(self, model: Model) -> None:
        self._model = model
        # An answer or a slice may have no rows; whether it lacks some, its own checks say.
        self._may_be_empty = model.group in ("analytics", "cubes")
        has_rows = " as many rows" if self._may_be_empty else " rows, as many"
        self.description = (
            f"{model.name} has{has_rows} as its last run left, and at least {_SHRUNK:.0%} of those before it."
        )

    def look(self, at: Looked) -> Finding:
        """Compare with the latest materialization."""
        rows = count(at.session, self._model)
        latest = at.context.instance.get_latest_materialization_event(dg.AssetKey(self._model.name))
        recorded = latest.asset_materialization.metadata if latest and latest.asset_materialization else {}
        numbers: dict[str, int | float] = {"rows_now": rows}
        problems = (
            []
            if rows or self._may_be_empty
            else ["the table is empty: are there log files for these days in the lake?"]
        )
        if "dagster/row_count" in recorded and "rows_added" in recorded:
            left, added = int(recorded["dagster/row_count"].value), int(recorded["rows_added"].value)
            numbers |= {"rows_of_last_run": left, "rows_before_it": left - added}
            if rows != left:
                problems.append(f"the last run left {left} rows: something else has changed the table")
            elif rows < _SHRUNK * (left - added):
                problems.append(f"there were {left - added} rows before the last run")
        return Finding(len(problems), [{"problem": problem} for problem in problems], numbers)

    def severity(self, finding: Finding) -> dg.AssetCheckSeverity:
        """An empty table stops the run; a change in size is worth a look."""
        return dg.AssetCheckSeverity.WARN if finding.numbers["rows_now"] else dg.AssetCheckSeverity.ERROR


class DaysHaveEvents(TableCheck):
    """Each day has a log file with lines in it."""

    name = "days_have_events"
    description = "Each day has a log file in the lake, and lines in it."
    blocking = False

    def __init__(self, days: dg.DailyPartitionsDefinition) -> None:
        self._days = days

    def look(self, at: Looked) -> Finding:
        """Compare the partitions with the manifest."""
        staged = at.session.fetch(
            "select distinct log_date from lake_files where table_name = 'staging_events' and line_count > 0 "
            "and log_date between :first_day and :last_day",
            first_day=at.first_day,
            last_day=at.last_day,
        )
        present = {str(day) for (day,) in staged.rows}
        expected = [day for day in self._days.get_partition_keys() if str(at.first_day) <= day <= str(at.last_day)]
        missing = [day for day in expected if day not in present]
        numbers: dict[str, int | float] = {"days": len(expected), "days_with_events": len(expected) - len(missing)}
        return Finding(len(missing), [{"day_without_events": day} for day in missing[:SHOWN_ROWS]], numbers)


def table_checks(model: Model, days: dg.DailyPartitionsDefinition) -> dg.AssetChecksDefinition:
    """The checks of a table, as one step."""
    checks = {check.name: check for check in _checks(model, days)}

    @dg.multi_asset_check(
        name=f"{model.name}_checks",
        can_subset=True,
        specs=[
            dg.AssetCheckSpec(
                check.name,
                asset=model.name,
                description=check.description,
                blocking=check.blocking,
                additional_deps=sorted({key.table for key in model.foreign_keys}),
            )
            for check in checks.values()
        ],
    )
    def run_checks(
        context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.AssetCheckResult]:
        days_of_run = run_days(context) if model.days else None
        first_day, last_day = days_of_run or whole_range()
        of_run = bool(warehouse.recall(model.name))
        selected = sorted(context.selected_asset_check_keys, key=lambda key: list(checks).index(key.name))

        def look(session: Session) -> list[dg.AssetCheckResult]:
            at = Looked(context, warehouse, session, first_day, last_day, of_run)
            return [_result(key, checks[key.name], checks[key.name].look(at)) for key in selected]

        yield from warehouse.run(look)

    return run_checks


def _checks(model: Model, days: dg.DailyPartitionsDefinition) -> Iterator[TableCheck]:
    for rule in key_rules(model):
        yield KeyCheck(model, rule)
    if model.name != "load_rejects":
        yield RowCount(model)
    if model.name == "staging_events":
        yield DaysHaveEvents(days)
    for check in sql_checks(model.name, models()):
        yield FileCheck(check)


def _result(key: dg.AssetCheckKey, check: TableCheck, finding: Finding) -> dg.AssetCheckResult:
    passed = finding.count == 0
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=passed,
        severity=check.severity(finding),
        description=check.description if passed else _problem(finding),
        metadata={
            "violations": finding.count,
            **finding.numbers,
            **({"rows": records_table(finding.rows)} if finding.rows else {}),
        },
    )


def _problem(finding: Finding) -> str:
    if finding.rows and set(finding.rows[0]) == {"problem"}:
        return "; ".join(row["problem"] for row in finding.rows)
    first = "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in finding.rows[:3])
    return f"{finding.count} break the rule, first: {first}"
