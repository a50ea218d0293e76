"""A Redshift as AWS describes it, provisioned and serverless in the same terms."""

from dataclasses import dataclass, field

from sparkify_assets.cluster.specification import ClusterSpecification

PAUSED = ("pausing", "paused", "resuming")
"""States in which a cluster does not tell how many nodes it has."""


@dataclass(frozen=True)
class ClusterDescription:
    """Endpoint, role and secret, read back from AWS; `host` is empty until it has an address.

    `status` is AWS's own word in lower case. `size` is `ra3.large x 2`, of a paused one
    `ra3.large`, or `4 RPU`. `roles` are ARNs.
    """

    name: str
    mode: str
    status: str
    size: str
    encrypted: bool
    public: bool
    database: str
    admin: str
    host: str = ""
    port: int = 5439
    secret_arn: str = ""
    roles: list[str] = field(default_factory=list)
    default_role: str = ""
    security_groups: list[str] = field(default_factory=list)

    @property
    def available(self) -> bool:
        """Whether it answers queries; `available, prep-for-resize` does."""
        return self.status.split(",")[0] == "available"


def differences(found: ClusterDescription, spec: ClusterSpecification, group_id: str) -> list[str]:
    """What differs from the settings, each with its fix."""
    drift = []
    size = spec.node_type if found.status in PAUSED else spec.size
    if found.size != size:
        drift.append(f"it is {found.size}, not {size}: resize it in the AWS console, or change the settings")
    if not found.encrypted:
        drift.append("it is not encrypted: turn encryption on in the AWS console")
    if found.public:
        drift.append("it is publicly accessible: turn that off in the AWS console")
    ours = [role for role in found.roles if role.endswith(f"/{spec.role_name}")]
    if not ours:
        drift.append(f"the role {spec.role_name} is not attached: attach it in the AWS console as the default role")
    elif found.default_role not in ours:
        drift.append(f"its default role is {found.default_role or 'none'}, not {spec.role_name}")
    drift += [f"another role is attached: {role}" for role in found.roles if role not in ours]
    if group_id and group_id not in found.security_groups:
        drift.append(f"it does not use the security group {group_id}")
    drift += [f"it also uses the security group {other}" for other in found.security_groups if other != group_id]
    return drift
