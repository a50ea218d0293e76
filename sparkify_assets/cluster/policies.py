"""What the cluster's role may do, who may take it, and what whoever runs `sparkify cluster` needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sparkify_assets.cluster.specification import ClusterSpecification
from sparkify_assets.lake.s3_uri import bucket_and_prefix

Policy = dict[str, Any]
Right = tuple[str, str, str, str]

_SERVICES = ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]


def trust_policy() -> Policy:
    """Redshift, and nobody else, may take the role."""
    return _policy(
        [{"Effect": "Allow", "Principal": {"Service": list(_SERVICES)}, "Action": "sts:AssumeRole"}],
    )


def role_policy(wanted: ClusterSpecification) -> Policy:
    """COPY reads the lake; manifests, compacted files and UNLOAD need to read and write the work prefix."""
    statements = _bucket_rights("Lake", "SPARKIFY_LAKE", wanted.lake, ["s3:GetObject"])
    if wanted.work_uri:
        statements += _bucket_rights("Work", "SPARKIFY_WORK_URI", wanted.work_uri, ["s3:GetObject", "s3:PutObject"])
    return _policy(statements)


def operator_policy(wanted: ClusterSpecification) -> Policy:
    """Everything which `sparkify cluster` calls, and what Redshift does in the caller's name meanwhile."""
    of_mode = _provisioned_rights(wanted) if wanted.mode == "provisioned" else _serverless_rights(wanted)
    return _policy([*_role_rights(wanted), *_network_rights(wanted), *of_mode, *_secret_rights()])


