"""A provisioned cluster: created, restored, paused, resumed, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sparkify_assets.cluster.aws import client, tag_list
from sparkify_assets.cluster.descriptions import PAUSED, ClusterDescription, differences
from sparkify_assets.cluster.network import SecurityGroup
from sparkify_assets.cluster.node_types import orderable_types
from sparkify_assets.cluster.resources import Description
from sparkify_assets.cluster.snapshots import DataResource
from sparkify_assets.cluster.specification import PORT, TAG
from sparkify_assets.cluster.waiting import GONE
from sparkify_assets.errors import ClusterError

_BROKEN = (
    "incompatible-hsm",
    "incompatible-network",
    "incompatible-parameters",
    "incompatible-restore",
    "hardware-failure",
    "storage-full",
)
_RESTORED_TAG = f"{TAG}:restored"


@dataclass
class ProvisionedCluster(DataResource):
    """The cluster; a restored one gets its tags when it is available, because a restore takes none."""

    group: SecurityGroup
    kind = "cluster"
    absent_code = "ClusterNotFound"
    role_not_ready: ClassVar[Mapping[str, str]] = {"InvalidParameterValue": "must delegate access"}

    def describe(self) -> ClusterDescription | None:
        """As AWS describes it; None if it does not exist."""
        found = self.find()
        return describe(found) if found else None

    def validate(self) -> None:
        """Also the node type: not every region offers each."""
        super().validate()
        if self.find() is not None:
            return
        if self.spec.node_type not in (offered := orderable_types()):
            raise ClusterError(
                f"SPARKIFY_CLUSTER_NODE_TYPE = {self.spec.node_type} is not available in "
                f"{client('redshift').meta.region_name}. Choose one of {', '.join(sorted(offered))}."
            )

    def create(self) -> None:
        """From nothing, or from the snapshot."""
        if self._settle() == GONE:
            self._retry_until_role_is_ready(self._restore if self.from_snapshot else self._create)

    def finish(self) -> None:
        """Wait until it is available, resume a paused one, and add the missing tags."""
        status = self._settle()
        if status == "paused":
            client("redshift").resume_cluster(ClusterIdentifier=self.name)
            status = self.wait_for("available", GONE, *_BROKEN)
        found = self.find()
        if found is None or status != "available":
            raise ClusterError(
                f"The {self.label} is {status}. See its events in the AWS console; then run the same command again, "
                "or `sparkify cluster down --no-final-snapshot` to start over."
            )
        expected = self.spec.tags | ({_RESTORED_TAG: self.from_snapshot} if self.from_snapshot else {})
        actual = self._tags_of(found)
        if missing := {key: value for key, value in expected.items() if actual.get(key) != value}:
            client("redshift").create_tags(ResourceName=self._arn, Tags=tag_list(missing))

    def pause(self) -> None:
        """Does nothing to a paused one; waits until it is paused."""
        self.require_exists()
        self.require_owned()
        if self._settle() == "available":
            client("redshift").pause_cluster(ClusterIdentifier=self.name)
        if (status := self.wait_for("paused", GONE, *_BROKEN)) != "paused":
            raise ClusterError(f"The {self.label} is {status} and cannot be paused. See: sparkify cluster status")

    def resume(self) -> None:
        """Does nothing to an available one; waits until it is available."""
        self.require_exists()
        self.require_owned()
        self.finish()

    def delete(self) -> None:
        """In any status; one in creation is waited for, since AWS does not delete it before."""
        from botocore.exceptions import ClientError

        status = self._settle()
        if status == GONE:
            return
        try:
            self._delete()
        except ClientError as error:
            paused = status == "paused" and error.response["Error"]["Code"].startswith("InvalidClusterState")
            if not (self.final_snapshot and paused):
                raise
            self.waiting.log(f"{self.label}: resumed, because a paused one cannot make its final snapshot")
            self.resume()
            self._delete()
        self.wait_for(GONE)

    def _find(self) -> Description:
        cluster: Description = client("redshift").describe_clusters(ClusterIdentifier=self.name)["Clusters"][0]
        return cluster

    def _create(self) -> None:
        nodes = {"NumberOfNodes": self.spec.nodes} if self.spec.nodes > 1 else {}
        client("redshift").create_cluster(
            ClusterType="multi-node" if nodes else "single-node",
            DBName=self.spec.database,
            MasterUsername=self.spec.admin,
            Port=PORT,
            Tags=tag_list(self.spec.tags),
            **nodes,
            **self._common(),
        )

    def _restore(self) -> None:
        client("redshift").restore_from_cluster_snapshot(
            SnapshotIdentifier=self.from_snapshot, NumberOfNodes=self.spec.nodes, **self._common()
        )

    def _common(self) -> dict[str, Any]:
        self.group.require_exists()
        role = self.role.arn
        return {
            "ClusterIdentifier": self.name,
            "NodeType": self.spec.node_type,
            "ManageMasterPassword": True,
            "Encrypted": True,
            "PubliclyAccessible": False,
            "VpcSecurityGroupIds": [self.group.group_id],
            "ClusterSubnetGroupName": self.spec.group_name,
            "IamRoles": [role],
            "DefaultIamRoleArn": role,
        }

    def _delete(self) -> None:
        snapshot = self._final_snapshot_name() if self.final_snapshot else ""
        client("redshift").delete_cluster(
            ClusterIdentifier=self.name,
            SkipFinalClusterSnapshot=not snapshot,
            **({"FinalClusterSnapshotIdentifier": snapshot} if snapshot else {}),
        )
        if snapshot:
            self._log_final_snapshot(snapshot)

    def _settle(self) -> str:
        """Wait until nothing is in progress."""
        return self.wait_for("available", "paused", GONE, *_BROKEN)

    @property
    def _arn(self) -> str:
        partition, _, _, account_id, *_ = self.role.arn.removeprefix("arn:").split(":")
        return f"arn:{partition}:redshift:{client('redshift').meta.region_name}:{account_id}:cluster:{self.name}"

    def _creation(self) -> list[str]:
        origin = f" from the snapshot {self.from_snapshot}" if self.from_snapshot else ""
        return [f"create the {self.label}{origin}: {self.spec.size}, encrypted, not public"]

    def _missing(self, found: Description) -> list[str]:
        return [f"resume the {self.label}"] if found["ClusterStatus"] == "paused" else []

    def _drift(self, found: Description) -> list[str]:
        return differences(describe(found), self.spec, self.group.group_id)

    def _status_of(self, found: Description) -> str:
        described = describe(found)
        return "available" if described.available else described.status

    def _is_owned(self, found: Description) -> bool:
        """Also a restored one without tags in our subnet group: `up` was killed before it added them."""
        untagged = TAG not in self._tags_of(found) and bool(found.get("RestoreStatus"))
        return super()._is_owned(found) or (untagged and found.get("ClusterSubnetGroupName") == self.spec.group_name)

    def _require_snapshot(self) -> None:
        client("redshift").describe_cluster_snapshots(SnapshotIdentifier=self.from_snapshot)

    def _is_restore(self, found: Description) -> bool:
        origin = self._tags_of(found).get(_RESTORED_TAG)
        return origin == self.from_snapshot or (origin is None and bool(found.get("RestoreStatus")))


def _size(cluster: Description) -> str:
    """A paused cluster reports itself as single-node, however many nodes it will have again."""
    is_told = cluster["ClusterStatus"] not in PAUSED
    return f"{cluster['NodeType']} x {cluster['NumberOfNodes']}" if is_told else str(cluster["NodeType"])


def describe(cluster: Description) -> ClusterDescription:
    """A cluster of DescribeClusters; it has no endpoint in its first minutes."""
    endpoint = cluster.get("Endpoint") or {}
    return ClusterDescription(
        name=cluster["ClusterIdentifier"],
        mode="provisioned",
        status=cluster["ClusterStatus"],
        size=_size(cluster),
        encrypted=bool(cluster.get("Encrypted")),
        public=bool(cluster.get("PubliclyAccessible")),
        database=cluster.get("DBName", ""),
        admin=cluster.get("MasterUsername", ""),
        host=endpoint.get("Address", ""),
        port=endpoint.get("Port", PORT),
        secret_arn=cluster.get("MasterPasswordSecretArn", ""),
        roles=[role["IamRoleArn"] for role in cluster.get("IamRoles", [])],
        default_role=cluster.get("DefaultIamRoleArn", ""),
        security_groups=[group["VpcSecurityGroupId"] for group in cluster.get("VpcSecurityGroups", [])],
    )
