"""The stand-in itself: a port for the clients of Redshift, a PostgreSQL behind it, and what tests ask of both."""

import itertools
import secrets
import struct
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config

from .contract import Refused, Row, S3Client
from .faults import Faults
from .postgres import Backend, Postgres, ServerError, cancel
from .protocol import (
    CANCEL_REQUEST,
    GSS_REQUEST,
    PROTOCOL_VERSION,
    SSL_REQUEST,
    Channel,
    Gone,
    Message,
    error,
    ready,
    startup_parameters,
)
from .relay import as_redshift
from .session import FIRST_VALUES, Dropped, Session
from .tls import make_certificate, server_context

HERE = Path(__file__).parent
SCRIPTS = ("prelude.sql", "load_views.sql")
CLEARTEXT_PASSWORD = Message(b"R", struct.pack("!i", 3))
AUTHENTICATED = Message(b"R", struct.pack("!i", 0))


@dataclass(frozen=True)
class Statement:
    """A statement as the client sent it: when it arrived, and each time a prepared one was executed again."""

    text: str
    session_id: int
    application_name: str
    database: str


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
    ) -> None:
        self.s3_endpoint, self.tls, self.port = s3_endpoint, tls, port
        self.database, self.user, self.password = database, user, password or secrets.token_urlsafe(12)
        self.users = dict(users or {}) | {self.user: self.password}
        self.any_iam_password = any_iam_password
        self.region, self.roles = region, roles
        self.faults = Faults()
        self.statements: list[Statement] = []
        self._ids = itertools.count(1001)
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self.postgres = Postgres()
        try:
            self.postgres.make_template(*((HERE / name).read_text() for name in SCRIPTS))
            self.postgres.make_database(self.database)
            self.postgres.make_user(self.user)
            self.certificate = make_certificate(self.postgres.folder) if self.tls else None
            self.context = server_context(self.certificate) if self.certificate else None
            self._server = _Server((self.host, self.port), self)
        except BaseException:
            self.postgres.stop()
            raise
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="redshift stand-in", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self.postgres.stop()
        self._server.server_close()
        if "s3" in vars(self):
            self.s3.close()

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

    def reset(self) -> None:
        """An empty database, no faults, no log; whoever is connected loses the connection."""
        self.postgres.empty_database(self.database)
        self.faults.clear()
        self.statements.clear()

    def look(self, *statements: str, database: str | None = None) -> list[Row]:
        """Run PostgreSQL's own SQL past the client's rules, each statement committed; the rows of the last, as text."""
        return self.postgres.administer(*statements, database=database or self.database)

    @cached_property
    def s3(self) -> S3Client:
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

    def next_id(self) -> int:
        """Of a query or transaction."""
        return next(self._ids)

    def log(self, session: Session, text: str) -> None:
        self.statements.append(Statement(text, session.id, session.application_name, session.database))

    def pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def admits(self, user: str, password: str) -> bool:
        if user in self.users:
            return secrets.compare_digest(self.users[user].encode(), password.encode())
        return self.any_iam_password and user.startswith(("IAM:", "IAMA:", "IAMR:"))


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, address: tuple[str, int], stand_in: RedshiftStandIn) -> None:
        self.stand_in = stand_in
        super().__init__(address, _Client)


class _Client(StreamRequestHandler):
    """One connection of a client: greeting, password, then a session."""

    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        stand_in = self.server.stand_in
        channel = Channel(self.request)
        backend: Backend | None = None
        try:
            channel, parameters = greet(channel, stand_in)
            backend = log_in(channel, stand_in, parameters)
            welcome(channel, backend)
            name = parameters.get("application_name", "")
            Session(stand_in, channel, backend, parameters["database"], name).serve()
        except TurnedAway as turned_away:
            channel.write(turned_away.answer)
            with suppress(Gone):
                channel.flush()
        except (Gone, Dropped, OSError):
            pass
        finally:
            if backend:
                backend.end()
            channel.close()


def greet(channel: Channel, stand_in: RedshiftStandIn) -> tuple[Channel, dict[str, str]]:
    """The channel, encrypted if the client asks, and the parameters of its start-up packet."""
    while True:
        (length,) = struct.unpack("!i", channel.read_exactly(4))
        packet = channel.read_exactly(length - 4)
        (code,) = struct.unpack_from("!i", packet)
        if code == PROTOCOL_VERSION:
            return channel, startup_parameters(packet[4:])
        if code == CANCEL_REQUEST:
            cancel(stand_in.postgres.address, packet[4:])
        if code not in (SSL_REQUEST, GSS_REQUEST):
            raise Gone
        encrypt = code == SSL_REQUEST and stand_in.context is not None
        channel.write_raw(b"S" if encrypt else b"N")
        channel.flush()
        if encrypt and stand_in.context:
            channel = Channel(stand_in.context.wrap_socket(channel.sock, server_side=True))


class TurnedAway(Exception):
    """Nobody gets in with these credentials, or into this database; `answer` says it."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer)
        self.answer = answer


def log_in(channel: Channel, stand_in: RedshiftStandIn, parameters: dict[str, str]) -> Backend:
    """Ask for the password and open a connection to PostgreSQL for this client.

    PostgreSQL refuses a start-up packet with the driver's own fields, so it gets one of ours.
    """
    user = parameters.get("user", "")
    channel.write(CLEARTEXT_PASSWORD)
    channel.flush()
    if not stand_in.admits(user, channel.read().body[:-1].decode()):
        raise TurnedAway(error("28000", f'password authentication failed for user "{user}"', severity="FATAL"))
    try:
        stand_in.postgres.make_user(user)
        return stand_in.postgres.connect(
            parameters.setdefault("database", user),
            user,
            application_name=parameters.get("application_name", ""),
            client_encoding="UTF8",
            **FIRST_VALUES,
        )
    except ServerError as failure:
        raise TurnedAway(failure.answer) from failure
    except Gone as gone:
        raise TurnedAway(error("57P03", "the database system is shutting down", severity="FATAL")) from gone


def welcome(channel: Channel, backend: Backend) -> None:
    channel.write(AUTHENTICATED)
    for message in backend.greeting:
        if message.kind == b"S":
            channel.write_all(as_redshift(message))
        elif message.kind == b"K":
            channel.write(message)
    channel.write(ready(backend.state))
    channel.flush()
