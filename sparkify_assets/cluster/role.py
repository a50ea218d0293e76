"""The role which COPY and UNLOAD use, with the least rights they need."""

import json
from typing import Any

from sparkify_assets.cluster.aws import client, tag_list
from sparkify_assets.cluster.policies import Policy, Right, rights, role_policy, trust_policy
from sparkify_assets.cluster.resources import Description, Resource
from sparkify_assets.cluster.specification import ClusterSpecification

_POLICY_NAME = "sparkify-lake"


class Role(Resource):
    """The role with its one inline policy."""

    kind = "role"
    suffix = "-redshift"
    absent_code = "NoSuchEntity"

    @property
    def arn(self) -> str:
        """Its ARN; raises if it does not exist."""
        return str(client("iam").get_role(RoleName=self.name)["Role"]["Arn"])

    def create(self) -> None:
        """The role, then its policy."""
        iam = client("iam")
        if self.find() is None:
            iam.create_role(
                RoleName=self.name,
                AssumeRolePolicyDocument=json.dumps(trust_policy()),
                Description="COPY and UNLOAD of Sparkify's warehouse; created by `sparkify cluster up`",
                Tags=tag_list(self.spec.tags),
            )
        if _POLICY_NAME not in iam.list_role_policies(RoleName=self.name)["PolicyNames"]:
            document = json.dumps(role_policy(self.spec))
            iam.put_role_policy(RoleName=self.name, PolicyName=_POLICY_NAME, PolicyDocument=document)

    def delete(self) -> None:
        """All its policies first, also those of others: AWS deletes no role which has any."""
        iam, name = client("iam"), self.name
        if self.find() is None:
            return
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)

    def _find(self) -> Description:
        role: Description = client("iam").get_role(RoleName=self.name)["Role"]
        return role

    def _creation(self) -> list[str]:
        return [f"create the {self.label}", f"give it the policy {_POLICY_NAME}"]

    def _missing(self, found: Description) -> list[str]:
        has_policy = _POLICY_NAME in role_policies(self.name)
        return [] if has_policy else [f"give the {self.label} the policy {_POLICY_NAME}"]

    def _drift(self, found: Description) -> list[str]:
        policies = role_policies(self.name)
        drift = [f"it has more rights than it needs: {excess}" for excess in excess_rights(policies, self.spec)]
        if _POLICY_NAME in policies:
            lacking = rights(role_policy(self.spec)) - rights(policies[_POLICY_NAME])
            drift += [f"it lacks a right: {_right_text(right)}" for right in sorted(lacking)]
        if rights(found["AssumeRolePolicyDocument"]) != rights(trust_policy()):
            drift.append("its trust policy lets others than Redshift assume it, or not Redshift")
        if drift:
            drift.append("to fix it, delete its policies in the AWS console and run `up` again")
        return drift


def role_policies(name: str) -> dict[str, Policy]:
    """Inline policies of a role by name. Attached ones are listed by ARN, without their content: ours has none."""
    iam = client("iam")
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    documents: dict[str, dict[str, Any]] = {
        policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline
    }
    return documents | {policy["PolicyArn"]: {} for policy in attached}


def excess_rights(policies: dict[str, Policy], spec: ClusterSpecification) -> list[str]:
    """The rights in these policies of a role beyond what COPY and UNLOAD need."""
    needed = rights(role_policy(spec))
    excess = []
    for name, document in policies.items():
        if not document:
            excess.append(f"the attached policy {name}")
        excess += [f"{_right_text(right)} by the policy {name}" for right in sorted(rights(document) - needed)]
    return excess


def _right_text(right: Right) -> str:
    effect, action, resource, condition = right
    return f"{effect} {action} on {resource}" + (f" ({condition})" if condition else "")
