"""`down` from every state, and `pause` and `resume`.

The states, the secret which goes with its cluster, the busy security group, the rule of the final snapshot and all of
redshift-serverless are our own stand-in's; that a paused cluster makes no final snapshot is its guess at AWS. Roles,
groups and snapshots are moto's.
"""

from collections.abc import Callable

import pytest

from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.errors import ClusterError
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import MODES, cluster_of, inventory, is_empty, recorded, silent, writes

pytestmark = pytest.mark.slow

State = Callable[[AwsStandIn, Cluster], None]


def nothing(_: AwsStandIn, __: Cluster) -> None:
    """An empty account."""


def available(_: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)


def paused(_: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    cluster.pause(silent)


def creating(aws: AwsStandIn, cluster: Cluster) -> None:
    stopped_at(aws, cluster, {"redshift:CreateCluster", "redshift-serverless:CreateWorkgroup"})


def stopped_at(aws: AwsStandIn, cluster: Cluster, actions: set[str]) -> None:
    """`up` was killed when AWS had just done one of these."""

    def stop(number: int, action: str) -> None:
        if action in actions:
            aws.fails_at, aws.fails_before = number, False

    aws.before_call = stop
    with pytest.raises(ClusterError, match="Died"):
        cluster.up(silent)
    aws.before_call = lambda _, __: None


def half_created(*actions: str) -> State:
    def state(aws: AwsStandIn, cluster: Cluster) -> None:
        stopped_at(aws, cluster, set(actions))

    return state


def pausing(aws: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    aws.client("redshift").pause_cluster(ClusterIdentifier="sparkify")


def resuming(aws: AwsStandIn, cluster: Cluster) -> None:
    paused(aws, cluster)
    aws.client("redshift").resume_cluster(ClusterIdentifier="sparkify")


def modifying(aws: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    aws.client("redshift").modify_cluster(ClusterIdentifier="sparkify", AllowVersionUpgrade=True)


def deleting(aws: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    aws.client("redshift").delete_cluster(ClusterIdentifier="sparkify", SkipFinalClusterSnapshot=True)


def without_workgroup(aws: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    aws.client("redshift-serverless").delete_workgroup(workgroupName="sparkify")


def over_privileged(aws: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    iam = aws.client("iam")
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="sparkify-redshift", PolicyArn=arn)
    iam.put_role_policy(RoleName="sparkify-redshift", PolicyName="q", PolicyDocument=document)


STATES = [
    ("provisioned", nothing),
    ("provisioned", available),
    ("provisioned", paused),
    ("provisioned", creating),
    ("provisioned", pausing),
    ("provisioned", resuming),
    ("provisioned", modifying),
    ("provisioned", deleting),
    ("provisioned", over_privileged),
    ("provisioned", half_created("iam:CreateRole")),
    ("provisioned", half_created("ec2:CreateSecurityGroup")),
    ("provisioned", half_created("redshift:CreateClusterSubnetGroup")),
    ("serverless", nothing),
    ("serverless", available),
    ("serverless", creating),
    ("serverless", half_created("redshift-serverless:CreateNamespace")),
    ("serverless", without_workgroup),
]


@pytest.mark.parametrize(("mode", "state"), STATES)
def test_down_from_any_state_leaves_nothing(aws: AwsStandIn, mode: str, state: State) -> None:
    aws.provisioned.polls_per_state = 3
    aws.network.busy_deletions = 2
    cluster = cluster_of(mode=mode)
    state(aws, cluster)
    cluster.down(silent)
    assert is_empty(inventory(aws))
    with recorded(aws) as calls:
        cluster.down(silent)
    assert writes(calls) == []


@pytest.mark.parametrize("final_snapshot", [True, False])
@pytest.mark.parametrize(
    ("mode", "state"),
    [("provisioned", available), ("provisioned", paused), ("provisioned", creating), ("serverless", available)],
)
def test_down_leaves_a_snapshot_unless_told_otherwise(
    aws: AwsStandIn, mode: str, state: State, final_snapshot: bool
) -> None:
    cluster = cluster_of(mode=mode)
    state(aws, cluster)
    logged: list[str] = []
    cluster.down(logged.append, final_snapshot=final_snapshot)
    manual = aws.client("redshift").describe_cluster_snapshots(SnapshotType="manual")["Snapshots"]
    kept = [*aws.serverless.snapshots, *(snapshot["SnapshotIdentifier"] for snapshot in manual)]
    assert len(kept) == int(final_snapshot)
    assert all(any(f"--from-snapshot {name}" in line for line in logged) for name in kept)


def test_down_needs_no_lake_and_no_default_vpc(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    cluster_of(subnet_ids=[subnet["SubnetId"]]).up(silent)
    for other in ec2.describe_subnets()["Subnets"]:
        if other["SubnetId"] != subnet["SubnetId"]:
            ec2.delete_subnet(SubnetId=other["SubnetId"])
    cluster_of(lake="data/lake", work_uri="", allowed_cidr="").down(silent)
    assert is_empty(inventory(aws))


def test_another_cluster_stays(aws: AwsStandIn) -> None:
    cluster_of(name="other").up(silent)
    before = inventory(aws)
    cluster_of().up(silent)
    cluster_of().down(silent)
    assert inventory(aws) == before


def test_up_waits_for_a_deletion_and_creates_a_new_cluster(aws: AwsStandIn) -> None:
    aws.provisioned.polls_per_state = 3
    deleting(aws, cluster_of())
    assert cluster_of().plan().todo == [
        "wait until the old cluster sparkify is gone",
        "create the cluster sparkify: ra3.large x 1, encrypted, not public",
    ]
    assert cluster_of().up(silent).available


def test_pause_and_resume_work_from_any_status(aws: AwsStandIn) -> None:
    aws.provisioned.polls_per_state = 2
    cluster = cluster_of()
    for state in (available, pausing, resuming):
        state(aws, cluster)
        cluster.pause(silent)
        cluster.pause(silent)
        found = cluster.describe()
        assert found
        assert found.status == "paused"
        cluster.resume(silent)
        cluster.resume(silent)
        found = cluster.describe()
        assert found
        assert found.available


@pytest.mark.parametrize("mode", MODES)
def test_a_missing_cluster_is_not_resumed(aws: AwsStandIn, mode: str) -> None:
    with pytest.raises(ClusterError, match=r"There is no .* sparkify. Create it: sparkify cluster up"):
        cluster_of(mode=mode).resume(silent)
    with pytest.raises(ClusterError, match=r"There is no .* sparkify. Create it: sparkify cluster up"):
        cluster_of(mode=mode).endpoint()


def test_a_workgroup_has_nothing_to_pause(aws: AwsStandIn) -> None:
    cluster = cluster_of(mode="serverless")
    cluster.up(silent)
    logged: list[str] = []
    with recorded(aws) as calls:
        cluster.pause(logged.append)
    assert writes(calls) == []
    assert "nothing to pause" in logged[0]


def test_a_cluster_without_endpoint_yet_is_reported(aws: AwsStandIn) -> None:
    aws.provisioned.polls_per_state = 50
    creating(aws, cluster_of())
    with pytest.raises(ClusterError, match="sparkify is creating and has no address yet"):
        cluster_of().endpoint()
