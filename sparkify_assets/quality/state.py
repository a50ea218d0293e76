"""The state of tables and checks, as the event log has it and as pages and console show it.

Times are aware and UTC. Sequences over time are ordered from the oldest to the latest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

VIOLATIONS = "violations"


class Status(StrEnum):
    """Status of a check, the worst first."""

    FAILED = "failed"
    ERRORED = "errored"
    WARNED = "warned"
    NEVER = "never run"
    PASSED = "passed"

    @property
    def severity_rank(self) -> int:
        """0 for the worst status."""
        return list(Status).index(self)

    @property
    def needs_attention(self) -> bool:
        """Whether somebody has to look at it."""
        return self in (Status.FAILED, Status.ERRORED, Status.WARNED)


@dataclass(frozen=True)
class Evaluation:
    """One evaluation of a check, with the metrics which it compared."""

    status: Status
    at: datetime
    run_id: str
    metrics: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckState:
    """One check now.

    `message` is what the latest evaluation found, `rows` the first rows which break the rule, `trend` the latest
    evaluations. `since` is the time of the first of the uninterrupted evaluations with this status. `skipped`: the
    latest run which planned the check ended before it.
    """

    table: str
    name: str
    rule: str
    blocking: bool
    status: Status = Status.NEVER
    severity: str | None = None
    since: datetime | None = None
    message: str | None = None
    rows: Sequence[Mapping[str, Any]] = ()
    trend: Sequence[Evaluation] = ()
    skipped: bool = False

    @property
    def latest(self) -> Evaluation | None:
        """The latest evaluation."""
        return self.trend[-1] if self.trend else None

    @property
    def metrics(self) -> Mapping[str, int | float]:
        """The metrics which the latest evaluation compared."""
        return self.latest.metrics if self.latest else {}

    @property
    def relevant_metrics(self) -> Mapping[str, int | float]:
        """The same without the violations of a rule which was not broken lately."""
        return {name: value for name, value in self.metrics.items() if name != VIOLATIONS or any(self.series(name))}

    def series(self, metric: str) -> list[int | float]:
        """A metric over time, without the evaluations which lack it."""
        return [evaluation.metrics[metric] for evaluation in self.trend if metric in evaluation.metrics]


@dataclass(frozen=True)
class TableState:
    """One table now: its latest materialization, the days it covers, and its checks, the worst first.

    `days` counts the daily partitions which were ever materialized; it is None for a table without days.
    """

    name: str
    group: str
    checks: Sequence[CheckState]
    materialized: datetime | None = None
    rows: int | None = None
    last_day: str | None = None
    days: int | None = None
    run_id: str | None = None

    @property
    def status(self) -> Status:
        """The worst of its checks; of a table without checks, whether it was ever materialized."""
        without_checks = Status.PASSED if self.materialized else Status.NEVER
        statuses = (check.status for check in self.checks)
        return min(statuses, key=lambda status: status.severity_rank, default=without_checks)

    @property
    def skipped(self) -> int:
        """How many of its checks the latest run skipped."""
        return sum(check.skipped for check in self.checks)

    def count(self, status: Status) -> int:
        """How many of its checks have this status."""
        return sum(check.status == status for check in self.checks)


@dataclass(frozen=True)
class Quality:
    """All tables at one moment, the worst first."""

    at: datetime
    tables: Sequence[TableState]

    @property
    def checks(self) -> Iterator[CheckState]:
        """All checks, the worst first, then in the order of the tables."""
        checks = (check for table in self.tables for check in table.checks)
        return iter(sorted(checks, key=lambda check: check.status.severity_rank))

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many checks have each status."""
        found = Counter(check.status for check in self.checks)
        return {status: found[status] for status in Status}

    def age(self, at: datetime) -> str:
        """How long ago a time was, in words."""
        return duration(self.at - at)


def duration(length: timedelta) -> str:
    """A length of time in its largest fitting unit, rounded down."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size * (2 if unit == "days" else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
