"""What all sessions of a stand-in share."""

import itertools
import secrets
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import boto3
from botocore.config import Config

from redshift_stand_in.contract import Refused, Row, S3Client
from redshift_stand_in.faults import Faults
from redshift_stand_in.modes import Modes
from redshift_stand_in.postgres.server import Postgres
from redshift_stand_in.serializable import History


@dataclass(frozen=True)
class Statement:
    """A statement as the client sent it: when it arrived, and each time a prepared one was executed again."""

    text: str
    session_id: int
    application_name: str
    database: str


@dataclass
class Cluster:
    """PostgreSQL, S3, logins, faults and the log of statements."""

    postgres: Postgres
    passwords: Mapping[str, str]
    any_iam_password: bool
    roles: Collection[str] | None
    """ARNs of the roles which COPY may use; None for any."""
    region: str
    s3_endpoint: str | None
    modes: Modes = field(default_factory=Modes)
    faults: Faults = field(default_factory=Faults)
    statements: list[Statement] = field(default_factory=list)
    history: History = field(default_factory=History)
    tls: ssl.SSLContext | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._ids = itertools.count(1001)

    @cached_property
    def s3(self) -> S3Client:
        """Raises Refused if there is no endpoint."""
        if not self.s3_endpoint:
            raise Refused("XX000", "COPY and UNLOAD need S3: start the stand-in with s3_endpoint.")
        return boto3.client(
            "s3",
            endpoint_url=self.s3_endpoint,
            region_name=self.region,
            aws_access_key_id="stand-in",
            aws_secret_access_key="stand-in",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, max_pool_connections=50),
        )

    def close(self) -> None:
        """Stop PostgreSQL and give back what S3 holds."""
        self.postgres.stop()
        if "s3" in vars(self):
            self.s3.close()

    def next_id(self) -> int:
        """Of a query or transaction."""
        return next(self._ids)

    def query_postgres(self, *statements: str, database: str) -> list[Row]:
        """Run PostgreSQL's own SQL, each statement committed; the rows of the last, as text."""
        return self.postgres.administer(*statements, database=database)

    def admits(self, user: str, password: str) -> bool:
        """Whether the login is right."""
        if user in self.passwords:
            return secrets.compare_digest(self.passwords[user].encode(), password.encode())
        return self.any_iam_password and user.startswith(("IAM:", "IAMA:", "IAMR:"))
