"""Our own policies: enough for the cluster's life, no right too many, and the least for COPY.

Actions are enforced by moto, which asks for every call's; resources, conditions, iam:PassRole, tags and what AWS does
in the caller's name are judged by our own stand-in (`aws_stand_in/rights.py`), as are all actions of
redshift-serverless. Rights which only AWS could check are listed in `UNPROVEN`.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sparkify_assets.cluster.policies import operator_policy, rights, role_policy, runner_policy, trust_policy
from sparkify_assets.errors import ClusterError, SettingsError
from sparkify_assets.pages.folder import S3Pages
from sparkify_assets_tests.aws_stand_in.rights import RequiredRight, allowed
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import MODES, cluster_of, forget_clients, inventory, is_empty, silent, spec

pytestmark = pytest.mark.slow

UNPROVEN = {
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeVpcAttribute",
    "secretsmanager:DeleteSecret",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:RotateSecret",
    "secretsmanager:UpdateSecret",
}


NOTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["sts:GetCallerIdentity"], "Resource": "*"}],
}


@pytest.fixture
def operator(aws: AwsStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStandIn]:
    """From now on this process has no rights but those of the policy which is enforced."""
    for name, value in aws.enforce(NOTHING).items():
        monkeypatch.setenv(name, value)
    forget_clients()
    aws.provisioned.polls_per_state = 0
    yield aws
    aws.allow_everything()  # moto keeps the enforcement for its whole process, in which other tests follow
    forget_clients()


def live(mode: str) -> None:
    """Everything that `sparkify cluster` does; the role has rights which are not ours when it goes."""
    cluster = cluster_of(mode=mode)
    logged: list[str] = []
    cluster.plan()
    cluster.up(silent)
    cluster.pause(silent)
    cluster.resume(silent)
    cluster.status()
    cluster.health()
    cluster.down(logged.append)
    (snapshot,) = {line.rsplit(" ", 1)[1].rstrip("`") for line in logged if "final snapshot is" in line}
    cluster.up(silent, from_snapshot=snapshot)
    cluster.down(silent, final_snapshot=False)


@pytest.mark.parametrize("mode", MODES)
def test_the_operator_policy_is_enough_for_the_whole_life(operator: AwsStandIn, mode: str) -> None:
    operator.enforce(without(operator_policy(spec(mode=mode)), *UNPROVEN))
    live(mode)
    operator.allow_everything()
    found = inventory(operator)
    assert is_empty(found | {"restored": []})


def test_the_stand_in_enforces_rights(operator: AwsStandIn) -> None:
    nobody = boto3.client("iam")
    with pytest.raises(ClientError, match="not authorized"):
        nobody.list_users()
    with pytest.raises(ClusterError, match=r"the right iam:GetRole is missing .*`sparkify cluster policy`"):
        cluster_of().plan()
    operator.rights.policy = None  # now moto alone decides
    with pytest.raises(ClusterError, match=r"the right iam:GetRole is missing .*`sparkify cluster policy`"):
        cluster_of().plan()


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
def test_a_missing_right_is_named_whichever_it_is(operator: AwsStandIn, mode: str) -> None:
    whole = operator_policy(spec(mode=mode))
    actions = {action for statement in whole["Statement"] for action in statement["Action"]}
    assert actions >= UNPROVEN
    for action in sorted(actions - UNPROVEN - {"iam:DetachRolePolicy"}):
        operator.rights.has_linked_role = False
        operator.enforce(without(whole, action))
        with pytest.raises(ClusterError, match=f"the right {action} is missing"):
            live(mode)
        operator.allow_everything()
        cluster_of(mode=mode).down(silent, final_snapshot=False)


def without(policy: Mapping[str, Any], *actions: str) -> dict[str, Any]:
    reduced = deepcopy(dict(policy))
    for statement in reduced["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each not in actions]
    reduced["Statement"] = [statement for statement in reduced["Statement"] if statement["Action"]]
    return reduced


def test_a_role_with_added_rights_can_be_deleted_with_our_policy(operator: AwsStandIn) -> None:
    operator.enforce(operator_policy(spec()))
    cluster_of().up(silent)
    operator.allow_everything()
    iam = operator.client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(role_policy(spec())))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="sparkify-redshift", PolicyArn=arn)
    operator.enforce(without(operator_policy(spec()), "iam:DetachRolePolicy"))
    with pytest.raises(ClusterError, match="the right iam:DetachRolePolicy is missing"):
        cluster_of().down(silent)
    operator.enforce(operator_policy(spec()))
    cluster_of().down(silent)


@pytest.mark.parametrize("mode", MODES)
def test_the_operator_policy_reaches_no_other_cluster(operator: AwsStandIn, mode: str) -> None:
    operator.enforce(operator_policy(spec(mode=mode)))
    with pytest.raises(ClusterError, match=r"the right iam:\w+ is missing .*role/other-redshift"):
        cluster_of(name="other", mode=mode).up(silent)
    policy = operator_policy(spec(mode=mode))
    others = {"aws:ResourceTag/sparkify:cluster": "other"}
    group = "arn:aws:ec2:us-east-1:123456789012:security-group/sg-1"
    assert not allowed(policy, RequiredRight("ec2:DeleteSecurityGroup", group, others))
    assert not allowed(
        policy, RequiredRight("redshift:DeleteCluster", "arn:aws:redshift:us-east-1:123456789012:cluster:other")
    )
    namespace = "arn:aws:redshift-serverless:us-east-1:123456789012:namespace/1"
    assert not allowed(policy, RequiredRight("redshift-serverless:DeleteNamespace", namespace, others))
    role = "arn:aws:iam::123456789012:role/sparkify-redshift"
    assert allowed(policy, RequiredRight("iam:PassRole", role, {"iam:PassedToService": "redshift.amazonaws.com"}))
    assert not allowed(policy, RequiredRight("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"}))


@pytest.mark.parametrize(
    ("action", "resource", "context", "may"),
    [
        ("s3:GetObject", "sparkify-raw/lake/log_data/2018/11/2018-11-01-events.json", {}, True),
        ("s3:GetObject", "sparkify-raw/elsewhere/x", {}, False),
        ("s3:GetObject", "sparkify-raw/lakeside/x", {}, False),
        ("s3:PutObject", "sparkify-raw/lake/x", {}, False),
        ("s3:DeleteObject", "sparkify-work/copy/x", {}, False),
        ("s3:PutObject", "sparkify-work/copy/manifest.json", {}, True),
        ("s3:GetObject", "sparkify-work/copy/manifest.json", {}, True),
        ("s3:PutObject", "sparkify-work/x", {}, False),
        ("s3:ListBucket", "sparkify-raw", {"s3:prefix": "lake/song_data/"}, True),
        ("s3:ListBucket", "sparkify-raw", {"s3:prefix": ""}, False),
        ("s3:ListBucket", "sparkify-raw", {"s3:prefix": "else"}, False),
        ("s3:GetBucketLocation", "sparkify-raw", {}, True),
        ("s3:GetObject", "other/lake/x", {}, False),
    ],
)
def test_the_role_reads_the_lake_and_writes_the_work_prefix_only(
    action: str, resource: str, context: dict[str, str], may: bool
) -> None:
    assert allowed(role_policy(spec()), RequiredRight(action, f"arn:aws:s3:::{resource}", context)) is may


def test_without_a_work_prefix_the_role_writes_nothing() -> None:
    policy = role_policy(spec(work_uri=""))
    assert {action for _, action, _, _ in rights(policy)} == {"s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"}


def test_only_redshift_may_assume_the_role() -> None:
    (statement,) = trust_policy()["Statement"]
    assert statement["Principal"] == {"Service": ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]}


def test_equivalent_policies_are_no_drift(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    document = role_policy(spec())
    for statement in document["Statement"]:
        statement.pop("Sid")
        statement["Action"] = statement["Action"][0] if len(statement["Action"]) == 1 else statement["Action"][::-1]
    document["Statement"].reverse()
    aws.client("iam").put_role_policy(
        RoleName="sparkify-redshift", PolicyName="sparkify-lake", PolicyDocument=json.dumps(document)
    )
    assert cluster_of().plan().drift == []
    assert cluster_of(lake="s3://sparkify-raw/other").plan().drift


def test_the_runner_policy_is_enough_to_write_pages_in_s3(operator: AwsStandIn) -> None:
    operator.allow_everything()
    boto3.client("s3").create_bucket(Bucket="sparkify-pages")
    uri = "s3://sparkify-pages/reports"
    operator.enforce(runner_policy(spec()))
    with pytest.raises(SettingsError, match="`sparkify cluster policy --of runner` prints the rights"):
        S3Pages(uri).require_writable()
    operator.enforce(runner_policy(spec(pages=uri)))
    pages = S3Pages(uri)
    pages.require_writable()
    assert not pages.has("page.html")
    pages.write("page.html", "What people listen to")
    assert pages.has("page.html")
