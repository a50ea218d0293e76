"""A tiny redshift-serverless: JSON 1.1, states which last some polls. moto has none."""

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
class Resource:
    """A namespace or a workgroup, what it answers, its tags, and the states it has yet to show."""

    description: dict[str, Any]
    tags: dict[str, str]
    phases: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.phases[0] if self.phases else "AVAILABLE"


class Serverless:
    def __init__(self, provisioned: Provisioned) -> None:
        self.provisioned = provisioned
        self.namespaces: dict[str, Resource] = {}
        self.workgroups: dict[str, Resource] = {}
        self.limits: dict[str, dict[str, Any]] = {}
        self.snapshots: dict[str, str] = {}
        self.restored: list[tuple[str, str]] = []

    def answer(self, call: Call) -> Answer:
        handlers: dict[str, Callable[[Call, dict[str, Any]], Answer]] = {
            "CreateNamespace": self._create_namespace,
            "GetNamespace": lambda call, request: self._get(
                call, self.namespaces, "namespace", request["namespaceName"]
            ),
            "DeleteNamespace": self._delete_namespace,
            "CreateWorkgroup": self._create_workgroup,
            "GetWorkgroup": lambda call, request: self._get(
                call, self.workgroups, "workgroup", request["workgroupName"]
            ),
            "DeleteWorkgroup": self._delete_workgroup,
            "CreateUsageLimit": self._create_limit,
            "ListUsageLimits": lambda _, request: document({"usageLimits": self.limits_of(request["resourceArn"])}),
            "DeleteUsageLimit": lambda _, request: document({"usageLimit": self.limits.pop(request["usageLimitId"])}),
            "GetSnapshot": self._get_snapshot,
            "RestoreFromSnapshot": self._restore,
            "GetCredentials": self._get_credentials,
            "ListTagsForResource": lambda _, request: document({"tags": _pairs(self.tags_of(request["resourceArn"]))}),
            "TagResource": self._tag,
            "UntagResource": self._untag,
        }
        if call.action not in handlers:
            return refusal(call, "ValidationException", f"{call.action} is not part of this stand-in.")
        return handlers[call.action](call, call.parameters)

    def tags_of(self, arn: str) -> dict[str, str]:
        for resource in (*self.namespaces.values(), *self.workgroups.values()):
            if arn in (resource.description.get("namespaceArn"), resource.description.get("workgroupArn")):
                return resource.tags
        return {}

    def arn_of(self, call: Call) -> str:
        """The resource which a call is about; a generated one if it does not exist."""
        request = call.parameters
        known = (
            self.namespaces.get(request.get("namespaceName", "")),
            self.workgroups.get(request.get("workgroupName", "")),
        )
        for resource, key in zip(known, ("namespaceArn", "workgroupArn"), strict=True):
            if resource is not None:
                return str(resource.description[key])
        return str(request.get("resourceArn") or f"arn:aws:redshift-serverless:{call.region}:{ACCOUNT}:other/{uuid4()}")

    def limits_of(self, arn: str) -> list[dict[str, Any]]:
        return [limit for limit in self.limits.values() if limit["resourceArn"] == arn]

    def _create_namespace(self, call: Call, request: dict[str, Any]) -> Answer:
        name = request["namespaceName"]
        if not re.fullmatch(r"[a-z0-9-]{3,64}", name):
            return refusal(call, "ValidationException", f"{name} is no valid namespace name.")
        if name in self.namespaces:
            return refusal(call, "ConflictException", f"Namespace {name} already exists.")
        for role in request.get("iamRoles", []):
            if unready := self.provisioned.role_error(role):
                return refusal(call, "ValidationException", unready)
        description = {
            "namespaceArn": f"arn:aws:redshift-serverless:{call.region}:{ACCOUNT}:namespace/{uuid4()}",
            "namespaceName": name,
            "adminUsername": request.get("adminUsername", "admin"),
            "dbName": request.get("dbName", "dev"),
            "defaultIamRoleArn": request.get("defaultIamRoleArn", ""),
            # AWS answers with this text, not with the ARN which it was given.
            "iamRoles": [f"IamRole(applyStatus=in-sync, iamRoleArn={role})" for role in request.get("iamRoles", [])],
        }
        if request.get("manageAdminPassword"):
            description["adminPasswordSecretArn"] = make_secret(call.region, name, description["adminUsername"])
        created = self.namespaces[name] = Resource(
            description, _tags(request), ["MODIFYING"] * self.provisioned.polls_per_state
        )
        return document({"namespace": {**created.description, "status": created.state}})

    def _delete_namespace(self, call: Call, request: dict[str, Any]) -> Answer:
        name = request["namespaceName"]
        resource = self.namespaces.get(name)
        if resource is None:
            return refusal(call, "ResourceNotFoundException", f"Namespace {name} not found.", 404)
        busy = resource.state == "MODIFYING"
        if busy or any(group.description["namespaceName"] == name for group in self.workgroups.values()):
            if busy:
                resource.phases.pop(0)
            return refusal(call, "ConflictException", "There is an operation running on the namespace. Try later.")
        if snapshot := request.get("finalSnapshotName"):
            self.snapshots[snapshot] = name
        resource.phases = ["DELETING"] * self.provisioned.polls_per_state + [GONE]
        return document({"namespace": {**resource.description, "status": "DELETING"}})

    def _create_workgroup(self, call: Call, request: dict[str, Any]) -> Answer:
        name, namespace = request["workgroupName"], request["namespaceName"]
        if name in self.workgroups:
            return refusal(call, "ConflictException", f"Workgroup {name} already exists.")
        if namespace not in self.namespaces:
            return refusal(call, "ResourceNotFoundException", f"Namespace {namespace} not found.", 404)
        if self.namespaces[namespace].state != "AVAILABLE":
            return refusal(call, "ConflictException", "There is an operation running on the namespace.")
        description = {
            "workgroupArn": f"arn:aws:redshift-serverless:{call.region}:{ACCOUNT}:workgroup/{uuid4()}",
            "workgroupName": name,
            "namespaceName": namespace,
            "baseCapacity": request.get("baseCapacity", 128),
            "publiclyAccessible": request.get("publiclyAccessible", False),
            "securityGroupIds": request.get("securityGroupIds", []),
            "subnetIds": request.get("subnetIds", []),
            "port": request.get("port", 5439),
        }
        created = self.workgroups[name] = Resource(
            description, _tags(request), ["CREATING"] * self.provisioned.polls_per_state
        )
        return document({"workgroup": {**created.description, "status": "CREATING"}})

    def _delete_workgroup(self, call: Call, request: dict[str, Any]) -> Answer:
        resource = self.workgroups.get(request["workgroupName"])
        if resource is None:
            return refusal(call, "ResourceNotFoundException", f"Workgroup {request['workgroupName']} not found.", 404)
        if resource.state != "AVAILABLE":
            return refusal(call, "ConflictException", "There is an operation running on the workgroup.")
        resource.phases = ["DELETING"] * self.provisioned.polls_per_state + [GONE]
        return document({"workgroup": {**resource.description, "status": "DELETING"}})

    def _get(self, call: Call, resources: dict[str, Resource], kind: str, name: str) -> Answer:
        resource = resources.get(name)
        state = resource.phases.pop(0) if resource and resource.phases else "AVAILABLE"
        if resource and state == GONE:
            del resources[name]
            delete_secret(call.region, resource.description.get("adminPasswordSecretArn", ""))
            resource = None
        if resource is None:
            return refusal(call, "ResourceNotFoundException", f"The {kind} {name} was not found.", 404)
        description = {**resource.description, "status": state}
        if kind == "workgroup" and state != "CREATING":
            address = f"{name}.{ACCOUNT}.{call.region}.redshift-serverless.amazonaws.com"
            description["endpoint"] = {"address": address, "port": resource.description["port"]}
        return document({kind: description})

    def _create_limit(self, call: Call, request: dict[str, Any]) -> Answer:
        if self.limits_of(request["resourceArn"]):
            return refusal(call, "ConflictException", "A usage limit of this type exists already.")
        limit = {**request, "usageLimitId": str(uuid4())}
        self.limits[limit["usageLimitId"]] = limit
        return document({"usageLimit": limit})

    def _get_snapshot(self, call: Call, request: dict[str, Any]) -> Answer:
        if request["snapshotName"] not in self.snapshots:
            return refusal(call, "ResourceNotFoundException", f"Snapshot {request['snapshotName']} not found.", 404)
        return document({"snapshot": {"snapshotName": request["snapshotName"], "status": "AVAILABLE"}})

    def _restore(self, call: Call, request: dict[str, Any]) -> Answer:
        if request["snapshotName"] not in self.snapshots:
            return refusal(call, "ResourceNotFoundException", f"Snapshot {request['snapshotName']} not found.", 404)
        resource = self.namespaces[request["namespaceName"]]
        if resource.state != "AVAILABLE" or self.workgroups[request["workgroupName"]].state != "AVAILABLE":
            return refusal(call, "ConflictException", "There is an operation running on the namespace.")
        resource.phases = ["MODIFYING"] * self.provisioned.polls_per_state
        # Its admin is that of the snapshot, and the secret of the new one goes.
        delete_secret(call.region, resource.description.pop("adminPasswordSecretArn", ""))
        if request.get("manageAdminPassword"):
            admin = resource.description["adminUsername"]
            resource.description["adminPasswordSecretArn"] = make_secret(call.region, request["namespaceName"], admin)
        self.restored.append((request["namespaceName"], request["snapshotName"]))
        return document(
            {"namespace": {**resource.description, "status": "MODIFYING"}, "snapshotName": request["snapshotName"]}
        )

    def _get_credentials(self, call: Call, request: dict[str, Any]) -> Answer:
        if request["workgroupName"] not in self.workgroups:
            return refusal(call, "ResourceNotFoundException", "The workgroup was not found.", 404)
        return document({"dbUser": "IAMR:operator", "dbPassword": token_urlsafe(24), "expiration": 4102444800})

    def _tag(self, _: Call, request: dict[str, Any]) -> Answer:
        self.tags_of(request["resourceArn"]).update(_tags(request))
        return document({})

    def _untag(self, _: Call, request: dict[str, Any]) -> Answer:
        tags = self.tags_of(request["resourceArn"])
        for key in request["tagKeys"]:
            tags.pop(key, None)
        return document({})


def _tags(request: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in request.get("tags", [])}


def _pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]
