"""Waiting for AWS, with a limit and with progress messages."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sparkify_assets.errors import ClusterError

Log = Callable[[str], None]

GONE = "gone"


@dataclass(frozen=True)
class Waiting:
    """How often to poll, when to give up, and where progress is logged."""

    poll_seconds: float
    limit_seconds: float
    log: Log
    clock: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)

    def at_most(self, seconds: float) -> "Waiting":
        """The same with a lower limit."""
        return replace(self, limit_seconds=min(self.limit_seconds, seconds))

    def until(self, label: str, status: Callable[[], str], *settled: str) -> str:
        """Poll until the status is one of `settled` and return it; log each new status, and each minute of one."""
        start = logged_at = self.clock()
        logged = ""
        while (current := status()) not in settled:
            now = self.clock()
            if now - start > self.limit_seconds:
                raise ClusterError(
                    f"{label} is still {current!r} after {self.limit_seconds / 60:.0f} minutes. Run the same command "
                    "again to wait longer; if the status never changes, see the cluster's events in the AWS console."
                )
            if current != logged or now - logged_at >= 60:
                self.log(f"{label}: {current}, {now - start:.0f} s")
                logged, logged_at = current, now
            self.sleep(self.poll_seconds)
        return current

    def retry(self, label: str, call: Callable[[], Any], transient: Mapping[str, str]) -> None:
        """Call until AWS raises none of the `transient` errors: by code, a part of the message."""
        from botocore.exceptions import ClientError

        def status() -> str:
            try:
                call()
            except ClientError as error:
                details = error.response["Error"]
                part = transient.get(details["Code"])
                if part is None or part not in details["Message"]:
                    raise
                return f"not yet ({details['Message']})"
            return "done"

        self.until(label, status, "done")
