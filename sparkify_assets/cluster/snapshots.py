"""A resource which holds the tables: it is restored from a snapshot, and leaves one."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from sparkify_assets.cluster.resources import Description, Resource
from sparkify_assets.cluster.role import Role
from sparkify_assets.errors import ClusterError

# IAM propagates a new role within seconds; after minutes the role itself is wrong.
_ROLE_SECONDS = 300


@dataclass
class DataResource(Resource):
    """A new one is restored from `from_snapshot`, if given; a deleted one leaves a snapshot if `final_snapshot`.

    `role_not_ready` is the error which AWS raises for a role which it does not know yet.
    """

    role: Role
    from_snapshot: str
    final_snapshot: bool
    role_not_ready: ClassVar[Mapping[str, str]]

    def validate(self) -> None:
        """A restore replaces all data, so only a new resource is restored."""
        super().validate()
        if not self.from_snapshot:
            return
        found = self.find()
        if found is None:
            self._require_snapshot()
        elif not self._is_restore(found):
            raise ClusterError(
                f"The {self.label} exists already; a snapshot is restored only into a new one. First: "
                "sparkify cluster down"
            )

    @abstractmethod
    def _require_snapshot(self) -> None:
        """Let AWS raise its error if there is no such snapshot."""

    @abstractmethod
    def _is_restore(self, found: Description) -> bool:
        """Whether it was restored from `from_snapshot`, or will be."""

    def _retry_until_role_is_ready(self, call: Callable[[], Any]) -> None:
        self.waiting.at_most(_ROLE_SECONDS).retry(self.role.label, call, self.role_not_ready)

    def _final_snapshot_name(self) -> str:
        return f"{self.name}-final-{datetime.now(UTC):%Y%m%d%H%M%S%f}"

    def _log_final_snapshot(self, snapshot: str) -> None:
        self.waiting.log(
            f"{self.label}: its final snapshot is {snapshot}; restore it with "
            f"`sparkify cluster up --from-snapshot {snapshot}`"
        )
