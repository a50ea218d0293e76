"""One stand-in for all tests of the cluster, emptied before each."""

from collections.abc import Iterator

import boto3
import pytest

from sparkify_assets.cluster.account import account
from sparkify_assets_tests.aws_stand_in.server import REGION, AwsStandIn


@pytest.fixture(scope="session")
def stand_in() -> Iterator[AwsStandIn]:
    server = AwsStandIn()
    server.start()
    account.cache_clear()
    yield server
    server.stop()
    account.cache_clear()


@pytest.fixture
def aws(stand_in: AwsStandIn, monkeypatch: pytest.MonkeyPatch) -> AwsStandIn:
    """An empty account, spoken to by the real boto3."""
    stand_in.reset()
    monkeypatch.setenv("AWS_ENDPOINT_URL", stand_in.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "root")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "root")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return stand_in