def runner_policy(wanted: ClusterSpecification) -> Policy:
    """What runs need: the lake and the work prefix, a login by IAM or by the admin's secret, a look at the cluster."""
    statements = _bucket_rights("Lake", "SPARKIFY_LAKE", wanted.lake, ["s3:GetObject"])
    if wanted.work_uri:
        actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        statements += _bucket_rights("Work", "SPARKIFY_WORK_URI", wanted.work_uri, actions)
    role = f"arn:aws:iam::*:role/{wanted.role_name}"
    looks = ["GetRole", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies"]
    return _policy(
        [
            *statements,
            *(_provisioned_login(wanted) if wanted.mode == "provisioned" else _serverless_login()),
            _allow("Secret", ["secretsmanager:GetSecretValue"], "arn:aws:secretsmanager:*:*:secret:redshift!*"),
            _allow("RoleLook", [f"iam:{action}" for action in looks], role),
            _allow("NetworkLook", ["ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"], "*"),
        ]
    )


def rights(policy: Mapping[str, Any]) -> set[Right]:
    """Each single right: effect, action, resource, condition; two policies of the same rights mean the same."""
    found: set[Right] = set()
    for statement in _listed(policy.get("Statement", [])):
        # Whatever is written in another way than ours, NotAction for one, shows up as a right of its own.
        rest = {key: value for key, value in statement.items() if key not in ("Sid", "Effect", "Action", "Resource")}
        for action in _listed(statement.get("Action", "?")):
            for resource in _listed(statement.get("Resource", "*")):
                found.add((statement["Effect"], action, resource, _written(rest)))
    return found


def _bucket_rights(name: str, setting: str, uri: str, actions: Sequence[str]) -> list[Policy]:
    bucket, prefix = bucket_and_prefix(setting, uri)
    below = f"{prefix}/*" if prefix else "*"
    listing = _allow(f"{name}List", ["s3:ListBucket"], f"arn:aws:s3:::{bucket}")
    if prefix:
        listing["Condition"] = {"StringLike": {"s3:prefix": [prefix, below]}}
    return [
        _allow(f"{name}Objects", actions, f"arn:aws:s3:::{bucket}/{below}"),
        listing,
        _allow(f"{name}Region", ["s3:GetBucketLocation"], f"arn:aws:s3:::{bucket}"),
    ]


def _role_rights(wanted: ClusterSpecification) -> list[Policy]:
    role = f"arn:aws:iam::*:role/{wanted.role_name}"
    linked = "arn:aws:iam::*:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift"
    read = ["GetRole", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies"]
    write = ["CreateRole", "TagRole", "PutRolePolicy", "DeleteRolePolicy", "DetachRolePolicy", "DeleteRole"]
    return [
        _allow("Role", [f"iam:{action}" for action in read + write], role),
        _allow("PassRole", ["iam:PassRole"], role, {"StringEquals": {"iam:PassedToService": list(_SERVICES)}}),
        _allow(
            "FirstClusterOfTheAccount",
            ["iam:CreateServiceLinkedRole"],
            linked,
            {"StringEquals": {"iam:AWSServiceName": "redshift.amazonaws.com"}},
        ),
    ]


def _network_rights(wanted: ClusterSpecification) -> list[Policy]:
    group = "arn:aws:ec2:*:*:security-group/*"
    looks = ["Vpcs", "Subnets", "SecurityGroups", "AvailabilityZones", "AccountAttributes", "Addresses"]
    return [
        # The last three, InternetGateways and VpcAttribute are Redshift's, which looks at the network as the caller.
        _allow(
            "NetworkLook",
            [*(f"ec2:Describe{name}" for name in looks), "ec2:DescribeInternetGateways", "ec2:DescribeVpcAttribute"],
            "*",
        ),
        _allow("SecurityGroup", ["ec2:CreateSecurityGroup"], [group, "arn:aws:ec2:*:*:vpc/*"]),
        _allow(
            "SecurityGroupTag",
            ["ec2:CreateTags"],
            group,
            {"StringEquals": {"ec2:CreateAction": "CreateSecurityGroup"}},
        ),
        _allow(
            "OwnSecurityGroup",
            ["ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup"],
            group,
            _only_ours(wanted),
        ),
    ]


def _provisioned_rights(wanted: ClusterSpecification) -> list[Policy]:
    place = "arn:aws:redshift:*:*"
    looks = ["Clusters", "ClusterSubnetGroups", "ClusterSnapshots", "OrderableClusterOptions"]
    cluster, subnets = f"{place}:cluster:{wanted.name}", f"{place}:subnetgroup:{wanted.group_name}"
    snapshots = f"{place}:snapshot:*/*"
    writes = ["CreateCluster", "RestoreFromClusterSnapshot", "PauseCluster", "ResumeCluster", "DeleteCluster"]
    groups = ["CreateClusterSubnetGroup", "DeleteClusterSubnetGroup"]
    return [
        _allow("ClusterLook", [f"redshift:Describe{name}" for name in looks], "*"),
        _allow(
            "Cluster",
            [f"redshift:{action}" for action in [*writes, *groups, "CreateTags"]],
            [cluster, subnets, snapshots],
        ),
    ]


def _serverless_rights(wanted: ClusterSpecification) -> list[Policy]:
    # The ARNs of serverless carry ids which AWS makes up, so a name cannot narrow them; the tag can.
    anything = "arn:aws:redshift-serverless:*:*:*"
    free = ["CreateNamespace", "GetNamespace", "CreateWorkgroup", "GetWorkgroup", "ListTagsForResource"]
    limits = ["CreateUsageLimit", "ListUsageLimits", "DeleteUsageLimit"]
    snapshots = ["GetSnapshot", "CreateSnapshot", "RestoreFromSnapshot", "TagResource"]
    return [
        _allow("Serverless", [f"redshift-serverless:{action}" for action in [*free, *limits, *snapshots]], anything),
        _allow(
            "OwnServerless",
            [f"redshift-serverless:{action}" for action in ("DeleteWorkgroup", "DeleteNamespace", "UntagResource")],
            anything,
            _only_ours(wanted),
        ),
    ]


def _provisioned_login(wanted: ClusterSpecification) -> list[Policy]:
    place = "arn:aws:redshift:*:*"
    database = f"{place}:dbname:{wanted.name}/{wanted.database}"
    looks = ["redshift:DescribeClusters", "redshift:DescribeClusterSubnetGroups"]
    return [
        _allow("ClusterLook", looks, "*"),
        _allow("Login", ["redshift:GetClusterCredentialsWithIAM"], database),
        _allow("LoginAsUser", ["redshift:GetClusterCredentials"], [database, f"{place}:dbuser:{wanted.name}/*"]),
    ]


def _serverless_login() -> list[Policy]:
    actions = ["GetCredentials", "GetWorkgroup", "GetNamespace", "ListTagsForResource", "ListUsageLimits"]
    return [
        _allow(
            "Login",
            [f"redshift-serverless:{action}" for action in actions],
            "arn:aws:redshift-serverless:*:*:*",
        )
    ]


def _secret_rights() -> list[Policy]:
    # Redshift makes, rotates and deletes the admin's secret in the caller's name.
    actions = ["CreateSecret", "DescribeSecret", "TagResource", "RotateSecret", "UpdateSecret", "DeleteSecret"]
    return [
        _allow(
            "AdminSecret",
            [f"secretsmanager:{action}" for action in actions],
            "arn:aws:secretsmanager:*:*:secret:redshift!*",
        ),
        _allow("AdminPassword", ["secretsmanager:GetRandomPassword"], "*"),
    ]


def _only_ours(wanted: ClusterSpecification) -> Policy:
    key, value = wanted.tag
    return {"StringEquals": {f"aws:ResourceTag/{key}": value}}


def _allow(
    name: str, actions: Sequence[str], resource: str | list[str], condition: Mapping[str, Any] | None = None
) -> Policy:
    statement: Policy = {"Sid": name, "Effect": "Allow", "Action": list(actions), "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return statement


def _policy(statements: Sequence[Policy]) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _written(value: Any) -> str:
    """Compared as text, since IAM keeps a list of one as it was given and JSON keeps any order of keys."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_written(value[key])}" for key in sorted(value))
    return "|".join(sorted(map(str, _listed(value))))
