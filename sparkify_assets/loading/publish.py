"""Load, audit, commit: how a table of `sql/` takes over what is staged."""

import time
from dataclasses import dataclass, replace
from datetime import date

from sparkify_assets.errors import KeyViolation
from sparkify_assets.loading.key_audit import find, key_rules
from sparkify_assets.loading.pending import with_pending
from sparkify_assets.loading.table_facts import count, preview, rows_by_day
from sparkify_assets.models.model import Model, models, pruned_with
from sparkify_assets.warehouse.base import Finding, Rows, Session, Warehouse, whole_range


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
        covered = with_pending(session, model, days)
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
