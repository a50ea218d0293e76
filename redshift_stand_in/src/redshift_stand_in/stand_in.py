"""The stand-in itself: a port for the clients of Redshift, a PostgreSQL behind it, and what tests need of both."""

import secrets
import threading
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, Self

from redshift_stand_in.cluster import Cluster, Statement
from redshift_stand_in.contract import Row
from redshift_stand_in.faults import Faults
from redshift_stand_in.modes import Modes
from redshift_stand_in.postgres.server import Postgres
from redshift_stand_in.wire.listener import Listener
from redshift_stand_in.wire.tls import make_certificate, server_context


class RedshiftStandIn:
    """A Redshift for tests. Use it as a context manager; entering starts it, which takes a second or two.

    `users` are logins beyond `user`; names which begin with IAM:, IAMA: or IAMR: get in with any password, as the
    temporary ones of GetClusterCredentials do, unless `any_iam_password` is false. COPY may use the `roles` (ARNs), any
    role if none are given, and looks for buckets in `region` unless it names another.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        s3_endpoint: str | None = None,
        tls: bool = False,
        port: int = 0,
        *,
        database: str = "dev",
        user: str = "awsuser",
        password: str | None = None,
        users: Mapping[str, str] | None = None,
        any_iam_password: bool = True,
        region: str = "us-west-2",
        roles: Collection[str] | None = None,
        modes: Modes | None = None,
    ) -> None:
        self.s3_endpoint, self.tls, self.port = s3_endpoint, tls, port
        self.database, self.user, self.password = database, user, password or secrets.token_urlsafe(12)
        self.users = dict(users or {}) | {self.user: self.password}
        self.any_iam_password = any_iam_password
        self.region, self.roles = region, roles
        self._first_modes = modes or Modes()
        self.saved: set[str] = set()

    def __enter__(self) -> Self:
        self.postgres = Postgres()
        try:
            self.postgres.make_template()
            self.postgres.make_database(self.database)
            self.postgres.make_user(self.user)
            self.certificate = make_certificate(self.postgres.folder) if self.tls else None
            self._cluster = Cluster(
                self.postgres,
                self.users,
                self.any_iam_password,
                self.roles,
                self.region,
                self.s3_endpoint,
                self._first_modes,
            )
            self._cluster.tls = server_context(self.certificate) if self.certificate else None
            self._listener = Listener((self.host, self.port), self._cluster)
        except BaseException:
            self.postgres.stop()
            raise
        self.port = self._listener.server_address[1]
        serve = self._listener.serve_forever
        threading.Thread(target=serve, args=(0.05,), name="redshift stand-in", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cluster.stopping.set()
        self._listener.shutdown()
        self._cluster.close()
        self._listener.server_close()

    @property
    def dsn(self) -> dict[str, Any]:
        """Arguments of redshift_connector.connect(); with TLS the client must trust `certificate` (SSL_CERT_FILE)."""
        return {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password": self.password,
            "ssl": self.tls,
        }

    @property
    def faults(self) -> Faults:
        """Faults which wait for a statement."""
        return self._cluster.faults

    @property
    def statements(self) -> list[Statement]:
        """Every text which a client sent since the last reset."""
        return self._cluster.statements

    @property
    def modes(self) -> Modes:
        """Where Redshift may be one way or the other; new sessions and statements go by what is set here."""
        return self._cluster.modes

    @modes.setter
    def modes(self, modes: Modes) -> None:
        self._cluster.modes = modes

    def save(self, name: str) -> None:
        """Keep the database as it is now for `reset(name)`; whoever is connected loses the connection."""
        self.postgres.end_clients(self.database)
        self.postgres.make_database(_saved(name), self.database)
        self.saved.add(name)

    def reset(self, saved: str | None = None) -> None:
        """The database empty, or as it was saved; no faults, no log, the first modes; nobody stays connected."""
        if saved is None:
            self.postgres.empty_database(self.database)
        else:
            self.postgres.make_database(self.database, _saved(saved))
        self.modes = self._first_modes
        self.faults.clear()
        self.statements.clear()

    def query_postgres(self, *statements: str, database: str | None = None) -> list[Row]:
        """Run PostgreSQL's own SQL past the client's rules, each statement committed; the rows of the last, as text."""
        return self._cluster.query_postgres(*statements, database=database or self.database)


def _saved(name: str) -> str:
    return f"saved {name}"
