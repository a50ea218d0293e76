"""The specification of one Redshift, provisioned or serverless, with its role and its network, all under one name."""

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

_NAME = re.compile(r"[a-z](?:-?[a-z0-9])*")
_RETIRED = ("dc1.", "dc2.", "ds2.")
# The widest private network is 10.0.0.0/8.
_WIDEST_PREFIX = 8


class ClusterSpecification(dg.Config):
    """The cluster which the settings ask for.

    `name` is the identifier of the cluster, or of namespace and workgroup. An empty `node_type` is found out by
    `node_types`. A serverless workgroup stops at `monthly_rpu_hours` until the month is over; 0 sets no limit. Without
    `subnet_ids` those of the default VPC are used. `lake` and `work_uri` are s3://bucket[/prefix]; the role may read
    the first, and read and write the second, which may be empty. `pages` is where runs put pages, if that is in S3.
    """

    name: str = "sparkify"
    mode: Literal["provisioned", "serverless"] = "provisioned"
    node_type: str = ""
    nodes: int = 1
    rpu: int = 4
    monthly_rpu_hours: int = 60
    database: str = "dev"
    admin: str = "sparkify"
    allowed_cidr: str = ""
    subnet_ids: list[str] = Field(default_factory=list)
    lake: str
    work_uri: str = ""
    pages: str = ""

    @property
    def role_name(self) -> str:
        """Name of the role which COPY uses."""
        return f"{self.name}-redshift"

    @property
    def group_name(self) -> str:
        """Name of the security group and of the subnet group."""
        return f"{self.name}-redshift"

    @property
    def size(self) -> str:
        """`ra3.large x 2`, or `4 RPU`."""
        return f"{self.node_type} x {self.nodes}" if self.mode == "provisioned" else f"{self.rpu} RPU"

    @property
    def tags(self) -> dict[str, str]:
        """The tag of every resource which sparkify creates; nothing without it is deleted."""
        return {TAG: self.name}

    def validate_settings(self, *, force_open: bool = False) -> None:
        """Raise SettingsError for what AWS would refuse, or would accept although it is unsafe."""
        if not _NAME.fullmatch(self.name) or not 3 <= len(self.name) <= 54:
            raise SettingsError(
                f"SPARKIFY_CLUSTER_NAME = {self.name!r} is not a valid name of a cluster. Use 3 to 54 lower-case "
                "letters, digits and single hyphens, with a letter first."
            )
        if self.mode == "provisioned":
            self._validate_nodes()
        elif self.rpu != 4 and (self.rpu < 8 or self.rpu % 8):
            raise SettingsError(
                f"SPARKIFY_CLUSTER_RPU = {self.rpu} is not a capacity of Redshift. Use 4, 8, 16, 24 and so on."
            )
        self._validate_cidr(force_open)
        bucket_and_prefix("SPARKIFY_LAKE", self.lake)
        if self.work_uri:
            bucket_and_prefix("SPARKIFY_WORK_URI", self.work_uri)

    def _validate_nodes(self) -> None:
        if self.node_type.startswith(_RETIRED):
            raise SettingsError(
                f"SPARKIFY_CLUSTER_NODE_TYPE = {self.node_type}: AWS no longer creates clusters of this type. "
                "Leave it empty for the cheapest one, or use SPARKIFY_CLUSTER_MODE=serverless."
            )
        if self.nodes < 1:
            raise SettingsError(f"SPARKIFY_CLUSTER_NODES = {self.nodes}; use 1 or more.")

    def _validate_cidr(self, force_open: bool) -> None:
        cidr = self.allowed_cidr
        if not cidr:
            raise SettingsError(
                "SPARKIFY_CLUSTER_ALLOWED_CIDR is empty: nobody could connect. Give the one network which may, such "
                "as your own address with /32, or the range of your VPC."
            )
        try:
            network = ipaddress.IPv4Network(cidr)
        except ValueError as error:
            raise SettingsError(
                f"SPARKIFY_CLUSTER_ALLOWED_CIDR = {cidr!r} is not an IPv4 network ({error}). Write it like "
                "203.0.113.7/32."
            ) from None
        if is_world_open(str(network)) and not force_open:
            raise SettingsError(
                f"SPARKIFY_CLUSTER_ALLOWED_CIDR = {cidr} would admit strangers to the warehouse. Give your own "
                "network, such as 203.0.113.7/32; to open it anyway, add --force-open."
            )


def specification(settings: Settings) -> ClusterSpecification:
    """The cluster of the settings: the one they log in to, if they name one."""
    return ClusterSpecification(
        name=settings.redshift_cluster_identifier or settings.redshift_workgroup or settings.cluster_name,
        mode="serverless" if settings.redshift_workgroup else settings.cluster_mode,
        database=settings.redshift_database,
        node_type=settings.cluster_node_type,
        nodes=settings.cluster_nodes,
        rpu=settings.cluster_rpu,
        monthly_rpu_hours=settings.cluster_monthly_rpu_hours,
        allowed_cidr=settings.cluster_allowed_cidr,
        subnet_ids=[subnet.strip() for subnet in settings.cluster_subnet_ids.split(",") if subnet.strip()],
        lake=settings.lake,
        work_uri=settings.work_uri,
        pages=settings.report_folder if settings.report_folder.startswith("s3://") else "",
    )


def is_world_open(cidr: str) -> bool:
    """Whether a network is wider than any private one."""
    network = ipaddress.ip_network(cidr, strict=False)
    return network.prefixlen < (_WIDEST_PREFIX if network.version == 4 else 4 * _WIDEST_PREFIX)
