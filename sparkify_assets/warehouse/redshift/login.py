"""Ways to log in to Redshift, as arguments of `redshift_connector.connect`.

A login is no configuration of the Dagster resource: the UI shows a resource's configuration, and a
password must not be among it.
"""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from sparkify_assets.errors import SettingsError, WarehouseError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Login(ABC):
    """Where the database is, and how to log in. `sslmode` is verify-full, verify-ca, or disable on this machine."""

    database: str
    host: str = ""
    port: int = 5439
    sslmode: str = "verify-full"

    def __post_init__(self) -> None:
        if self.sslmode == "disable" and self.host not in LOOPBACK:
            raise SettingsError(
                f"SPARKIFY_REDSHIFT_SSLMODE=disable is for an endpoint on this machine, not for {self.host or 'AWS'}: "
                "the password would cross the network in the clear. Leave it out, or set verify-ca behind a tunnel."
            )

    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """Arguments of `connect`, new for each connection, since credentials may expire."""

    @property
    def location(self) -> str:
        """Host and database, for people."""
        return f"{self.host}:{self.port}/{self.database}"

    def _common(self) -> dict[str, Any]:
        tls = {"ssl": False} if self.sslmode == "disable" else {"ssl": True, "sslmode": self.sslmode}
        where = {"host": self.host, "port": self.port} if self.host else {}
        return {"database": self.database, **where, **tls}


@dataclass(frozen=True)
class PasswordLogin(Login):
    """A database user and a password."""

    user: str = ""
    password: SecretStr = field(default=SecretStr(""))

    def arguments(self) -> dict[str, Any]:
        """Host, user and password."""
        return {**self._common(), "user": self.user, "password": self.password.get_secret_value()}


@dataclass(frozen=True)
class SecretLogin(Login):
    """User and password from a secret of AWS Secrets Manager, a JSON object with `username` and `password`.

    A `host` and `port` in the secret count where the settings name no host.
    """

    secret_arn: str = ""

    def arguments(self) -> dict[str, Any]:
        """Read the secret each time, since passwords rotate; raises WarehouseError if AWS refuses."""
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = boto3.client("secretsmanager").get_secret_value(SecretId=self.secret_arn)
        except (BotoCoreError, ClientError) as error:
            raise WarehouseError(
                f"The secret {self.secret_arn} of SPARKIFY_REDSHIFT_SECRET_ARN cannot be read: {error}. Check the ARN, "
                "AWS_REGION, and that this identity has secretsmanager:GetSecretValue on it."
            ) from None
        try:
            secret = json.loads(answer["SecretString"])
            given = {"user": secret["username"], "password": secret["password"]}
        except (KeyError, TypeError, ValueError):
            raise WarehouseError(
                f"The secret {self.secret_arn} is not a JSON object with 'username' and 'password'. "
                "Choose the secret which Redshift manages for the cluster, or write one of that shape."
            ) from None
        where = {name: secret[name] for name in ("host", "port") if secret.get(name) and not self.host}
        if not (self.host or where.get("host")):
            raise WarehouseError(f"Neither the secret {self.secret_arn} nor SPARKIFY_REDSHIFT_HOST names the endpoint.")
        return {**self._common(), **where, **given}


@dataclass(frozen=True)
class ClusterLogin(Login):
    """IAM by the identifier of a provisioned cluster: short-lived credentials, no password anywhere.

    With a `user`, as that database user (GetClusterCredentials); else as the IAM identity
    (GetClusterCredentialsWithIAM).
    """

    cluster_identifier: str = ""
    user: str = ""

    def arguments(self) -> dict[str, Any]:
        """The driver gets credentials from AWS, and the host unless it is given."""
        who = {"db_user": self.user} if self.user else {"group_federation": True}
        return {
            **self._common(),
            **who,
            "iam": True,
            "cluster_identifier": self.cluster_identifier,
            "region": _region(),
        }

    @property
    def location(self) -> str:
        """Cluster and database."""
        return f"{self.cluster_identifier}/{self.database}"


@dataclass(frozen=True)
class WorkgroupLogin(Login):
    """IAM by the name of a serverless workgroup."""

    workgroup: str = ""

    def arguments(self) -> dict[str, Any]:
        """The driver gets credentials from AWS, and the host unless it is given."""
        return {
            **self._common(),
            "iam": True,
            "is_serverless": True,
            "serverless_work_group": self.workgroup,
            "region": _region(),
        }

    @property
    def location(self) -> str:
        """Workgroup and database."""
        return f"{self.workgroup}/{self.database}"


def _region() -> str | None:
    import boto3

    region: str | None = boto3.session.Session().region_name
    return region
