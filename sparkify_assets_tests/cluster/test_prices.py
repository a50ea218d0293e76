"""What a cluster costs: the prices of us-east-1, and no guesses."""

from decimal import Decimal

import pytest

from sparkify_assets.cluster.prices import AS_OF, price
from sparkify_assets_tests.cluster.workbench import spec


@pytest.mark.parametrize(
    ("node_type", "nodes", "hour", "month"),
    [
        ("ra3.large", 1, "0.543", "396.390"),
        ("ra3.large", 3, "1.629", "1189.170"),
        ("rg.large", 1, "0.3801", "277.473"),
        ("ra3.xlplus", 2, "2.172", "1585.560"),
    ],
)
def test_nodes_cost_by_the_hour(node_type: str, nodes: int, hour: str, month: str) -> None:
    found = price(spec(node_type=node_type, nodes=nodes), "us-east-1")
    assert (found.hour, found.month) == (Decimal(hour), Decimal(month))
    assert AS_OF in found.message


def test_a_workgroup_costs_at_most_its_limit() -> None:
    found = price(spec(mode="serverless", rpu=8, monthly_rpu_hours=100), "us-east-1")
    assert (found.hour, found.month) == (Decimal("3.000"), Decimal("37.500"))
    assert "for 60 s at least" in found.message


def test_without_a_limit_the_monthly_price_is_unknown() -> None:
    found = price(spec(mode="serverless", monthly_rpu_hours=0), "us-east-1")
    assert found.month is None
    assert "a month without a limit" in found.message


def test_an_unknown_price_is_reported_as_unknown() -> None:
    found = price(spec(node_type="rg.huge"), "us-east-1")
    assert (found.hour, found.month) == (None, None)
    assert "The price of rg.huge is unknown" in found.message


def test_prices_of_another_region_are_unknown() -> None:
    assert "those of eu-west-1 are unknown" in price(spec(), "eu-west-1").message
    assert "unknown" not in price(spec(), "us-east-1").message
