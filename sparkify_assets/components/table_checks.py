"""All checks of a table as one step, which can be run alone and which can run some of them.

In a run of some days the checks look at those days; run alone, at the whole table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from sparkify_assets.components.active_settings import active_settings
from sparkify_assets.components.check_kinds import PLAYED, CheckContext, FileCheck, KeyCheck, TableCheck
from sparkify_assets.components.metadata import records_table, table_value
from sparkify_assets.components.partitions import run_days
from sparkify_assets.errors import SparkifyError, WarehouseBusy
from sparkify_assets.loading.key_audit import CheckFinding, key_rules
from sparkify_assets.models.model import Model
from sparkify_assets.models.sql_checks import sql_checks
from sparkify_assets.pages.printable import printable, printable_text
from sparkify_assets.warehouse.base import WHOLE_RANGE, Session, Warehouse


def table_checks(model: Model, *more: TableCheck) -> dg.AssetChecksDefinition:
    """The checks of a table as one step: its keys, `more`, and those of `sql/checks/`."""
    time_zone = active_settings().time_zone
    own = (*map(KeyCheck, key_rules(model)), *more, *map(FileCheck, sql_checks(model)))
    checks: dict[str, TableCheck] = {check.name: check for check in own}

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
        latest = context.instance.get_latest_materialization_event(dg.AssetKey(model.name))
        made = latest.asset_materialization.metadata if latest and latest.asset_materialization else {}
        is_of_run = latest is not None and latest.run_id == context.run.run_id
        first_day, last_day = _days(context, model, made if is_of_run else {}) or WHOLE_RANGE
        selected = sorted(context.selected_asset_check_keys, key=lambda key: list(checks).index(key.name))

        def evaluated(session: Session, some: Sequence[dg.AssetCheckKey]) -> list[dg.AssetCheckResult]:
            at = CheckContext(session, first_day, last_day, made, is_of_run, time_zone)
            return [_result(key, checks[key.name], checks[key.name].evaluate(at)) for key in some]

        results: Iterable[dg.AssetCheckResult]
        try:
            results = warehouse.run(lambda session: evaluated(session, selected))
        except Exception as error:
            if isinstance(error, WarehouseBusy) or (isinstance(error, SparkifyError) and error.transient):
                raise
            # One of them cannot be evaluated, and has ended the transaction of all.
            results = _one_by_one(warehouse, evaluated, selected, checks)
        yield from results

    return run_checks


def _days(
    context: dg.AssetCheckExecutionContext, model: Model, made: Mapping[str, dg.MetadataValue[Any]]
) -> tuple[date, date] | None:
    """The days which the run changed; None for all."""
    if all(name in made for name in PLAYED):
        first, last = (date.fromisoformat(made[name].value) for name in PLAYED)
        return first, last
    return run_days(context) if model.grows_by_day else None


def _one_by_one(
    warehouse: Warehouse,
    evaluated: Callable[[Session, Sequence[dg.AssetCheckKey]], list[dg.AssetCheckResult]],
    selected: Sequence[dg.AssetCheckKey],
    checks: Mapping[str, TableCheck],
) -> Iterator[dg.AssetCheckResult]:
    """Each check in a transaction of its own.

    Raises:
        dg.Failure: One which blocks cannot be evaluated; the others have been.
    """
    problems = []
    for key in selected:
        try:
            yield from warehouse.run(lambda session, key=key: evaluated(session, [key]))  # type: ignore[misc]
        except Exception as error:
            problem = f"{key.name} cannot be evaluated: {printable_text(str(error))}"
            if checks[key.name].blocking:
                problems.append(problem)
            else:
                yield _unevaluated(key, problem)
    if problems:
        raise dg.Failure("\n".join(problems), allow_retries=False)


def _result(key: dg.AssetCheckKey, check: TableCheck, finding: CheckFinding) -> dg.AssetCheckResult:
    passed = finding.count == 0
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=passed,
        severity=check.severity(finding),
        description=check.description if passed else _problem(finding),
        metadata={
            "violations": finding.count,
            **{name: table_value(value) for name, value in finding.metrics.items()},
            **({"rows": records_table(finding.rows)} if finding.rows else {}),
        },
    )


def _unevaluated(key: dg.AssetCheckKey, problem: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=problem,
    )


def _problem(finding: CheckFinding) -> str:
    if finding.rows and set(finding.rows[0]) == {"problem"}:
        return "; ".join(printable(row["problem"]) for row in finding.rows)
    first = "; ".join(
        ", ".join(f"{name}={printable(str(value))}" for name, value in row.items()) for row in finding.rows[:3]
    )
    return f"{finding.count} break the rule, first: {first}"
