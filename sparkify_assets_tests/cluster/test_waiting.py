"""Waiting for AWS is logged and bounded. The clock is the test's own."""

from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from sparkify_assets.cluster.waiting import Waiting
from sparkify_assets.errors import ClusterError


class Clock:
    """Moves only by sleeps."""

    def __init__(self) -> None:
        self.now, self.logged = 0.0, list[str]()

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def waiting(self, poll: float = 15, limit: float = 600) -> Waiting:
        return Waiting(poll, limit, self.logged.append, clock=lambda: self.now, sleep=self.sleep)


def states(*each: str) -> Callable[[], str]:
    shown: Iterator[str] = iter(each)
    last = each[-1]
    return lambda: next(shown, last)


def test_each_status_is_logged_once_and_each_minute_of_a_long_one() -> None:
    clock = Clock()
    look = states(*["creating"] * 10, "modifying", "available")
    assert clock.waiting().until("cluster x", look, "available") == "available"
    assert clock.logged == [
        "cluster x: creating, 0 s",
        "cluster x: creating, 60 s",
        "cluster x: creating, 120 s",
        "cluster x: modifying, 150 s",
    ]
    assert clock.now == 165


def test_a_wait_has_a_limit_and_says_how_to_continue() -> None:
    clock = Clock()
    with pytest.raises(
        ClusterError, match=r"cluster x is still 'creating' after 10 minutes. Run the same command again"
    ):
        clock.waiting().until("cluster x", states("creating"), "available")
    assert clock.now == 615


def test_at_most_only_lowers_the_limit() -> None:
    assert Clock().waiting(limit=600).at_most(300).limit_seconds == 300
    assert Clock().waiting(limit=60).at_most(300).limit_seconds == 60


def test_only_transient_errors_are_retried() -> None:
    clock, calls = Clock(), list[str]()

    def call() -> None:
        calls.append("")
        if len(calls) < 3:
            raise ClientError({"Error": {"Code": "Busy", "Message": "an operation running"}}, "DeleteIt")

    clock.waiting().retry("it", call, {"Busy": "operation running"})
    assert len(calls) == 3
    calls.clear()
    with pytest.raises(ClientError):
        clock.waiting().retry("it", call, {"Busy": "something else"})
    assert len(calls) == 1
