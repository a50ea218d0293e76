"""What `up` makes, what it finds, and what it refuses.

Roles, policies, security groups and the records of clusters are moto's; that a node type cannot be had, that a new
role is not known at once, that states last, and all of redshift-serverless are our own stand-in's.
"""

from collections.abc import Callable
from typing import Any

import pytest
from moto.redshift.models import redshift_backends

from sparkify_assets.cluster.policies import role_policy, trust_policy
from sparkify_assets.errors import ClusterError, SettingsError
from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT
from sparkify_assets_tests.aws_stand_in.server import REGION, AwsStandIn
from sparkify_assets_tests.cluster.workbench import (
    CIDR,
    MODES,
    cluster_of,
    inventory,
    is_empty,
    recorded,
    silent,
    wanted,
    writes,
)

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift"


def record(name: str = "sparkify") -> Any:
    """moto's record of a cluster, to change behind everybody's back."""
    return redshift_backends[ACCOUNT][REGION].clusters[name]


def test_up_makes_a_private_encrypted_cluster_for_one_network_with_the_least_role(aws: AwsStandIn) -> None:
    found = cluster_of().up(silent)
    assert (found.available, found.encrypted, found.public, found.size) == (True, True, False, "ra3.large x 1")
    assert (found.roles, found.default_role) == ([ROLE], ROLE)
    secret = aws.client("secretsmanager").get_secret_value(SecretId=found.secret_arn)["SecretString"]
    assert '"username": "sparkify"' in secret
    there = inventory(aws)
    assert there["roles"] == {
        "sparkify-redshift": {"trust": trust_policy(), "inline": {"sparkify-lake": role_policy(wanted())}}
    }
    ((name, rules, tags),) = there["security groups"]
    assert (name, tags) == ("sparkify-redshift", [{"Key": "sparkify:cluster", "Value": "sparkify"}])
    assert [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules] == [("tcp", 5439, 5439)]
    assert [source["CidrIp"] for source in rules[0]["IpRanges"]] == [CIDR]
    assert there["clusters"][0]["groups"] == ["sparkify-redshift"]


def test_up_makes_a_serverless_workgroup_which_stops_at_its_limit(aws: AwsStandIn) -> None:
    found = cluster_of(mode="serverless", monthly_rpu_hours=20).up(silent)
    assert (found.available, found.public, found.size, found.default_role) == (True, False, "4 RPU", ROLE)
    there = inventory(aws)
    assert there["limits"] == [
        {"usageType": "serverless-compute", "amount": 20, "period": "monthly", "breachAction": "deactivate"}
    ]
    assert there["workgroups"][0]["groups"] == ["sparkify-redshift"]
    assert there["secrets"] == ["redshift!sparkify"]


@pytest.mark.parametrize("mode", MODES)
def test_a_second_up_changes_nothing(aws: AwsStandIn, mode: str) -> None:
    cluster_of(mode=mode).up(silent)
    before = inventory(aws)
    with recorded(aws) as calls:
        cluster_of(mode=mode).up(silent)
    assert writes(calls) == []
    assert inventory(aws) == before


@pytest.mark.parametrize("mode", MODES)
def test_a_plan_creates_nothing_and_says_what_it_would_cost(aws: AwsStandIn, mode: str) -> None:
    with recorded(aws) as calls:
        plan = cluster_of(mode=mode).plan()
    assert writes(calls) == []
    assert is_empty(inventory(aws))
    assert plan.todo[:4] == [
        "create the role sparkify-redshift",
        "give it the policy sparkify-lake",
        "create the security group sparkify-redshift",
        f"admit {CIDR} to tcp/5439",
    ]
    assert "an hour" in plan.price.says
    assert cluster_of(mode=mode).up(silent).available
    assert cluster_of(mode=mode).plan().todo == []


def test_several_nodes_are_a_multi_node_cluster(aws: AwsStandIn) -> None:
    assert cluster_of(nodes=3).up(silent).size == "ra3.large x 3"


