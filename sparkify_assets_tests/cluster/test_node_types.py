"""Without a type of nodes the cheapest which the account may order is taken, and a plan says what costs less."""

import pytest

from sparkify_assets.errors import ClusterError
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import cluster_of, recorded, silent, writes


@pytest.mark.parametrize(
    ("orderable", "size", "hour"),
    [
        (("ra3.xlplus", "ra3.large", "rg.large", "rg.huge"), "rg.large x 1", "0.3801 USD an hour"),
        (("ra3.xlplus", "ra3.large"), "ra3.large x 1", "0.543 USD an hour"),
    ],
)
def test_the_cheapest_type_which_may_be_ordered_is_taken(
    aws: AwsStandIn, orderable: tuple[str, ...], size: str, hour: str
) -> None:
    aws.provisioned.orderable = orderable
    cluster = cluster_of(node_type="")
    plan = cluster.plan()
    assert f"create the cluster sparkify: {size}, encrypted, not public" in plan.todo
    assert plan.price.message.startswith(hour)
    assert cluster.up(silent).size == size


def test_a_cluster_keeps_its_type_when_a_cheaper_one_is_offered(aws: AwsStandIn) -> None:
    cluster_of(node_type="ra3.xlplus").up(silent)
    with recorded(aws) as calls:
        cluster_of(node_type="").up(silent)
    plan, _ = cluster_of(node_type="").status()
    assert (writes(calls), plan.drift, plan.price.hour) == (
        [],
        [],
        cluster_of(node_type="ra3.xlplus").plan().price.hour,
    )


def test_no_type_of_a_known_price_is_told_before_anything_is_created(aws: AwsStandIn) -> None:
    aws.provisioned.orderable = ("rg.huge",)
    with recorded(aws) as calls, pytest.raises(ClusterError, match=r"None of rg\.large.* Choose one in SPARKIFY_"):
        cluster_of(node_type="").up(silent)
    assert writes(calls) == []


def test_a_plan_says_what_costs_less_until_there_is_a_cluster(aws: AwsStandIn) -> None:
    cluster = cluster_of(node_type="ra3.xlplus", nodes=2)
    serverless = (
        "serverless with 4 RPU, if queries run for less than {} hours a month: SPARKIFY_CLUSTER_MODE=serverless"
    )
    assert cluster.plan().cheaper == [
        "rg.xlarge x 2 for 1.5204 USD an hour: SPARKIFY_CLUSTER_NODE_TYPE=rg.xlarge",
        serverless.format(1057),
    ]
    assert cluster_of(node_type="rg.large").plan().cheaper == [serverless.format(185)]
    assert cluster_of(mode="serverless").plan().cheaper == []
    cluster.up(silent)
    assert cluster.plan().cheaper == []
