"""A client's session: every message is taken, run, and answered before the next is read.

Statements pass through `translate` on their way to PostgreSQL; COPY, UNLOAD and TRUNCATE run here, in the client's
transaction, when they are executed. After an error the messages up to Sync are skipped, as the protocol wants it.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .contract import Refused, Translated
from .faults import ERROR_1018
from .postgres import Backend, ServerError, literal
from .protocol import (
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
    Gone,
    Message,
    command_complete,
    ready,
    text,
)
from .relay import Relay
from .sql_translate import translate
from .transfer import copy, unload

if TYPE_CHECKING:
    from .server import RedshiftStandIn

logger = logging.getLogger(__name__)

# The snapshot is taken by the first statement and holds for the transaction; a write over a later commit is refused.
BEGIN = "begin isolation level repeatable read"
FIRST_VALUES = {"stand_in.last_copy_id": "-1", "stand_in.last_copy_count": "0"}
FAILED_TRANSACTION = ("25P02", "current transaction is aborted, commands ignored until end of transaction block")


class Dropped(Exception):
    """A fault closes the connection."""


@dataclass
class Prepared:
    text: str
    """As the client sent it."""
    translated: Translated
    executed: bool = False

    @property
    def intercepted(self) -> bool:
        return self.translated.kind in ("copy", "unload", "truncate")


class Session(Relay):
    def __init__(
        self, stand_in: "RedshiftStandIn", client: Channel, backend: Backend, database: str, application_name: str
    ) -> None:
        super().__init__(client, backend)
        self.stand_in = stand_in
        self.database, self.application_name = database, application_name
        self.id = backend.process_id
        self.values = dict(FIRST_VALUES)
        self._statements: dict[bytes, Prepared] = {}
        self._portals: dict[bytes, Prepared] = {}
        self._locked: set[str] = set()
        self._written = ""
        self._values_at_risk = False

    def serve(self) -> None:
        """Until the client goes (Gone), or a fault fires (Dropped)."""
        while (message := self.client.read()) != TERMINATE:
            try:
                self._take(message)
            except ServerError as failure:
                self.answer_error(failure.answer)
            except Refused as refused:
                self.refuse(refused)
            except (Gone, Dropped):
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
        if prepared.intercepted:
            self.client.write(PARSE_COMPLETE)
        else:
            self.prepare_transaction(prepared.translated)
            self.forward(Message(b"P", name + b"\0" + text(self._sql(prepared)) + types))
        self._statements[name] = prepared

    def _bind(self, message: Message) -> None:
        portal, name, _ = message.body.split(b"\0", 2)
        prepared = self._statements.get(name)
        if prepared:
            self._portals[portal] = prepared
        if prepared and prepared.intercepted:
            self.client.write(BIND_COMPLETE)
        else:
            # The simple queries of the preparation discard a statement without a name; it was prepared at its Parse.
            if prepared and name:
                self.prepare_transaction(prepared.translated)
            self.forward(message)

    def _describe(self, message: Message) -> None:
        known = self._statements if message.body[:1] == b"S" else self._portals
        prepared = known.get(message.body[1:-1])
        if prepared and prepared.intercepted:
            if message.body[:1] == b"S":
                self.client.write(NO_PARAMETERS)
            self.client.write(NO_DATA)
        else:
            self.forward(message)

    def _close(self, message: Message) -> None:
        known = self._statements if message.body[:1] == b"S" else self._portals
        known.pop(message.body[1:-1], None)
        self.forward(message)

    def _execute(self, message: Message) -> None:
        prepared = self._portals.get(message.body.split(b"\0", 1)[0])
        if prepared is None:
            self.forward(message)
        elif prepared.intercepted:
            self._with_faults(prepared, lambda: self._intercept(prepared), lambda: self._intercept_in_vain(prepared))
        else:
            self._with_faults(prepared, lambda: self.forward(message), lambda: self.start(message))

    def _sync(self) -> None:
        self.backend.write(SYNC)
        self.backend.flush()
        self.relay(READY)
        self._ready()

    def _query(self, message: Message) -> None:
        """The simple protocol, for people with psql; redshift_connector never uses it."""
        try:
            prepared = self._translated(message.body[:-1].decode())
            if prepared.intercepted:
                self._with_faults(
                    prepared, lambda: self._intercept(prepared), lambda: self._intercept_in_vain(prepared)
                )
            else:
                self.prepare_transaction(prepared.translated)
                query = Message(b"Q", text(self._sql(prepared)))
                self._with_faults(prepared, lambda: self.forward(query), lambda: self.start(query))
        except ServerError as failure:
            self.answer_error(failure.answer)
        except Refused as refused:
            self.refuse(refused)
        self._ready()

    def _ready(self) -> None:
        self.skipping = False
        self.transaction_moved()
        self.client.write(ready(self.backend.state))
        self.client.flush()

    # Statements

    def _translated(self, sql: str) -> Prepared:
        self.stand_in.log(self, sql)
        try:
            return Prepared(sql, translate(sql))
        except Refused as refused:
            raise Refused(*FAILED_TRANSACTION) if self.backend.state == FAILED else refused from None

    def _sql(self, prepared: Prepared) -> str:
        return BEGIN if prepared.translated.kind == "begin" else prepared.translated.sql

    def _with_faults(self, prepared: Prepared, run: Callable[[], None], start: Callable[[], None]) -> None:
        """Run the statement, or show the fault which waits for it; `start` begins it without waiting for its end."""
        if prepared.executed:
            self.stand_in.log(self, prepared.text)
        prepared.executed = True
        fault = self.stand_in.faults.take(prepared.text)
        kind = fault.kind if fault else ""
        if kind == "drop_during" and self._cannot_be_undone(prepared):
            kind = "drop_after"
        if fault and kind == "delay":
            self.stand_in.pause(fault.seconds)
        if fault and kind == "error":
            if prepared.translated.kind == "copy":
                self.keep(**{"stand_in.last_copy_count": "0"})
            raise fault.error.with_traceback(None)
        if kind == "drop_during":
            start()
            self.backend.cancel()
        if kind in ("drop_before", "drop_during"):
            raise Dropped
        run()
        if kind == "drop_after":
            self.sync_quietly()
            raise Dropped

    def _cannot_be_undone(self, prepared: Prepared) -> bool:
        return prepared.translated.kind == "truncate" or prepared.text.lstrip().lower().startswith(("commit", "end"))

    def _intercept(self, prepared: Prepared) -> None:
        kind = prepared.translated.kind
        if kind == "truncate":
            self.backend.query(prepared.translated.sql)
            if self.backend.state == OPEN:
                self.backend.query("commit")
            tag = "TRUNCATE"
        else:
            tag = copy(self, prepared) if kind == "copy" else unload(self, prepared)
        self.client.write(command_complete(tag))
        self.transaction_moved()

    def _intercept_in_vain(self, prepared: Prepared) -> None:
        """In a transaction which nobody will commit."""
        if self.backend.state == IDLE:
            self.backend.query("begin")
        with suppress(Refused, ServerError):
            self._intercept(prepared)

    def prepare_transaction(self, translated: Translated) -> None:
        """Before a statement of an open transaction: refuse it where it must not run, and wait for other writers."""
        if self.backend.state != OPEN:
            return
        if translated.outside_transaction:
            raise Refused("25001", f"{translated.outside_transaction} cannot run inside a transaction block")
        if translated.writes:
            self._written = translated.writes
            self.make_way(translated.writes)
        if translated.tables:
            names = ", ".join(f"({literal(name)})" for name in translated.tables)
            if self.backend.query(
                f"select name from (values {names}) as named (name) where to_regclass(name) is not null "
                "and not exists (select from pg_class where pg_class.oid = to_regclass(name))"
            ):
                raise ERROR_1018.with_traceback(None)

    def make_way(self, table: str) -> None:
        """Wait until no other transaction writes the table, and keep others from it until the end of this one.

        LOCK takes no snapshot: who waits as the first thing in a transaction sees what the others committed.
        """
        if self.backend.state == OPEN and table not in self._locked:
            self.backend.query(f"lock table {table} in share row exclusive mode")
            self._locked.add(table)

    def keep(self, **values: str) -> None:
        """Set values of the session which survive a rollback."""
        self.values |= values
        if self.backend.state != FAILED:
            calls = ", ".join(f"set_config({literal(name)}, {literal(value)}, false)" for name, value in values.items())
            self.backend.query(f"select {calls}")
        self._values_at_risk = self.backend.state != IDLE

    def transaction_moved(self) -> None:
        if self.backend.state == IDLE:
            self._locked.clear()
            if self._values_at_risk:
                self.keep(**self.values)

    def conflict_detail(self) -> str:
        ((table_id,),) = self.stand_in.look(
            f"select coalesce(to_regclass({literal(self._written or None)})::oid::bigint, 0)", database=self.database
        )
        return (
            f"Serializable isolation violation on table - {table_id}, transactions forming the cycle are: "
            f"{self.stand_in.next_id()}, {self.stand_in.next_id()} (pid:{self.id})"
        )
