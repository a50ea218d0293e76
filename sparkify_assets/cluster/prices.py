"""What it costs: on-demand prices in USD, as public calculators quoted AWS's price page.

They are those of us-east-1; AWS's other regions ask more or the same. Taxes, transfer and snapshots beyond the
free ones come on top. AWS's price page has the last word: https://aws.amazon.com/redshift/pricing/
"""

from dataclasses import dataclass
from decimal import Decimal

from sparkify_assets.cluster.specification import ClusterSpecification

AS_OF = "November 2026"
HOURS_A_MONTH = 730
STORAGE_GB_MONTH = Decimal("0.024")
RPU_HOUR = Decimal("0.375")
NODE_HOUR = {
    "ra3.large": Decimal("0.543"),
    "ra3.xlplus": Decimal("1.086"),
    "ra3.4xlarge": Decimal("3.26"),
    "ra3.16xlarge": Decimal("13.04"),
}
_REGION = "us-east-1"


@dataclass(frozen=True)
class Price:
    """USD an hour of work, and a month at most; None if it is not known here."""

    hour: Decimal | None
    month: Decimal | None
    says: str


def price(wanted: ClusterSpecification, region: str) -> Price:
    """What the wanted cluster costs while it runs."""
    found = _provisioned(wanted) if wanted.mode == "provisioned" else _serverless(wanted)
    if found.hour is None or region == _REGION:
        return found
    return Price(
        found.hour,
        found.month,
        f"{found.says} The prices are those of {_REGION}; for {region} they are unknown here.",
    )


def _provisioned(wanted: ClusterSpecification) -> Price:
    node = NODE_HOUR.get(wanted.node_type)
    if node is None:
        return Price(
            None,
            None,
            f"The price of {wanted.node_type} is unknown here; see https://aws.amazon.com/redshift/pricing/.",
        )
    hour = node * wanted.nodes
    return Price(
        hour,
        hour * HOURS_A_MONTH,
        f"{hour} USD an hour while it runs, {hour * HOURS_A_MONTH:.2f} USD a month of {HOURS_A_MONTH} hours, and "
        f"{STORAGE_GB_MONTH} USD a GB and month of storage, which is all that is billed while it is paused "
        f"(on demand, {AS_OF}).",
    )


def _serverless(wanted: ClusterSpecification) -> Price:
    hour = RPU_HOUR * wanted.rpu
    month = RPU_HOUR * wanted.monthly_rpu_hours if wanted.monthly_rpu_hours else None
    limit = (
        f"at most {month:.2f} USD a month, where the usage limit of {wanted.monthly_rpu_hours} RPU-hours stops it"
        if month is not None
        else "a month without a limit, since SPARKIFY_CLUSTER_MONTHLY_RPU_HOURS is 0"
    )
    return Price(
        hour,
        month,
        f"{hour} USD an hour while a query runs, billed by the second, {limit}, and {STORAGE_GB_MONTH} USD a GB and "
        f"month of storage (on demand, {AS_OF}).",
    )
