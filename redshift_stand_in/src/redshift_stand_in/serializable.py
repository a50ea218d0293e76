"""SERIALIZABLE as Redshift keeps it: by table, not by row.

Two transactions at once conflict if each reads a table which the other writes. A DELETE, UPDATE or MERGE reads its
table, even where it finds no row (Developer Guide: Serializable isolation).
"""

from dataclasses import dataclass, field

from redshift_stand_in.contract import Translated

_READERS = ("delete", "update", "merge")


@dataclass
class Work:
    """The tables which a transaction has read and written."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)

    def add(self, statement: Translated, tables: set[str]) -> None:
        """Count a statement in; `tables` are those it names, without temporary ones, and with those of its views."""
        self.writes |= tables & {statement.writes}
        reads_target = statement.sql.lstrip().lower().startswith(_READERS)
        self.reads |= tables if reads_target else tables - {statement.writes}

    def conflicts_with(self, other: "Work") -> bool:
        """Whether neither of the two can have come first."""
        return bool(self.reads & other.writes and other.reads & self.writes)


class History:
    """The work of the transactions which committed, in their order."""

    def __init__(self) -> None:
        self._committed: list[Work] = []

    @property
    def now(self) -> int:
        """The moment of a snapshot."""
        return len(self._committed)

    def commit(self, work: Work) -> None:
        """Remember a transaction which is about to commit."""
        if work.writes:
            self._committed.append(work)

    def conflict(self, work: Work, since: int) -> bool:
        """Whether the work conflicts with what was committed after this moment."""
        return any(work.conflicts_with(other) for other in self._committed[since:])
