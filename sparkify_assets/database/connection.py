"""A read-only transaction on the database: how it is reached, and its failures with a hint."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from pydantic import SecretStr

from sparkify_assets.errors import SourceError, SourceUnreachable

if TYPE_CHECKING:
    from adbc_driver_manager import Error
    from adbc_driver_postgresql.dbapi import Cursor
    from pyarrow import RecordBatchReader, Table

LOCK_SECONDS = 30
"""How long a table may be kept by somebody who changes it."""
_DEFAULTS = {"sslmode": "verify-full", "connect_timeout": "10", "application_name": "sparkify"}
# Of servers which shut down, start, have no connection left, or end what stops the recovery of a replica.
_TRANSIENT = re.compile(r"08|53300|57P0|40001")
_HINTS = {
    "42501": "Give the login the right: grant select on <table> to <user>.",
    "42P01": "Was it renamed? Correct the 'source:' line of its staging table, or delete that file.",
    "42703": "Was it renamed or dropped? Correct its staging table.",
    "57014": "Give it more time by SPARKIFY_SOURCE_STATEMENT_MINUTES.",
    "55P03": f"Somebody has kept the table for {LOCK_SECONDS} s, to change it. Run again when that is done.",
}
_REFUSED_LOGIN = re.compile(r"FATAL|URI|password|connection option|missing")
_TLS = re.compile(r"certificate|SSL")
_TLS_HINT = (
    "The server has to prove who it is: name the file of its authority in SPARKIFY_SOURCE_URL (for Amazon RDS "
    "?sslrootcert=global-bundle.pem), or ?sslrootcert=system for those of this machine; ?sslmode=disable is for a "
    "server on this machine."
)


class Database:
    """The database at a URL, which is a secret, and the time which a statement may take."""

    def __init__(self, url: SecretStr, statement_minutes: float) -> None:
        self._url, self._minutes = url.get_secret_value(), statement_minutes

    @cached_property
    def location(self) -> str:
        """Host and name of the database, for people."""
        parts = urlsplit(self._url)
        host = parts.netloc.rpartition("@")[2] or "".join(parse_qs(parts.query).get("host", ["this machine"]))
        return f"{host}{parts.path}"

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """All which is read in the block is of one moment; nothing can be written, and nothing stays open.

        Raises SourceError, or SourceUnreachable if the server is not there or breaks off.
        """
        if not self._url:
            raise SourceError("There is no database to read: set SPARKIFY_SOURCE_URL=postgresql://user@host/name.")
        try:
            from adbc_driver_manager import Error
            from adbc_driver_postgresql.dbapi import connect
        except ImportError as error:
            raise SourceError(
                "To read a PostgreSQL database, install: pip install 'sparkify-assets[postgres]'"
            ) from error
        try:
            connection = connect(self._complete_url(), autocommit=True)
        except Error as error:
            raise self._refused(error) from None
        try:
            with connection.cursor() as cursor:
                cursor.execute("begin isolation level repeatable read read only")
                for setting in (
                    f"statement_timeout = {int(self._minutes * 60_000)}",
                    f"lock_timeout = {LOCK_SECONDS * 1000}",
                    "timezone = 'UTC'",
                ):
                    cursor.execute(f"set local {setting}")
                yield Snapshot(cursor)
        except Error as error:
            raise self._failed(error) from None
        finally:
            # The end of the connection ends the transaction, whatever has become of both.
            with suppress(Error):
                connection.close()

    def _complete_url(self) -> str:
        parts = urlsplit(self._url)
        missing = {name: value for name, value in _DEFAULTS.items() if name not in parse_qs(parts.query)}
        return parts._replace(query="&".join(filter(None, (parts.query, urlencode(missing))))).geturl()

    def _refused(self, error: "Error") -> SourceError:
        text = self._text(error)
        if _TLS.search(text):
            return SourceError(f"{self.location} cannot be trusted: {text}. {_TLS_HINT}")
        if _REFUSED_LOGIN.search(text) and not re.search("starting up|shutting down|too many|remaining", text):
            return SourceError(f"{self.location} lets nobody in: {text}. Correct SPARKIFY_SOURCE_URL.")
        return SourceUnreachable(
            f"{self.location} does not answer: {text}. Is it up, and is SPARKIFY_SOURCE_URL right?"
        )

    def _failed(self, error: "Error") -> SourceError:
        state, text = error.sqlstate or "", self._text(error)
        is_lost = not state and re.search("connection|terminat|closed", text)
        if _TRANSIENT.match(state) or is_lost:
            return SourceUnreachable(f"{self.location} broke off: {text}. Nothing was staged; run again.")
        hint = _HINTS.get(state, "")
        return SourceError(f"{self.location} refused: {text}. What was staged before stays. {hint}".rstrip())

    def _text(self, error: "Error") -> str:
        """What the server said, without the query, and without anything secret."""
        text = re.split(r"\n+Query was: |\. SQLSTATE", str(error))[0]
        text = re.sub(
            r"^\w+: (\[libpq\] )?|Failed to (connect: |\w+ query: )|could not begin COPY: |ERROR:  ", "", text
        )
        parts = urlsplit(self._url)
        passwords = {parts.password or "", unquote(parts.password or ""), *parse_qs(parts.query).get("password", [])}
        for secret in (self._url, *sorted(passwords - {""}, key=len, reverse=True)):
            text = text.replace(secret, "(secret)")
        return " ".join(text.split()).rstrip(".")


class Snapshot:
    """A transaction which reads; results come as Arrow."""

    def __init__(self, cursor: "Cursor") -> None:
        self._cursor = cursor

    def fetch(self, query: str) -> "Table":
        """All rows of a small result."""
        self._cursor.execute(query)
        return self._cursor.fetch_arrow_table()

    def stream(self, query: str) -> "RecordBatchReader":
        """The rows as they come, some megabytes at a time."""
        self._cursor.execute(query)
        return self._cursor.fetch_record_batch()
