"""Whether an existing Redshift is safe; it may have been created by others."""

from dataclasses import dataclass

from sparkify_assets.cluster.descriptions import ClusterDescription
from sparkify_assets.cluster.network import world_open_rules
from sparkify_assets.cluster.role import excess_rights, role_policies
from sparkify_assets.cluster.specification import ClusterSpecification

RULES = {
    "available": "It answers queries.",
    "encrypted": "Its storage is encrypted.",
    "not_public": "It has no public address.",
    "ingress_closed": "None of its security groups admits the whole internet.",
    "role_attached": "It has a default role, which COPY can use.",
    "role_least_privilege": "Its roles may read the lake, read and write the work prefix, and nothing else.",
}


@dataclass(frozen=True)
class HealthResult:
    """The result of one rule; the message has the fix if it failed."""

    rule: str
    passed: bool
    message: str


def evaluate(spec: ClusterSpecification, found: ClusterDescription | None) -> list[HealthResult]:
    """The result of every rule; without a cluster all fail."""
    if found is None:
        message = f"There is no {spec.mode} Redshift {spec.name}. Create it: sparkify cluster up"
        return [HealthResult(rule, False, message) for rule in RULES]
    has_role = bool(found.default_role) and found.default_role in found.roles
    open_rules = world_open_rules(found.security_groups)
    names = [arn.rsplit("/", 1)[-1] for arn in found.roles]
    excess = [f"{name}: {line}" for name in names for line in excess_rights(role_policies(name), spec)]

    status = f"{found.name} is {found.status}."
    groups = ", ".join(found.security_groups)
    # Each rule, its result, and the message if it passed and if it failed.
    table = [
        ("available", found.available, status, f"{status} See: sparkify cluster status, sparkify cluster resume"),
        ("encrypted", found.encrypted, "It is encrypted.", "It is not encrypted: turn it on in the AWS console."),
        (
            "not_public",
            not found.public,
            "It is not publicly accessible.",
            "It is publicly accessible: turn that off in the AWS console, under Properties.",
        ),
        (
            "ingress_closed",
            not open_rules,
            f"{groups} admit no network wider than a private one.",
            f"{'; '.join(open_rules)}: remove the rule in the AWS console, under EC2, Security groups.",
        ),
        (
            "role_attached",
            has_role,
            f"Its default role is {found.default_role}.",
            f"It has no default role: attach {spec.role_name} as the default in the AWS console.",
        ),
        (
            "role_least_privilege",
            not excess,
            f"{len(names)} roles, none with more rights than COPY needs.",
            f"More rights than COPY needs: {'; '.join(excess)}. Remove them in the AWS console, under IAM.",
        ),
    ]
    return [HealthResult(rule, passed, good if passed else bad) for rule, passed, good, bad in table]
