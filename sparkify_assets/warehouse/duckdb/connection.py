"""A connection to a DuckDB file, which lets one process write: opened in turn, and set up."""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from sparkify_assets.errors import WarehouseBusy, WarehouseError
from sparkify_assets.models.reading import models, views
from sparkify_assets.warehouse.base import quoted
from sparkify_assets.warehouse.duckdb.failures import require_database, require_whole, translate_duckdb_errors
from sparkify_assets.warehouse.duckdb.queue import Queue, named
from sparkify_assets.warehouse.duckdb.values import identifier

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DEFAULT_SCHEMA = "main"
_POLL_SECONDS = 0.1
_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")


class NoSchema(WarehouseError):
    """The file has not got the schema which is to be read, or not all of its tables."""


def whole_path(path: str) -> str:
    """The path from the root: DuckDB takes a first part with a colon for the name of an extension."""
    return str(Path(path).resolve())


def connect(path: str, wait_seconds: float, *, read_only: bool) -> "DuckDBPyConnection":
    """Open the file, and wait while another process holds it, behind those who wait already.

    Raises WarehouseBusy after the wait, and WarehouseError if there is no file to read, or none can be made.
    """
    _require_file(path, read_only=read_only)
    deadline = time.monotonic() + wait_seconds
    is_logged = False
    with Queue(Path(whole_path(path)), read_only=read_only) as queue:
        while True:
            is_late = time.monotonic() >= deadline
            ahead = queue.ahead()
            found = _try_to_connect(path, read_only=read_only) if is_late or not ahead else None
            if found is not None and not isinstance(found, re.Match):
                return found
            if is_late or not is_logged:
                reason = _held_by(path, found) if found else f"{len(ahead)} came first, {named(ahead[0])} foremost."
                if is_late:
                    behind = f" behind {len(ahead)} which came first" if ahead else ""
                    raise WarehouseBusy(f"{reason} Waited {wait_seconds:.0f} s{behind}. Wait for that run, or stop it.")
                dg.get_dagster_logger().warning(f"Waiting for {path}. {reason}")
                is_logged = True
            queue.enter()
            time.sleep(_POLL_SECONDS)


def configure(connection: "DuckDBPyConnection", memory_limit: str, *, read_only: bool) -> None:
    """Settings of the database. Raises WarehouseError for a limit of memory which DuckDB does not take."""
    # Connections of one process to one file share their configuration: another one has locked it.
    if connection.execute("select current_setting('lock_configuration')").fetchone() == (True,):
        return
    # Rows have no order of their own in a table; keeping that of the files costs memory and time.
    connection.execute("set preserve_insertion_order = false")
    # Redshift divides integers as integers.
    connection.execute("set global integer_division = true")
    # In a notebook without ipywidgets the bar is off, and DuckDB refuses to set it.
    if connection.execute("select current_setting('enable_progress_bar')").fetchone() == (True,):
        connection.execute("set enable_progress_bar = false")
    if memory_limit:
        _limit_memory(connection, memory_limit)
    if read_only:
        # The folder beside the file, where DuckDB spills, stays open to it.
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")


def use_schema(connection: "DuckDBPyConnection", path: str, schema: str, *, read_only: bool) -> None:
    """From now on a table without a schema is in this one, which is made if it is missing.

    Raises NoSchema where it may not be made, or lacks a table.
    """
    with translate_duckdb_errors(f"the choice of the schema {schema}", path):
        ((database,),) = connection.execute("select current_database()").fetchall()
        # With the database: a schema may have its name.
        name = f"{identifier(database)}.{identifier(schema)}"
        if not read_only:
            connection.execute(f"create schema if not exists {name}")
        elif not {*models(), *views()} <= _names_in(connection, schema):
            # What the schema lacks, DuckDB would read of the default one.
            raise NoSchema(f"The schema {schema} of {path} has not got all tables yet. Build them: sparkify run")
        connection.execute(f"use {name}")


def _names_in(connection: "DuckDBPyConnection", schema: str) -> set[str]:
    query = "select table_name from information_schema.tables where table_schema = $schema"
    return {str(name) for (name,) in connection.execute(query, {"schema": schema}).fetchall()}


def _limit_memory(connection: "DuckDBPyConnection", memory_limit: str) -> None:
    import duckdb

    try:
        connection.execute(f"set memory_limit = {quoted(memory_limit)}")
    except duckdb.Error:
        raise WarehouseError(
            f"DuckDB takes no SPARKIFY_DUCKDB_MEMORY_LIMIT = {memory_limit!r}. Write it like 3GB or 50%."
        ) from None


def _require_file(path: str, *, read_only: bool) -> None:
    require_database(Path(whole_path(path)))
    if read_only:
        if not Path(path).exists():
            raise WarehouseError(f"There is no database {path} yet. Build it: sparkify run")
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(
            f"The folder of the database {path} cannot be made: {error.strerror}. Set SPARKIFY_DUCKDB_PATH elsewhere."
        ) from error


def _try_to_connect(path: str, *, read_only: bool) -> "DuckDBPyConnection | re.Match[str]":
    """The connection, or who holds the file."""
    import duckdb

    try:
        return duckdb.connect(whole_path(path), read_only=read_only)
    except duckdb.Error as error:
        if holder := _HOLDER.search(str(error)):
            return holder
        require_whole(error, Path(whole_path(path)))
        raise WarehouseError(f"The database {path} cannot be opened: {error}") from error


def _held_by(path: str, holder: re.Match[str]) -> str:
    process = named(int(holder["pid"]), holder["program"])
    return f"The database {path} is held by {process}, and DuckDB lets one process in."
