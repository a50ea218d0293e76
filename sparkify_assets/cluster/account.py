"""The AWS account and region of this process, and its refusals in plain words."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sparkify_assets.errors import ClusterError

_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException")
_UNKNOWN_KEYS = ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "SignatureDoesNotMatch")
_ACTION = re.compile(r"perform: ([\w-]+:\w+)")
_CURES = {
    "InsufficientClusterCapacity": "AWS has no such nodes left here. Try again later, another "
    "SPARKIFY_CLUSTER_NODE_TYPE, or subnets of another zone in SPARKIFY_CLUSTER_SUBNET_IDS.",
    "InsufficientCapacityException": "AWS has no capacity left here. Try again later, or a smaller "
    "SPARKIFY_CLUSTER_RPU.",
    "ClusterQuotaExceeded": "The account may have no further cluster in this region. Delete one, or ask AWS for more "
    "under Service Quotas.",
    "NumberOfNodesQuotaExceeded": "The account may have no further nodes in this region. Take fewer "
    "SPARKIFY_CLUSTER_NODES, or ask AWS for more under Service Quotas.",
    "NumberOfNodesPerClusterLimitExceeded": "Take fewer SPARKIFY_CLUSTER_NODES.",
    "ServiceQuotaExceededException": "Ask AWS for more under Service Quotas.",
    "InvalidClusterState": "The cluster is busy with something else. Wait for it (`sparkify cluster status`), then "
    "run the same command again.",
    "ConflictException": "Something else is going on with it. Wait (`sparkify cluster status`), then run the same "
    "command again.",
    "ClusterAlreadyExists": "Somebody else made it at the same moment. Run the same command again.",
    "ClusterNotFound": "It is not there any more. Look: sparkify cluster status",
    "ClusterSubnetGroupNotFoundFault": "Run `sparkify cluster up` again, which makes it.",
    "ClusterSnapshotNotFound": "Look up its name in the AWS console, under Redshift, Snapshots.",
    "InvalidSubnet": "Give subnets which exist, all of one VPC, in SPARKIFY_CLUSTER_SUBNET_IDS.",
    "InvalidSubnetID.NotFound": "Give subnets which exist, all of one VPC, in SPARKIFY_CLUSTER_SUBNET_IDS.",
    "InvalidGroup.Duplicate": "A security group of this name is there which sparkify did not make. Delete it, or "
    "choose another SPARKIFY_CLUSTER_NAME.",
    "DependencyViolation": "Something still uses it. Look for network interfaces with this security group in the AWS "
    "console, under EC2; run the same command again when they are gone.",
    "ExpiredToken": "The credentials have expired. Sign in to AWS again.",
    "ExpiredTokenException": "The credentials have expired. Sign in to AWS again.",
    "Throttling": "AWS asks for patience. Run the same command again.",
    "ThrottlingException": "AWS asks for patience. Run the same command again.",
}


class Account:
    """Clients of the account and region which boto3 finds."""

    @cached_property
    def _session(self) -> Any:
        return boto3.Session()

    @property
    def region(self) -> str:
        """Region of the cluster."""
        return str(self.redshift.meta.region_name)

    @cached_property
    def iam(self) -> Any:
        """Roles."""
        return self._client("iam")

    @cached_property
    def ec2(self) -> Any:
        """Networks."""
        return self._client("ec2")

    @cached_property
    def redshift(self) -> Any:
        """Provisioned clusters."""
        return self._client("redshift")

    @cached_property
    def serverless(self) -> Any:
        """Namespaces and workgroups."""
        return self._client("redshift-serverless")

    def _client(self, service: str) -> Any:
        return self._session.client(service, config=Config(retries={"mode": "standard", "max_attempts": 5}))


@cache
def account() -> Account:
    """The account of this process: its clients take a second to make."""
    return Account()


def unless_absent(call: Callable[[], Any], *codes: str) -> Any | None:
    """What the call answers; None if AWS says with one of these codes that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise


def tagged(tags: Sequence[dict[str, str]] | None) -> dict[str, str]:
    """Tags by key, whether the service writes them with capitals or not."""
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in tags or []}


@contextmanager
def explained() -> Iterator[None]:
    """Turn what boto3 raises into a ClusterError which says what to do."""
    try:
        yield
    except ClientError as error:
        raise ClusterError(_explanation(error)) from error
    except BotoCoreError as error:
        raise ClusterError(
            f"AWS cannot be reached: {error}. Check AWS_REGION, AWS_PROFILE or AWS_ENDPOINT_URL, and that you are "
            "signed in."
        ) from error


def _explanation(error: ClientError) -> str:
    details = error.response["Error"]
    code, message = details["Code"], str(details.get("Message", "")).rstrip(".")
    operation = error.operation_name
    if code in _DENIED:
        named = _ACTION.search(message)
        return (
            f"AWS does not let you do this: the right {named[1] if named else operation} is missing ({message}). Give "
            "this identity the policy which `sparkify cluster policy` prints."
        )
    if code in _UNKNOWN_KEYS:
        return f"AWS does not know these credentials ({code}). Check AWS_PROFILE, or sign in to AWS again."
    cure = _CURES.get(code, _CURES.get(code.removesuffix("Fault"), "Mend that, then run the same command again."))
    return f"AWS refused {operation}: {message} ({code}). {cure}"
