"""Each error of AWS becomes a message with a hint. The errors are built as botocore builds them."""

import pytest
from botocore.exceptions import ClientError

from sparkify_assets.cluster.aws import translate_aws_errors
from sparkify_assets.errors import ClusterError


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("InsufficientClusterCapacity", "another SPARKIFY_CLUSTER_NODE_TYPE"),
        ("ClusterQuotaExceeded", "Service Quotas"),
        ("NumberOfNodesQuotaExceeded", "fewer SPARKIFY_CLUSTER_NODES"),
        ("InvalidClusterState", "sparkify cluster status"),
        ("InvalidClusterStateFault", "sparkify cluster status"),
        ("ClusterAlreadyExists", "Run the same command again"),
        ("ClusterNotFound", "sparkify cluster status"),
        ("ClusterSubnetGroupNotFoundFault", "`sparkify cluster up` again"),
        ("DependencyViolation", "network interfaces"),
        ("ExpiredToken", "Sign in to AWS again"),
        ("InvalidClientTokenId", "AWS_PROFILE"),
        ("SomethingNew", "Fix that, then run the same command again"),
    ],
)
def test_an_error_of_aws_has_a_hint(code: str, hint: str) -> None:
    with pytest.raises(ClusterError) as raised, translate_aws_errors():
        raise ClientError({"Error": {"Code": code, "Message": "No."}}, "CreateCluster")
    assert code in str(raised.value)
    assert hint in str(raised.value)


@pytest.mark.parametrize(
    ("code", "message", "right"),
    [
        ("AccessDenied", "User: arn:x is not authorized to perform: iam:PassRole on resource: y", "iam:PassRole"),
        ("UnauthorizedOperation", "You are not authorized to perform this operation.", "CreateSecurityGroup"),
        ("AccessDeniedException", "x is not authorized to perform: redshift-serverless:GetNamespace", "redshift-serv"),
    ],
)
def test_a_missing_right_is_named(code: str, message: str, right: str) -> None:
    with pytest.raises(ClusterError, match=f"the right {right}.*`sparkify cluster policy`"), translate_aws_errors():
        raise ClientError({"Error": {"Code": code, "Message": message}}, "CreateSecurityGroup")
