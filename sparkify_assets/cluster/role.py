"""The role which COPY and UNLOAD use: it may read the lake, read and write the work prefix, and nothing else."""

import json
from typing import Any

from sparkify_assets.cluster.account import Account, tagged, unless_absent
from sparkify_assets.cluster.policies import Right, rights, role_policy, trust_policy
from sparkify_assets.cluster.specification import ClusterSpecification
from sparkify_assets.cluster.steps import Found, Step

_POLICY_NAME = "sparkify-lake"
_ABSENT = "NoSuchEntity"


class Role(Step):
    """The role with its one inline policy."""

    def presence(self) -> Found:
        """By name."""
        role = self._find()
        ours = role is None or tagged(role.get("Tags")).get(self.wanted.tag[0]) == self.wanted.tag[1]
        return Found(f"role {self.wanted.role_name}", "there" if role else "", ours)

    def look(self) -> Found:
        """The role's trust and rights, next to the least it needs."""
        name = self.wanted.role_name
        what = f"role {name}"
        role = self._find()
        if role is None:
            return Found(what, todo=(f"create the {what}", f"give it the policy {_POLICY_NAME}"))
        held = role_policies(self.account, name)
        todo = () if _POLICY_NAME in held else (f"give the {what} the policy {_POLICY_NAME}",)
        drift = [f"the {what} has more rights than it needs: {excess}" for excess in excess_rights(held, self.wanted)]
        if _POLICY_NAME in held:
            lacking = rights(role_policy(self.wanted)) - rights(held[_POLICY_NAME])
            drift += [f"the {what} lacks a right: {_said(right)}" for right in sorted(lacking)]
        if rights(role["AssumeRolePolicyDocument"]) != rights(trust_policy()):
            drift.append(f"the {what} may be taken by others than Redshift, or not by Redshift: see its trust policy")
        if drift:
            drift.append(f"to mend the {what}, delete its policies in the AWS console and run `up` again")
        return Found(what, "there", todo=todo, drift=tuple(drift))

    @property
    def arn(self) -> str:
        """ARN of the role, which has to be there."""
        return str(self.account.iam.get_role(RoleName=self.wanted.role_name)["Role"]["Arn"])

    def create(self) -> None:
        """The role, then its policy."""
        name = self.wanted.role_name
        if self._find() is None:
            self.account.iam.create_role(
                RoleName=name,
                AssumeRolePolicyDocument=json.dumps(trust_policy()),
                Description="COPY and UNLOAD of Sparkify's warehouse; made by `sparkify cluster up`",
                Tags=self.tags,
            )
        if _POLICY_NAME not in self.account.iam.list_role_policies(RoleName=name)["PolicyNames"]:
            self.account.iam.put_role_policy(
                RoleName=name, PolicyName=_POLICY_NAME, PolicyDocument=json.dumps(role_policy(self.wanted))
            )

    def delete(self) -> None:
        """Its policies first, whoever added them: a role which has any cannot be deleted."""
        name, iam = self.wanted.role_name, self.account.iam
        if self._find() is None:
            return
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)

    def _find(self) -> dict[str, Any] | None:
        answer = unless_absent(lambda: self.account.iam.get_role(RoleName=self.wanted.role_name), _ABSENT)
        return answer and answer["Role"]


def role_policies(account: Account, name: str) -> dict[str, dict[str, Any]]:
    """Inline policies of a role by name, and attached ones by ARN with nothing in them, since that says enough."""
    inline = account.iam.list_role_policies(RoleName=name)["PolicyNames"]
    attached = account.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    documents: dict[str, dict[str, Any]] = {
        policy: account.iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline
    }
    return documents | {policy["PolicyArn"]: {} for policy in attached}


def excess_rights(held: dict[str, dict[str, Any]], wanted: ClusterSpecification) -> list[str]:
    """What a role with these policies may do beyond what COPY and UNLOAD need."""
    needed = rights(role_policy(wanted))
    excess = []
    for name, document in held.items():
        if not document:
            excess.append(f"the attached policy {name}")
        excess += [f"{_said(right)} by the policy {name}" for right in sorted(rights(document) - needed)]
    return excess


def _said(right: Right) -> str:
    effect, action, resource, condition = right
    return f"{effect} {action} on {resource}" + (f" ({condition})" if condition else "")
