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

    def result(rule: str, passed: bool, good: str, bad: str) -> HealthResult:
        return HealthResult(rule, passed, good if passed else bad)

    return [
        result(
            "available",
            found.available,
            f"{found.name} is {found.status}.",
            f"{found.name} is {found.status}. See: sparkify cluster status; if paused: sparkify cluster resume",
        ),
        result(
            "encrypted",
            found.encrypted,
            "It is encrypted.",
            "It is not encrypted: turn encryption on in the AWS console.",
        ),
        result(
            "not_public",
            not found.public,
            "It is not publicly accessible.",
            "It is publicly accessible: turn that off in the AWS console, under Properties.",
        ),
        result(
            "ingress_closed",
            not open_rules,
            f"{', '.join(found.security_groups)} admit no network wider than a private one.",
            f"{'; '.join(open_rules)}: remove the rule in the AWS console, under EC2, Security groups.",
        ),
        result(
            "role_attached",
            has_role,
            f"Its default role is {found.default_role}.",
            f"It has no default role: attach {spec.role_name} as the default in the AWS console.",
        ),
        result(
            "role_least_privilege",
            not excess,
            f"{len(names)} roles, none with more rights than COPY needs.",
            f"More rights than COPY needs: {'; '.join(excess)}. Remove them in the AWS console, under IAM.",
        ),
    ]
