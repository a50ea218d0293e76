"""A tiny redshift-serverless: JSON 1.1, states which last some looks. moto has none."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT, Answer, Call, document, refusal
from sparkify_assets_tests.aws_stand_in.provisioned import GONE, Provisioned
from sparkify_assets_tests.aws_stand_in.secrets import delete_secret, make_secret


@dataclass
class Thing:
    """A namespace or a workgroup, what it answers, its tags, and the states it has yet to show."""

    shown: dict[str, Any]
    tags: dict[str, str]
    phases: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.phases[0] if self.phases else "AVAILABLE"


class Serverless:
    def __init__(self, provisioned: Provisioned) -> None:
        self.provisioned = provisioned
        self.namespaces: dict[str, Thing] = {}
        self.workgroups: dict[str, Thing] = {}
        self.limits: dict[str, dict[str, Any]] = {}
        self.snapshots: dict[str, str] = {}
        self.restored: list[tuple[str, str]] = []

    def answer(self, call: Call) -> Answer:
        handlers: dict[str, Callable[[Call, dict[str, Any]], Answer]] = {
            "CreateNamespace": self._create_namespace,
            "GetNamespace": lambda call, asked: self._get(call, self.namespaces, "namespace", asked["namespaceName"]),
            "DeleteNamespace": self._delete_namespace,
            "CreateWorkgroup": self._create_workgroup,
            "GetWorkgroup": lambda call, asked: self._get(call, self.workgroups, "workgroup", asked["workgroupName"]),
            "DeleteWorkgroup": self._delete_workgroup,
            "CreateUsageLimit": self._create_limit,
            "ListUsageLimits": lambda _, asked: document({"usageLimits": self.limits_of(asked["resourceArn"])}),
            "DeleteUsageLimit": lambda _, asked: document({"usageLimit": self.limits.pop(asked["usageLimitId"])}),
            "GetSnapshot": self._get_snapshot,
            "RestoreFromSnapshot": self._restore,
            "GetCredentials": self._get_credentials,
            "ListTagsForResource": lambda _, asked: document({"tags": _pairs(self.tags_of(asked["resourceArn"]))}),
            "TagResource": self._tag,
            "UntagResource": self._untag,
        }
        if call.action not in handlers:
            return refusal(call, "ValidationException", f"{call.action} is not part of this stand-in.")
        return handlers[call.action](call, call.parameters)

    def tags_of(self, arn: str) -> dict[str, str]:
        for thing in (*self.namespaces.values(), *self.workgroups.values()):
            if arn in (thing.shown.get("namespaceArn"), thing.shown.get("workgroupArn")):
                return thing.tags
        return {}

    def arn_of(self, call: Call) -> str:
        """The thing which a call is about; a made-up one if it is not there."""
        asked = call.parameters
        known = self.namespaces.get(asked.get("namespaceName", "")), self.workgroups.get(asked.get("workgroupName", ""))
        for thing, key in zip(known, ("namespaceArn", "workgroupArn"), strict=True):
            if thing is not None:
                return str(thing.shown[key])
        return str(asked.get("resourceArn") or f"arn:aws:redshift-serverless:{call.region}:{ACCOUNT}:other/{uuid4()}")

    def limits_of(self, arn: str) -> list[dict[str, Any]]:
        return [limit for limit in self.limits.values() if limit["resourceArn"] == arn]

    def _create_namespace(self, call: Call, asked: dict[str, Any]) -> Answer:
        name = asked["namespaceName"]
        if not re.fullmatch(r"[a-z0-9-]{3,64}", name):
            return refusal(call, "ValidationException", f"{name} is no valid namespace name.")
        if name in self.namespaces:
            return refusal(call, "ConflictException", f"Namespace {name} already exists.")
        for role in asked.get("iamRoles", []):
            if unready := self.provisioned.role_unready(role):
                return refusal(call, "ValidationException", unready)
        shown = {
            "namespaceArn": f"arn:aws:redshift-serverless:{call.region}:{ACCOUNT}:namespace/{uuid4()}",
            "namespaceName": name,
            "adminUsername": asked.get("adminUsername", "admin"),
            "dbName": asked.get("dbName", "dev"),
            "defaultIamRoleArn": asked.get("defaultIamRoleArn", ""),
            # AWS answers with this text, not with the ARN which it was given.
            "iamRoles": [f"IamRole(applyStatus=in-sync, iamRoleArn={role})" for role in asked.get("iamRoles", [])],
        }
        if asked.get("manageAdminPassword"):
            shown["adminPasswordSecretArn"] = make_secret(call.region, name, shown["adminUsername"])
        made = self.namespaces[name] = Thing(shown, _tags(asked), ["MODIFYING"] * self.provisioned.takes)
        return document({"namespace": {**made.shown, "status": made.state}})

    def _delete_namespace(self, call: Call, asked: dict[str, Any]) -> Answer:
        name = asked["namespaceName"]
        thing = self.namespaces.get(name)
        if thing is None:
            return refusal(call, "ResourceNotFoundException", f"Namespace {name} not found.", 404)
        busy = thing.state == "MODIFYING"
        if busy or any(group.shown["namespaceName"] == name for group in self.workgroups.values()):
            if busy:
                thing.phases.pop(0)
            return refusal(call, "ConflictException", "There is an operation running on the namespace. Try later.")
        if snapshot := asked.get("finalSnapshotName"):
            self.snapshots[snapshot] = name
        thing.phases = ["DELETING"] * self.provisioned.takes + [GONE]
        return document({"namespace": {**thing.shown, "status": "DELETING"}})

    def _create_workgroup(self, call: Call, asked: dict[str, Any]) -> Answer:
        name, namespace = asked["workgroupName"], asked["namespaceName"]
        if name in self.workgroups:
            return refusal(call, "ConflictException", f"Workgroup {name} already exists.")
        if namespace not in self.namespaces:
            return refusal(call, "ResourceNotFoundException", f"Namespace {namespace} not found.", 404)
        if self.namespaces[namespace].state != "AVAILABLE":
            return refusal(call, "ConflictException", "There is an operation running on the namespace.")
        shown = {
            "workgroupArn": f"arn:aws:redshift-serverless:{call.region}:{ACCOUNT}:workgroup/{uuid4()}",
            "workgroupName": name,
            "namespaceName": namespace,
            "baseCapacity": asked.get("baseCapacity", 128),
            "publiclyAccessible": asked.get("publiclyAccessible", False),
            "securityGroupIds": asked.get("securityGroupIds", []),
            "subnetIds": asked.get("subnetIds", []),
            "port": asked.get("port", 5439),
        }
        made = self.workgroups[name] = Thing(shown, _tags(asked), ["CREATING"] * self.provisioned.takes)
        return document({"workgroup": {**made.shown, "status": "CREATING"}})

    def _delete_workgroup(self, call: Call, asked: dict[str, Any]) -> Answer:
        thing = self.workgroups.get(asked["workgroupName"])
        if thing is None:
            return refusal(call, "ResourceNotFoundException", f"Workgroup {asked['workgroupName']} not found.", 404)
        if thing.state != "AVAILABLE":
            return refusal(call, "ConflictException", "There is an operation running on the workgroup.")
        thing.phases = ["DELETING"] * self.provisioned.takes + [GONE]
        return document({"workgroup": {**thing.shown, "status": "DELETING"}})

    def _get(self, call: Call, things: dict[str, Thing], kind: str, name: str) -> Answer:
        thing = things.get(name)
        state = thing.phases.pop(0) if thing and thing.phases else "AVAILABLE"
        if thing and state == GONE:
            del things[name]
            delete_secret(call.region, thing.shown.get("adminPasswordSecretArn", ""))
            thing = None
        if thing is None:
            return refusal(call, "ResourceNotFoundException", f"The {kind} {name} was not found.", 404)
        shown = {**thing.shown, "status": state}
        if kind == "workgroup" and state != "CREATING":
            address = f"{name}.{ACCOUNT}.{call.region}.redshift-serverless.amazonaws.com"
            shown["endpoint"] = {"address": address, "port": thing.shown["port"]}
        return document({kind: shown})

    def _create_limit(self, call: Call, asked: dict[str, Any]) -> Answer:
        if self.limits_of(asked["resourceArn"]):
            return refusal(call, "ConflictException", "A usage limit of this type exists already.")
        limit = {**asked, "usageLimitId": str(uuid4())}
        self.limits[limit["usageLimitId"]] = limit
        return document({"usageLimit": limit})

    def _get_snapshot(self, call: Call, asked: dict[str, Any]) -> Answer:
        if asked["snapshotName"] not in self.snapshots:
            return refusal(call, "ResourceNotFoundException", f"Snapshot {asked['snapshotName']} not found.", 404)
        return document({"snapshot": {"snapshotName": asked["snapshotName"], "status": "AVAILABLE"}})

    def _restore(self, call: Call, asked: dict[str, Any]) -> Answer:
        if asked["snapshotName"] not in self.snapshots:
            return refusal(call, "ResourceNotFoundException", f"Snapshot {asked['snapshotName']} not found.", 404)
        thing = self.namespaces[asked["namespaceName"]]
        if thing.state != "AVAILABLE" or self.workgroups[asked["workgroupName"]].state != "AVAILABLE":
            return refusal(call, "ConflictException", "There is an operation running on the namespace.")
        thing.phases = ["MODIFYING"] * self.provisioned.takes
        self.restored.append((asked["namespaceName"], asked["snapshotName"]))
        return document({"namespace": {**thing.shown, "status": "MODIFYING"}, "snapshotName": asked["snapshotName"]})

    def _get_credentials(self, call: Call, asked: dict[str, Any]) -> Answer:
        if asked["workgroupName"] not in self.workgroups:
            return refusal(call, "ResourceNotFoundException", "The workgroup was not found.", 404)
        return document({"dbUser": "IAMR:operator", "dbPassword": token_urlsafe(24), "expiration": 4102444800})

    def _tag(self, _: Call, asked: dict[str, Any]) -> Answer:
        self.tags_of(asked["resourceArn"]).update(_tags(asked))
        return document({})

    def _untag(self, _: Call, asked: dict[str, Any]) -> Answer:
        tags = self.tags_of(asked["resourceArn"])
        for key in asked["tagKeys"]:
            tags.pop(key, None)
        return document({})


def _tags(asked: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in asked.get("tags", [])}


def _pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]
