"""Whether a policy allows a call: its action on each resource it touches, with conditions.

moto knows actions only. This knows the resources and condition keys which the cluster's life needs; of conditions
StringEquals and StringLike. What a call does besides, such as iam:PassRole or the secret which Redshift makes in the
caller's name, is required too, as far as AWS's pages and public logs show.
"""

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT, Call
from sparkify_assets_tests.aws_stand_in.network import Network
from sparkify_assets_tests.aws_stand_in.serverless import Serverless

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
_LINKED = f"{_ROLE}aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift"


@dataclass(frozen=True)
class RequiredRight:
    """One right which a call needs."""

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


class Rights:
    def __init__(self, network: Network, serverless: Serverless) -> None:
        self.network, self.serverless = network, serverless
        self.policy: Mapping[str, Any] | None = None
        self.key_id = ""
        self.has_linked_role = False

    def missing(self, call: Call) -> RequiredRight | None:
        """The first right which the operator lacks; None for everybody else."""
        if self.policy is None or call.key_id != self.key_id:
            return None
        for right in self._required(call):
            if not allowed(self.policy, right):
                return right
            self.has_linked_role = self.has_linked_role or right.resource == _LINKED
        return None

    def _required(self, call: Call) -> Iterator[RequiredRight]:
        action = f"{call.service}:{call.action}"
        if call.service == "iam":
            role = f"{_ROLE}{call.get('RoleName')}"
            yield RequiredRight(action, role)
            if call.action == "CreateRole" and call.get("Tags.member.1.Key"):
                yield RequiredRight("iam:TagRole", role)
        elif call.service == "ec2":
            yield from self._network(call, action)
        elif call.service == "redshift":
            yield from self._provisioned(call, action)
        elif call.service == "redshift-serverless":
            yield from self._serverless(call, action)
        else:
            yield RequiredRight(action)

    def _network(self, call: Call, action: str) -> Iterator[RequiredRight]:
        prefix = f"arn:aws:ec2:{call.region}:{ACCOUNT}"
        if call.action == "CreateSecurityGroup":
            yield RequiredRight(action, f"{prefix}:security-group/sg-new")
            yield RequiredRight(action, f"{prefix}:vpc/{call.get('VpcId')}")
            if call.get("TagSpecification.1.Tag.1.Key"):
                yield RequiredRight(
                    "ec2:CreateTags", f"{prefix}:security-group/sg-new", {"ec2:CreateAction": call.action}
                )
        elif call.get("GroupId") and not call.action.startswith("Describe"):
            tags = self.network.tags_of(call, call.get("GroupId"))
            yield RequiredRight(action, f"{prefix}:security-group/{call.get('GroupId')}", _resource_tags(tags))
        else:
            yield RequiredRight(action)

    def _provisioned(self, call: Call, action: str) -> Iterator[RequiredRight]:
        prefix = f"arn:aws:redshift:{call.region}:{ACCOUNT}"
        name = call.get("ClusterIdentifier")
        if call.action.startswith("Describe"):
            yield RequiredRight(action)
        elif "SubnetGroup" in call.action:
            group = f"{prefix}:subnetgroup:{call.get('ClusterSubnetGroupName')}"
            yield RequiredRight(action, group)
            if call.get("Tags.Tag.1.Key"):
                yield RequiredRight("redshift:CreateTags", group)
        elif call.action == "CreateTags":
            yield RequiredRight(action, call.get("ResourceName"))
        else:
            yield RequiredRight(action, f"{prefix}:cluster:{name}")
            if call.get("Tags.Tag.1.Key"):
                yield RequiredRight("redshift:CreateTags", f"{prefix}:cluster:{name}")
            if call.action == "RestoreFromClusterSnapshot":
                yield RequiredRight(action, f"{prefix}:snapshot:any/{call.get('SnapshotIdentifier')}")
            yield from self._in_callers_name(
                call, call.listed("IamRoles"), name if call.get("ManageMasterPassword") == "true" else ""
            )

    def _serverless(self, call: Call, action: str) -> Iterator[RequiredRight]:
        arn = self.serverless.arn_of(call)
        yield RequiredRight(action, arn, _resource_tags(self.serverless.tags_of(arn)))
        if call.action.startswith("Create") and call.parameters.get("tags"):
            yield RequiredRight("redshift-serverless:TagResource", arn)
        if call.parameters.get("finalSnapshotName"):
            yield RequiredRight("redshift-serverless:CreateSnapshot", arn)
        secret = call.get("namespaceName") if call.parameters.get("manageAdminPassword") else ""
        yield from self._in_callers_name(call, call.parameters.get("iamRoles", []), secret)

    def _in_callers_name(self, call: Call, roles: list[str], secret: str) -> Iterator[RequiredRight]:
        for role in roles:
            yield RequiredRight("iam:PassRole", role, {"iam:PassedToService": f"{call.service}.amazonaws.com"})
        if roles and not self.has_linked_role:
            yield RequiredRight(
                "iam:CreateServiceLinkedRole", _LINKED, {"iam:AWSServiceName": "redshift.amazonaws.com"}
            )
        if secret:
            arn = f"arn:aws:secretsmanager:{call.region}:{ACCOUNT}:secret:redshift!{secret}"
            yield RequiredRight("secretsmanager:CreateSecret", arn)
            yield RequiredRight("secretsmanager:TagResource", arn)


def allowed(policy: Mapping[str, Any], right: RequiredRight) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and _matches(statement["Action"], right.action)
        and _matches(statement["Resource"], right.resource)
        and _holds(statement.get("Condition", {}), right.context)
        for statement in policy["Statement"]
    )


def actions_only(policy: Mapping[str, Any]) -> dict[str, Any]:
    """The same rights as moto can judge them: it sees no resources and takes any condition as unmet."""
    statements = [{"Effect": each["Effect"], "Action": each["Action"], "Resource": "*"} for each in policy["Statement"]]
    return {"Version": policy["Version"], "Statement": statements}


def _matches(patterns: str | list[str], value: str) -> bool:
    return any(
        fnmatch.fnmatchcase(value, pattern) for pattern in ([patterns] if isinstance(patterns, str) else patterns)
    )


def _holds(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    for operator, keys in condition.items():
        if operator not in ("StringEquals", "StringLike"):
            return False
        for key, values in keys.items():
            if key not in context or not _matches(values, context[key]):
                return False
    return True


def _resource_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
