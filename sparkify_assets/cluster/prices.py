"""On-demand prices in USD, as public calculators quoted AWS's price page; those of rg nodes are of 5 October 2026.

They are those of us-east-1; other regions cost the same or more. Taxes, transfer and snapshots beyond the free ones
are not included. AWS's price page is authoritative: https://aws.amazon.com/redshift/pricing/
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from sparkify_assets.cluster.specification import ClusterSpecification

AS_OF = "November 2026"
HOURS_A_MONTH = 730
STORAGE_GB_MONTH = Decimal("0.024")
RPU_HOUR = Decimal("0.375")
NODE_HOUR = {
    "rg.large": Decimal("0.3801"),
    "rg.xlarge": Decimal("0.7602"),
    "rg.4xlarge": Decimal("3.04267"),
    "rg.12xlarge": Decimal("9.128"),
    "ra3.large": Decimal("0.543"),
    "ra3.xlplus": Decimal("1.086"),
    "ra3.4xlarge": Decimal("3.26"),
    "ra3.16xlarge": Decimal("13.04"),
}
_REGION = "us-east-1"


@dataclass(frozen=True)
class Price:
    """USD an hour of work, and a month at most; None if unknown."""

    hour: Decimal | None
    month: Decimal | None
    message: str


def cheapest(node_types: Iterable[str]) -> str:
    """The type of the lowest price, of those of `NODE_HOUR`."""
    return min(node_types, key=lambda name: NODE_HOUR[name])


def price(spec: ClusterSpecification, region: str) -> Price:
    """What the cluster costs while it runs."""
    found = _provisioned(spec) if spec.mode == "provisioned" else _serverless(spec)
    if found.hour is None or region == _REGION:
        return found
    return replace(found, message=f"{found.message} These are prices of {_REGION}; those of {region} are unknown.")


def _provisioned(spec: ClusterSpecification) -> Price:
    node = NODE_HOUR.get(spec.node_type)
    if node is None:
        message = f"The price of {spec.node_type} is unknown; see https://aws.amazon.com/redshift/pricing/."
        return Price(None, None, message)
    hour = node * spec.nodes
    month = hour * HOURS_A_MONTH
    return Price(
        hour,
        month,
        f"{hour} USD an hour while it runs, {month:.2f} USD a month of {HOURS_A_MONTH} hours, and {STORAGE_GB_MONTH} "
        f"USD a GB and month of storage, which is all that is billed while it is paused (on demand, {AS_OF}).",
    )


def _serverless(spec: ClusterSpecification) -> Price:
    hour = RPU_HOUR * spec.rpu
    month = RPU_HOUR * spec.monthly_rpu_hours if spec.monthly_rpu_hours else None
    limit = (
        f"at most {month:.2f} USD a month, where the usage limit of {spec.monthly_rpu_hours} RPU-hours stops it"
        if month is not None
        else "a month without a limit, because SPARKIFY_CLUSTER_MONTHLY_RPU_HOURS is 0"
    )
    return Price(
        hour,
        month,
        f"{hour} USD an hour while a query runs, billed by the second and for 60 s at least, {limit}, and "
        f"{STORAGE_GB_MONTH} USD a GB and month of storage (on demand, {AS_OF}).",
    )
