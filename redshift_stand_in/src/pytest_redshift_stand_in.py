"""Fixtures for pytest: `def test_x(redshift): ...` gets an empty Redshift.

Outside of the package, which takes a second to import: sessions of pytest without these fixtures do not pay for it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from redshift_stand_in import RedshiftStandIn


@pytest.fixture(scope="session")
def redshift_s3_endpoint() -> Iterator[str]:
    """S3 for COPY and UNLOAD: moto in this process. Override it in the root conftest.py to bring another."""
    from redshift_stand_in.moto_s3 import moto_server

    with moto_server() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def redshift_server(redshift_s3_endpoint: str) -> Iterator["RedshiftStandIn"]:
    """One stand-in for all tests: starting it takes a second or two, a reset hundredths of a second."""
    from redshift_stand_in import RedshiftStandIn

    with RedshiftStandIn(s3_endpoint=redshift_s3_endpoint) as started:
        yield started


@pytest.fixture
def redshift(redshift_server: "RedshiftStandIn") -> "RedshiftStandIn":
    """The stand-in with an empty database, no faults and no log."""
    redshift_server.reset()
    return redshift_server
