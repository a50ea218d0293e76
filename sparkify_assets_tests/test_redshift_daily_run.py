"""What a daily run on Redshift reads of the whole history: statements which name no range of days, as a snapshot."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
import sqlglot
from sqlglot import exp

from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.defs.tables.jobs import sparkify_etl
from sparkify_assets.models.reading import models, views
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets_tests.production import Production
from sparkify_assets_tests.snapshot import SNAPSHOTS, compare
from sparkify_assets_tests.workbench import QUIET

pytestmark = pytest.mark.long

FIRST, BEFORE, DAY = date(2018, 11, 1), date(2018, 11, 3), date(2018, 11, 4)
DAYS = {"log_date", "start_time", "play_date", "week_start", "play_month"}
GROWING = {model.name: set(model.column_names) for model in models().values() if DAYS & set(model.column_names)}
GROWING |= {name: DAYS for name, view in views().items() if view.reads & GROWING.keys()}
BOUNDS = (exp.Between, exp.GTE, exp.EQ, exp.Is)


def is_bounded(scope: exp.Expr, days: set[str]) -> bool:
    """Whether a condition of a query compares a column of days with values of the text: Redshift skips blocks by it."""
    joins = [join.args.get("on") for join in scope.args.get("joins") or ()]
    for condition in filter(None, (scope.args.get("where"), *joins)):
        for found in condition.find_all(*BOUNDS):
            column, *bounds = found.args["this"], *(found.args.get(name) for name in ("low", "high", "expression"))
            is_of_days = isinstance(column, exp.Column) and column.name in days
            is_negated = isinstance(found.parent, exp.Not)
            if is_of_days and not is_negated and not any(bound.find(exp.Column) for bound in bounds if bound):
                return True
    return False


def reads_all_days(table: exp.Table, days: set[str]) -> bool:
    """Whether neither the query which reads a table, nor each which reads that one, names a range of its days."""
    scope = table.find_ancestor(exp.Select, exp.Delete)
    if scope is None or is_bounded(scope, days):
        return False
    named = scope.find_ancestor(exp.CTE, exp.Subquery, exp.Select)
    if isinstance(named, exp.CTE):
        readers = [reader for reader in scope.root().find_all(exp.Table) if reader.name == named.alias]
        return any(reads_all_days(reader, days) for reader in readers)
    outer = named.find_ancestor(exp.Select) if isinstance(named, exp.Subquery) else None
    return not (outer and is_bounded(outer, days))


def read_over_all_days(statement: exp.Expr) -> Iterator[str]:
    """The tables of days which a statement reads without naming a range of these."""
    for table in statement.find_all(exp.Table):
        days = DAYS & GROWING.get(table.name, set())
        scope = table.find_ancestor(exp.Select, exp.Delete, exp.Insert)
        if days and scope and not isinstance(scope, exp.Insert) and not is_cheap(scope) and reads_all_days(table, days):
            yield table.name


def is_cheap(query: exp.Expr) -> bool:
    """Whether a query takes any few rows, or only their number."""
    takes_any = query.args.get("limit") and not query.args.get("order")
    counts = any(value.find(exp.Count) for value in query.expressions)
    return bool(takes_any or (counts and not any(map(query.args.get, ("where", "group", "joins")))))


def shape(statement: exp.Expr) -> str:
    text = statement.sql(dialect="redshift", comments=False)
    return re.sub(r"'[^']*'|\b\d+\b", "?", text)[:160]


def test_what_a_daily_run_reads_of_all_days_is_that_of_the_snapshot(
    production: Production, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    generate_lake(tmp_path / "lake", days=4, users=30, songs=40, seed=11, start=FIRST)
    production.bring(tmp_path / "lake")
    job = build_definitions(production.settings(first_day=FIRST, last_day=DAY)).resolve_job_def(sparkify_etl.name)
    for first, last in ((FIRST, BEFORE), (DAY, DAY)):
        known = len(production.stand_in.statements)
        assert job.execute_in_process(instance=instance, tags=day_tags(first, last), run_config=QUIET).success
    found = set()
    for recorded in production.stand_in.statements[known:]:
        if re.match(r"(select|with|insert|delete|create temp)", recorded.text, re.IGNORECASE):
            statement = sqlglot.parse_one(recorded.text, dialect="redshift")
            found |= {f"{table}: {shape(statement)}" for table in read_over_all_days(statement)}
    compare(SNAPSHOTS / "redshift" / "daily_run_over_all_days.txt", "\n".join(sorted(found)) + "\n")
