from collections.abc import Iterator
from typing import Any

import pytest

from copy_bench import REGION, Bench
from copy_bench import client as s3_client
from redshift_stand_in import RedshiftStandIn
from sql_client import Client


@pytest.fixture(scope="module")
def s3(redshift_s3_endpoint: str) -> Any:
    return s3_client(redshift_s3_endpoint)


@pytest.fixture
def bench(s3: Any, request: pytest.FixtureRequest) -> Bench:
    bucket = f"b{abs(hash(request.node.name)):x}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return Bench(s3, bucket)


@pytest.fixture
def client(redshift: RedshiftStandIn) -> Iterator[Client]:
    """Of an empty database."""
    client = Client(redshift)
    yield client
    client.connection.close()
