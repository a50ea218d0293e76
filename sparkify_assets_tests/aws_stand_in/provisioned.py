"""What a provisioned Redshift does and moto does not; each state lasts `polls_per_state` polls."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from moto.iam.models import iam_backends
from moto.redshift.models import redshift_backends

from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT, Answer, Call, refusal, xml
from sparkify_assets_tests.aws_stand_in.secrets import delete_secret, make_secret

Forward = Callable[[Call], Answer]

NODE_TYPES = ("ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge", "rg.large", "rg.xlarge")
GONE = "gone"


@dataclass
class Life:
    """The states which a cluster has yet to show, and what moto does not keep of it."""

    phases: list[str] = field(default_factory=list)
    default_role: str = ""
    secret: str = ""


class Provisioned:
    def __init__(self) -> None:
        self.polls_per_state = 1
        self.new_role_refusals = 0
        self.orderable: tuple[str, ...] = NODE_TYPES
        self.lives: dict[str, Life] = {}
        self._refused: dict[str, int] = {}

    def answer(self, call: Call, forward: Forward) -> Answer:
        handler = getattr(self, f"_{_snake(call.action)}", None)
        answer: Answer = handler(call, forward) if handler else forward(call)
        return answer

    def clusters(self, region: str) -> dict[str, object]:
        return dict(redshift_backends[ACCOUNT][region].clusters)

    def _create_cluster(self, call: Call, forward: Forward) -> Answer:
        name = call.get("ClusterIdentifier")
        if not re.fullmatch(r"[a-z](-?[a-z0-9]){0,62}", name):
            return refusal(call, "InvalidParameterValue", f"{name} is not a valid cluster identifier.")
        if call.get("ManageMasterPassword") != "true" and not call.get("MasterUserPassword"):
            return refusal(call, "InvalidParameterCombination", "A master password, or a managed one, is required.")
        if call.get("ClusterType") != "single-node" and int(call.get("NumberOfNodes") or 1) < 2:
            return refusal(call, "InvalidParameterCombination", "Number of nodes must be greater than or equal to 2.")
        return self._created(call, forward)

    def _restore_from_cluster_snapshot(self, call: Call, forward: Forward) -> Answer:
        answer = self._created(call, forward)
        if answer.ok:  # moto hands the snapshot's tags on; the API does not say that AWS does
            redshift_backends[ACCOUNT][call.region].clusters[call.get("ClusterIdentifier")].tags = []
        return answer

    def _created(self, call: Call, forward: Forward) -> Answer:
        backend, name = redshift_backends[ACCOUNT][call.region], call.get("ClusterIdentifier")
        if name in backend.clusters:
            return refusal(call, "ClusterAlreadyExists", "Cluster already exists")
        if call.get("NodeType") not in NODE_TYPES:
            return refusal(call, "InvalidParameterValue", f"Invalid node type: {call.get('NodeType')}")
        if call.get("Encrypted") == "false":
            return refusal(call, "InvalidParameterValue", "Clusters are encrypted.")
        if call.get("ClusterSubnetGroupName") not in backend.subnet_groups:
            return refusal(call, "ClusterSubnetGroupNotFoundFault", "The cluster subnet group does not exist.")
        groups = {group.id for group in backend.ec2_backend.describe_security_groups()}
        if missing := set(call.listed("VpcSecurityGroupIds")) - groups:
            return refusal(call, "InvalidParameterValue", f"Invalid security group: {', '.join(missing)}")
        for role in call.listed("IamRoles"):
            if unready := self.role_error(role):
                return refusal(call, "InvalidParameterValue", unready)
        answer = forward(call)
        if answer.ok:
            life = self.lives[name] = Life(["creating"] * self.polls_per_state, call.get("DefaultIamRoleArn"))
            if call.get("ManageMasterPassword") == "true":
                life.secret = make_secret(call.region, name, call.get("MasterUsername") or "admin")
        return self._shown(answer, "creating")

    def role_error(self, arn: str) -> str:
        """What AWS says of a role which it does not know yet; that passes after some refusals."""
        roles = {role.arn: role for role in iam_backends[ACCOUNT]["aws"].roles.values()}
        if arn not in roles or "redshift.amazonaws.com" not in str(roles[arn].assume_role_policy_document):
            return f"The IAM role {arn} is not valid. The IAM role must delegate access to an Amazon Redshift account."
        self._refused.setdefault(roles[arn].id, self.new_role_refusals)
        self._refused[roles[arn].id] -= 1
        if self._refused[roles[arn].id] < 0:
            return ""
        return f"The IAM role {arn} is not valid. The IAM role must delegate access to an Amazon Redshift account."

    def _describe_clusters(self, call: Call, forward: Forward) -> Answer:
        backend, name = redshift_backends[ACCOUNT][call.region], call.get("ClusterIdentifier")
        states: dict[str, str] = {}
        for each in [name] if name else list(self.lives):
            life = self.lives.get(each)
            if life and life.phases:
                states[each] = life.phases.pop(0)
                if states[each] == GONE:
                    backend.clusters.pop(each)
                    delete_secret(call.region, self.lives.pop(each).secret)
        return self._shown(forward(call), "", states)

    def _pause_cluster(self, call: Call, forward: Forward) -> Answer:
        return self._changed(call, forward, "available", "pausing")

    def _resume_cluster(self, call: Call, forward: Forward) -> Answer:
        return self._changed(call, forward, "paused", "resuming")

    def _modify_cluster(self, call: Call, forward: Forward) -> Answer:
        return self._changed(call, forward, "available", "modifying")

    def _changed(self, call: Call, forward: Forward, before: str, during: str) -> Answer:
        name = call.get("ClusterIdentifier")
        if (state := self._state(call)) not in (before, None):
            return refusal(call, "InvalidClusterState", f"The cluster {name} is {state}, not {before}.")
        answer = forward(call)
        if answer.ok:
            self.lives[name].phases = [during] * self.polls_per_state
        return self._shown(answer, during)

    def _delete_cluster(self, call: Call, forward: Forward) -> Answer:
        backend, name = redshift_backends[ACCOUNT][call.region], call.get("ClusterIdentifier")
        state, snapshot = self._state(call), call.get("FinalClusterSnapshotIdentifier")
        if state not in ("available", "paused", None):
            return refusal(call, "InvalidClusterState", f"The cluster {name} is {state}.")
        if state == "paused" and snapshot:
            return refusal(call, "InvalidClusterState", f"The cluster {name} is paused and cannot make a snapshot.")
        if call.get("SkipFinalClusterSnapshot") != "true" and not snapshot:
            return refusal(
                call,
                "InvalidParameterCombination",
                "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.",
            )
        cluster = backend.clusters.get(name)
        answer = forward(call)
        if answer.ok and cluster:  # moto forgets it at once; here it takes a while
            backend.clusters[name] = cluster
            self.lives[name].phases = [
                *(["final-snapshot"] * self.polls_per_state if snapshot else []),
                *(["deleting"] * self.polls_per_state),
                GONE,
            ]
        return self._shown(answer, "deleting")

    def _create_cluster_subnet_group(self, call: Call, forward: Forward) -> Answer:
        if call.get("ClusterSubnetGroupName") in redshift_backends[ACCOUNT][call.region].subnet_groups:
            return refusal(call, "ClusterSubnetGroupAlreadyExists", "The cluster subnet group already exists.")
        return forward(call)

    def _delete_cluster_subnet_group(self, call: Call, forward: Forward) -> Answer:
        name = call.get("ClusterSubnetGroupName")
        clusters = redshift_backends[ACCOUNT][call.region].clusters.values()
        if any(cluster.cluster_subnet_group_name == name for cluster in clusters):
            return refusal(call, "InvalidClusterSubnetGroupStateFault", f"Subnet group {name} is in use.")
        return forward(call)

    def _describe_orderable_cluster_options(self, call: Call, _: Forward) -> Answer:
        wanted = call.get("NodeType")
        options = "".join(
            f"<OrderableClusterOption><NodeType>{node}</NodeType></OrderableClusterOption>"
            for node in self.orderable
            if wanted in ("", node)
        )
        return xml(call, f"<OrderableClusterOptions>{options}</OrderableClusterOptions>")

    def _state(self, call: Call) -> str | None:
        name = call.get("ClusterIdentifier")
        cluster = redshift_backends[ACCOUNT][call.region].clusters.get(name)
        if cluster is None:
            return None
        life = self.lives[name]
        return life.phases[0] if life.phases else str(cluster.status)

    def _shown(self, answer: Answer, state: str, states: dict[str, str] | None = None) -> Answer:
        """The answer with the state, and what else moto leaves out."""
        if not answer.ok:
            return answer
        root = ElementTree.fromstring(answer.body)
        for cluster in root.iter():
            if _local(cluster) != "Cluster":
                continue
            parts = {_local(part): part for part in cluster}
            name = parts["ClusterIdentifier"].text or ""
            if shown := (states or {}).get(name, state):
                parts["ClusterStatus"].text = shown
                if shown == "creating" and "Endpoint" in parts:
                    cluster.remove(parts["Endpoint"])
            if parts["ClusterStatus"].text in ("pausing", "paused", "resuming"):
                parts["NumberOfNodes"].text = "1"
            life = self.lives.get(name, Life())
            for extra, value in (("DefaultIamRoleArn", life.default_role), ("MasterPasswordSecretArn", life.secret)):
                if value:
                    ElementTree.SubElement(cluster, cluster.tag.replace("Cluster", extra)).text = value
        return Answer(answer.status, answer.headers, ElementTree.tostring(root))


def _local(part: ElementTree.Element) -> str:
    return part.tag.rsplit("}", 1)[-1]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
