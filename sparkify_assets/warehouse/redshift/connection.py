"""A connection to Redshift, ready for its first transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redshift_connector
from redshift_connector.config import ClientProtocolVersion
from redshift_connector.core import Connection

from sparkify_assets.errors import WarehouseError
from sparkify_assets.warehouse.redshift.failures import (
    DRIVER_ERRORS,
    TransientFailure,
    as_warehouse_error,
    parse_error,
)
from sparkify_assets.warehouse.redshift.literals import Literals
from sparkify_assets.warehouse.redshift.login import Login

APPLICATION = "sparkify"
_SETTINGS: dict[str, Any] = {
    "max_prepared_statements": 0,
    # Values as text: of a NUMERIC without a precision the driver's binary protocol makes 0.0.
    "client_protocol_version": ClientProtocolVersion.BASE_SERVER,
    "tcp_keepalive": True,
    "tcp_keepalive_idle": 60,
    "tcp_keepalive_interval": 30,
    "tcp_keepalive_count": 5,
}
_WHO = "select pg_backend_pid() as pid, len('\\\\') as characters, cast(sysdate as timestamp) as now"


@dataclass(frozen=True)
class OpenConnection:
    """A connection. `pid` is the server's process, which other sessions know it by; `since` is when it began, UTC."""

    driver: Connection
    pid: int
    since: datetime
    literals: Literals


def connect(login: Login, schema: str, query_group: str, statement_minutes: int) -> OpenConnection:
    """Log in and set up the session, which finds tables in this schema; raises WarehouseError or TransientFailure."""
    try:
        connection = redshift_connector.connect(**login.arguments(), application_name=APPLICATION, **_SETTINGS)
    except DRIVER_ERRORS as error:
        found = parse_error(error)
        problem = WarehouseError(
            f"Redshift at {login.location} does not let this process in: {found.text}. `sparkify doctor` looks "
            "at the settings; is the cluster available, and does its security group admit this address?"
        )
        raise TransientFailure(problem) if found.is_transient else problem from None
    try:
        # Settings belong to the session, so they are made before the first transaction begins.
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("set timezone to 'UTC'")  # a user may have another one
        cursor.execute(_WHO)
        ((pid, characters, now),) = cursor.fetchall()
        literals = Literals(backslash="\\" * (3 - int(characters)))
        cursor.execute(f"set search_path to {literals.quoted(schema)}")
        cursor.execute(f"set query_group to {literals.quoted(query_group)}")
        cursor.execute(f"set statement_timeout to {statement_minutes * 60_000}")
        connection.autocommit = False
    except DRIVER_ERRORS as error:
        raise as_warehouse_error(error, "set up the session") from error
    return OpenConnection(connection, int(pid), now, literals)
