"""What tests share: a clean environment, one Dagster instance, servers, and folders which take long to fill."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import dagster as dg
import hypothesis
import pytest
from playwright.sync_api import Browser

from redshift_stand_in import RedshiftStandIn
from redshift_stand_in.postgres.server import Postgres
from sparkify_assets.settings import load_settings
from sparkify_assets_tests.browser import NoBrowser, open_browser
from sparkify_assets_tests.made_once import first_run_of_a_newcomer, made_once, run_of_a_small_lake
from sparkify_assets_tests.production import Production, use_aws
from sparkify_assets_tests.source_database import SourceDatabase, a_source_server

# Modules and graphs stay, hundreds of thousands of objects: with the thresholds of Python they are walked all the time.
gc.set_threshold(100_000, 50, 50)

# CI repeats what it did before; `thorough` hunts, with other examples each time.
hypothesis.settings.register_profile("default", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

BUCKET = "sparkify-raw"
MARK_OF_FIXTURE = {
    "browser": "browser",
    "redshift_server": "redshift",
    "redshift_s3_endpoint": "slow",
    "instance": "slow",
    "ran": "slow",
    "first_run": "slow",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the fixtures which it takes, and those of the stand-in; `make test-fast` leaves them out."""
    for item in items:
        for fixture in MARK_OF_FIXTURE.keys() & getattr(item, "fixturenames", ()):
            item.add_marker(MARK_OF_FIXTURE[fixture])
        if "redshift_stand_in" in item.path.parts:
            item.add_marker("redshift")


def pytest_unconfigure() -> None:
    """Keep every module alive until Python clears it at its end.

    The namespace of a module which goes before stays as it is, with all it leads to, if a library in C has a function
    of it: a cache, a codec, or Hypothesis' hook in the collector. DuckDB's binding prints what is left as leaks.
    """
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            vars(module)["the_module_itself"] = module


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees the settings of the shell which runs it, nor those of another test."""
    for name in list(os.environ):
        if name.startswith(("SPARKIFY_", "AWS_")) or name == "DAGSTER_HOME":
            monkeypatch.delenv(name)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.fixture(scope="session")
def instance() -> Iterator[dg.DagsterInstance]:
    """One instance in memory; making one costs more than a run."""
    with dg.DagsterInstance.ephemeral() as shared:
        yield shared


@pytest.fixture(scope="session")
def endpoint(redshift_s3_endpoint: str) -> str:
    """One moto server for all tests."""
    return redshift_s3_endpoint


@pytest.fixture(scope="session")
def stand_in(redshift_server: RedshiftStandIn) -> RedshiftStandIn:
    """One stand-in for all tests; starting its PostgreSQL takes seconds."""
    return redshift_server


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which `sparkify run` has built everything from a small lake, and what it printed; see `made_once`."""
    return made_once(tmp_path_factory, "small", run_of_a_small_lake)


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which a newcomer has run `sparkify run`, and what it printed; see `made_once`."""
    return made_once(tmp_path_factory, "newcomer", first_run_of_a_newcomer)


@pytest.fixture(scope="session")
def source_server() -> Iterator[Postgres]:
    """One PostgreSQL of operational databases for all tests."""
    yield from a_source_server()


@pytest.fixture
def source(source_server: Postgres) -> SourceDatabase:
    """An empty operational database."""
    return SourceDatabase(source_server)


@pytest.fixture
def production(redshift: RedshiftStandIn, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Production:
    """An empty Redshift, and an empty lake in S3. Pages are written below a folder of the test."""
    use_aws(monkeypatch, endpoint)
    monkeypatch.chdir(tmp_path)
    return Production(redshift)


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket."""
    use_aws(monkeypatch, endpoint)
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    return client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium for the tests of one module; where it cannot be had, they fail and say how to install it."""
    try:
        with open_browser() as opened:
            yield opened
    except NoBrowser as missing:
        pytest.fail(str(missing), pytrace=False)
