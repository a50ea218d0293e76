"""Clients of AWS, tags, and hints for the errors of AWS.

boto3 is imported by the functions which need it: the definitions load this module, and it takes a quarter of a second.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from sparkify_assets.errors import ClusterError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException")
_UNKNOWN_KEYS = ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "SignatureDoesNotMatch")
_ACTION = re.compile(r"perform: ([\w-]+:\w+)")
_SUBNET_HINT = "Give existing subnets, all of one VPC, in SPARKIFY_CLUSTER_SUBNET_IDS."
_SIGN_IN_HINT = "The credentials have expired. Sign in to AWS again."
_THROTTLED_HINT = "AWS limits the rate of calls. Run the same command again."
_HINTS = {
    "InsufficientClusterCapacity": "AWS has no such nodes left. Try again later, another SPARKIFY_CLUSTER_NODE_TYPE, "
    "or subnets of another zone in SPARKIFY_CLUSTER_SUBNET_IDS.",
    "InsufficientCapacityException": "AWS has no capacity left. Try again later, or a smaller SPARKIFY_CLUSTER_RPU.",
    "ClusterQuotaExceeded": "The account may have no more clusters in this region. Delete one, or request more under "
    "Service Quotas.",
    "NumberOfNodesQuotaExceeded": "The account may have no more nodes in this region. Use fewer "
    "SPARKIFY_CLUSTER_NODES, or request more under Service Quotas.",
    "NumberOfNodesPerClusterLimitExceeded": "Use fewer SPARKIFY_CLUSTER_NODES.",
    "ServiceQuotaExceededException": "Request more under Service Quotas.",
    "InvalidClusterState": "The cluster is busy. Wait for it (`sparkify cluster status`), then run the same command "
    "again.",
    "ConflictException": "Another operation is in progress. Wait for it (`sparkify cluster status`), then run the "
    "same command again.",
    "ClusterAlreadyExists": "It was created at the same moment by someone else. Run the same command again.",
    "ClusterNotFound": "It no longer exists. See: sparkify cluster status",
    "ClusterSubnetGroupNotFoundFault": "Run `sparkify cluster up` again, which creates it.",
    "ClusterSnapshotNotFound": "Look up its name in the AWS console, under Redshift, Snapshots.",
    "InvalidSubnet": _SUBNET_HINT,
    "InvalidSubnetID.NotFound": _SUBNET_HINT,
    "InvalidGroup.Duplicate": "There is a security group of this name which sparkify did not create. Delete it, or "
    "choose another SPARKIFY_CLUSTER_NAME.",
    "DependencyViolation": "It is still in use. Look for network interfaces with this security group in the AWS "
    "console, under EC2; run the same command again when they are gone.",
    "ExpiredToken": _SIGN_IN_HINT,
    "ExpiredTokenException": _SIGN_IN_HINT,
    "Throttling": _THROTTLED_HINT,
    "ThrottlingException": _THROTTLED_HINT,
}


@cache
def session() -> Any:
    """The session of this process: its account and region are those which boto3 finds."""
    import boto3

    return boto3.Session()


@cache
def client(service: str) -> Any:
    """The client of a service; cached because creating one takes up to a third of a second."""
    from botocore.config import Config

    return session().client(service, config=Config(retries={"mode": "standard", "max_attempts": 5}))


def none_if_absent(call: Callable[[], Any], *codes: str) -> Any | None:
    """The result of the call; None if AWS raises an error with one of these codes."""
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise


def tag_map(tags: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """Tags by key; redshift-serverless writes `key` and `value`, other services capitalize them."""
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in tags or []}


def tag_list(tags: Mapping[str, str], *, lower: bool = False) -> list[dict[str, str]]:
    """The inverse of `tag_map`; `lower` for redshift-serverless."""
    names = ("key", "value") if lower else ("Key", "Value")
    return [dict(zip(names, tag, strict=True)) for tag in tags.items()]


@contextmanager
def translate_aws_errors() -> Iterator[None]:
    """Raise the errors of boto3 as a ClusterError which says what to do."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise ClusterError(_message(error)) from error
    except BotoCoreError as error:
        raise ClusterError(
            f"AWS cannot be reached: {error}. Check AWS_REGION, AWS_PROFILE or AWS_ENDPOINT_URL, and that you are "
            "signed in."
        ) from error


def _message(error: "ClientError") -> str:
    details = error.response["Error"]
    code, message = details["Code"], str(details.get("Message", "")).rstrip(".")
    operation = error.operation_name
    if code in _DENIED:
        action = _ACTION.search(message)
        return (
            f"AWS denied access: the right {action[1] if action else operation} is missing ({message}). Give this "
            "identity the policy which `sparkify cluster policy` prints."
        )
    if code in _UNKNOWN_KEYS:
        return f"AWS does not know these credentials ({code}). Check AWS_PROFILE, or sign in to AWS again."
    hint = _HINTS.get(code, _HINTS.get(code.removesuffix("Fault"), "Fix that, then run the same command again."))
    return f"AWS refused {operation}: {message} ({code}). {hint}"
