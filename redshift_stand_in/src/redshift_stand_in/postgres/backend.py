"""A connection to PostgreSQL, and SQL text for it."""

import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress

from redshift_stand_in.contract import Row
from redshift_stand_in.postgres.protocol import (
    CANCEL_REQUEST,
    ERROR,
    IDLE,
    NOTICE,
    READY,
    TERMINATE,
    Channel,
    ConnectionClosed,
    Message,
    columns_of,
    fields_of,
    row_of,
    startup_packet,
    text,
)

SUPERUSER = "postgres"


class ServerError(Exception):
    """PostgreSQL answered with an error; `fields` by their letter."""

    def __init__(self, answer: Message) -> None:
        self.answer = answer
        self.fields = fields_of(answer.body)
        super().__init__(self.fields["M"])


class Backend(Channel):
    """A connection to PostgreSQL as a superuser of this name."""

    def __init__(self, address: str, database: str, user: str = SUPERUSER, **settings: str) -> None:
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            raise ConnectionClosed from error
        super().__init__(sock)
        self.state = IDLE
        self.write_raw(startup_packet({"user": user, "database": database} | settings))
        self.flush()
        try:
            self.greeting = list(self._until_ready())
        except (ServerError, ConnectionClosed):
            self.close()
            raise

    def _until_ready(self) -> Iterator[Message]:
        """Answers up to ReadyForQuery; an error is raised there, since the server speaks on after it."""
        failure: ServerError | None = None
        while True:
            message = self.read()
            if message.kind == ERROR:
                failure = ServerError(message)
                if failure.fields["S"] == "FATAL":
                    raise failure
            elif message.kind == READY:
                self.state = message.body
                break
            elif message.kind != NOTICE:
                yield message
        if failure:
            raise failure

    @property
    def key(self) -> bytes:
        """Process id and secret, which a request to cancel needs."""
        return next(message.body for message in self.greeting if message.kind == b"K")

    @property
    def process_id(self) -> int:
        return int(struct.unpack_from("!i", self.key)[0])

    def cancel(self) -> None:
        """End the statement which runs, if one does."""
        cancel(self.sock.getpeername(), self.key)

    def query(self, sql: str) -> list[Row]:
        """Run statements by the simple protocol; the rows of all of them."""
        self.write(Message(b"Q", text(sql)))
        self.flush()
        return [row_of(message.body) for message in self._until_ready() if message.kind == b"D"]

    def stream(self, sql: str) -> tuple[list[tuple[str, int, int]], Iterator[Row]]:
        """Columns and rows of one query; the rows must be read to the end before the next statement."""
        self.write(Message(b"Q", text(sql)))
        self.flush()
        answers = self._until_ready()
        columns: list[tuple[str, int, int]] = []
        for message in answers:
            if message.kind == b"T":
                columns = columns_of(message.body)
                break
        return columns, (row_of(message.body) for message in answers if message.kind == b"D")

    def copy_in(self, sql: str, rows: Iterable[bytes]) -> None:
        """Run a COPY FROM STDIN. If `rows` raises, the COPY fails as a statement, then the exception passes on."""
        self.write(Message(b"Q", text(sql)))
        self.flush()
        answers = self._until_ready()
        if next(answers).kind != b"G":
            raise ValueError(f"not a COPY FROM STDIN: {sql}")
        try:
            for row in rows:
                self.write(Message(b"d", row))
        except BaseException:
            self._end_copy(answers, Message(b"f", text("the rows ended early")))
            raise
        self.write(Message(b"c"))
        self.flush()
        list(answers)

    def _end_copy(self, answers: Iterator[Message], message: Message) -> None:
        self.write(message)
        self.flush()
        with suppress(ServerError):
            list(answers)

    def end(self) -> None:
        """Close; PostgreSQL rolls an open transaction back."""
        with suppress(ConnectionClosed):
            self.write(TERMINATE)
            self.flush()
        self.close()


def cancel(address: str, key: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(address)
        sock.sendall(struct.pack("!ii", len(key) + 8, CANCEL_REQUEST) + key)
        # The server closes when it has sent the signal.
        sock.recv(1)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value as SQL text."""
    if value is None:
        return "null"
    escaped = str(value).replace("\0", "").replace("'", "''")
    return f"'{escaped}'"
