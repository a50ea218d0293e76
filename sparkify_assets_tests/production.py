"""The production path on this machine: S3 is moto, Redshift is the stand-in, the clients are the real ones."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from pydantic import SecretStr

from redshift_stand_in import RedshiftStandIn
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.models.reading import models
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.open import open_warehouse

LAKES, NEAR_LAKES, WORK = "sparkify-lakes", "sparkify-near-lakes", "sparkify-work"
TABLES = "tables"
ROLE = "arn:aws:iam::123456789012:role/sparkify-copy"
# What a table holds apart from the keys which an engine makes up.
MADE_UP = {"songplays": {"songplay_id"}}


def use_aws(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    """Let boto3 of this test speak to the endpoint, with no credentials but these."""
    for name, value in aws_environment(endpoint).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials of its first client


def aws_environment(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "none",
        "AWS_SHARED_CREDENTIALS_FILE": "none",
    }


def upload(folder: Path, bucket: str, prefix: str) -> None:
    """Copy a folder's files to S3."""
    s3 = boto3.client("s3")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            s3.put_object(Bucket=bucket, Key=f"{prefix}/{path.relative_to(folder).as_posix()}", Body=path.read_bytes())


class Production:
    """An empty database, and a lake and a work prefix of its own in S3."""

    def __init__(self, stand_in: RedshiftStandIn) -> None:
        self.stand_in = stand_in
        self.name = uuid4().hex[:8]
        self.s3: Any = boto3.client("s3")
        for bucket in (LAKES, WORK):
            self.s3.create_bucket(Bucket=bucket)

    @property
    def lake(self) -> S3Lake:
        return S3Lake(bucket=LAKES, prefix=self.name)

    @property
    def near_lake(self) -> S3Lake:
        """A lake in the region of the cluster, which COPY of Parquet asks for."""
        place: Any = {"LocationConstraint": self.stand_in.region}
        with suppress(self.s3.exceptions.BucketAlreadyOwnedByYou):
            self.s3.create_bucket(Bucket=NEAR_LAKES, CreateBucketConfiguration=place)
        return S3Lake(bucket=NEAR_LAKES, prefix=self.name)

    def bring(self, folder: Path) -> None:
        """Copy a lake's files to S3."""
        upload(folder, LAKES, self.name)

    def create_tables(self) -> None:
        """Have the tables of `sql/`: some 270 statements the first time, then copies of what they made."""
        if TABLES in self.stand_in.saved:
            modes = self.stand_in.modes
            self.stand_in.reset(TABLES)
            self.stand_in.modes = modes
        else:
            open_warehouse(self.settings()).create_tables()
            self.stand_in.save(TABLES)

    def left_in_work(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=WORK, Prefix=self.name).get("Contents", [])
        return [entry["Key"] for entry in found]

    def settings(self, **changes: Any) -> Settings:
        given: dict[str, Any] = {
            "warehouse": "redshift",
            "lake": self.lake.location,
            "redshift_host": self.stand_in.host,
            "redshift_port": self.stand_in.port,
            "redshift_database": self.stand_in.database,
            "redshift_user": self.stand_in.user,
            "redshift_password": SecretStr(self.stand_in.password),
            "redshift_sslmode": "disable",
            "iam_role": ROLE,
            "work_uri": f"s3://{WORK}/{self.name}",
        }
        return Settings(_env_file=None, **(given | changes))

    def environment(self, **changes: str) -> dict[str, str]:
        """The same settings for another process."""
        chosen = self.settings(**changes)
        given = {name: getattr(chosen, name) for name in chosen.model_fields_set}
        return {
            f"SPARKIFY_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in given.items()
        }


def comparable(table: str) -> str:
    """A query for what two engines have to agree on in a table, in an order of its own."""
    columns = [name for name in models()[table].column_names if name not in MADE_UP.get(table, set())]
    return f"select {', '.join(columns)} from {table}"


def in_order(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: tuple((value is not None, str(value)) for value in row))
