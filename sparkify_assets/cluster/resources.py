"""A resource in AWS: `up` inspects it, creates it if it is missing, and never changes it silently."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sparkify_assets.cluster.aws import none_if_absent, tag_map
from sparkify_assets.cluster.specification import TAG, ClusterSpecification
from sparkify_assets.cluster.waiting import GONE, Waiting
from sparkify_assets.errors import ClusterError

Description = Mapping[str, Any]

_LEAVING = ("deleting", "final-snapshot")


@dataclass(frozen=True)
class ResourceState:
    """A resource in AWS, compared with the settings.

    `status` is empty if it does not exist. `todo` is what `up` would do. `drift` is what differs from the
    settings; it is left as it is.
    """

    label: str
    status: str = ""
    todo: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()


@dataclass
class Resource(ABC):
    """One resource in AWS, found by its name. AWS raises `absent_code` if it does not exist."""

    kind: ClassVar[str]
    suffix: ClassVar[str] = ""
    absent_code: ClassVar[str] = ""
    spec: ClusterSpecification
    waiting: Waiting

    @property
    def name(self) -> str:
        """Its name in AWS."""
        return f"{self.spec.name}{self.suffix}"

    @property
    def label(self) -> str:
        """Its kind and name, as messages show it."""
        return f"{self.kind} {self.name}"

    def find(self) -> Description | None:
        """As AWS describes it; None if it does not exist."""
        return none_if_absent(self._find, self.absent_code, f"{self.absent_code}Fault")

    @abstractmethod
    def create(self) -> None:
        """Create the missing parts of it."""

    @abstractmethod
    def delete(self) -> None:
        """Delete it in any status and wait until it is gone; does nothing if it does not exist."""

    def inspect(self) -> ResourceState:
        """Compare it with the settings; changes nothing."""
        found = self.find()
        status = self._status_of(found) if found else ""
        if found is None or status in _LEAVING:
            wait = [f"wait until the old {self.label} is gone"] if found else []
            return ResourceState(self.label, status, (*wait, *self._creation()))
        drift = tuple(f"the {self.label}: {line}" for line in self._drift(found))
        return ResourceState(self.label, status, tuple(self._missing(found)), drift)

    def validate(self) -> None:
        """Raise ClusterError for what `up` would fail at, before anything is created."""
        self.require_owned()

    def require_owned(self) -> None:
        """Raise ClusterError if it exists and sparkify did not create it: then it is neither used nor deleted."""
        found = self.find()
        if found is not None and not self._is_owned(found):
            raise ClusterError(
                f"There is a {self.label} which sparkify did not create: it lacks the tag {TAG}={self.spec.name}. "
                "Choose another SPARKIFY_CLUSTER_NAME, or delete it yourself."
            )

    def require_exists(self) -> None:
        """Raise ClusterError if it does not exist."""
        if self.find() is None:
            raise ClusterError(f"There is no {self.label}. Create it: sparkify cluster up")

    def status(self) -> str:
        """Its status in AWS; `gone` if it does not exist."""
        found = self.find()
        return self._status_of(found) if found else GONE

    def wait_for(self, *statuses: str) -> str:
        """Wait until it has one of these statuses, and return it."""
        return self.waiting.until(self.label, self.status, *statuses)

    @abstractmethod
    def _find(self) -> Description | None:
        """As AWS describes it; may raise `absent_code`."""

    @abstractmethod
    def _creation(self) -> list[str]:
        """What `up` does if it does not exist."""

    def _missing(self, found: Description) -> list[str]:
        """What `up` does although it exists."""
        return []

    def _drift(self, found: Description) -> list[str]:
        return []

    def _status_of(self, found: Description) -> str:
        return "exists"

    def _is_owned(self, found: Description) -> bool:
        return self._tags_of(found).get(TAG) == self.spec.name

    def _tags_of(self, found: Description) -> dict[str, str]:
        return tag_map(found.get("Tags"))
