"""How a client gets in: greeting, encryption, password."""

import struct

from redshift_stand_in.cluster import Cluster
from redshift_stand_in.modes import Modes
from redshift_stand_in.postgres.backend import Backend, ServerError, cancel
from redshift_stand_in.postgres.protocol import (
    CANCEL_REQUEST,
    GSS_REQUEST,
    PROTOCOL_VERSION,
    SSL_REQUEST,
    Channel,
    ConnectionClosed,
    Message,
    error,
    ready,
    startup_parameters,
)
from redshift_stand_in.wire.relay import as_redshift
from redshift_stand_in.wire.transaction import INITIAL_VALUES

CLEARTEXT_PASSWORD = Message(b"R", struct.pack("!i", 3))
STRINGS = b"standard_conforming_strings\0"
AUTHENTICATED = Message(b"R", struct.pack("!i", 0))


class LoginRefused(Exception):
    """Wrong credentials, or no such database; `answer` is the message for the client."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer)
        self.answer = answer


def greet(channel: Channel, cluster: Cluster) -> tuple[Channel, dict[str, str]]:
    """The channel, encrypted if the client asks, and the parameters of its start-up packet."""
    while True:
        (length,) = struct.unpack("!i", channel.read_exactly(4))
        packet = channel.read_exactly(length - 4)
        (code,) = struct.unpack_from("!i", packet)
        if code == PROTOCOL_VERSION:
            return channel, startup_parameters(packet[4:])
        if code == CANCEL_REQUEST:
            cancel(cluster.postgres.address, packet[4:])
        if code not in (SSL_REQUEST, GSS_REQUEST):
            raise ConnectionClosed
        encrypt = code == SSL_REQUEST and cluster.tls is not None
        channel.write_raw(b"S" if encrypt else b"N")
        channel.flush()
        if encrypt and cluster.tls:
            channel = Channel(cluster.tls.wrap_socket(channel.sock, server_side=True))


def log_in(channel: Channel, cluster: Cluster, parameters: dict[str, str]) -> Backend:
    """Request the password and open a connection to PostgreSQL for this client; raises LoginRefused.

    PostgreSQL refuses a start-up packet with the driver's own fields, so it gets one of ours.
    """
    user = parameters.get("user", "")
    channel.write(CLEARTEXT_PASSWORD)
    channel.flush()
    if not cluster.admits(user, channel.read().body[:-1].decode()):
        raise LoginRefused(error("28000", f'password authentication failed for user "{user}"', severity="FATAL"))
    try:
        cluster.postgres.make_user(user)
        return cluster.postgres.connect(
            parameters.setdefault("database", user),
            user,
            application_name=parameters.get("application_name", ""),
            client_encoding="UTF8",
            **INITIAL_VALUES,
            **{"stand_in.isolation": cluster.modes.isolation_level},
        )
    except ServerError as failure:
        raise LoginRefused(failure.answer) from failure
    except ConnectionClosed as closed:
        raise LoginRefused(error("57P03", "the database system is shutting down", severity="FATAL")) from closed


def welcome(channel: Channel, backend: Backend, modes: Modes) -> None:
    """Pass PostgreSQL's greeting on as Redshift's."""
    channel.write(AUTHENTICATED)
    for message in backend.greeting:
        if message.kind == b"S" and message.body.startswith(STRINGS):
            channel.write(Message(b"S", STRINGS + (b"off\0" if modes.backslash_escapes else b"on\0")))
        elif message.kind == b"S":
            channel.write_all(as_redshift(message))
        elif message.kind == b"K":
            channel.write(message)
    channel.write(ready(backend.state))
    channel.flush()
