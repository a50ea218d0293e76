"""A provisioned cluster: created, restored, paused, resumed, deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from sparkify_assets.cluster.account import tagged, unless_absent
from sparkify_assets.cluster.described import Described, differences
from sparkify_assets.cluster.network import SecurityGroup
from sparkify_assets.cluster.role import Role
from sparkify_assets.cluster.specification import PORT, TAG
from sparkify_assets.cluster.steps import Found, Step
from sparkify_assets.cluster.waiting import GONE, ROLE_SECONDS
from sparkify_assets.errors import ClusterError

_BROKEN = ("incompatible-hsm", "incompatible-network", "incompatible-parameters", "incompatible-restore")
_STUCK = (*_BROKEN, "hardware-failure", "storage-full")
_RESTORED_TAG = f"{TAG}:restored"
_LEAVING = ("deleting", "final-snapshot")
# What CreateCluster says of a role which IAM has not yet told Redshift about.
_ROLE_UNREADY = {"InvalidParameterValue": "must delegate access"}


@dataclass
class ProvisionedCluster(Step):
    """The cluster; `from_snapshot` is what a new one is restored from, `final_snapshot` what an old one leaves."""

    role: Role
    group: SecurityGroup
    from_snapshot: str
    final_snapshot: bool

    @property
    def what(self) -> str:
        """Its name in messages."""
        return f"cluster {self.wanted.name}"

    @property
    def size(self) -> str:
        """The wanted nodes."""
        return f"{self.wanted.node_type} x {self.wanted.nodes}"

    def presence(self) -> Found:
        """By name."""
        found = self._find()
        return Found(self.what, found["ClusterStatus"] if found else "", found is None or self._is_ours(found))

    def look(self) -> Found:
        """Its state, and what is not as the settings want it."""
        found = self._find()
        if found is None:
            origin = f" from the snapshot {self.from_snapshot}" if self.from_snapshot else ""
            return Found(self.what, todo=(f"create the {self.what}{origin}: {self.size}, encrypted, not public",))
        described = describe(found)
        if described.status in _LEAVING:
            return Found(self.what, described.status, todo=(f"create the {self.what} when the old one is gone",))
        todo = (f"resume the {self.what}",) if described.status == "paused" else ()
        drift = differences(described, self.size, self.wanted.role_name, self.group.presence().state)
        return Found(self.what, described.status, todo=todo, drift=tuple(f"the {self.what}: {line}" for line in drift))

    def refuse(self) -> None:
        """Nodes which cannot be had here, and snapshots which are not there."""
        super().refuse()
        found = self._find()
        if found is not None:
            if self.from_snapshot and not self._is_restore(found):
                raise ClusterError(
                    f"The {self.what} is there already; a snapshot is restored only into a new one. First: "
                    "sparkify cluster down"
                )
            return
        self._refuse_nodes()
        if self.from_snapshot:
            self.account.redshift.describe_cluster_snapshots(SnapshotIdentifier=self.from_snapshot)

    def _refuse_nodes(self) -> None:
        answer = self.account.redshift.describe_orderable_cluster_options(NodeType=self.wanted.node_type)
        if not answer["OrderableClusterOptions"]:
            every = self.account.redshift.describe_orderable_cluster_options()["OrderableClusterOptions"]
            offered = ", ".join(sorted({option["NodeType"] for option in every}))
            raise ClusterError(
                f"SPARKIFY_CLUSTER_NODE_TYPE = {self.wanted.node_type} cannot be had in {self.account.region}. "
                f"Take one of {offered}."
            )

    def create(self) -> None:
        """From nothing, or from a snapshot."""
        if self._settle() == GONE:
            self.waiting.at_most(ROLE_SECONDS).retried(
                f"role {self.wanted.role_name}", self._restore if self.from_snapshot else self._create, _ROLE_UNREADY
            )

    def finish(self) -> None:
        """Wait until it is available, out of its pause if need be; mark a restored one: a restore takes no tags."""
        status = self._settle()
        if status == "paused":
            self.account.redshift.resume_cluster(ClusterIdentifier=self.wanted.name)
            status = self._wait(lambda state: state in ("available", GONE) or state in _STUCK)
        found = self._find()
        if found is None or status != "available":
            raise ClusterError(
                f"The {self.what} is {status}. Look at its events in the AWS console; then run the same command again, "
                "or `sparkify cluster down --no-final-snapshot` to start anew."
            )
        tags = tagged(found.get("Tags"))
        origin = {_RESTORED_TAG: self.from_snapshot} if self.from_snapshot else {}
        if wanted := {key: value for key, value in [self.wanted.tag, *origin.items()] if tags.get(key) != value}:
            self.account.redshift.create_tags(
                ResourceName=self._arn, Tags=[{"Key": key, "Value": value} for key, value in wanted.items()]
            )

    def pause(self) -> None:
        """Nothing happens to one which is paused; waits until it is."""
        self._expect_there()
        if self._settle() == "available":
            self.account.redshift.pause_cluster(ClusterIdentifier=self.wanted.name)
        if (state := self._wait(lambda state: state in ("paused", GONE) or state in _STUCK)) != "paused":
            raise ClusterError(f"The {self.what} is {state}, so it cannot be paused. Look: sparkify cluster status")

    def resume(self) -> None:
        """Nothing happens to one which is available; waits until it is."""
        self._expect_there()
        self.finish()

    def delete(self) -> None:
        """From any state; one which is being made is waited for, since AWS deletes nothing half-made."""
        state = self._settle()
        if state == GONE:
            return
        try:
            self._delete()
        except ClientError as error:
            paused = state == "paused" and error.response["Error"]["Code"].startswith("InvalidClusterState")
            if not (self.final_snapshot and paused):
                raise
            self.waiting.tell(f"{self.what}: resumed, since a paused one cannot make its final snapshot")
            self.resume()
            self._delete()
        self._wait(lambda found: found == GONE)

    def describe(self) -> Described | None:
        """As AWS describes it; None if it is not there."""
        found = self._find()
        return describe(found) if found else None

    def _create(self) -> None:
        nodes = {"NumberOfNodes": self.wanted.nodes} if self.wanted.nodes > 1 else {}
        self.account.redshift.create_cluster(
            ClusterIdentifier=self.wanted.name,
            ClusterType="multi-node" if nodes else "single-node",
            DBName=self.wanted.database,
            MasterUsername=self.wanted.admin,
            Port=PORT,
            Tags=self.tags,
            **nodes,
            **self._common(),
        )

    def _restore(self) -> None:
        self.account.redshift.restore_from_cluster_snapshot(
            ClusterIdentifier=self.wanted.name,
            SnapshotIdentifier=self.from_snapshot,
            NumberOfNodes=self.wanted.nodes,
            **self._common(),
        )

    def _common(self) -> dict[str, Any]:
        role = self.role.arn
        return {
            "NodeType": self.wanted.node_type,
            "ManageMasterPassword": True,
            "Encrypted": True,
            "PubliclyAccessible": False,
            "VpcSecurityGroupIds": [self.group.group_id],
            "ClusterSubnetGroupName": self.wanted.group_name,
            "IamRoles": [role],
            "DefaultIamRoleArn": role,
        }

    def _delete(self) -> None:
        if not self.final_snapshot:
            self.account.redshift.delete_cluster(ClusterIdentifier=self.wanted.name, SkipFinalClusterSnapshot=True)
            return
        snapshot = f"{self.wanted.name}-final-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        self.account.redshift.delete_cluster(
            ClusterIdentifier=self.wanted.name,
            SkipFinalClusterSnapshot=False,
            FinalClusterSnapshotIdentifier=snapshot,
        )
        self.waiting.tell(
            f"{self.what}: its final snapshot is {snapshot}; restore it with "
            f"`sparkify cluster up --from-snapshot {snapshot}`"
        )

    def _settle(self) -> str:
        """Wait until it is neither coming nor going."""
        return self._wait(lambda state: state in ("available", "paused", GONE) or state in _STUCK)

    def _wait(self, settled: Callable[[str], bool]) -> str:
        return self.waiting.until(self.what, self._state, settled)

    def _expect_there(self) -> None:
        found = self._find()
        if found is None:
            raise ClusterError(f"There is no {self.what}. Create it: sparkify cluster up")
        if not self._is_ours(found):
            raise ClusterError(f"sparkify did not make the {self.what}, so it leaves it alone.")

    def _state(self) -> str:
        found = self._find()
        if found is None:
            return GONE
        described = describe(found)
        return "available" if described.available else described.status

    @property
    def _arn(self) -> str:
        partition, _, _, account_id, *_ = self.role.arn.removeprefix("arn:").split(":")
        return f"arn:{partition}:redshift:{self.account.region}:{account_id}:cluster:{self.wanted.name}"

    def _is_ours(self, found: dict[str, Any]) -> bool:
        """A restore takes no tags: one which was killed before the mark lies where only our clusters lie."""
        tags = tagged(found.get("Tags"))
        unmarked = self.wanted.tag[0] not in tags and bool(found.get("RestoreStatus"))
        return tags.get(self.wanted.tag[0]) == self.wanted.tag[1] or (
            unmarked and found.get("ClusterSubnetGroupName") == self.wanted.group_name
        )

    def _is_restore(self, found: dict[str, Any]) -> bool:
        """Whether it comes from this snapshot, as far as one can know."""
        origin = tagged(found.get("Tags")).get(_RESTORED_TAG)
        return origin == self.from_snapshot or (origin is None and bool(found.get("RestoreStatus")))

    def _find(self) -> dict[str, Any] | None:
        answer = unless_absent(
            lambda: self.account.redshift.describe_clusters(ClusterIdentifier=self.wanted.name),
            "ClusterNotFound",
            "ClusterNotFoundFault",
        )
        return answer and answer["Clusters"][0]


def describe(cluster: dict[str, Any]) -> Described:
    """A cluster of DescribeClusters; it has no endpoint in its first minutes."""
    endpoint = cluster.get("Endpoint") or {}
    return Described(
        name=cluster["ClusterIdentifier"],
        mode="provisioned",
        status=cluster["ClusterStatus"],
        size=f"{cluster['NodeType']} x {cluster['NumberOfNodes']}",
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
