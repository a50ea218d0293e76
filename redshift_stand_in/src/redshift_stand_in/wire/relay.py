"""The way of a message to PostgreSQL and of its answers back, with what Redshift answers otherwise."""

import select
import struct
from collections.abc import Callable
from contextlib import suppress

from redshift_stand_in.contract import Refused
from redshift_stand_in.postgres.backend import Backend, ServerError
from redshift_stand_in.postgres.protocol import (
    ERROR,
    FLUSH,
    OPEN,
    READY,
    SYNC,
    Channel,
    ConnectionClosed,
    Message,
    columns_of,
    error,
    fields_of,
    report,
    row_of,
)

NUMERIC = 1700
ANSWERS = {b"P": b"1", b"B": b"2", b"D": b"Tn", b"E": b"CIs", b"C": b"3"}
PARAMETERS_OF_REDSHIFT = {
    "server_version", "server_encoding", "client_encoding", "DateStyle", "integer_datetimes", "is_superuser",
    "session_authorization", "TimeZone", "standard_conforming_strings", "application_name",
}  # fmt: skip


def as_redshift(parameter: Message) -> list[Message]:
    """A ParameterStatus of PostgreSQL as Redshift sends it; nothing where Redshift sends none."""
    name, value, _ = parameter.body.split(b"\0")
    if name.decode() not in PARAMETERS_OF_REDSHIFT:
        return []
    return [Message(b"S", name + b"\0" + (b"8.0.2" if name == b"server_version" else value) + b"\0")]


def inexact_columns(description: bytes) -> frozenset[int]:
    """The positions of NUMERIC columns without a precision in a RowDescription."""
    columns = enumerate(columns_of(description))
    return frozenset(index for index, (_, type_id, modifier) in columns if (type_id, modifier) == (NUMERIC, -1))


def row_with_zeros(body: bytes, positions: frozenset[int]) -> Message:
    """A DataRow with 0.0 in these columns, where they are not null."""
    values = enumerate(row_of(body))
    texts = [None if v is None else b"0.0" if index in positions else v.encode() for index, v in values]
    parts = [struct.pack("!i", -1) if t is None else struct.pack("!i", len(t)) + t for t in texts]
    return Message(b"D", struct.pack("!h", len(parts)) + b"".join(parts))


class Relay:
    """Between one client and its connection to PostgreSQL, one message at a time."""

    def __init__(self, client: Channel, backend: Backend, conflict_detail: Callable[[], str]) -> None:
        self.client, self.backend = client, backend
        self._conflict_detail = conflict_detail
        self.skipping = False
        """After an error, until Sync."""
        self.finds_inexact = False
        """Whether to look for columns of which the driver's binary protocol makes 0.0."""
        self.inexact: frozenset[int] = frozenset()
        """Their positions in the rows which come."""

    def start(self, message: Message) -> None:
        """Let PostgreSQL begin, and give it time to do some of the work."""
        self.backend.write(message)
        self.backend.write(FLUSH)
        self.backend.flush()
        select.select([self.backend.sock], [], [], 0.05)

    def forward(self, message: Message) -> None:
        self.backend.write(message)
        self.backend.write(FLUSH)
        self.backend.flush()
        self.relay(ANSWERS.get(message.kind, READY))

    def relay(self, last: bytes) -> None:
        """Pass answers on, up to one of the kinds in `last` or an error; ReadyForQuery is the caller's to pass on."""
        while True:
            answer = self.backend.read()
            if answer.kind == READY:
                self.backend.state = answer.body
                return
            if answer.kind == ERROR:
                self.answer_error(answer)
                if last != READY:
                    return
            elif answer.kind == b"S":
                self.client.write_all(as_redshift(answer))
            elif answer.kind == b"D" and self.inexact:
                self.client.write(row_with_zeros(answer.body, self.inexact))
            else:
                if answer.kind == b"T":
                    self.inexact = inexact_columns(answer.body) if self.finds_inexact else frozenset()
                self.client.write(answer)
            if answer.kind in last:
                return

    def sync_quietly(self) -> None:
        """Let PostgreSQL end the statement's own transaction, unseen by the client."""
        self.backend.write(SYNC)
        self.backend.flush()
        while self.backend.read().kind != READY:
            pass

    def answer_error(self, answer: Message) -> None:
        fields = fields_of(answer.body)
        fields.pop("W", None)  # names functions of the stand-in
        if fields["C"] == "40001":
            fields |= {"C": "XX000", "M": "1023", "D": self._conflict_detail()}
        elif fields["M"].startswith("MERGE command cannot affect row a second time"):
            fields = fields | {"M": "Found multiple matches to update the same tuple", "H": ""}
        self.client.write(report(ERROR, fields))
        self.skipping = True
        if fields["S"] == "FATAL":
            self.client.flush()
            raise ConnectionClosed

    def refuse(self, refused: Refused) -> None:
        """Answer with this error; an open transaction fails, as if PostgreSQL had refused."""
        if self.backend.state == OPEN:
            with suppress(ServerError):
                self.backend.query("refused")
        self.answer_error(error(refused.sqlstate, refused.message, refused.detail, refused.hint))
