"""A client's session: every message is taken, run, and answered before the next is read.

Statements pass through `translate` on their way to PostgreSQL; COPY, UNLOAD and TRUNCATE run here, in the client's
transaction, when they are executed. After an error the messages up to Sync are skipped, as the protocol wants it.
"""

import logging
from contextlib import suppress

from redshift_stand_in.cluster import Cluster, Statement
from redshift_stand_in.contract import Refused
from redshift_stand_in.postgres.backend import Backend, ServerError
from redshift_stand_in.postgres.protocol import (
    BIND_COMPLETE,
    FAILED,
    FLUSH,
    IDLE,
    NO_DATA,
    NO_PARAMETERS,
    OPEN,
    PARSE_COMPLETE,
    READY,
    SYNC,
    TERMINATE,
    Channel,
    ConnectionClosed,
    Message,
    command_complete,
    info,
    ready,
    text,
)
from redshift_stand_in.sql.statement import with_escaped_backslashes
from redshift_stand_in.sql.translate import translate
from redshift_stand_in.sql.trust import depends_on_keys, trusting
from redshift_stand_in.wire.prepared import Prepared
from redshift_stand_in.wire.relay import Relay
from redshift_stand_in.wire.transaction import Transaction
from redshift_stand_in.wire.transfer import copy, unload

logger = logging.getLogger(__name__)

FAILED_TRANSACTION = ("25P02", "current transaction is aborted, commands ignored until end of transaction block")


class ConnectionDropped(Exception):
    """A fault closes the connection."""


