"""A serverless Redshift: a namespace, which holds the data, and a workgroup, which answers queries."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sparkify_assets.cluster.account import tagged, unless_absent
from sparkify_assets.cluster.described import Described, differences
from sparkify_assets.cluster.network import Network, SecurityGroup
from sparkify_assets.cluster.role import Role
from sparkify_assets.cluster.specification import PORT, TAG
from sparkify_assets.cluster.steps import Found, Step
from sparkify_assets.cluster.waiting import GONE, ROLE_SECONDS, one_of
from sparkify_assets.errors import ClusterError

_ABSENT = "ResourceNotFoundException"
_RESTORE_TAG = f"{TAG}:restore"
_ROLE_UNREADY = {"ValidationException": "IAM role"}
_BUSY = {"ConflictException": "operation running"}


@dataclass
class Namespace(Step):
    """Database, admin and role. `from_snapshot` marks a new one, so that a killed restore is known and taken up."""

    role: Role
    from_snapshot: str
    final_snapshot: bool

    @property
    def what(self) -> str:
        """Its name in messages."""
        return f"namespace {self.wanted.name}"

    def presence(self) -> Found:
        """By name."""
        found = self.find()
        ours = found is None or self.tags_of(found["namespaceArn"]).get(self.wanted.tag[0]) == self.wanted.tag[1]
        return Found(self.what, found["status"].lower() if found else "", ours)

    def look(self) -> Found:
        """Its state, and whether a restore is open."""
        found = self.find()
        if found is None:
            return Found(self.what, todo=(f"create the {self.what}, encrypted",))
        state = found["status"].lower()
        tags = self.tags_of(found["namespaceArn"])
        if state == "deleting":
            return Found(self.what, state, todo=(f"create the {self.what} when the old one is gone",))
        pending = tags.get(_RESTORE_TAG)
        if pending and pending != self.from_snapshot:
            unfinished = f"the {self.what}: the restore of {pending} never ended; add --from-snapshot {pending}"
            return Found(self.what, state, drift=(unfinished,))
        return Found(self.what, state)

    def refuse(self) -> None:
        """A snapshot is restored over what is there, so only into what was made for it."""
        super().refuse()
        if not self.from_snapshot:
            return
        self.account.serverless.get_snapshot(snapshotName=self.from_snapshot)
        found = self.find()
        marks = self.tags_of(found["namespaceArn"]) if found else {}
        if found and self.from_snapshot not in (marks.get(_RESTORE_TAG), marks.get(f"{_RESTORE_TAG}d")):
            raise ClusterError(
                f"The {self.what} is there already; a snapshot is restored only into a new one. First: "
                "sparkify cluster down"
            )

    def create(self) -> None:
        """A new one, encrypted, its admin's password kept by AWS."""
        if self._state() == "deleting":
            self._gone()
        role, key = self.role.arn, self.wanted.tag[0]
        tags = {key: self.wanted.tag[1]} | ({_RESTORE_TAG: self.from_snapshot} if self.from_snapshot else {})
        self.waiting.at_most(ROLE_SECONDS).retried(
            f"role {self.wanted.role_name}",
            lambda: self.account.serverless.create_namespace(
                namespaceName=self.wanted.name,
                dbName=self.wanted.database,
                adminUsername=self.wanted.admin,
                manageAdminPassword=True,
                iamRoles=[role],
                defaultIamRoleArn=role,
                tags=[{"key": key, "value": value} for key, value in tags.items()],
            ),
            _ROLE_UNREADY,
        )

    def finish(self) -> None:
        """Wait until it is available."""
        self.waiting.until(self.what, self._state, one_of("available"))

    def delete(self) -> None:
        """With its final snapshot; the workgroup must be gone."""
        if self._state() not in (GONE, "deleting"):
            snapshot = f"{self.wanted.name}-final-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
            final = {"finalSnapshotName": snapshot} if self.final_snapshot else {}
            self.waiting.retried(
                self.what,
                lambda: self.account.serverless.delete_namespace(namespaceName=self.wanted.name, **final),
                _BUSY,
            )
            if final:
                self.waiting.tell(
                    f"{self.what}: its final snapshot is {snapshot}; restore it with "
                    f"`sparkify cluster up --from-snapshot {snapshot}`"
                )
        self._gone()

    def find(self) -> dict[str, Any] | None:
        """As AWS describes it."""
        answer = unless_absent(lambda: self.account.serverless.get_namespace(namespaceName=self.wanted.name), _ABSENT)
        return answer and answer["namespace"]

    def tags_of(self, arn: str) -> dict[str, str]:
        """Tags by key."""
        return tagged(self.account.serverless.list_tags_for_resource(resourceArn=arn)["tags"])

    @property
    def to_restore(self) -> str:
        """The snapshot whose restore has not ended; empty if there is none."""
        found = self.find()
        pending = self.tags_of(found["namespaceArn"]).get(_RESTORE_TAG, "") if found else ""
        return pending if pending == self.from_snapshot else ""

    def restored(self) -> None:
        """Remember that the restore has ended."""
        found = self.find()
        if found is not None:
            arn, serverless = found["namespaceArn"], self.account.serverless
            serverless.tag_resource(resourceArn=arn, tags=[{"key": f"{_RESTORE_TAG}d", "value": self.from_snapshot}])
            serverless.untag_resource(resourceArn=arn, tagKeys=[_RESTORE_TAG])

    def _gone(self) -> None:
        self.waiting.until(self.what, self._state, one_of(GONE))

    def _state(self) -> str:
        found = self.find()
        return found["status"].lower() if found else GONE


