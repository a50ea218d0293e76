"""Waiting for AWS: with an end, and with a word about what it waits for."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from sparkify_assets.errors import ClusterError

Tell = Callable[[str], None]

GONE = "gone"
# IAM tells the other services about a new role within seconds; after minutes it is the role which is wrong.
ROLE_SECONDS = 300


@dataclass(frozen=True)
class Waiting:
    """How often to look, when to give up, and whom to tell."""

    poll_seconds: float
    limit_seconds: float
    tell: Tell
    clock: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)

    def at_most(self, seconds: float) -> "Waiting":
        """The same, which gives up sooner."""
        return replace(self, limit_seconds=min(self.limit_seconds, seconds))

    def until(self, what: str, look: Callable[[], str], settled: Callable[[str], bool]) -> str:
        """Look until the state is settled and return it; each new state is told, and each minute of one."""
        start = told = self.clock()
        said = ""
        while not settled(state := look()):
            now = self.clock()
            if now - start > self.limit_seconds:
                raise ClusterError(
                    f"{what} is still {state!r} after {self.limit_seconds / 60:.0f} minutes. The same command takes "
                    "up from here; look at the cluster's events in the AWS console if it does not move."
                )
            if state != said or now - told >= 60:
                self.tell(f"{what}: {state}, {now - start:.0f} s")
                said, told = state, now
            self.sleep(self.poll_seconds)
        return state

    def retried(self, what: str, call: Callable[[], Any], unready: Mapping[str, str]) -> Any:
        """Call until AWS no longer answers with one of these errors: part of the message by code."""
        answer: list[Any] = []

        def state() -> str:
            try:
                answer.append(call())
            except ClientError as error:
                details = error.response["Error"]
                part = unready.get(details["Code"])
                if part is None or part not in details["Message"]:
                    raise
                return f"not yet ({details['Message']})"
            return ""

        self.until(what, state, lambda found: not found)
        return answer[0]


def one_of(*states: str) -> Callable[[str], bool]:
    """Settled in one of these states."""
    wanted: Collection[str] = frozenset(states)
    return lambda state: state in wanted