@pytest.mark.parametrize("mode", MODES)
def test_a_role_which_redshift_does_not_know_yet_is_waited_for(aws: AwsStandIn, mode: str) -> None:
    aws.provisioned.new_role_refusals = 3
    told: list[str] = []
    cluster_of(mode=mode).up(told.append)
    assert [line for line in told if line.startswith("role sparkify-redshift: not yet")]


def test_a_role_which_redshift_never_knows_ends_the_wait(aws: AwsStandIn) -> None:
    aws.provisioned.new_role_refusals = 10**6
    cluster = cluster_of(wait_minutes=0.002)
    with pytest.raises(ClusterError, match=r"role sparkify-redshift is still 'not yet.*The same command takes up"):
        cluster.up(silent)


def test_progress_is_told(aws: AwsStandIn) -> None:
    aws.provisioned.takes = 3
    told: list[str] = []
    cluster_of().up(told.append)
    assert "cluster sparkify: creating, 0 s" in told


def test_a_cluster_which_never_comes_ends_the_wait(aws: AwsStandIn) -> None:
    aws.provisioned.takes = 10**6
    cluster = cluster_of(wait_minutes=0.002)
    with pytest.raises(ClusterError, match="cluster sparkify is still 'creating' after 0 minutes"):
        cluster.up(silent)


def test_a_broken_cluster_is_told(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    record().status = "hardware-failure"
    with pytest.raises(ClusterError, match=r"is hardware-failure.*down --no-final-snapshot"):
        cluster_of().up(silent)


def test_up_resumes_a_paused_cluster(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    cluster_of().pause(silent)
    assert cluster_of().plan().todo == ["resume the cluster sparkify"]
    assert cluster_of().up(silent).available


# Drift


def attach_a_policy(aws: AwsStandIn) -> None:
    iam = aws.client("iam")
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    made = iam.create_policy(PolicyName="everything", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="sparkify-redshift", PolicyArn=made)


def widen_the_policy(aws: AwsStandIn) -> None:
    document = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    aws.client("iam").put_role_policy(RoleName="sparkify-redshift", PolicyName="sparkify-lake", PolicyDocument=document)


def trust_everybody(aws: AwsStandIn) -> None:
    document = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}'
    )
    aws.client("iam").update_assume_role_policy(RoleName="sparkify-redshift", PolicyDocument=document)


def open_the_door(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    group = ec2.describe_security_groups(GroupNames=["sparkify-redshift"])["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=0, ToPort=65535, CidrIp="0.0.0.0/0")


def change(**values: Any) -> Callable[[AwsStandIn], None]:
    def changed(_: AwsStandIn) -> None:
        for name, value in values.items():
            setattr(record(), name, value)

    return changed


def lose_default_role(aws: AwsStandIn) -> None:
    aws.provisioned.lives["sparkify"].default_role = ""


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (change(node_type="ra3.xlplus"), "it is ra3.xlplus x 1, not ra3.large x 1"),
        (change(number_of_nodes=2), "it is ra3.large x 2, not ra3.large x 1"),
        (change(encrypted=False), "it is not encrypted"),
        (change(publicly_accessible=True), "it is publicly accessible"),
        (change(iam_roles_arn=[]), "the role sparkify-redshift is not attached"),
        (change(iam_roles_arn=[ROLE, "arn:aws:iam::1:role/x"]), "another role is attached: arn:aws:iam::1:role/x"),
        (change(vpc_security_group_ids=[]), "it does not use the security group sg-"),
        (lose_default_role, "its default role is none, not sparkify-redshift"),
        (open_the_door, "the security group sparkify-redshift also admits 0.0.0.0/0 to tcp/0-65535"),
        (attach_a_policy, f"more rights than it needs: the attached policy arn:aws:iam::{ACCOUNT}:policy/everything"),
        (widen_the_policy, "more rights than it needs: Allow s3:* on * by the policy sparkify-lake"),
        (trust_everybody, "may be taken by others than Redshift"),
    ],
)
def test_drift_is_told_and_left_as_it_is(aws: AwsStandIn, happens: Callable[[AwsStandIn], None], says: str) -> None:
    cluster_of().up(silent)
    happens(aws)
    drifted = inventory(aws)
    told: list[str] = []
    with recorded(aws) as calls:
        cluster_of().up(told.append)
    assert [line for line in told if line.startswith("Drift: ") and says in line], told
    assert writes(calls) == []
    assert inventory(aws) == drifted


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"rpu": 8}, "it is 4 RPU, not 8 RPU"),
        ({"monthly_rpu_hours": 5}, "its usage limit is 60 RPU-hours, monthly, then deactivate; wanted: 5 monthly"),
        ({"monthly_rpu_hours": 0}, "wanted: none"),
    ],
)
def test_drift_of_a_workgroup_is_told(aws: AwsStandIn, changed: dict[str, Any], says: str) -> None:
    cluster_of(mode="serverless").up(silent)
    told: list[str] = []
    with recorded(aws) as calls:
        cluster_of(mode="serverless", **changed).up(told.append)
    assert [line for line in told if line.startswith("Drift: ") and says in line], told
    assert writes(calls) == []


