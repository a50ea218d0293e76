"""The errors, as a tree. Each message says what happened, where, and what to do.

SparkifyError
  SettingsError      a setting is missing or wrong: names it
  InstanceError      the Dagster instance cannot be read or written: names the file
  LakeError          the lake is missing or has another layout
    LakeUnreachable  the lake did not answer, or was too busy: a step is retried
  SourceError        the operational database refused something, or is not as its staging tables say
    SourceUnreachable it did not answer, or broke off: a step is retried
  WarehouseError
    WarehouseBusy    another process holds the database: says which
    WarehouseDamaged the database file is no database, or parts of it are lost
    WarehouseUnreachable the connection broke, or writes were in conflict, in every attempt: a step is retried
    LoadError        files could not be staged; nothing of them is kept
    KeyViolation     a load broke a declared key and was rolled back: names the rows
  NotifyError        a notification was not delivered
  ClusterError       AWS refused a step of the cluster's life: names the step
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class SparkifyError(Exception):
    """Any error of this package that a user can fix.

    A step is retried after a `transient` error. WarehouseBusy is not one: the wait for the database
    has a setting of its own. `damaged` are files and folders which `sparkify doctor --repair` renames, so that
    new ones are made in their place.
    """

    transient = False

    def __init__(self, message: str, damaged: Sequence[Path] = ()) -> None:
        self.damaged = tuple(damaged)
        super().__init__(message)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message alone, as on the command line."""
        return [f"Error: {self}"]


class SettingsError(SparkifyError):
    """A setting is missing or wrong."""


class InstanceError(SparkifyError):
    """The Dagster instance cannot be read or written. The tables are not in it."""


class LakeError(SparkifyError):
    """The lake is missing or has another layout."""


class LakeUnreachable(LakeError):
    """The lake did not answer, or was too busy."""

    transient = True


class SourceError(SparkifyError):
    """The operational database refused something, or is not as its staging tables say."""


class SourceUnreachable(SourceError):
    """The operational database did not answer, or broke off."""

    transient = True


class WarehouseError(SparkifyError):
    """The warehouse refused something."""


class WarehouseBusy(WarehouseError):
    """Another process holds the database."""


class WarehouseDamaged(WarehouseError):
    """The database file is no database, or parts of it are lost."""


class WarehouseUnreachable(WarehouseError):
    """The connection broke, or writes were in conflict, in every attempt."""

    transient = True


class LoadError(WarehouseError):
    """Files could not be staged. Nothing of them is kept."""


class KeyViolation(WarehouseError):
    """A load broke a declared key of `table`, and was rolled back.

    `rows` are the first which broke the rule `check`.
    """

    def __init__(self, table: str, check: str, rule: str, count: int, rows: Sequence[Mapping[str, Any]]) -> None:
        self.table, self.check, self.count, self.rows = table, check, count, rows
        shown = "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in rows[:5])
        super().__init__(
            f"The load of {table} broke the rule {rule!r} in {count} places and was rolled back; "
            f"the previous rows stay. First: {shown}."
        )


class NotifyError(SparkifyError):
    """A notification was not delivered."""


class ClusterError(SparkifyError):
    """AWS refused a step of the cluster's life, or a resource there is in a wrong state."""
