"""What tests share: a clean environment, one Dagster instance, and a way to build a lake with the real graph."""

import contextlib
import io
import logging
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import boto3
import dagster as dg
import hypothesis
import pytest
from moto.server import ThreadedMotoServer

from sparkify_assets.assets.partitions import day_tags
from sparkify_assets.automation import sparkify_etl
from sparkify_assets.platform import build_definitions
from sparkify_assets.settings import Settings, settings
from sparkify_assets.warehouse.base import Warehouse

# CI repeats what it did before; `thorough` hunts, with other examples each time.
hypothesis.settings.register_profile("default", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

BUCKET = "sparkify-raw"


class Build(Protocol):
    """Runs the job of everything, or a selection of assets, for some days."""

    def __call__(
        self,
        lake: Path,
        database: Path,
        first_day: str,
        last_day: str,
        *,
        select: list[str] | None = None,
        max_reject_share: float = 0.01,
        warehouse: Warehouse | None = None,
        instance: dg.DagsterInstance | None = None,
        raise_on_error: bool = True,
    ) -> dg.ExecuteInProcessResult: ...


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees the settings of the shell which runs it, nor those of another test."""
    for name in list(os.environ):
        if name.startswith(("SPARKIFY_", "AWS_")) or name == "DAGSTER_HOME":
            monkeypatch.delenv(name)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def instance() -> Iterator[dg.DagsterInstance]:
    """One instance in memory; making one costs more than a run."""
    with dg.DagsterInstance.ephemeral() as shared:
        yield shared


@pytest.fixture
def build(instance: dg.DagsterInstance) -> Build:
    """The real graph on a lake and a database file, in this process."""
    shared = instance

    def run(
        lake: Path,
        database: Path,
        first_day: str,
        last_day: str,
        *,
        select: list[str] | None = None,
        max_reject_share: float = 0.01,
        warehouse: Warehouse | None = None,
        instance: dg.DagsterInstance | None = None,
        raise_on_error: bool = True,
    ) -> dg.ExecuteInProcessResult:
        chosen = Settings(
            _env_file=None,
            lake=str(lake),
            duckdb_path=str(database),
            first_day=date(2018, 10, 1),
            last_day=date(2018, 12, 31),
            max_reject_share=max_reject_share,
        )
        job = build_definitions(chosen).resolve_job_def(sparkify_etl.name)
        return job.execute_in_process(
            instance=instance or shared,
            asset_selection=[dg.AssetKey(name) for name in select] if select else None,
            tags=day_tags(date.fromisoformat(first_day), date.fromisoformat(last_day)),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            resources={"warehouse": warehouse} if warehouse else None,
            raise_on_error=raise_on_error,
        )

    return run


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials of its first client
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    return client
