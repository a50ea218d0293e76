"""Waiting for AWS: told, bounded, and over as soon as it can be. The clock is the test's own."""

from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from sparkify_assets.cluster.waiting import Waiting, one_of
from sparkify_assets.errors import ClusterError


class Clock:
    """Stands still but for the sleeps."""

    def __init__(self) -> None:
        self.now, self.told = 0.0, list[str]()

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def waiting(self, poll: float = 15, limit: float = 600) -> Waiting:
        return Waiting(poll, limit, self.told.append, clock=lambda: self.now, sleep=self.sleep)


def states(*each: str) -> Callable[[], str]:
    shown: Iterator[str] = iter(each)
    last = each[-1]
    return lambda: next(shown, last)


def test_each_state_is_told_once_and_each_minute_of_a_long_one() -> None:
    clock = Clock()
    look = states(*["creating"] * 10, "modifying", "available")
    assert clock.waiting().until("cluster x", look, one_of("available")) == "available"
    assert clock.told == [
        "cluster x: creating, 0 s",
        "cluster x: creating, 60 s",
        "cluster x: creating, 120 s",
        "cluster x: modifying, 150 s",
    ]
    assert clock.now == 165


def test_a_wait_has_an_end_and_says_how_to_go_on() -> None:
    clock = Clock()
    with pytest.raises(ClusterError, match=r"cluster x is still 'creating' after 10 minutes. The same command takes"):
        clock.waiting().until("cluster x", states("creating"), one_of("available"))
    assert clock.now == 615


def test_a_shorter_wait_ends_sooner_and_never_later() -> None:
    assert Clock().waiting(limit=600).at_most(300).limit_seconds == 300
    assert Clock().waiting(limit=60).at_most(300).limit_seconds == 60


def test_only_the_error_which_passes_is_waited_for() -> None:
    clock, calls = Clock(), list[str]()

    def call() -> str:
        calls.append("")
        if len(calls) < 3:
            raise ClientError({"Error": {"Code": "Busy", "Message": "an operation running"}}, "DeleteIt")
        return "done"

    assert clock.waiting().retried("it", call, {"Busy": "operation running"}) == "done"
    calls.clear()
    with pytest.raises(ClientError):
        clock.waiting().retried("it", call, {"Busy": "something else"})
    assert len(calls) == 1
