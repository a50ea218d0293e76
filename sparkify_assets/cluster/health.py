"""Whether a Redshift which runs is as safe as ours should be; it may have been made by somebody else."""

from collections.abc import Callable
from dataclasses import dataclass

from sparkify_assets.cluster.account import Account
from sparkify_assets.cluster.described import Described
from sparkify_assets.cluster.network import open_doors
from sparkify_assets.cluster.role import excess_rights, role_policies
from sparkify_assets.cluster.specification import ClusterSpecification


@dataclass(frozen=True)
class Finding:
    """One rule: whether it holds, and what was seen, with the cure if it does not."""

    rule: str
    passed: bool
    says: str


def rules() -> dict[str, str]:
    """Every rule and its meaning."""
    return {name: look.__doc__ or "" for name, look in _LOOKS.items()}


def examine(account: Account, wanted: ClusterSpecification, found: Described | None) -> list[Finding]:
    """Look at every rule; without a cluster none holds."""
    if found is None:
        says = f"There is no {wanted.mode} Redshift {wanted.name}. Create it: sparkify cluster up"
        return [Finding(name, False, says) for name in _LOOKS]
    return [Finding(name, *look(account, wanted, found)) for name, look in _LOOKS.items()]


_Look = Callable[[Account, ClusterSpecification, Described], tuple[bool, str]]


def _available(_: Account, __: ClusterSpecification, found: Described) -> tuple[bool, str]:
    """It answers queries."""
    cure = "" if found.available else " Look: sparkify cluster status; a paused one: sparkify cluster resume"
    return found.available, f"{found.name} is {found.status}.{cure}"


def _encrypted(_: Account, __: ClusterSpecification, found: Described) -> tuple[bool, str]:
    """What it stores is encrypted."""
    cure = "It is encrypted." if found.encrypted else "It is not encrypted: turn encryption on in the AWS console."
    return found.encrypted, cure


def _not_public(_: Account, __: ClusterSpecification, found: Described) -> tuple[bool, str]:
    """It has no address in the internet."""
    if found.public:
        return False, "It is publicly accessible: turn that off in the AWS console, under Properties."
    return True, "It is not publicly accessible."


def _ingress_closed(account: Account, _: ClusterSpecification, found: Described) -> tuple[bool, str]:
    """None of its security groups lets the world in."""
    doors = open_doors(account, found.security_groups)
    if doors:
        return False, f"{'; '.join(doors)}: remove the rule in the AWS console, under EC2, Security groups."
    return True, f"{', '.join(found.security_groups)} admit no network wider than a private one."


def _role_attached(_: Account, wanted: ClusterSpecification, found: Described) -> tuple[bool, str]:
    """It has a default role, which COPY can use."""
    if not found.default_role or found.default_role not in found.roles:
        return False, f"It has no default role: attach {wanted.role_name} as the default in the AWS console."
    return True, f"Its default role is {found.default_role}."


def _role_least_privilege(account: Account, wanted: ClusterSpecification, found: Described) -> tuple[bool, str]:
    """Its roles may read the lake, read and write the work prefix, and nothing else."""
    excess = [
        f"{arn.rsplit('/', 1)[-1]}: {line}"
        for arn in found.roles
        for line in excess_rights(role_policies(account, arn.rsplit("/", 1)[-1]), wanted)
    ]
    if excess:
        return False, f"More rights than COPY needs: {'; '.join(excess)}. Remove them in the AWS console, under IAM."
    return True, f"{len(found.roles)} roles, none with more rights than COPY needs."


_LOOKS: dict[str, _Look] = {
    "available": _available,
    "encrypted": _encrypted,
    "not_public": _not_public,
    "ingress_closed": _ingress_closed,
    "role_attached": _role_attached,
    "role_least_privilege": _role_least_privilege,
}
