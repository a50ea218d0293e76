"""Failures of Redshift and its driver, and whether doing it again may help.

The driver raises its own errors for what the server says (a dict of one-letter fields), and bare
socket errors once the connection is gone.
"""

import re
import struct
from dataclasses import dataclass

from redshift_connector.error import Error

from sparkify_assets.errors import WarehouseError
from sparkify_assets.warehouse.base import excerpt

DRIVER_ERRORS = (Error, OSError, struct.error)
"""A connection which breaks in the middle of a message leaves the driver with half an answer."""

_TRANSIENT_STATES = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock
        "53300",  # too many connections
        "57P01",  # shut down by the administrator
        "57P03",  # starting up or resuming
    }
)
# Most of what Redshift says has the SQLSTATE XX000, so the text decides.
_TRANSIENT = re.compile(
    r"^\s*(ERROR:\s*)?10(23|18)\b|Serializable isolation violation|deadlock detected|"
    r"S3ServiceException.*(Status 50[03]|SlowDown|InternalError|RequestTimeout)|reduce your request rate",
    re.IGNORECASE | re.DOTALL,
)


class TransientFailure(Exception):
    """The transaction was rolled back, and doing all of it again may succeed; `error` says what happened."""

    def __init__(self, error: WarehouseError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class DriverError:
    """A failure in the server's words, or in those of the driver if the server did not answer."""

    state: str
    message: str
    detail: str
    by_server: bool

    @property
    def is_transient(self) -> bool:
        """Whether the same work may succeed later. A connection which broke before the commit changed nothing."""
        text = f"{self.message}\n{self.detail}"
        return not self.by_server or self.state in _TRANSIENT_STATES or bool(_TRANSIENT.search(text))

    @property
    def text(self) -> str:
        """Message and detail on a line each, without Redshift's frames of dashes."""
        lines = [self.message, *self.detail.splitlines()]
        return "\n".join(line.strip() for line in lines if line.strip(" -\t"))


def parse_error(error: BaseException) -> DriverError:
    """Read an error of the driver."""
    fields = error.args[0] if error.args else ""
    if isinstance(fields, dict):
        return DriverError(fields.get("C", ""), str(fields.get("M", "")), str(fields.get("D", "")), True)
    known_by_driver = isinstance(error, Error) and not _is_broken_connection(str(error))
    return DriverError("", f"{type(error).__name__}: {error}", "", known_by_driver)


def as_warehouse_error(error: BaseException, statement: str) -> WarehouseError | TransientFailure:
    """An error of the driver as one of this package, with an excerpt of the statement it was about."""
    found = parse_error(error)
    what = "Redshift refused" if found.by_server else "The connection to Redshift broke"
    problem = WarehouseError(f"{what}: {found.text}\nNothing was changed by: {excerpt(statement)} ...")
    return TransientFailure(problem) if found.is_transient else problem


def _is_broken_connection(text: str) -> bool:
    signs = ("BrokenPipe", "socket closed", "connection is closed", "communication error", "time out")
    return any(sign in text for sign in signs)
