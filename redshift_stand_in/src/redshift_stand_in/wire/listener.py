"""The port: one thread for each connection of a client."""

from contextlib import suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer

from redshift_stand_in.cluster import Cluster
from redshift_stand_in.postgres.backend import Backend
from redshift_stand_in.postgres.protocol import Channel, ConnectionClosed
from redshift_stand_in.wire.login import LoginRefused, greet, log_in, welcome
from redshift_stand_in.wire.session import ConnectionDropped, Session

BINARY = "2"


class Listener(ThreadingTCPServer):
    """Accepts clients of Redshift."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, address: tuple[str, int], cluster: Cluster) -> None:
        self.cluster = cluster
        super().__init__(address, _Client)


class _Client(StreamRequestHandler):
    """One connection of a client: greeting, password, then a session."""

    server: Listener
    disable_nagle_algorithm = True

    def handle(self) -> None:
        cluster = self.server.cluster
        channel = Channel(self.request)
        backend: Backend | None = None
        try:
            channel, parameters = greet(channel, cluster)
            backend = log_in(channel, cluster, parameters)
            welcome(channel, backend, cluster.modes)
            name = parameters.get("application_name", "")
            binary = parameters.get("client_protocol_version") == BINARY
            Session(cluster, channel, backend, parameters["database"], name, reads_binary=binary).serve()
        except LoginRefused as refused:
            channel.write(refused.answer)
            with suppress(ConnectionClosed):
                channel.flush()
        except (ConnectionClosed, ConnectionDropped, OSError):
            pass
        finally:
            if backend:
                backend.end()
            channel.close()
