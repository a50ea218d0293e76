"""IAM policies, the least rights of each: the cluster's role, its operator, who fills the lake, who runs the graph."""

from collections.abc import Mapping
from typing import Any

from sparkify_assets.cluster.specification import ClusterSpecification
from sparkify_assets.lake.s3_uri import bucket_and_prefix

Policy = dict[str, Any]
Right = tuple[str, str, str, str]

_SERVICES = ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]
_SECRET = "arn:aws:secretsmanager:*:*:secret:redshift!*"
_SECURITY_GROUP = "arn:aws:ec2:*:*:security-group/*"
_REDSHIFT = "arn:aws:redshift:*:*"
# The ARNs of serverless have ids which AWS generates: a name cannot narrow them, the tag can.
_SERVERLESS = "arn:aws:redshift-serverless:*:*:*"


def trust_policy() -> Policy:
    """Only Redshift may assume the role."""
    return _policy([{"Effect": "Allow", "Principal": {"Service": list(_SERVICES)}, "Action": "sts:AssumeRole"}])


def role_policy(spec: ClusterSpecification) -> Policy:
    """COPY reads the lake; manifests, compacted files and UNLOAD read and write the work prefix."""
    return _policy(_lake_rights(spec, work="GetObject PutObject"))


def operator_policy(spec: ClusterSpecification) -> Policy:
    """What `sparkify cluster` calls, and what Redshift then calls in the caller's name."""
    of_mode = _provisioned_rights(spec) if spec.mode == "provisioned" else _serverless_rights(spec)
    # Redshift creates, rotates and deletes the admin's secret in the caller's name.
    secret = "CreateSecret DescribeSecret TagResource RotateSecret UpdateSecret DeleteSecret"
    return _policy(
        [
            *_role_rights(spec),
            *_network_rights(spec),
            *of_mode,
            _allow("AdminSecret", "secretsmanager", secret, _SECRET),
            _allow("AdminPassword", "secretsmanager", "GetRandomPassword", "*"),
        ]
    )


def runner_policy(spec: ClusterSpecification) -> Policy:
    """What runs need: the lake, the work prefix, the pages, a login by IAM or by the admin's secret, and to see it."""
    role = f"arn:aws:iam::*:role/{spec.role_name}"
    return _policy(
        [
            *_lake_rights(spec, work="GetObject PutObject DeleteObject"),
            *_page_rights(spec),
            *(_provisioned_login(spec) if spec.mode == "provisioned" else _serverless_login()),
            _allow("Secret", "secretsmanager", "GetSecretValue", _SECRET),
            _allow("RoleLook", "iam", "GetRole GetRolePolicy ListRolePolicies ListAttachedRolePolicies", role),
            _allow("NetworkLook", "ec2", "DescribeVpcs DescribeSubnets DescribeSecurityGroups", "*"),
        ]
    )


def uploader_policy(spec: ClusterSpecification) -> Policy:
    """What `sparkify lake` calls: to create the buckets of the lake and of the work prefix, and to fill the lake."""
    create = "CreateBucket PutBucketPublicAccessBlock PutEncryptionConfiguration PutBucketPolicy"
    look = "ListBucket GetBucketLocation GetBucketPublicAccessBlock GetBucketPolicy"
    buckets = {bucket_and_prefix("SPARKIFY_LAKE", spec.lake)[0]}
    if spec.work_uri:
        buckets.add(bucket_and_prefix("SPARKIFY_WORK_URI", spec.work_uri)[0])
    bucket, prefix = bucket_and_prefix("SPARKIFY_LAKE", spec.lake)
    objects = f"arn:aws:s3:::{bucket}/{prefix}/*" if prefix else f"arn:aws:s3:::{bucket}/*"
    return _policy(
        [
            _allow("Buckets", "s3", f"{create} {look}", [f"arn:aws:s3:::{name}" for name in sorted(buckets)]),
            _allow("LakeFiles", "s3", "GetObject PutObject DeleteObject AbortMultipartUpload", objects),
        ]
    )


def rights(policy: Mapping[str, Any]) -> set[Right]:
    """Each single right: effect, action, resource, condition. Policies with the same rights are equivalent."""
    found: set[Right] = set()
    for statement in _as_list(policy.get("Statement", [])):
        # Any other key, such as NotAction, makes a right of its own.
        rest = {key: value for key, value in statement.items() if key not in ("Sid", "Effect", "Action", "Resource")}
        for action in _as_list(statement.get("Action", "?")):
            for resource in _as_list(statement.get("Resource", "*")):
                found.add((statement["Effect"], action, resource, _normalized(rest)))
    return found


def _lake_rights(spec: ClusterSpecification, work: str) -> list[Policy]:
    lake = _bucket_rights("Lake", "SPARKIFY_LAKE", spec.lake, "GetObject")
    return lake + (_bucket_rights("Work", "SPARKIFY_WORK_URI", spec.work_uri, work) if spec.work_uri else [])


def _page_rights(spec: ClusterSpecification) -> list[Policy]:
    """To write pages, and to see whether one is there, for which S3 wants the right to list."""
    actions = "GetObject PutObject AbortMultipartUpload"
    return _bucket_rights("Pages", "SPARKIFY_REPORT_FOLDER", spec.pages, actions) if spec.pages else []


