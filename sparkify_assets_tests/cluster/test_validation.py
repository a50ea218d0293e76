"""What `plan` and `up` refuse before anything is created.

That a node type is not available and all of redshift-serverless are our own stand-in's; the rest is moto's.
"""

from collections.abc import Callable
from typing import Any

import pytest

from sparkify_assets.errors import ClusterError, SettingsError
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import (
    cluster_of,
    inventory,
    record,
    recorded,
    silent,
    writes,
)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"node_type": "dc2.large"}, r"dc2.large: AWS no longer creates clusters of this type. Leave it empty"),
        ({"node_type": "ds2.xlarge"}, "no longer"),
        ({"nodes": 0}, "SPARKIFY_CLUSTER_NODES = 0"),
        ({"mode": "serverless", "rpu": 6}, "SPARKIFY_CLUSTER_RPU = 6"),
        ({"allowed_cidr": ""}, "SPARKIFY_CLUSTER_ALLOWED_CIDR is empty"),
        ({"allowed_cidr": "0.0.0.0/0"}, "0.0.0.0/0 would admit strangers to the warehouse.*--force-open"),
        ({"allowed_cidr": "128.0.0.0/1"}, "would admit strangers"),
        ({"allowed_cidr": "10.0.0.1/8"}, "is not an IPv4 network"),
        ({"allowed_cidr": "::/0"}, "is not an IPv4 network"),
        ({"name": "Sparkify"}, "SPARKIFY_CLUSTER_NAME = 'Sparkify'"),
        ({"name": "a--b"}, "SPARKIFY_CLUSTER_NAME"),
        ({"lake": "data/lake"}, "SPARKIFY_LAKE = 'data/lake'.* Write s3://bucket"),
        ({"work_uri": "/tmp/work"}, "SPARKIFY_WORK_URI = '/tmp/work'.* Write s3://bucket"),
    ],
)
def test_wrong_settings_are_refused_before_any_call(aws: AwsStandIn, changed: dict[str, Any], message: str) -> None:
    with recorded(aws) as calls:
        for command in (cluster_of(**changed).plan, lambda: cluster_of(**changed).up(silent)):
            with pytest.raises(SettingsError, match=message):
                command()
    assert calls == []


def test_an_open_network_must_be_forced(aws: AwsStandIn) -> None:
    cluster_of(allowed_cidr="0.0.0.0/0").up(silent, force_open=True)
    ((_, rules, _),) = inventory(aws)["security groups"]
    assert [source["CidrIp"] for source in rules[0]["IpRanges"]] == ["0.0.0.0/0"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"node_type": "ra3.huge"},
            "ra3.huge is not available in us-east-1. Choose one of ra3.16xlarge, ra3.4xlarge, ra3",
        ),
        ({"subnet_ids": ["subnet-none"]}, r"InvalidSubnetID.NotFound.*SPARKIFY_CLUSTER_SUBNET_IDS"),
    ],
)
def test_what_aws_does_not_offer_is_refused_before_anything_is_created(
    aws: AwsStandIn, changed: dict[str, Any], message: str
) -> None:
    with recorded(aws) as calls, pytest.raises(ClusterError, match=message):
        cluster_of(**changed).plan()
    assert writes(calls) == []


def test_subnets_of_several_vpcs_are_refused(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    subnets = [ec2.describe_subnets()["Subnets"][0]["SubnetId"]]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets.append(ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"])
    with pytest.raises(ClusterError, match=r"SPARKIFY_CLUSTER_SUBNET_IDS are in several VPCs"):
        cluster_of(subnet_ids=subnets).plan()
    assert cluster_of(subnet_ids=subnets[1:]).up(silent).available


def test_an_account_without_default_vpc_is_reported(aws: AwsStandIn) -> None:
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
def test_resources_of_others_are_neither_used_nor_deleted(
    aws: AwsStandIn, mode: str, others: Callable[[AwsStandIn], None], what: str
) -> None:
    others(aws)
    before = inventory(aws)
    cluster = cluster_of(mode=mode)
    for command in (cluster.plan, lambda: cluster.up(silent), lambda: cluster.down(silent)):
        with pytest.raises(ClusterError, match=f"There is a {what} which sparkify did not create"):
            command()
    assert inventory(aws) == before


def test_a_security_group_of_others_stays(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    ec2.create_security_group(GroupName="sparkify-redshift", Description="-", VpcId=vpc)
    with pytest.raises(ClusterError, match=r"InvalidGroup.Duplicate.*which sparkify did not create"):
        cluster_of().up(silent)
    cluster_of().down(silent)
    assert [name for name, _, _ in inventory(aws)["security groups"]] == ["sparkify-redshift"]
