"""What `up` creates.

Roles, policies, security groups and the records of clusters are moto's; that a new role is not known at once, that
states last, and all of redshift-serverless are our own stand-in's.
"""

import pytest

from sparkify_assets.cluster.policies import role_policy, trust_policy
from sparkify_assets.errors import ClusterError
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import (
    CIDR,
    MODES,
    ROLE,
    cluster_of,
    inventory,
    is_empty,
    record,
    recorded,
    silent,
    spec,
    writes,
)

pytestmark = pytest.mark.slow


def test_up_creates_an_encrypted_private_cluster_with_the_least_role(aws: AwsStandIn) -> None:
    found = cluster_of().up(silent)
    assert (found.available, found.encrypted, found.public, found.size) == (True, True, False, "ra3.large x 1")
    assert (found.roles, found.default_role) == ([ROLE], ROLE)
    secret = aws.client("secretsmanager").get_secret_value(SecretId=found.secret_arn)["SecretString"]
    assert '"username": "sparkify"' in secret
    created = inventory(aws)
    assert created["roles"] == {
        "sparkify-redshift": {"trust": trust_policy(), "inline": {"sparkify-lake": role_policy(spec())}}
    }
    ((name, rules, tags),) = created["security groups"]
    assert (name, tags) == ("sparkify-redshift", [{"Key": "sparkify:cluster", "Value": "sparkify"}])
    assert [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules] == [("tcp", 5439, 5439)]
    assert [source["CidrIp"] for source in rules[0]["IpRanges"]] == [CIDR]
    assert created["clusters"][0]["groups"] == ["sparkify-redshift"]


def test_up_creates_a_serverless_workgroup_with_a_usage_limit(aws: AwsStandIn) -> None:
    found = cluster_of(mode="serverless", monthly_rpu_hours=20).up(silent)
    assert (found.available, found.public, found.size, found.default_role) == (True, False, "4 RPU", ROLE)
    created = inventory(aws)
    assert created["limits"] == [
        {"usageType": "serverless-compute", "amount": 20, "period": "monthly", "breachAction": "deactivate"}
    ]
    assert created["workgroups"][0]["groups"] == ["sparkify-redshift"]
    assert created["secrets"] == ["redshift!sparkify"]


@pytest.mark.parametrize("mode", MODES)
def test_a_second_up_changes_nothing(aws: AwsStandIn, mode: str) -> None:
    cluster_of(mode=mode).up(silent)
    before = inventory(aws)
    with recorded(aws) as calls:
        cluster_of(mode=mode).up(silent)
    assert writes(calls) == []
    assert inventory(aws) == before


@pytest.mark.parametrize("mode", MODES)
def test_a_plan_creates_nothing_and_states_the_cost(aws: AwsStandIn, mode: str) -> None:
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
    assert "an hour" in plan.price.message
    assert cluster_of(mode=mode).up(silent).available
    assert cluster_of(mode=mode).plan().todo == []


def test_several_nodes_are_a_multi_node_cluster(aws: AwsStandIn) -> None:
    assert cluster_of(nodes=3).up(silent).size == "ra3.large x 3"


@pytest.mark.parametrize("mode", MODES)
def test_a_role_which_redshift_does_not_know_yet_is_waited_for(aws: AwsStandIn, mode: str) -> None:
    aws.provisioned.new_role_refusals = 3
    logged: list[str] = []
    cluster_of(mode=mode).up(logged.append)
    assert [line for line in logged if line.startswith("role sparkify-redshift: not yet")]


def test_the_wait_for_an_unknown_role_has_a_limit(aws: AwsStandIn) -> None:
    aws.provisioned.new_role_refusals = 10**6
    cluster = cluster_of(wait_minutes=0.002)
    with pytest.raises(ClusterError, match=r"role sparkify-redshift is still 'not yet.*Run the same command again"):
        cluster.up(silent)


def test_progress_is_logged(aws: AwsStandIn) -> None:
    aws.provisioned.polls_per_state = 3
    logged: list[str] = []
    cluster_of().up(logged.append)
    assert "cluster sparkify: creating, 0 s" in logged


def test_the_wait_for_a_cluster_has_a_limit(aws: AwsStandIn) -> None:
    aws.provisioned.polls_per_state = 10**6
    cluster = cluster_of(wait_minutes=0.002)
    with pytest.raises(ClusterError, match="cluster sparkify is still 'creating' after 0 minutes"):
        cluster.up(silent)


def test_a_broken_cluster_is_reported(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    record().status = "hardware-failure"
    with pytest.raises(ClusterError, match=r"is hardware-failure.*down --no-final-snapshot"):
        cluster_of().up(silent)


def test_up_resumes_a_paused_cluster(aws: AwsStandIn) -> None:
    cluster_of().up(silent)
    cluster_of().pause(silent)
    assert cluster_of().plan().todo == ["resume the cluster sparkify"]
    assert cluster_of().up(silent).available
