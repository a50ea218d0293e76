"""A serverless Redshift: a namespace, which holds the data, and a workgroup, which answers queries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sparkify_assets.cluster.aws import client, tag_list, tag_map
from sparkify_assets.cluster.descriptions import ClusterDescription, differences
from sparkify_assets.cluster.network import SecurityGroup, subnet_ids
from sparkify_assets.cluster.resources import Description, Resource
from sparkify_assets.cluster.snapshots import DataResource
from sparkify_assets.cluster.specification import PORT, TAG
from sparkify_assets.cluster.waiting import GONE

_BUSY = {"ConflictException": "operation running"}
_RESTORE_TAG = f"{TAG}:restore"
_RESTORED_TAG = f"{TAG}:restored"


class _ServerlessResource(Resource):
    """Status and tags as redshift-serverless describes them: tags need a call of their own."""

    absent_code = "ResourceNotFoundException"

    def _find(self) -> Description:
        get = getattr(client("redshift-serverless"), f"get_{self.kind}")
        found: Description = get(**{f"{self.kind}Name": self.name})[self.kind]
        return found

    def _status_of(self, found: Description) -> str:
        return str(found["status"].lower())

    def _tags_of(self, found: Description) -> dict[str, str]:
        arn = found[f"{self.kind}Arn"]
        return tag_map(client("redshift-serverless").list_tags_for_resource(resourceArn=arn)["tags"])


@dataclass
class Namespace(_ServerlessResource, DataResource):
    """Database, admin and role. Its tags say which restore is pending or done, so that `up` resumes a killed one."""

    kind = "namespace"
    role_not_ready: ClassVar[Mapping[str, str]] = {"ValidationException": "IAM role"}

    def create(self) -> None:
        """A new one, encrypted; AWS keeps the password of its admin."""
        if self.status() == "deleting":
            self.wait_for(GONE)
        role = self.role.arn
        tags = self.spec.tags | ({_RESTORE_TAG: self.from_snapshot} if self.from_snapshot else {})
        self._retry_until_role_is_ready(
            lambda: client("redshift-serverless").create_namespace(
                namespaceName=self.name,
                dbName=self.spec.database,
                adminUsername=self.spec.admin,
                manageAdminPassword=True,
                iamRoles=[role],
                defaultIamRoleArn=role,
                tags=tag_list(tags, lower=True),
            )
        )

    def delete(self) -> None:
        """With its final snapshot; the workgroup must be gone."""
        if self.status() not in (GONE, "deleting"):
            snapshot = self._final_snapshot_name() if self.final_snapshot else ""
            final = {"finalSnapshotName": snapshot} if snapshot else {}
            delete = client("redshift-serverless").delete_namespace
            self.waiting.retry(self.label, lambda: delete(namespaceName=self.name, **final), _BUSY)
            if snapshot:
                self._log_final_snapshot(snapshot)
        self.wait_for(GONE)

    @property
    def restore_pending(self) -> bool:
        """Whether `from_snapshot` is not restored yet."""
        found = self.find() if self.from_snapshot else None
        return found is not None and self._tags_of(found).get(_RESTORE_TAG) == self.from_snapshot

    def mark_restored(self) -> None:
        """Record that the restore is done."""
        if found := self.find():
            arn, serverless = found["namespaceArn"], client("redshift-serverless")
            serverless.tag_resource(resourceArn=arn, tags=tag_list({_RESTORED_TAG: self.from_snapshot}, lower=True))
            serverless.untag_resource(resourceArn=arn, tagKeys=[_RESTORE_TAG])

    def _creation(self) -> list[str]:
        return [f"create the {self.label}, encrypted"]

    def _drift(self, found: Description) -> list[str]:
        pending, drift = self._tags_of(found).get(_RESTORE_TAG), []
        if pending and pending != self.from_snapshot:
            drift.append(f"the restore of {pending} did not finish; add --from-snapshot {pending}")
        # A restored namespace has none until one is asked for.
        if not found.get("adminPasswordSecretArn"):
            drift.append(
                "Secrets Manager does not hold the password of its admin: aws redshift-serverless update-namespace "
                f"--namespace-name {self.name} --manage-admin-password"
            )
        return drift

    def _require_snapshot(self) -> None:
        client("redshift-serverless").get_snapshot(snapshotName=self.from_snapshot)

    def _is_restore(self, found: Description) -> bool:
        tags = self._tags_of(found)
        return self.from_snapshot in (tags.get(_RESTORE_TAG), tags.get(_RESTORED_TAG))


@dataclass
class Workgroup(_ServerlessResource):
    """Capacity, network and usage limit."""

    namespace: Namespace
    group: SecurityGroup
    kind = "workgroup"

    def describe(self) -> ClusterDescription | None:
        """As AWS describes it with its namespace; None if either does not exist."""
        found, namespace = self.find(), self.namespace.find()
        return describe(found, namespace) if found and namespace else None

    def create(self) -> None:
        """The workgroup, its limit, and the restore for which the namespace is marked."""
        serverless = client("redshift-serverless")
        self.namespace.wait_for("available")
        if self.status() == "deleting":
            self.wait_for(GONE)
        if self.find() is None:
            self.group.require_exists()
            serverless.create_workgroup(
                workgroupName=self.name,
                namespaceName=self.namespace.name,
                baseCapacity=self.spec.rpu,
                publiclyAccessible=False,
                port=PORT,
                securityGroupIds=[self.group.group_id],
                subnetIds=subnet_ids(self.spec),
                tags=tag_list(self.spec.tags, lower=True),
            )
        self.finish()
        found = self.find()
        if found and self.spec.monthly_rpu_hours and not self._limits(found):
            serverless.create_usage_limit(
                resourceArn=found["workgroupArn"],
                usageType="serverless-compute",
                amount=self.spec.monthly_rpu_hours,
                period="monthly",
                breachAction="deactivate",
            )
        if self.namespace.restore_pending:
            serverless.restore_from_snapshot(
                namespaceName=self.namespace.name,
                workgroupName=self.name,
                snapshotName=self.namespace.from_snapshot,
                manageAdminPassword=True,
            )
            self.finish()
            self.namespace.mark_restored()

    def finish(self) -> None:
        """Wait until workgroup and namespace are available."""
        self.wait_for("available", GONE)
        self.namespace.wait_for("available")

    def pause(self) -> None:
        """Does nothing: a workgroup is billed only while a query runs."""
        self.waiting.log(f"{self.label}: billed only while a query runs, so there is nothing to pause.")

    def resume(self) -> None:
        """Wait until it is available."""
        self.require_exists()
        self.finish()

    def delete(self) -> None:
        """Its limit first; one in creation is waited for."""
        serverless, found = client("redshift-serverless"), self.find()
        for limit in self._limits(found) if found else []:
            serverless.delete_usage_limit(usageLimitId=limit["usageLimitId"])
        if self.wait_for("available", "deleting", GONE) == "available":
            self.waiting.retry(self.label, lambda: serverless.delete_workgroup(workgroupName=self.name), _BUSY)
        self.wait_for(GONE)

    def _creation(self) -> list[str]:
        return [f"create the {self.label}: {self.spec.size}, not public", *self._limit_todo(), *self._restore_todo()]

    def _missing(self, found: Description) -> list[str]:
        limit = [] if self._limits(found) else self._limit_todo()
        return limit + (self._restore_todo() if self.namespace.restore_pending else [])

    def _limit_todo(self) -> list[str]:
        hours = self.spec.monthly_rpu_hours
        return [f"stop the {self.label} at {hours} RPU-hours a month"] if hours else []

    def _restore_todo(self) -> list[str]:
        snapshot = self.namespace.from_snapshot
        return [f"restore the snapshot {snapshot}"] if snapshot else []

    def _drift(self, found: Description) -> list[str]:
        namespace, hours = self.namespace.find(), self.spec.monthly_rpu_hours
        drift = differences(describe(found, namespace), self.spec, self.group.group_id) if namespace else []
        expected = f"{hours} monthly, then deactivate" if hours else "none"
        return drift + [
            f"its usage limit is {limit['amount']} RPU-hours, {limit['period']}, then {limit['breachAction']}; "
            f"expected: {expected}"
            for limit in self._limits(found)
            if (limit["amount"], limit["period"], limit["breachAction"]) != (hours, "monthly", "deactivate")
        ]

    def _limits(self, found: Description) -> list[dict[str, Any]]:
        answer = client("redshift-serverless").list_usage_limits(
            resourceArn=found["workgroupArn"], usageType="serverless-compute"
        )
        return list(answer["usageLimits"])


def describe(workgroup: Description, namespace: Description) -> ClusterDescription:
    """A workgroup and its namespace in the terms of a cluster; AWS encrypts every serverless one."""
    endpoint = workgroup.get("endpoint") or {}
    return ClusterDescription(
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