@dataclass
class Workgroup(Step):
    """Capacity, network and usage limit."""

    namespace: Namespace
    group: SecurityGroup
    network: Network

    @property
    def what(self) -> str:
        """Its name in messages."""
        return f"workgroup {self.wanted.name}"

    @property
    def size(self) -> str:
        """The wanted capacity."""
        return f"{self.wanted.rpu} RPU"

    @cached_property
    def _limit_said(self) -> str:
        return f"stop the {self.what} at {self.wanted.monthly_rpu_hours} RPU-hours a month"

    def presence(self) -> Found:
        """By name."""
        found = self._find()
        tags = self.namespace.tags_of(found["workgroupArn"]) if found else {}
        ours = found is None or tags.get(self.wanted.tag[0]) == self.wanted.tag[1]
        return Found(self.what, found["status"].lower() if found else "", ours)

    def look(self) -> Found:
        """Its state, its limit, and what is not as the settings want it."""
        limited = (self._limit_said,) if self.wanted.monthly_rpu_hours else ()
        snapshot = self.namespace.from_snapshot
        restore = (f"restore the snapshot {snapshot}",) if snapshot else ()
        found = self._find()
        if found is None:
            return Found(self.what, todo=(f"create the {self.what}: {self.size}, not public", *limited, *restore))
        state = found["status"].lower()
        if state == "deleting":
            return Found(self.what, state, todo=(f"create the {self.what} when the old one is gone", *limited))
        limits = self._limits(found)
        todo = (*(limited if not limits else ()), *(restore if self.namespace.to_restore else ()))
        drift = [*self._drift(found), *self._limit_drift(limits)]
        return Found(self.what, state, todo=todo, drift=tuple(f"the {self.what}: {line}" for line in drift))

    def create(self) -> None:
        """The workgroup, its limit, and what the namespace waits to have restored."""
        self.namespace.finish()
        if self._state() == "deleting":
            self.waiting.until(self.what, self._state, one_of(GONE))
        if self._find() is None:
            key, value = self.wanted.tag
            self.account.serverless.create_workgroup(
                workgroupName=self.wanted.name,
                namespaceName=self.wanted.name,
                baseCapacity=self.wanted.rpu,
                publiclyAccessible=False,
                port=PORT,
                securityGroupIds=[self.group.group_id],
                subnetIds=self.network.subnet_ids,
                tags=[{"key": key, "value": value}],
            )
        self.finish()
        found = self._find()
        if found and self.wanted.monthly_rpu_hours and not self._limits(found):
            self.account.serverless.create_usage_limit(
                resourceArn=found["workgroupArn"],
                usageType="serverless-compute",
                amount=self.wanted.monthly_rpu_hours,
                period="monthly",
                breachAction="deactivate",
            )
        if snapshot := self.namespace.to_restore:
            self.account.serverless.restore_from_snapshot(
                namespaceName=self.wanted.name,
                workgroupName=self.wanted.name,
                snapshotName=snapshot,
                manageAdminPassword=True,
            )
            self.finish()
            self.namespace.restored()

    def finish(self) -> None:
        """Wait until workgroup and namespace are available."""
        self.waiting.until(self.what, self._state, one_of("available", GONE))
        self.namespace.finish()

    def delete(self) -> None:
        """Its limit first; one which is being made is waited for."""
        found = self._find()
        for limit in self._limits(found) if found else []:
            self.account.serverless.delete_usage_limit(usageLimitId=limit["usageLimitId"])
        if self.waiting.until(self.what, self._state, one_of("available", "deleting", GONE)) == "available":
            self.waiting.retried(
                self.what,
                lambda: self.account.serverless.delete_workgroup(workgroupName=self.wanted.name),
                _BUSY,
            )
        self.waiting.until(self.what, self._state, one_of(GONE))

    def describe(self) -> Described | None:
        """As AWS describes it; None if it is not there."""
        found, namespace = self._find(), self.namespace.find()
        return describe(found, namespace) if found and namespace else None

    def pause(self) -> None:
        """There is nothing to pause."""
        self.waiting.tell(f"{self.what}: bills only while a query runs, so there is nothing to pause.")

    def resume(self) -> None:
        """There is nothing to resume; waits until it is available."""
        if self._find() is None:
            raise ClusterError(f"There is no {self.what}. Create it: sparkify cluster up")
        self.finish()

    def _drift(self, workgroup: dict[str, Any]) -> list[str]:
        namespace = self.namespace.find()
        if namespace is None:
            return []
        return differences(
            describe(workgroup, namespace), self.size, self.wanted.role_name, self.group.presence().state
        )

    def _limit_drift(self, limits: list[dict[str, Any]]) -> list[str]:
        wanted = self.wanted.monthly_rpu_hours
        return [
            f"its usage limit is {limit['amount']} RPU-hours, {limit['period']}, then {limit['breachAction']}; wanted: "
            + (f"{wanted} monthly, then deactivate" if wanted else "none")
            for limit in limits
            if (limit["amount"], limit["period"], limit["breachAction"]) != (wanted, "monthly", "deactivate")
        ]

    def _limits(self, workgroup: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.account.serverless.list_usage_limits(
            resourceArn=workgroup["workgroupArn"], usageType="serverless-compute"
        )
        return list(answer["usageLimits"])

    def _state(self) -> str:
        found = self._find()
        return found["status"].lower() if found else GONE

    def _find(self) -> dict[str, Any] | None:
        answer = unless_absent(lambda: self.account.serverless.get_workgroup(workgroupName=self.wanted.name), _ABSENT)
        return answer and answer["workgroup"]


def describe(workgroup: dict[str, Any], namespace: dict[str, Any]) -> Described:
    """A workgroup and its namespace in the words of a cluster; AWS encrypts every serverless one."""
    endpoint = workgroup.get("endpoint") or {}
    return Described(
        name=workgroup["workgroupName"],
        mode="serverless",
        status=workgroup["status"].lower(),
        size=f"{workgroup['baseCapacity']} RPU",
        encrypted=True,
        public=bool(workgroup.get("publiclyAccessible")),
        database=namespace.get("dbName", ""),
        admin=namespace.get("adminUsername", ""),
        host=endpoint.get("address", ""),
        port=endpoint.get("port", PORT),
        secret_arn=namespace.get("adminPasswordSecretArn", ""),
        roles=[_arn(role) for role in namespace.get("iamRoles", [])],
        default_role=namespace.get("defaultIamRoleArn", ""),
        security_groups=list(workgroup.get("securityGroupIds", [])),
    )


def _arn(role: str) -> str:
    """AWS writes roles of a namespace as `IamRole(applyStatus=in-sync, iamRoleArn=arn:...)`."""
    found = re.search(r"arn:[^\s,)]+", role)
    return found[0] if found else role