class Session(Relay):
    """Between one client and its connection to PostgreSQL."""

    def __init__(
        self,
        cluster: Cluster,
        client: Channel,
        backend: Backend,
        database: str,
        application_name: str,
        *,
        reads_binary: bool = False,
    ) -> None:
        self.transaction = Transaction(cluster, backend, database)
        super().__init__(client, backend, self.transaction.conflict_detail)
        self.cluster, self._reads_binary = cluster, reads_binary
        self._application_name = application_name
        self._statements: dict[bytes, Prepared] = {}
        self._portals: dict[bytes, Prepared] = {}

    def serve(self) -> None:
        """Until the client goes (ConnectionClosed), or a fault fires (ConnectionDropped)."""
        while (message := self.client.read()) != TERMINATE:
            try:
                self._take(message)
            except ServerError as failure:
                self.answer_error(failure.answer)
            except Refused as refused:
                self.refuse(refused)
            except (ConnectionClosed, ConnectionDropped):
                raise
            except Exception as mistake:
                logger.exception("the stand-in failed at a statement")
                self.refuse(Refused("XX000", f"the stand-in itself failed: {mistake!r}"))

    def _take(self, message: Message) -> None:
        handlers = {
            b"P": self._parse,
            b"B": self._bind,
            b"D": self._describe,
            b"E": self._execute,
            b"C": self._close,
            b"Q": self._query,
        }
        if message == SYNC:
            self._sync()
        elif message == FLUSH:
            self.client.flush()
        elif not self.skipping and message.kind in handlers:
            handlers[message.kind](message)

    # Messages of the extended protocol

    def _parse(self, message: Message) -> None:
        name, sql, types = message.body.split(b"\0", 2)
        prepared = self._translated(sql.decode())
        if prepared.runs_here:
            self.client.write(PARSE_COMPLETE)
        else:
            self.transaction.prepare(prepared.translated)
            self.forward(Message(b"P", name + b"\0" + text(prepared.sql) + types))
        self._statements[name] = prepared

    def _bind(self, message: Message) -> None:
        portal, name, _ = message.body.split(b"\0", 2)
        prepared = self._statements.get(name)
        if prepared:
            self._portals[portal] = prepared
        if prepared and prepared.runs_here:
            self.client.write(BIND_COMPLETE)
        else:
            # The simple queries of the preparation discard a statement without a name; it was prepared at its Parse.
            if prepared and name:
                self.transaction.prepare(prepared.translated)
            self.forward(message)

    def _describe(self, message: Message) -> None:
        self.finds_inexact = self._reads_binary and self.cluster.modes.numeric == "zero"
        known = self._statements if message.body[:1] == b"S" else self._portals
        prepared = known.get(message.body[1:-1])
        if prepared and prepared.runs_here:
            if message.body[:1] == b"S":
                self.client.write(NO_PARAMETERS)
            self.client.write(NO_DATA)
        else:
            self.forward(message)
            if prepared:
                prepared.inexact = self.inexact

    def _close(self, message: Message) -> None:
        known = self._statements if message.body[:1] == b"S" else self._portals
        known.pop(message.body[1:-1], None)
        self.forward(message)

    def _execute(self, message: Message) -> None:
        prepared = self._portals.get(message.body.split(b"\0", 1)[0])
        if prepared is None:
            self.forward(message)
        elif prepared.runs_here:
            self._run_with_faults(prepared, None)
        else:
            self._run_with_faults(prepared, message)

    def _sync(self) -> None:
        self.backend.write(SYNC)
        self.backend.flush()
        self.relay(READY)
        self._ready()

    def _query(self, message: Message) -> None:
        """The simple protocol, for people with psql; redshift_connector never uses it."""
        try:
            prepared = self._translated(message.body[:-1].decode())
            query = None if prepared.runs_here else Message(b"Q", text(prepared.sql))
            if query:
                self.transaction.prepare(prepared.translated)
            self._run_with_faults(prepared, query)
        except ServerError as failure:
            self.answer_error(failure.answer)
        except Refused as refused:
            self.refuse(refused)
        self._ready()

    def _ready(self) -> None:
        self.skipping = False
        self.transaction.on_state_change()
        self.client.write(ready(self.backend.state))
        self.client.flush()

    # Statements

    def _translated(self, sql: str) -> Prepared:
        self._log(sql)
        modes = self.cluster.modes
        read = sql if modes.backslash_escapes else with_escaped_backslashes(sql)
        try:
            if modes.trusts_keys and depends_on_keys(read):
                read = trusting(read, self.transaction.declared_keys())
            return Prepared(sql, read, translate(read))
        except Refused as refused:
            raise Refused(*FAILED_TRANSACTION) if self.backend.state == FAILED else refused from None

    def _log(self, sql: str) -> None:
        name, database = self._application_name, self.transaction.database
        self.cluster.statements.append(Statement(sql, self.transaction.session_id, name, database))

    def _run_with_faults(self, prepared: Prepared, message: Message | None) -> None:
        """Run the statement, by this message to PostgreSQL or here, or show the fault which waits for it."""
        if prepared.executed:
            self._log(prepared.text)
        prepared.executed = True
        fault = self.cluster.faults.take(prepared.text)
        kind = fault.kind if fault else ""
        if kind == "drop_during" and prepared.cannot_be_undone:
            kind = "drop_after"
        if fault and kind == "delay":
            self.cluster.stopping.wait(fault.seconds)
        if fault and kind == "error":
            if prepared.translated.kind == "copy":
                self.transaction.set_last_copy(0)
            raise fault.error.with_traceback(None)
        if kind == "drop_during":
            if message:
                self.start(message)
            else:
                self._run_here_uncommitted(prepared)
            self.backend.cancel()
        if kind in ("drop_before", "drop_during"):
            raise ConnectionDropped
        if prepared.commits:
            self.transaction.commits()
        self.inexact = prepared.inexact
        if message:
            self.forward(message)
        else:
            self._run_here(prepared)
        if kind == "drop_after":
            self.sync_quietly()
            raise ConnectionDropped

    def _run_here(self, prepared: Prepared) -> None:
        statement = prepared.translated
        match statement.kind:
            case "truncate":
                self.backend.query(statement.sql)
                if self.backend.state == OPEN:
                    self.backend.query("commit")
            case "copy":
                self.client.write(info(copy(self.transaction, prepared.read, statement.writes)))
            case "unload":
                self.client.write(info(unload(self.transaction, prepared.read)))
        self.client.write(command_complete(statement.kind.upper()))
        self.transaction.on_state_change()

    def _run_here_uncommitted(self, prepared: Prepared) -> None:
        """In a transaction which nobody will commit."""
        if self.backend.state == IDLE:
            self.backend.query("begin")
        with suppress(Refused, ServerError):
            self._run_here(prepared)
