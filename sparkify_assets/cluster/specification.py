"""What is wanted: one Redshift, provisioned or serverless, with its role and its network, all under one name."""

import ipaddress
import re
from typing import Literal

import dagster as dg
from pydantic import Field

from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.s3_uri import bucket_and_prefix
from sparkify_assets.settings import Settings

PORT = 5439
TAG = "sparkify:cluster"
ANYWHERE = "0.0.0.0/0"

_NAME = re.compile(r"[a-z](?:-?[a-z0-9])*")
_RETIRED = ("dc1.", "dc2.", "ds2.")
# The widest private network is 10.0.0.0/8; whatever is wider belongs to strangers.
_WIDEST_PREFIX = 8


class ClusterSpecification(dg.Config):
    """The wanted cluster.

    `name` is the identifier of the cluster, or of namespace and workgroup. `monthly_rpu_hours` is where a
    serverless workgroup stops answering until the month is over; 0 sets no limit. Without `subnet_ids` those of
    the default VPC are taken. `lake` and `work_uri` are s3://bucket[/prefix]; the role may read the first and
    read and write the second, which may be empty.
    """

    name: str = "sparkify"
    mode: Literal["provisioned", "serverless"] = "provisioned"
    node_type: str = "ra3.large"
    nodes: int = 1
    rpu: int = 4
    monthly_rpu_hours: int = 60
    database: str = "dev"
    admin: str = "sparkify"
    allowed_cidr: str = ""
    subnet_ids: list[str] = Field(default_factory=list)
    lake: str
    work_uri: str = ""

    @property
    def role_name(self) -> str:
        """Name of the role which COPY uses."""
        return f"{self.name}-redshift"

    @property
    def group_name(self) -> str:
        """Name of the security group and of the subnet group."""
        return f"{self.name}-redshift"

    @property
    def tag(self) -> tuple[str, str]:
        """Key and value which mark what this project made; nothing else is ever deleted."""
        return TAG, self.name

    def check(self, *, force_open: bool = False) -> None:
        """Raise SettingsError for what AWS would refuse, or would accept although it should not."""
        if not _NAME.fullmatch(self.name) or not 3 <= len(self.name) <= 54:
            raise SettingsError(
                f"SPARKIFY_CLUSTER_NAME = {self.name!r} cannot be a cluster's name. Take 3 to 54 small letters, "
                "digits and single hyphens, a letter first."
            )
        if self.mode == "provisioned":
            self._check_nodes()
        elif self.rpu != 4 and (self.rpu < 8 or self.rpu % 8):
            raise SettingsError(
                f"SPARKIFY_CLUSTER_RPU = {self.rpu} is no capacity which Redshift offers. Take 4, 8, 16, 24 and so on."
            )
        check_cidr(self.allowed_cidr, force_open=force_open)
        bucket_and_prefix("SPARKIFY_LAKE", self.lake)
        if self.work_uri:
            bucket_and_prefix("SPARKIFY_WORK_URI", self.work_uri)

    def _check_nodes(self) -> None:
        if self.node_type.startswith(_RETIRED):
            raise SettingsError(
                f"SPARKIFY_CLUSTER_NODE_TYPE = {self.node_type}: AWS creates no cluster of this type any more. "
                "Take ra3.large, the smallest there is, or SPARKIFY_CLUSTER_MODE=serverless."
            )
        if self.nodes < 1:
            raise SettingsError(f"SPARKIFY_CLUSTER_NODES = {self.nodes}; take 1 or more.")


def specification(chosen: Settings) -> ClusterSpecification:
    """The cluster which the settings ask for: the one they log in to, if they name one."""
    return ClusterSpecification(
        name=chosen.redshift_cluster_identifier or chosen.redshift_workgroup or chosen.cluster_name,
        mode="serverless" if chosen.redshift_workgroup else chosen.cluster_mode,
        database=chosen.redshift_database,
        node_type=chosen.cluster_node_type,
        nodes=chosen.cluster_nodes,
        rpu=chosen.cluster_rpu,
        monthly_rpu_hours=chosen.cluster_monthly_rpu_hours,
        allowed_cidr=chosen.cluster_allowed_cidr,
        subnet_ids=[subnet.strip() for subnet in chosen.cluster_subnet_ids.split(",") if subnet.strip()],
        lake=chosen.lake,
        work_uri=chosen.work_uri,
    )


def check_cidr(cidr: str, *, force_open: bool) -> None:
    """Raise SettingsError unless `cidr` is one IPv4 network which does not let the world in."""
    if not cidr:
        raise SettingsError(
            "SPARKIFY_CLUSTER_ALLOWED_CIDR is empty: nobody could connect. Give the one network which may, such as "
            "your own address with /32, or the range of your VPC."
        )
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        raise SettingsError(
            f"SPARKIFY_CLUSTER_ALLOWED_CIDR = {cidr!r} is no IPv4 network ({error}). Write it like 203.0.113.7/32."
        ) from None
    if is_open(str(network)) and not force_open:
        raise SettingsError(
            f"SPARKIFY_CLUSTER_ALLOWED_CIDR = {cidr} would let strangers reach the warehouse. Give your own network, "
            "such as 203.0.113.7/32; if you really mean it, add --force-open."
        )


def is_open(cidr: str) -> bool:
    """Whether a network is wider than any private one."""
    network = ipaddress.ip_network(cidr, strict=False)
    return network.prefixlen < (_WIDEST_PREFIX if network.version == 4 else 4 * _WIDEST_PREFIX)
