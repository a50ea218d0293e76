"""A step of the way up: something in AWS which is looked at, made if it is missing, and never changed silently."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from sparkify_assets.cluster.account import Account
from sparkify_assets.cluster.specification import ClusterSpecification
from sparkify_assets.cluster.waiting import Waiting
from sparkify_assets.errors import ClusterError


@dataclass(frozen=True)
class Found:
    """How a thing stands in AWS, next to what is wanted.

    `todo` is what `up` would do; `drift` is what differs from the settings and stays as it is until somebody
    decides. What is not `ours` lacks the tag: it is neither used nor deleted.
    """

    what: str
    state: str = ""
    ours: bool = True
    todo: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether it is there, in whatever state."""
        return bool(self.state)


@dataclass
class Step(ABC):
    """One thing in AWS."""

    account: Account
    wanted: ClusterSpecification
    waiting: Waiting

    @abstractmethod
    def presence(self) -> Found:
        """Whether it is there, and ours."""

    @abstractmethod
    def look(self) -> Found:
        """How it stands, next to what is wanted; changes nothing."""

    def refuse(self) -> None:
        """Raise ClusterError for what `up` would fail at, before the first step has made anything."""
        self.refuse_others()

    def refuse_others(self) -> None:
        """Raise ClusterError if somebody else made it."""
        found = self.presence()
        if not found.ours:
            raise ClusterError(
                f"There is a {found.what} which sparkify did not make: it lacks the tag {'='.join(self.wanted.tag)}. "
                "Choose another SPARKIFY_CLUSTER_NAME, or delete it yourself."
            )

    @abstractmethod
    def create(self) -> None:
        """Make what is missing of it."""

    @abstractmethod
    def delete(self) -> None:
        """Delete it, in whatever state it is, and wait until it is gone; nothing happens if it is not there."""

    @property
    def tags(self) -> list[dict[str, str]]:
        """The mark of what this project made, as most services write tags."""
        key, value = self.wanted.tag
        return [{"Key": key, "Value": value}]
