"""Which warehouse the settings mean."""

from typing import Any

from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.s3_uri import bucket_and_prefix
from sparkify_assets.settings import PREFIX, Settings
from sparkify_assets.warehouse.base import Warehouse

_REDSHIFT = f"{PREFIX}REDSHIFT_"


def open_warehouse(settings: Settings, *, read_only: bool = False, wait_seconds: float | None = None) -> Warehouse:
    """The warehouse of the settings. Nothing is connected yet.

    `read_only` and `wait_seconds` are for DuckDB, which lets one process write. Raises SettingsError if
    the settings of Redshift do not say how to log in, or say it twice.
    """
    if settings.warehouse == "duckdb":
        from sparkify_assets.warehouse.duckdb.connection import DEFAULT_SCHEMA
        from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse

        return DuckDBWarehouse(
            path=settings.duckdb_path,
            wait_seconds=settings.duckdb_wait_seconds if wait_seconds is None else wait_seconds,
            memory_limit=settings.duckdb_memory_limit,
            read_only=read_only,
            schema_name=settings.schema or DEFAULT_SCHEMA,
        )
    return _open_redshift(settings)


def _open_redshift(settings: Settings) -> Warehouse:
    from sparkify_assets.warehouse.redshift.login import (
        ClusterLogin,
        Login,
        PasswordLogin,
        SecretLogin,
        WorkgroupLogin,
    )
    from sparkify_assets.warehouse.redshift.warehouse import DEFAULT_SCHEMA, RedshiftWarehouse

    if not settings.lake.startswith("s3://"):
        raise SettingsError(
            f"Redshift loads from S3, but {PREFIX}LAKE is {settings.lake!r}. Set it to s3://bucket[/prefix]."
        )
    where: dict[str, Any] = {
        "database": settings.redshift_database,
        "host": settings.redshift_host,
        "port": settings.redshift_port,
        "sslmode": settings.redshift_sslmode,
    }
    user, password = settings.redshift_user, settings.redshift_password
    ways: dict[str, Login] = {}
    if password.get_secret_value():
        if not (settings.redshift_host and user):
            raise SettingsError(f"{_REDSHIFT}PASSWORD needs {_REDSHIFT}HOST and {_REDSHIFT}USER beside it.")
        ways["PASSWORD"] = PasswordLogin(**where, user=user, password=password)
    if settings.redshift_secret_arn:
        ways["SECRET_ARN"] = SecretLogin(**where, secret_arn=settings.redshift_secret_arn)
    if settings.redshift_cluster_identifier:
        ways["CLUSTER_IDENTIFIER"] = ClusterLogin(
            **where, cluster_identifier=settings.redshift_cluster_identifier, user=user
        )
    if settings.redshift_workgroup:
        ways["WORKGROUP"] = WorkgroupLogin(**where, workgroup=settings.redshift_workgroup)
    if len(ways) != 1:
        found = f"{' and '.join(_REDSHIFT + way for way in ways)} are set" if ways else "none is set"
        raise SettingsError(
            f"Say in one way how to log in to Redshift, but {found}. Set {_REDSHIFT}HOST, _USER and _PASSWORD; or "
            f"{_REDSHIFT}SECRET_ARN; or {_REDSHIFT}CLUSTER_IDENTIFIER; or {_REDSHIFT}WORKGROUP."
        )
    (login,) = ways.values()
    if settings.work_uri:
        bucket_and_prefix(f"{PREFIX}WORK_URI", settings.work_uri)  # a wrong one is named before anything runs
    return RedshiftWarehouse(
        login=login,
        schema_name=settings.schema or DEFAULT_SCHEMA,
        iam_role=settings.iam_role,
        work_uri=settings.work_uri,
    )
