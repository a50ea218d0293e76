"""Which warehouse the settings mean."""

from typing import Any

from sparkify_assets.errors import SettingsError
from sparkify_assets.settings import PREFIX, Settings
from sparkify_assets.warehouse.base import Warehouse

_REDSHIFT = f"{PREFIX}REDSHIFT_"


def open_warehouse(chosen: Settings, *, read_only: bool = False, wait_seconds: float | None = None) -> Warehouse:
    """The warehouse of the settings. Nothing is connected yet.

    `read_only` and `wait_seconds` are for DuckDB, which lets one process write. Raises SettingsError if
    the settings of Redshift do not say how to log in, or say it twice.
    """
    if chosen.warehouse == "duckdb":
        from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse

        return DuckDBWarehouse(
            path=chosen.duckdb_path,
            wait_seconds=chosen.duckdb_wait_seconds if wait_seconds is None else wait_seconds,
            memory_limit=chosen.duckdb_memory_limit,
            read_only=read_only,
        )
    return _open_redshift(chosen)


def _open_redshift(chosen: Settings) -> Warehouse:
    from sparkify_assets.warehouse.redshift.login import (
        ClusterLogin,
        Login,
        PasswordLogin,
        SecretLogin,
        WorkgroupLogin,
    )
    from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse
    from sparkify_assets.warehouse.redshift.work_area import WorkArea

    if not chosen.lake.startswith("s3://"):
        raise SettingsError(
            f"Redshift loads from S3, but {PREFIX}LAKE is {chosen.lake!r}. Set it to s3://bucket[/prefix]."
        )
    where: dict[str, Any] = {
        "database": chosen.redshift_database,
        "host": chosen.redshift_host,
        "port": chosen.redshift_port,
        "sslmode": chosen.redshift_sslmode,
    }
    user, password = chosen.redshift_user, chosen.redshift_password
    ways: dict[str, Login] = {}
    if password.get_secret_value():
        if not (chosen.redshift_host and user):
            raise SettingsError(f"{_REDSHIFT}PASSWORD needs {_REDSHIFT}HOST and {_REDSHIFT}USER beside it.")
        ways["PASSWORD"] = PasswordLogin(**where, user=user, password=password)
    if chosen.redshift_secret_arn:
        ways["SECRET_ARN"] = SecretLogin(**where, secret_arn=chosen.redshift_secret_arn)
    if chosen.redshift_cluster_identifier:
        ways["CLUSTER_IDENTIFIER"] = ClusterLogin(
            **where, cluster_identifier=chosen.redshift_cluster_identifier, user=user
        )
    if chosen.redshift_workgroup:
        ways["WORKGROUP"] = WorkgroupLogin(**where, workgroup=chosen.redshift_workgroup)
    if len(ways) != 1:
        found = f"{' and '.join(_REDSHIFT + way for way in ways)} are set" if ways else "none is set"
        raise SettingsError(
            f"Say in one way how to log in to Redshift, but {found}. Set {_REDSHIFT}HOST, _USER and _PASSWORD; or "
            f"{_REDSHIFT}SECRET_ARN; or {_REDSHIFT}CLUSTER_IDENTIFIER; or {_REDSHIFT}WORKGROUP."
        )
    (login,) = ways.values()
    if chosen.work_uri:
        WorkArea.at(chosen.work_uri)  # a wrong one is told before anything runs
    return RedshiftWarehouse(login=login, iam_role=chosen.iam_role, work_uri=chosen.work_uri)
