"""One stand-in for all tests of the cluster, emptied before each."""

from collections.abc import Iterator

import pytest

from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import forget_clients
from sparkify_assets_tests.production import use_aws


@pytest.fixture(scope="session")
def stand_in() -> Iterator[AwsStandIn]:
    server = AwsStandIn()
    server.start()
    forget_clients()
    yield server
    server.stop()
    forget_clients()


@pytest.fixture
def aws(stand_in: AwsStandIn, monkeypatch: pytest.MonkeyPatch) -> AwsStandIn:
    """An empty account, spoken to by the real boto3."""
    stand_in.reset()
    use_aws(monkeypatch, stand_in.url)
    return stand_in
