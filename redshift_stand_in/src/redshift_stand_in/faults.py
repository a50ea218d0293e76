"""Faults which the stand-in shows on request: dropped connections, delays, errors of Redshift and of S3.

A fault waits for the statement it names, fires there (once, or `times`), and is gone. Threads may add and fire at once.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from redshift_stand_in.contract import Refused

Which = str | int | Callable[[str], bool]

ERROR_1023 = Refused(
    "XX000",
    "1023",
    "Serializable isolation violation on table - 100167, "
    "transactions forming the cycle are: 55705701, 55705754 (pid:16606)",
)
ERROR_1018 = Refused("XX000", "1018", "Relation does not exist.")


def s3_failure(text: str) -> Refused:
    """What COPY answers when S3 refuses it."""
    return Refused("XX000", text, load_detail(text, 8001))


def load_detail(text: str, code: int, query: int = 0, context: str = "") -> str:
    """The DETAIL block of an error in COPY or UNLOAD."""
    line = "-----------------------------------------------"
    return (
        f"\n  {line}\n  error:  {text}\n  code:      {code}\n  context:   {context}\n  query:     {query}\n"
        f"  location:  table_s3_scanner.cpp:375\n  process:   query0_{query} [pid=1]\n  {line}\n"
    )


S3_SLOW_DOWN = s3_failure(
    "S3ServiceException:Please reduce your request rate.,Status 503,Error SlowDown,Rid 0,CanRetry 1"
)
S3_ACCESS_DENIED = s3_failure("S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 0,CanRetry 1")


@dataclass
class Fault:
    """What to do to which statement.

    | kind | what happens |
    |---|---|
    | drop_before | the connection closes before the statement runs; an open transaction is rolled back |
    | drop_during | it closes while the statement runs, whose work is undone; COMMIT, TRUNCATE: as drop_after |
    | drop_after | the statement is done (a COMMIT committed), and the connection closes before the answer |
    | delay | the statement starts `seconds` later |
    | error | the statement does not run; the answer is `error` |
    """

    kind: Literal["drop_before", "drop_during", "drop_after", "delay", "error"]
    statement: Which = 1
    """A regular expression searched in the text, case ignored; a predicate; or n: the n-th statement from now on."""
    times: int = 1
    seconds: float = 0
    error: Refused = ERROR_1023
    fired: int = field(default=0, init=False)

    def matches(self, text: str, statement_number: int) -> bool:
        if isinstance(self.statement, int):
            return statement_number == self.statement
        if isinstance(self.statement, str):
            return re.search(self.statement, text, re.IGNORECASE) is not None
        return self.statement(text)


class Faults:
    """The faults which wait. Of several for one statement the first added fires."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, int]] = []
        self._statements = 0

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._waiting.append((fault, self._statements))
        return fault

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> list[Fault]:
        with self._lock:
            return [fault for fault, _ in self._waiting]

    def take(self, text: str) -> Fault | None:
        """The fault for this statement, which is about to run."""
        with self._lock:
            self._statements += 1
            for entry in self._waiting:
                fault, since = entry
                if fault.matches(text, self._statements - since):
                    fault.fired += 1
                    if fault.fired >= fault.times:
                        self._waiting.remove(entry)
                    return fault
        return None