def test_another_network_is_admitted_and_the_former_one_is_told(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    told: list[str] = []
    cluster_of(allowed_cidr="198.51.100.0/24").up(told.append)
    assert f"Drift: the security group sparkify-redshift also admits {CIDR} to tcp/5439" in told
    ((_, rules, _),) = inventory(aws)["security groups"]
    assert sorted(source["CidrIp"] for source in rules[0]["IpRanges"]) == ["198.51.100.0/24", CIDR]


# Refusals


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"node_type": "dc2.large"}, r"dc2.large: AWS creates no cluster of this type any more. Take ra3.large"),
        ({"node_type": "ds2.xlarge"}, "any more"),
        ({"nodes": 0}, "SPARKIFY_CLUSTER_NODES = 0"),
        ({"mode": "serverless", "rpu": 6}, "SPARKIFY_CLUSTER_RPU = 6"),
        ({"allowed_cidr": ""}, "SPARKIFY_CLUSTER_ALLOWED_CIDR is empty"),
        ({"allowed_cidr": "0.0.0.0/0"}, "0.0.0.0/0 would let strangers reach the warehouse.*--force-open"),
        ({"allowed_cidr": "128.0.0.0/1"}, "would let strangers"),
        ({"allowed_cidr": "10.0.0.1/8"}, "is no IPv4 network"),
        ({"allowed_cidr": "::/0"}, "is no IPv4 network"),
        ({"name": "Sparkify"}, "SPARKIFY_CLUSTER_NAME = 'Sparkify'"),
        ({"name": "a--b"}, "SPARKIFY_CLUSTER_NAME"),
        ({"lake": "data/lake"}, "SPARKIFY_LAKE = 'data/lake' is not in S3"),
        ({"work_uri": "/tmp/work"}, "SPARKIFY_WORK_URI = '/tmp/work' is not in S3"),
    ],
)
def test_settings_which_cannot_be_are_refused_before_aws_is_asked(
    aws: AwsStandIn, changed: dict[str, Any], says: str
) -> None:
    with recorded(aws) as calls:
        for ask in (cluster_of(**changed).plan, lambda: cluster_of(**changed).up(silent)):
            with pytest.raises(SettingsError, match=says):
                ask()
    assert calls == []


def test_an_open_network_has_to_be_forced(aws: AwsStandIn) -> None:
    cluster_of(allowed_cidr="0.0.0.0/0").up(silent, force_open=True)
    ((_, rules, _),) = inventory(aws)["security groups"]
    assert [source["CidrIp"] for source in rules[0]["IpRanges"]] == ["0.0.0.0/0"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"node_type": "ra3.huge"}, "ra3.huge cannot be had in us-east-1. Take one of ra3.16xlarge, ra3.4xlarge, ra3"),
        ({"subnet_ids": ["subnet-none"]}, r"InvalidSubnetID.NotFound.*SPARKIFY_CLUSTER_SUBNET_IDS"),
    ],
)
def test_what_aws_does_not_have_is_refused_before_anything_is_made(
    aws: AwsStandIn, changed: dict[str, Any], says: str
) -> None:
    with recorded(aws) as calls, pytest.raises(ClusterError, match=says):
        cluster_of(**changed).plan()
    assert writes(calls) == []


