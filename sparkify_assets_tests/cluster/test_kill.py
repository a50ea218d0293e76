"""Killed at any call, the same command ends where it would have ended.

The calls are those of the real boto3. IAM, EC2 and the records of clusters are moto's; the states which last, the
managed secret, the busy security group and all of redshift-serverless are our own stand-in's.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.errors import ClusterError
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import (
    CIDR,
    LAKE,
    MODES,
    WORK,
    Inventory,
    cluster_of,
    inventory,
    is_empty,
    recorded,
    silent,
    writes,
)

pytestmark = pytest.mark.slow

RESTORING = (
    "RestoreFromClusterSnapshot",
    "CreateTags",
    "CreateNamespace",
    "RestoreFromSnapshot",
    "TagResource",
    "UntagResource",
)


@pytest.fixture
def cluster(mode: str, aws: AwsStandIn) -> Cluster:
    return cluster_of(mode=mode)


def kills(calls: list[str]) -> list[int]:
    """Each call which changes something, by number. Killed after it, AWS is as if killed before the next one."""
    changing = set(writes(calls))
    return [number for number, call in enumerate(calls, 1) if call in changing]


def die(aws: AwsStandIn, number: int, before: bool) -> None:
    aws.calls.clear()
    aws.fails_at, aws.fails_before = number, before


def up_with_a_kill(aws: AwsStandIn, cluster: Cluster, number: int, snapshot: str = "") -> Inventory:
    die(aws, number, before=False)
    with pytest.raises(ClusterError, match="Died"):
        cluster.up(silent, from_snapshot=snapshot)
    aws.fails_at = None
    cluster.up(silent, from_snapshot=snapshot)
    return inventory(aws)


@pytest.mark.parametrize("mode", MODES)
def test_kills_at_each_call_in_turn_do_not_change_the_result(aws: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    unharmed = inventory(aws)
    aws.reset()
    assert attempts(aws, lambda: cluster.up(silent)) > 15
    assert inventory(aws) == unharmed
    assert attempts(aws, lambda: cluster.down(silent)) > 10
    assert is_empty(inventory(aws))


def attempts(aws: AwsStandIn, command: Callable[[], object]) -> int:
    """Kill the command at its first call, then at its second, and so on, until it comes to its end."""
    for number in range(1, 200):
        die(aws, number, before=True)
        with contextlib.suppress(ClusterError):
            command()
            aws.fails_at = None
            return number
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize("mode", MODES)
def test_up_after_a_kill_at_each_change_ends_the_same(aws: AwsStandIn, cluster: Cluster) -> None:
    with recorded(aws) as calls:
        cluster.up(silent)
    unharmed = inventory(aws)
    assert len(writes(calls)) >= 6
    for number in kills(calls):
        aws.reset()
        assert up_with_a_kill(aws, cluster, number) == unharmed, calls[number - 1]


@pytest.mark.parametrize("mode", MODES)
def test_down_after_a_kill_at_each_change_leaves_nothing(aws: AwsStandIn, cluster: Cluster) -> None:
    cluster.up(silent)
    with recorded(aws) as calls:
        cluster.down(silent)
    assert len(writes(calls)) >= 5
    for number in kills(calls):
        aws.reset()
        cluster.up(silent)
        die(aws, number, before=False)
        with pytest.raises(ClusterError, match="Died"):
            cluster.down(silent)
        aws.fails_at = None
        cluster.down(silent)
        assert is_empty(inventory(aws)), calls[number - 1]


def final_snapshot(aws: AwsStandIn, cluster: Cluster) -> str:
    """A cluster which was, and the snapshot it left."""
    cluster.up(silent)
    cluster.down(silent)
    manual = aws.client("redshift").describe_cluster_snapshots(SnapshotType="manual")["Snapshots"]
    return str([*aws.serverless.snapshots, *(snapshot["SnapshotIdentifier"] for snapshot in manual)][0])


@pytest.mark.parametrize("mode", MODES)
def test_a_restore_after_a_kill_at_each_change_ends_the_same(aws: AwsStandIn, cluster: Cluster) -> None:
    snapshot = final_snapshot(aws, cluster)
    with recorded(aws) as calls:
        cluster.up(silent, from_snapshot=snapshot)
    unharmed = inventory(aws)
    for number in kills(calls):
        if calls[number - 1].split(":")[1] not in RESTORING:  # else it is killed without a snapshot, above
            continue
        cluster.down(silent, final_snapshot=False)
        aws.serverless.restored.clear()
        found = up_with_a_kill(aws, cluster, number, snapshot)
        # A restore whose answer was lost is done once more, over the same rows.
        found["restored"] = found["restored"][-1:]
        assert found == unharmed, calls[number - 1]


@pytest.mark.parametrize("action", ["iam:PutRolePolicy", "ec2:AuthorizeSecurityGroupIngress", "redshift:CreateCluster"])
def test_up_after_a_killed_process_ends_the_same(aws: AwsStandIn, action: str) -> None:
    cluster_of().up(silent)
    unharmed = inventory(aws)
    aws.reset()
    killed: list[str] = []

    def kill(_: int, called: str) -> None:
        if called == action and not killed:
            killed.append(called)
            os.kill(process.pid, signal.SIGKILL)

    aws.before_call = kill
    settings = {"LAKE": LAKE, "WORK_URI": WORK, "CLUSTER_ALLOWED_CIDR": CIDR, "CLUSTER_POLL_SECONDS": "0.001"}
    settings["CLUSTER_NODE_TYPE"] = cluster_of().spec.node_type
    process = subprocess.Popen(
        [sys.executable, "-c", "from sparkify_assets.cli.main import main; main()", "cluster", "up", "--yes"],
        env={**os.environ, **{f"SPARKIFY_{name}": value for name, value in settings.items()}},
        stdout=subprocess.DEVNULL,
    )
    assert process.wait(timeout=30) == -signal.SIGKILL
    assert killed == [action]
    cluster_of().up(silent)
    assert inventory(aws) == unharmed
