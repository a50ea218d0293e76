"""Load, audit, commit: how a table of `sql/` takes over what is staged."""

import time
from dataclasses import dataclass, replace
from datetime import date

from sparkify_assets.errors import KeyViolation
from sparkify_assets.loading.key_audit import find, key_rules
from sparkify_assets.models.model import Model, models, pruned_with
from sparkify_assets.warehouse.base import Finding, Rows, Session, Warehouse, whole_range

PREVIEW_ROWS = 10


@dataclass(frozen=True)
class Published:
    """What a transaction did to a table. `days` are those it covered, None for a table without days."""

    rows_before: int
    rows: int
    seconds: float
    days: tuple[date, date] | None
    rows_by_day: dict[date, int]
    preview: Rows
    findings: dict[str, Finding]


def publish(warehouse: Warehouse, model: Model, days: tuple[date, date] | None, time_zone: str = "UTC") -> Published:
    """Run the table's statements over these days and those still pending, audit its keys, commit.

    `:time_zone` in a statement is `time_zone`. Raises KeyViolation after rolling back if a key does not hold.
    """
    started = time.perf_counter()

    def load(session: Session) -> Published:
        rows_before = count(session, model)
        covered = _with_pending(session, model, days)
        first_day, last_day = covered or whole_range()
        for statement in model.load:
            session.execute(statement, first_day=first_day, last_day=last_day, time_zone=time_zone)
        for dimension in pruned_with(model, models()):
            for statement in dimension.prune:
                session.execute(statement)
        findings = audit(session, model, first_day, last_day)
        session.execute("delete from pending_ranges where table_name = :table_name", table_name=model.name)
        return Published(
            rows_before=rows_before,
            rows=count(session, model),
            seconds=0,
            days=covered,
            rows_by_day=rows_by_day(session, model, covered),
            preview=preview(session, model),
            findings=findings,
        )

    published = warehouse.run(load)
    return replace(published, seconds=time.perf_counter() - started)


def audit(session: Session, model: Model, first_day: date, last_day: date) -> dict[str, Finding]:
    """Prove the keys over the rows of these days; raises KeyViolation at the first which does not hold."""
    findings = {}
    for rule in key_rules(model):
        finding = find(session, rule, first_day, last_day)
        if finding.count:
            raise KeyViolation(model.name, rule.name, rule.rule, finding.count, finding.rows)
        findings[rule.name] = finding
    return findings


def mark_pending(session: Session, staging_table: str, first_day: date, last_day: date) -> None:
    """Note that the daily tables which read `staging_table` have to take these days over."""
    for model in models().values():
        if model.is_daily and staging_table in model.upstream:
            session.execute(
                "insert into pending_ranges (table_name, first_day, last_day) "
                "values (:table_name, :first_day, :last_day)",
                table_name=model.name,
                first_day=first_day,
                last_day=last_day,
            )


def count(session: Session, model: Model) -> int:
    """Rows of the table."""
    return int(session.fetch(f"select count(*) from {model.name}").scalar)


def rows_by_day(session: Session, model: Model, days: tuple[date, date] | None) -> dict[date, int]:
    """Rows of each of these days, for a table with a `log_date`."""
    if not days or "log_date" not in model.column_names:
        return {}
    found = session.fetch(
        f"select log_date, count(*) as rows_of_day from {model.name} "
        "where log_date between :first_day and :last_day group by log_date",
        first_day=days[0],
        last_day=days[1],
    )
    return {day: int(rows) for day, rows in found.rows}


def preview(session: Session, model: Model) -> Rows:
    """Some rows, for people; the first by key, unless the table grows by the day."""
    key = next(filter(None, (model.primary_key, *model.unique)), ())
    ordered = f" order by {', '.join(key)}" if key and not model.days else ""
    return session.fetch(f"select {', '.join(model.column_names)} from {model.name}{ordered} limit {PREVIEW_ROWS}")


def _with_pending(session: Session, model: Model, days: tuple[date, date] | None) -> tuple[date, date] | None:
    if days is None:
        return None
    pending = session.fetch(
        "select min(first_day) as first_day, max(last_day) as last_day from pending_ranges "
        "where table_name = :table_name",
        table_name=model.name,
    ).rows[0]
    return min(days[0], pending[0] or days[0]), max(days[1], pending[1] or days[1])
