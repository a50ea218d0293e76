"""How good the tables are: what is read from the event log, and what pages and console show.

Times are aware and UTC. Sequences over time run from the oldest to the latest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

VIOLATIONS = "violations"


class Status(StrEnum):
    """How a check stands, the worst first."""

    FAILED = "failed"
    ERRORED = "errored"
    WARNED = "warned"
    NEVER = "never run"
    PASSED = "passed"

    @property
    def place(self) -> int:
        """Position in the order of this class."""
        return list(Status).index(self)

    @property
    def needs_attention(self) -> bool:
        """Whether somebody has to look at it."""
        return self in (Status.FAILED, Status.ERRORED, Status.WARNED)


@dataclass(frozen=True)
class Evaluation:
    """One evaluation of a check, with the numbers which it compared."""

    status: Status
    at: datetime
    run_id: str
    numbers: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckState:
    """One check now.

    `says` is what the latest evaluation found, `rows` the first rows which break the rule, `trend`
    the latest evaluations. `since` is the time of the first of the uninterrupted evaluations with
    this status. `skipped` tells that the latest run which planned the check did not come to it.
    """

    table: str
    name: str
    rule: str
    blocking: bool
    status: Status = Status.NEVER
    severity: str | None = None
    since: datetime | None = None
    says: str | None = None
    rows: Sequence[Mapping[str, Any]] = ()
    trend: Sequence[Evaluation] = ()
    skipped: bool = False

    @property
    def latest(self) -> Evaluation | None:
        """The latest evaluation."""
        return self.trend[-1] if self.trend else None

    @property
    def numbers(self) -> Mapping[str, int | float]:
        """The numbers which the latest evaluation compared."""
        return self.latest.numbers if self.latest else {}

    @property
    def telling_numbers(self) -> Mapping[str, int | float]:
        """The same without the violations of a rule which was not broken lately."""
        return {name: value for name, value in self.numbers.items() if name != VIOLATIONS or any(self.series(name))}

    def series(self, number: str) -> list[int | float]:
        """A number over time, without the evaluations which lack it."""
        return [evaluation.numbers[number] for evaluation in self.trend if number in evaluation.numbers]


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
        nothing_known = Status.PASSED if self.materialized else Status.NEVER
        return min((check.status for check in self.checks), key=lambda status: status.place, default=nothing_known)

    @property
    def skipped(self) -> int:
        """How many of its checks the latest run which planned them did not come to."""
        return sum(check.skipped for check in self.checks)

    def count(self, status: Status) -> int:
        """How many of its checks stand like this."""
        return sum(check.status == status for check in self.checks)


@dataclass(frozen=True)
class Quality:
    """All tables at one moment, the worst first."""

    at: datetime
    tables: Sequence[TableState]

    @property
    def checks(self) -> Iterator[CheckState]:
        """All checks, the worst first, then in the order of the tables."""
        return iter(sorted((check for table in self.tables for check in table.checks), key=lambda c: c.status.place))

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many checks stand how."""
        found = Counter(check.status for check in self.checks)
        return {status: found[status] for status in Status}

    def age(self, at: datetime) -> str:
        """How long ago that was, for people."""
        return duration(self.at - at)


def duration(length: timedelta) -> str:
    """A length of time in its largest fitting unit, rounded down."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size * (2 if unit == "days" else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
