"""Messages of the PostgreSQL wire protocol, version 3: framing, the start-up packet, and the fields of errors."""

import socket
import struct
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

PROTOCOL_VERSION = 196608
SSL_REQUEST, CANCEL_REQUEST, GSS_REQUEST = 80877103, 80877102, 80877104
SEND_SIZE = 1 << 16
IDLE, OPEN, FAILED = b"I", b"T", b"E"
"""State of a transaction in ReadyForQuery: none, open, failed."""


class Message(NamedTuple):
    kind: bytes
    body: bytes = b""


READY, ERROR, NOTICE = b"Z", b"E", b"N"
PARSE_COMPLETE, BIND_COMPLETE = Message(b"1"), Message(b"2")
NO_PARAMETERS, NO_DATA = Message(b"t", b"\0\0"), Message(b"n")
FLUSH, SYNC, TERMINATE = Message(b"H"), Message(b"S"), Message(b"X")


class ConnectionClosed(Exception):
    """The other end closed the connection."""


class Channel:
    """One end of a connection; what is written waits for `flush`, or until there is much of it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._in = sock.makefile("rb")
        self._out = bytearray()

    def read_exactly(self, size: int) -> bytes:
        try:
            data = self._in.read(size)
        except OSError as error:
            raise ConnectionClosed from error
        if len(data) < size:
            raise ConnectionClosed
        return data

    def read(self) -> Message:
        kind, length = struct.unpack("!ci", self.read_exactly(5))
        return Message(kind, self.read_exactly(length - 4))

    def write(self, message: Message) -> None:
        self._out += message.kind + struct.pack("!i", len(message.body) + 4) + message.body

        if len(self._out) > SEND_SIZE:
            self.flush()

    def write_all(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.write(message)

    def write_raw(self, data: bytes) -> None:
        self._out += data

    def flush(self) -> None:
        try:
            self.sock.sendall(self._out)
        except OSError as error:
            raise ConnectionClosed from error
        self._out.clear()

    def close(self) -> None:
        """Also wakes a thread which reads from this channel."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self._in.close()
        self.sock.close()


def text(value: str) -> bytes:
    return value.encode() + b"\0"


def startup_packet(parameters: Mapping[str, str]) -> bytes:
    body = b"".join(text(name) + text(value) for name, value in parameters.items()) + b"\0"
    return struct.pack("!ii", len(body) + 8, PROTOCOL_VERSION) + body


def startup_parameters(body: bytes) -> dict[str, str]:
    parts = body.rstrip(b"\0").decode().split("\0") if body.rstrip(b"\0") else []
    return dict(zip(parts[::2], parts[1::2], strict=False))


def fields_of(body: bytes) -> dict[str, str]:
    """Of an ErrorResponse or NoticeResponse, by their letter: C SQLSTATE, M message, D detail, H hint."""
    return {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}


def report(kind: bytes, fields: Mapping[str, str]) -> Message:
    """An ErrorResponse or NoticeResponse of these fields; empty ones are left out."""
    return Message(kind, b"".join(text(letter + value) for letter, value in fields.items() if value) + b"\0")


def error(sqlstate: str, message: str, detail: str = "", hint: str = "", severity: str = "ERROR") -> Message:
    return report(ERROR, {"S": severity, "C": sqlstate, "M": message, "D": detail, "H": hint})


def info(message: str) -> Message:
    return report(NOTICE, {"S": "INFO", "C": "00000", "M": message})


def command_complete(tag: str) -> Message:
    return Message(b"C", text(tag))


def ready(state: bytes) -> Message:
    return Message(READY, state)


def row_of(body: bytes) -> tuple[str | None, ...]:
    """Values of a DataRow in text format."""
    values: list[str | None] = []
    at = 2
    for _ in range(struct.unpack_from("!h", body)[0]):
        (size,) = struct.unpack_from("!i", body, at)
        at += 4
        values.append(None if size < 0 else body[at : at + size].decode())
        at += max(size, 0)
    return tuple(values)


def columns_of(body: bytes) -> list[tuple[str, int, int]]:
    """Name, type oid and type modifier of each column of a RowDescription."""
    columns = []
    at = 2
    for _ in range(struct.unpack_from("!h", body)[0]):
        end = body.index(b"\0", at)
        name = body[at:end].decode()
        _, _, type_id, _, modifier, _ = struct.unpack_from("!ihihih", body, end + 1)
        columns.append((name, type_id, modifier))
        at = end + 19
    return columns
