"""What AWS refuses, in plain words with a cure. The errors are built as botocore builds them."""

import pytest
from botocore.exceptions import ClientError

from sparkify_assets.cluster.account import explained
from sparkify_assets.errors import ClusterError


@pytest.mark.parametrize(
    ("code", "cure"),
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
        ("SomethingNew", "Mend that, then run the same command again"),
    ],
)
def test_a_refusal_is_told_with_a_cure(code: str, cure: str) -> None:
    with pytest.raises(ClusterError) as told, explained():
        raise ClientError({"Error": {"Code": code, "Message": "No."}}, "CreateCluster")
    assert code in str(told.value)
    assert cure in str(told.value)


@pytest.mark.parametrize(
    ("code", "message", "right"),
    [
        ("AccessDenied", "User: arn:x is not authorized to perform: iam:PassRole on resource: y", "iam:PassRole"),
        ("UnauthorizedOperation", "You are not authorized to perform this operation.", "CreateSecurityGroup"),
        ("AccessDeniedException", "x is not authorized to perform: redshift-serverless:GetNamespace", "redshift-serv"),
    ],
)
def test_a_missing_right_is_named(code: str, message: str, right: str) -> None:
    with pytest.raises(ClusterError, match=f"the right {right}.*`sparkify cluster policy`"), explained():
        raise ClientError({"Error": {"Code": code, "Message": message}}, "CreateSecurityGroup")
