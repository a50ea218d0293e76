"""What `plan` says a cluster costs: the prices of `redshift` in us-east-1; what is not known is not made up."""

from decimal import Decimal

import pytest

from sparkify_assets.cluster.prices import AS_OF, price
from sparkify_assets_tests.cluster.workbench import wanted


@pytest.mark.parametrize(
    ("node_type", "nodes", "hour", "month"),
    [
        ("ra3.large", 1, "0.543", "396.390"),
        ("ra3.large", 3, "1.629", "1189.170"),
        ("ra3.xlplus", 2, "2.172", "1585.560"),
    ],
)
def test_nodes_cost_by_the_hour(node_type: str, nodes: int, hour: str, month: str) -> None:
    found = price(wanted(node_type=node_type, nodes=nodes), "us-east-1")
    assert (found.hour, found.month) == (Decimal(hour), Decimal(month))
    assert AS_OF in found.says


def test_a_workgroup_costs_at_most_its_limit() -> None:
    found = price(wanted(mode="serverless", rpu=8, monthly_rpu_hours=100), "us-east-1")
    assert (found.hour, found.month) == (Decimal("3.000"), Decimal("37.500"))


def test_without_a_limit_the_month_is_not_known() -> None:
    found = price(wanted(mode="serverless", monthly_rpu_hours=0), "us-east-1")
    assert found.month is None
    assert "a month without a limit" in found.says


def test_a_price_which_is_not_known_is_not_made_up() -> None:
    found = price(wanted(node_type="rg.large"), "us-east-1")
    assert (found.hour, found.month) == (None, None)
    assert "The price of rg.large is unknown here" in found.says


def test_another_region_is_told() -> None:
    assert "for eu-west-1 they are unknown here" in price(wanted(), "eu-west-1").says
    assert "unknown" not in price(wanted(), "us-east-1").says
