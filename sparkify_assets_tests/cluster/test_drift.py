"""What differs from the settings is reported, and not changed.

Roles, policies, security groups and the records of clusters are moto's. All of redshift-serverless is our own
stand-in's.
"""

from collections.abc import Callable
from typing import Any

import pytest

from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import (
    CIDR,
    ROLE,
    cluster_of,
    inventory,
    record,
    recorded,
    silent,
    writes,
)

pytestmark = pytest.mark.slow


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
    ("change_aws", "message"),
    [
        (change(node_type="ra3.xlplus"), "it is ra3.xlplus x 1, not ra3.large x 1"),
        (change(number_of_nodes=2), "it is ra3.large x 2, not ra3.large x 1"),
        (change(encrypted=False), "it is not encrypted"),
        (change(publicly_accessible=True), "it is publicly accessible"),
        (change(iam_roles_arn=[]), "the role sparkify-redshift is not attached"),
        (change(iam_roles_arn=[ROLE, "arn:aws:iam::1:role/x"]), "another role is attached: arn:aws:iam::1:role/x"),
        (change(vpc_security_group_ids=[]), "it does not use the security group sg-"),
        (lose_default_role, "its default role is none, not sparkify-redshift"),
        (open_the_door, "the security group sparkify-redshift: it also admits 0.0.0.0/0 to tcp/0-65535"),
        (attach_a_policy, f"more rights than it needs: the attached policy arn:aws:iam::{ACCOUNT}:policy/everything"),
        (widen_the_policy, "more rights than it needs: Allow s3:* on * by the policy sparkify-lake"),
        (trust_everybody, "lets others than Redshift assume it"),
    ],
)
def test_drift_is_logged_and_not_changed(
    aws: AwsStandIn, change_aws: Callable[[AwsStandIn], None], message: str
) -> None:
    cluster_of().up(silent)
    change_aws(aws)
    drifted = inventory(aws)
    logged: list[str] = []
    with recorded(aws) as calls:
        cluster_of().up(logged.append)
    assert [line for line in logged if line.startswith("Drift: ") and message in line], logged
    assert writes(calls) == []
    assert inventory(aws) == drifted


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rpu": 8}, "it is 4 RPU, not 8 RPU"),
        ({"monthly_rpu_hours": 5}, "its usage limit is 60 RPU-hours, monthly, then deactivate; expected: 5 monthly"),
        ({"monthly_rpu_hours": 0}, "expected: none"),
    ],
)
def test_drift_of_a_workgroup_is_logged(aws: AwsStandIn, changed: dict[str, Any], message: str) -> None:
    cluster_of(mode="serverless").up(silent)
    logged: list[str] = []
    with recorded(aws) as calls:
        cluster_of(mode="serverless", **changed).up(logged.append)
    assert [line for line in logged if line.startswith("Drift: ") and message in line], logged
    assert writes(calls) == []


def test_an_admin_without_a_secret_is_logged(aws: AwsStandIn) -> None:
    cluster_of(mode="serverless").up(silent)
    del aws.serverless.namespaces["sparkify"].description["adminPasswordSecretArn"]
    plan, found = cluster_of(mode="serverless").status()
    assert found
    assert found.secret_arn == ""
    (drift,) = plan.drift
    assert drift.endswith("update-namespace --namespace-name sparkify --manage-admin-password")


def test_the_nodes_of_a_paused_cluster_are_no_drift(aws: AwsStandIn) -> None:
    cluster = cluster_of(nodes=3)
    cluster.up(silent)
    cluster.pause(silent)
    plan, found = cluster.status()
    assert found
    assert (found.status, found.size, plan.drift) == ("paused", "ra3.large", [])
    _, other = cluster_of(node_type="ra3.xlplus").status(), cluster_of(node_type="ra3.xlplus").plan()
    assert other.drift == [
        "the cluster sparkify: it is ra3.large, not ra3.xlplus: resize it in the AWS console, or change the settings"
    ]
    assert cluster.up(silent).size == "ra3.large x 3"


def test_a_new_network_is_admitted_and_the_former_one_is_logged(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    logged: list[str] = []
    cluster_of(allowed_cidr="198.51.100.0/24").up(logged.append)
    assert f"Drift: the security group sparkify-redshift: it also admits {CIDR} to tcp/5439" in logged
    ((_, rules, _),) = inventory(aws)["security groups"]
    assert sorted(source["CidrIp"] for source in rules[0]["IpRanges"]) == ["198.51.100.0/24", CIDR]
