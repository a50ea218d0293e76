"""What the parts of the stand-in pass to each other.

SQL (sql/translate.py, postgres/prelude/): `translate(sql: str) -> Translated`, raises `Refused`.

COPY (copy/load.py): `run_copy(statement: str, target: Target, s3: S3Client, query_id: int, *, attached_roles:
Collection[str] | None, modes: Modes | None) -> Loaded`; raises `Refused` or `CopyFailed`.

UNLOAD (copy/unload.py): `inner_query(statement: str) -> str` and `run_unload(statement: str, columns: Sequence[Column],
rows: Iterator[Row], s3: S3Client, query_id: int) -> Unloaded`; both raise `Refused` or `CopyFailed`.

Load views (postgres/prelude/load_views.sql): the base tables below, and the system views on top of them.

Wire (wire/): everything else; it alone talks to the client and to PostgreSQL.

The files of `postgres/prelude/` run once in the template of every database, each as one simple query.

Base tables, created by `load_views.sql` in schema `stand_in`. The wire part fills them, by column name, on a connection
of its own, so the rows survive the ROLLBACK of the client; a transaction whose snapshot is older than them gets copies,
`seen_by` itself alone. `visible_at` is when the views show a row; `...` are the fields of the dataclass named after it.

    stand_in.all_load(seen_by, visible_at, query_id, user_id, transaction_id, session_id, database_name, table_id,
                      table_name, start_time, end_time, status, query_text, ... Outcome)
        one row per COPY which read files; status is completed or aborted
    stand_in.all_load_file(seen_by, visible_at, query_id, ... LoadedFile)      one row per file read
    stand_in.all_load_error(seen_by, visible_at, query_id, ... LoadError)      one row per field or line refused

The query ids of SYS views are others than those of STL views and of pg_last_copy_id().

Ids are bigint, times `timestamp` in UTC, names and texts `text`.

Every session starts in time zone UTC, as a PostgreSQL superuser; the prelude sets its search path.

Session values, kept by the wire part as custom settings (text) and read by functions of the prelude; they survive
ROLLBACK: `current_setting('stand_in.last_copy_id')`, -1 at first, and `current_setting('stand_in.last_copy_count')`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["run", "begin", "copy", "unload", "truncate"]
Row = tuple[str | None, ...]
"""Values as PostgreSQL writes them as text; None is NULL."""

S3Client = Any
"""What `boto3.client("s3")` returns."""


class Refused(Exception):
    """The answer to the client is this error; an open transaction is failed afterwards (25P02), as in PostgreSQL."""

    def __init__(self, sqlstate: str, message: str, detail: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.sqlstate, self.message, self.detail, self.hint = sqlstate, message, detail, hint


@dataclass(frozen=True)
class Translated:
    """One statement for PostgreSQL. The numbered parameters ($1) stay as they are.

    | kind | what the wire part does |
    |---|---|
    | run | forwards `sql` |
    | begin | starts a transaction with the isolation the stand-in wants; `sql` is not used |
    | truncate | runs `sql`, then commits the open transaction |
    | copy, unload | hands the client's text to `run_copy` or `run_unload`; `sql` is not used |
    """

    kind: Kind
    sql: str
    writes: str = ""
    """The table which INSERT, UPDATE, DELETE, MERGE or COPY writes, as PostgreSQL text (`"s"."t"` or `t`).

    Writers of one table wait for each other until the commit."""
    tables: tuple[str, ...] = ()
    """Tables the statement names, in the same form; one made after the snapshot is answered with 1018.

    Empty for statements which take no snapshot, such as LOCK: finding the tables takes one."""
    outside_transaction: str = ""
    """The name of a statement which is refused inside a transaction block."""


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    """In the words of format_type: 'character varying(256)', 'numeric(18,0)', 'timestamp without time zone'."""
    nullable: bool = True
    default: str | None = None
    """SQL text."""
    identity: Literal["", "always", "by default"] = ""


@dataclass(frozen=True)
class Target:
    """The table of a COPY, as the client's transaction sees it, columns in the order of the table."""

    schema: str
    table: str
    table_id: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class LoadError:
    """A field or line which COPY refused; the columns of SYS_LOAD_ERROR_DETAIL and STL_LOAD_ERRORS."""

    file_name: str
    """The whole address: s3://bucket/key."""
    line_number: int
    column_name: str
    column_type: str
    column_length: str
    position: int
    error_code: int
    error_message: str
    raw_line: str = ""
    raw_field_value: str = ""


@dataclass(frozen=True)
class LoadedFile:
    file_name: str
    lines: int
    """Records read, bad ones included."""
    bytes: int
    """Size of the object in S3."""


@dataclass(frozen=True)
class Outcome:
    """What a load did, whether it succeeded or failed."""

    data_source: str
    """The address after FROM."""
    file_format: str
    loaded_rows: int
    loaded_bytes: int
    error_count: int


@dataclass(frozen=True)
class Loaded:
    """A COPY whose files were all read. NOLOAD gives no rows.

    `rows` are lines of PostgreSQL's COPY text format, each with its newline, of `columns`; they may come from a spooled
    file, but every other field is final when `run_copy` returns. The wire part puts them into the table.
    """

    columns: Sequence[str]
    rows: Iterator[bytes]
    outcome: Outcome
    notice: str
    """INFO for the client: Load into table 't' completed, 3 record(s) loaded successfully."""
    files: Sequence[LoadedFile] = ()
    errors: Sequence[LoadError] = ()
    """Refused by the data, and tolerated by MAXERROR."""


class CopyFailed(Refused):
    """A COPY or UNLOAD which loads nothing. With `errors` the data was bad, and pg_last_copy_id() names the load."""

    def __init__(
        self,
        sqlstate: str,
        message: str,
        detail: str = "",
        *,
        errors: Sequence[LoadError] = (),
        files: Sequence[LoadedFile] = (),
        outcome: Outcome | None = None,
    ) -> None:
        super().__init__(sqlstate, message, detail)
        self.errors, self.files, self.outcome = errors, files, outcome


@dataclass(frozen=True)
class Unloaded:
    row_count: int
    notice: str
    """INFO for the client: UNLOAD completed, 3 record(s) unloaded successfully."""
    files: Sequence[str] = field(default=())
