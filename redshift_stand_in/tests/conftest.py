from typing import Any

import pytest

from copy_bench import REGION, Bench, client


@pytest.fixture(scope="module")
def s3(redshift_s3_endpoint: str) -> Any:
    return client(redshift_s3_endpoint)


@pytest.fixture
def bench(s3: Any, request: pytest.FixtureRequest) -> Bench:
    bucket = f"b{abs(hash(request.node.name)):x}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return Bench(s3, bucket)