def test_subnets_of_several_vpcs_are_refused(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    subnets = [ec2.describe_subnets()["Subnets"][0]["SubnetId"]]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets.append(ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"])
    with pytest.raises(ClusterError, match=r"SPARKIFY_CLUSTER_SUBNET_IDS lie in several VPCs"):
        cluster_of(subnet_ids=subnets).plan()
    assert cluster_of(subnet_ids=subnets[1:]).up(silent).available


def test_an_account_without_default_vpc_is_told(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    with pytest.raises(ClusterError, match=f"The default VPC {vpc} has no subnets"):
        cluster_of().plan()
    ec2.delete_vpc(VpcId=vpc)
    with pytest.raises(ClusterError, match="no default VPC in us-east-1"):
        cluster_of().plan()


def others_role(aws: AwsStandIn) -> None:
    aws.client("iam").create_role(RoleName="sparkify-redshift", AssumeRolePolicyDocument="{}")


def others_subnet_group(aws: AwsStandIn) -> None:
    subnet = aws.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    aws.client("redshift").create_cluster_subnet_group(
        ClusterSubnetGroupName="sparkify-redshift", Description="-", SubnetIds=[subnet]
    )


def others_cluster(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    record().tags = []


def others_namespace(aws: AwsStandIn) -> None:
    cluster_of(mode="serverless").up(silent)
    aws.serverless.namespaces["sparkify"].tags.clear()


@pytest.mark.parametrize(
    ("mode", "others", "what"),
    [
        ("provisioned", others_role, "role sparkify-redshift"),
        ("provisioned", others_subnet_group, "subnet group sparkify-redshift"),
        ("provisioned", others_cluster, "cluster sparkify"),
        ("serverless", others_namespace, "namespace sparkify"),
    ],
)
def test_what_others_made_is_neither_used_nor_deleted(
    aws: AwsStandIn, mode: str, others: Callable[[AwsStandIn], None], what: str
) -> None:
    others(aws)
    before = inventory(aws)
    cluster = cluster_of(mode=mode)
    for ask in (cluster.plan, lambda: cluster.up(silent), lambda: cluster.down(silent)):
        with pytest.raises(ClusterError, match=f"There is a {what} which sparkify did not make"):
            ask()
    assert inventory(aws) == before


def test_a_security_group_of_others_stays_theirs(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    ec2.create_security_group(GroupName="sparkify-redshift", Description="-", VpcId=vpc)
    with pytest.raises(ClusterError, match=r"InvalidGroup.Duplicate.*which sparkify did not make"):
        cluster_of().up(silent)
    cluster_of().down(silent)
    assert [name for name, _, _ in inventory(aws)["security groups"]] == ["sparkify-redshift"]


# From a snapshot


@pytest.mark.parametrize("mode", MODES)
def test_a_snapshot_which_is_not_there_is_refused_before_anything_is_made(aws: AwsStandIn, mode: str) -> None:
    with recorded(aws) as calls, pytest.raises(ClusterError, match="none-such"):
        cluster_of(mode=mode).up(silent, from_snapshot="none-such")
    assert writes(calls) == []


@pytest.mark.parametrize("mode", MODES)
def test_a_snapshot_is_restored_only_into_a_new_cluster(aws: AwsStandIn, mode: str) -> None:
    cluster = cluster_of(mode=mode)
    cluster.up(silent)
    told: list[str] = []
    cluster.down(told.append)
    (snapshot,) = {line.rsplit(" ", 1)[1].rstrip("`") for line in told if "final snapshot is" in line}
    cluster.up(silent)
    with pytest.raises(ClusterError, match=r"is there already; a snapshot is restored only into a new one"):
        cluster.up(silent, from_snapshot=snapshot)
    cluster.down(silent, final_snapshot=False)
    restored = cluster.up(silent, from_snapshot=snapshot)
    assert (restored.available, restored.encrypted, restored.public) == (True, True, False)
    with recorded(aws) as calls:
        cluster.up(silent, from_snapshot=snapshot)
    assert writes(calls) == []