def _bucket_rights(name: str, setting: str, uri: str, actions: str) -> list[Policy]:
    bucket, prefix = bucket_and_prefix(setting, uri)
    arn, below = f"arn:aws:s3:::{bucket}", f"{prefix}/*" if prefix else "*"
    condition = {"StringLike": {"s3:prefix": [prefix, below]}} if prefix else None
    return [
        _allow(f"{name}Objects", "s3", actions, f"{arn}/{below}"),
        _allow(f"{name}List", "s3", "ListBucket", arn, condition),
        _allow(f"{name}Region", "s3", "GetBucketLocation", arn),
    ]


def _role_rights(spec: ClusterSpecification) -> list[Policy]:
    role = f"arn:aws:iam::*:role/{spec.role_name}"
    linked = "arn:aws:iam::*:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift"
    read = "GetRole GetRolePolicy ListRolePolicies ListAttachedRolePolicies"
    write = "CreateRole TagRole PutRolePolicy DeleteRolePolicy DetachRolePolicy DeleteRole"
    for_redshift = {"StringEquals": {"iam:AWSServiceName": "redshift.amazonaws.com"}}
    return [
        _allow("Role", "iam", f"{read} {write}", role),
        _allow("PassRole", "iam", "PassRole", role, {"StringEquals": {"iam:PassedToService": list(_SERVICES)}}),
        _allow("FirstClusterOfTheAccount", "iam", "CreateServiceLinkedRole", linked, for_redshift),
    ]


def _network_rights(spec: ClusterSpecification) -> list[Policy]:
    looks = "DescribeVpcs DescribeSubnets DescribeSecurityGroups"
    # Redshift calls these in the caller's name.
    of_redshift = (
        "DescribeAvailabilityZones DescribeAccountAttributes DescribeAddresses DescribeInternetGateways "
        "DescribeVpcAttribute"
    )
    on_creation = {"StringEquals": {"ec2:CreateAction": "CreateSecurityGroup"}}
    change = "AuthorizeSecurityGroupIngress DeleteSecurityGroup"
    return [
        _allow("NetworkLook", "ec2", f"{looks} {of_redshift}", "*"),
        _allow("SecurityGroup", "ec2", "CreateSecurityGroup", [_SECURITY_GROUP, "arn:aws:ec2:*:*:vpc/*"]),
        _allow("SecurityGroupTag", "ec2", "CreateTags", _SECURITY_GROUP, on_creation),
        _allow("OwnSecurityGroup", "ec2", change, _SECURITY_GROUP, _owned(spec)),
    ]


def _provisioned_rights(spec: ClusterSpecification) -> list[Policy]:
    looks = "DescribeClusters DescribeClusterSubnetGroups DescribeClusterSnapshots DescribeOrderableClusterOptions"
    writes = "CreateCluster RestoreFromClusterSnapshot PauseCluster ResumeCluster DeleteCluster"
    groups = "CreateClusterSubnetGroup DeleteClusterSubnetGroup"
    resources = [
        f"{_REDSHIFT}:cluster:{spec.name}",
        f"{_REDSHIFT}:subnetgroup:{spec.group_name}",
        f"{_REDSHIFT}:snapshot:*/*",
    ]
    return [
        _allow("ClusterLook", "redshift", looks, "*"),
        _allow("Cluster", "redshift", f"{writes} {groups} CreateTags", resources),
    ]


def _serverless_rights(spec: ClusterSpecification) -> list[Policy]:
    any_tag = (
        "CreateNamespace GetNamespace CreateWorkgroup GetWorkgroup ListTagsForResource CreateUsageLimit "
        "ListUsageLimits DeleteUsageLimit GetSnapshot CreateSnapshot RestoreFromSnapshot TagResource"
    )
    own_tag = "DeleteWorkgroup DeleteNamespace UntagResource"
    return [
        _allow("Serverless", "redshift-serverless", any_tag, _SERVERLESS),
        _allow("OwnServerless", "redshift-serverless", own_tag, _SERVERLESS, _owned(spec)),
    ]


def _provisioned_login(spec: ClusterSpecification) -> list[Policy]:
    database, user = f"{_REDSHIFT}:dbname:{spec.name}/{spec.database}", f"{_REDSHIFT}:dbuser:{spec.name}/*"
    return [
        _allow("ClusterLook", "redshift", "DescribeClusters DescribeClusterSubnetGroups", "*"),
        _allow("Login", "redshift", "GetClusterCredentialsWithIAM", database),
        _allow("LoginAsUser", "redshift", "GetClusterCredentials", [database, user]),
    ]


def _serverless_login() -> list[Policy]:
    actions = "GetCredentials GetWorkgroup GetNamespace ListTagsForResource ListUsageLimits"
    return [_allow("Login", "redshift-serverless", actions, _SERVERLESS)]


def _owned(spec: ClusterSpecification) -> Policy:
    return {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in spec.tags.items()}}


def _allow(
    name: str, service: str, actions: str, resource: str | list[str], condition: Mapping[str, Any] | None = None
) -> Policy:
    """A statement which allows these actions, given with spaces between."""
    action = [f"{service}:{each}" for each in actions.split()]
    statement: Policy = {"Sid": name, "Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def _policy(statements: list[Policy]) -> Policy:
    return {"Version": "2012-10-17", "Statement": statements}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _normalized(value: Any) -> str:
    """As text, because IAM keeps a list of one as it was given, and JSON any order of keys."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_normalized(value[key])}" for key in sorted(value))
    return "|".join(sorted(map(str, _as_list(value))))
