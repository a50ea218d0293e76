"""What the tests of the cluster share: a wanted cluster, and everything an account holds, in comparable words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.cluster.specification import ClusterSpecification
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn

LAKE, WORK, CIDR = "s3://sparkify-raw/lake", "s3://sparkify-work/copy", "203.0.113.7/32"
MODES = ("provisioned", "serverless")

Inventory = dict[str, Any]


def wanted(**changed: Any) -> ClusterSpecification:
    return ClusterSpecification(**{"lake": LAKE, "work_uri": WORK, "allowed_cidr": CIDR, **changed})


def cluster_of(*, managed: bool = False, wait_minutes: float = 0.1, **changed: Any) -> Cluster:
    return Cluster(wanted=wanted(**changed), managed=managed, poll_seconds=0.001, wait_minutes=wait_minutes)


def silent(_: str) -> None:
    """Nobody listens."""


def writes(calls: list[str]) -> list[str]:
    """The calls which change something."""
    return [call for call in calls if not call.split(":")[1].startswith(("Describe", "Get", "List"))]


@contextmanager
def recorded(aws: AwsStandIn) -> Iterator[list[str]]:
    """The calls of this block."""
    start, made = len(aws.calls), list[str]()
    yield made
    made += aws.calls[start:]


def inventory(aws: AwsStandIn) -> Inventory:
    """All there is beyond an empty account, without the ids which AWS makes up."""
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
            _without(thing.shown | {"tags": thing.tags}, "namespaceArn", "adminPasswordSecretArn")
            for thing in aws.serverless.namespaces.values()
        ],
        "workgroups": [
            _without(thing.shown, "workgroupArn", "securityGroupIds", "subnetIds")
            | {"groups": [names.get(group) for group in thing.shown["securityGroupIds"]], "tags": thing.tags}
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


def _without(shown: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in shown.items() if key not in keys}
