"""What the tests of the cluster share: its specification, and an inventory of the account which can be compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.redshift.models import redshift_backends

from sparkify_assets.cluster import aws as production_aws
from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.cluster.specification import ClusterSpecification
from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT
from sparkify_assets_tests.aws_stand_in.server import REGION, AwsStandIn

LAKE, WORK, CIDR = "s3://sparkify-raw/lake", "s3://sparkify-work/copy", "203.0.113.7/32"
MODES = ("provisioned", "serverless")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift"

Inventory = dict[str, Any]


def spec(**changed: Any) -> ClusterSpecification:
    given = {"lake": LAKE, "work_uri": WORK, "allowed_cidr": CIDR, "node_type": "ra3.large"}
    return ClusterSpecification(**{**given, **changed})


def cluster_of(*, managed: bool = False, wait_minutes: float = 0.1, **changed: Any) -> Cluster:
    return Cluster(spec=spec(**changed), managed=managed, poll_seconds=0.001, wait_minutes=wait_minutes)


def forget_clients() -> None:
    """The next client reads credentials and endpoint from the environment again."""
    production_aws.client.cache_clear()
    production_aws.session.cache_clear()


def silent(_: str) -> None:
    """Log nothing."""


def writes(calls: list[str]) -> list[str]:
    """The calls which change something."""
    return [call for call in calls if not call.split(":")[1].startswith(("Describe", "Get", "List"))]


@contextmanager
def recorded(aws: AwsStandIn) -> Iterator[list[str]]:
    """The calls of this block."""
    start, made = len(aws.calls), list[str]()
    yield made
    made += aws.calls[start:]


def record(name: str = "sparkify") -> Any:
    """The record of a cluster in moto, to change it without a call."""
    return redshift_backends[ACCOUNT][REGION].clusters[name]


def inventory(aws: AwsStandIn) -> Inventory:
    """All resources beyond an empty account, without the ids which AWS generates."""
    iam, ec2, redshift = aws.client("iam"), aws.client("ec2"), aws.client("redshift")
    groups = [group for group in ec2.describe_security_groups()["SecurityGroups"] if group["GroupName"] != "default"]
    names = {group["GroupId"]: group["GroupName"] for group in groups}
    return {
        "roles": {
            role["RoleName"]: {
                "trust": role["AssumeRolePolicyDocument"],
                "inline": {
                    name: iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
                    for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
                },
            }
            for role in iam.list_roles()["Roles"]
        },
        "security groups": [(group["GroupName"], group["IpPermissions"], group.get("Tags")) for group in groups],
        "subnet groups": [
            (group["ClusterSubnetGroupName"], len(group["Subnets"]), group["Tags"])
            for group in redshift.describe_cluster_subnet_groups()["ClusterSubnetGroups"]
        ],
        "clusters": [_cluster(cluster, names) for cluster in redshift.describe_clusters()["Clusters"]],
        "namespaces": [
            _without(thing.description | {"tags": thing.tags}, "namespaceArn", "adminPasswordSecretArn")
            for thing in aws.serverless.namespaces.values()
        ],
        "workgroups": [
            _without(thing.description, "workgroupArn", "securityGroupIds", "subnetIds")
            | {"groups": [names.get(group) for group in thing.description["securityGroupIds"]], "tags": thing.tags}
            for thing in aws.serverless.workgroups.values()
        ],
        "limits": [_without(limit, "resourceArn", "usageLimitId") for limit in aws.serverless.limits.values()],
        "restored": list(aws.serverless.restored),
        "secrets": [
            secret["Name"].rsplit("-", 1)[0] for secret in aws.client("secretsmanager").list_secrets()["SecretList"]
        ],
    }


def is_empty(found: Inventory) -> bool:
    return not any(found.values())


def _cluster(cluster: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    kept = ("NodeType", "NumberOfNodes", "Encrypted", "PubliclyAccessible", "DBName", "DefaultIamRoleArn", "Tags")
    return {key: cluster.get(key) for key in ("ClusterIdentifier", "ClusterStatus", "IamRoles", *kept)} | {
        "groups": [names.get(group["VpcSecurityGroupId"]) for group in cluster["VpcSecurityGroups"]],
        "secret": bool(cluster.get("MasterPasswordSecretArn")),
    }


def _without(description: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in description.items() if key not in keys}
