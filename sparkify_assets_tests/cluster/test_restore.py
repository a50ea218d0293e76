"""A new cluster is restored from a snapshot."""

import pytest

from sparkify_assets.errors import ClusterError
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import (
    MODES,
    cluster_of,
    recorded,
    silent,
    writes,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mode", MODES)
def test_an_unknown_snapshot_is_refused_before_anything_is_created(aws: AwsStandIn, mode: str) -> None:
    with recorded(aws) as calls, pytest.raises(ClusterError, match="none-such"):
        cluster_of(mode=mode).up(silent, from_snapshot="none-such")
    assert writes(calls) == []


@pytest.mark.parametrize("mode", MODES)
def test_a_snapshot_is_restored_only_into_a_new_cluster(aws: AwsStandIn, mode: str) -> None:
    cluster = cluster_of(mode=mode)
    cluster.up(silent)
    logged: list[str] = []
    cluster.down(logged.append)
    (snapshot,) = {line.rsplit(" ", 1)[1].rstrip("`") for line in logged if "final snapshot is" in line}
    cluster.up(silent)
    with pytest.raises(ClusterError, match=r"exists already; a snapshot is restored only into a new one"):
        cluster.up(silent, from_snapshot=snapshot)
    cluster.down(silent, final_snapshot=False)
    restored = cluster.up(silent, from_snapshot=snapshot)
    assert (restored.available, restored.encrypted, restored.public) == (True, True, False)
    assert aws.client("secretsmanager").get_secret_value(SecretId=restored.secret_arn)["SecretString"]
    with recorded(aws) as calls:
        cluster.up(silent, from_snapshot=snapshot)
    assert writes(calls) == []
