"""COPY: from the statement to rows for PostgreSQL and the errors for the load views.

The rules come from the Developer Guide's pages on COPY; what they do not say is assumed in the heads of
`json_records`, `values`, `numbers` and `times`. One refused record is one error, named after the first column of the
column list which does not take its value.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from tempfile import SpooledTemporaryFile

from redshift_stand_in.contract import Column, CopyFailed, Loaded, LoadedFile, LoadError, Outcome, S3Client, Target
from redshift_stand_in.copy.command import CopyCommand, parse_copy
from redshift_stand_in.copy.csv_records import csv_records
from redshift_stand_in.copy.feeds import Feed, column_feeds, loaded_columns
from redshift_stand_in.copy.fields import Refusal, as_written
from redshift_stand_in.copy.json_paths import JSONPathError
from redshift_stand_in.copy.json_records import Piece, pieces
from redshift_stand_in.copy.objects import Bucket, Content, check_role, find_objects, read_objects
from redshift_stand_in.copy.parquet import parquet_rows
from redshift_stand_in.copy.record import UNPARSABLE, Record
from redshift_stand_in.copy.values import redshift_type
from redshift_stand_in.modes import Modes

_IN_MEMORY = 64 << 20
_RAW = 1024


def run_copy(
    statement: str,
    target: Target,
    s3: S3Client,
    query_id: int,
    *,
    attached_roles: Collection[str] | None = None,
    modes: Modes | None = None,
) -> Loaded:
    """Read and convert everything a COPY names.

    `attached_roles` are the roles of the cluster, None for any. Raises CopyFailed, or Refused for a
    statement which is not to be run at all.
    """
    command = parse_copy(statement)
    bucket = Bucket(s3, command.options.get("REGION"), query_id)
    check_role(command.authorization, attached_roles, s3.meta.region_name, query_id)
    columns = loaded_columns(command, target)
    feeds = [] if command.format == "PARQUET" else column_feeds(command, columns, bucket)
    objects = find_objects(command, bucket)
    load = _Load(command, target, columns, feeds, modes or Modes())
    with load.abandoned_on_error():
        for content in read_objects(objects, bucket, command.compression):
            if command.format == "PARQUET":
                load.add_rows(content, parquet_rows(content, columns, query_id))
            else:
                load.add(content)
    return load.loaded()


@dataclass
class _Load:
    """One load on its way: rows in a spool, errors and files noted."""

    command: CopyCommand
    target: Target
    columns: Sequence[Column]
    feeds: Sequence[Feed]
    modes: Modes
    errors: list[LoadError] = field(default_factory=list)
    files: list[LoadedFile] = field(default_factory=list)
    rows: int = 0
    byte_count: int = 0

    def __post_init__(self) -> None:
        self._spool = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._plan = [(feed.get, feed.convert) for feed in self.feeds]
        names = {column.name for column in self.columns}
        self._omitted = next(
            (c for c in self.target.columns if c.name not in names and not (c.nullable or c.default or c.identity)),
            None,
        )

    def add(self, content: Content) -> None:
        """Convert an object; raises CopyFailed at the error which is one too many."""
        records = 0
        self.byte_count += len(content.plain)
        loads = not self.command.has("NOLOAD")
        try:
            for record in self._records(content.plain):
                records += 1
                row = self._row(content, record)
                if row is None:
                    if len(self.errors) >= self.command.max_errors:
                        raise self._too_many_errors(content, records)
                elif loads:
                    self._spool.write(row)
                    self.rows += 1
        except UnicodeEncodeError as error:
            raise AssertionError(f"{content.object.url}: a value got past the check of its bytes") from error
        lines = records if self.modes.lines_scanned == "records" else len(content.plain.splitlines())
        self.files.append(LoadedFile(content.object.url, lines, content.size))

    def add_rows(self, content: Content, rows: Iterator[bytes]) -> None:
        """Take the rows of an object of which none may be refused."""
        before = self.rows
        for row in rows:
            self._spool.write(row)
            self.rows += 1
        self.byte_count += len(content.plain)
        self.files.append(LoadedFile(content.object.url, self.rows - before, content.size))

    def loaded(self) -> Loaded:
        """The load, once every object is in."""
        lines = self._lines()
        next(lines)  # from here on it closes the spool, whether or not somebody reads it to its end
        return Loaded(
            [column.name for column in self.columns],
            lines,
            self._outcome(),
            f"Load into table '{self.target.table}' completed, {self.rows} record(s) loaded successfully.",
            tuple(self.files),
            tuple(self.errors),
        )

    def _lines(self) -> Iterator[bytes]:
        with self._spool:
            self._spool.seek(0)
            yield b""
            yield from self._spool

    @contextmanager
    def abandoned_on_error(self) -> Iterator[None]:
        """Give back the space of a load which fails."""
        try:
            yield
        except BaseException:
            self._spool.close()
            raise

    def _records(self, plain: bytes) -> Iterator[Record]:
        text = plain.decode("utf-8", "surrogateescape")
        if self.command.format != "JSON":
            yield from csv_records(text, self.command, len(self.feeds))
            return
        start = lines = 0
        for _ in range(self.command.options.get("IGNOREHEADER", 0)):
            newline = text.find("\n", start)
            start, lines = (newline + 1, lines + 1) if newline >= 0 else (len(text), lines)
        for piece in pieces(text, start, lines + 1, swallows=self.modes.broken_json == "swallow"):
            yield Record(piece.line, piece.value, partial(_cut, text, piece), piece.parse_error)

    def _row(self, content: Content, record: Record) -> bytes | None:
        if record.parse_error is None:
            try:
                value = record.value
                line = "\t".join([convert(get(value)) for get, convert in self._plan])
                if self._omitted is None:
                    return line.encode() + b"\n"
            except (Refusal, JSONPathError):
                pass
        self.errors.append(self._error(content, record))
        return None

    def _error(self, content: Content, record: Record) -> LoadError:
        if record.parse_error is not None:
            return _error_of(content, record, None, record.code, record.parse_error, "")
        for feed in self.feeds:
            value = None
            try:
                value = feed.get(record.value)
                feed.convert(value)
            except Refusal as refusal:
                return _error_of(content, record, feed.column, refusal.code, refusal.message, as_written(value))
            except JSONPathError as error:
                column = feed.column if isinstance(record.value, dict) else None
                return _error_of(content, record, column, UNPARSABLE, str(error), "")
        return _error_of(content, record, self._omitted, 1213, "Missing data for not-null field", "")

    def _too_many_errors(self, content: Content, records: int) -> CopyFailed:
        self.rows = 0
        return CopyFailed(
            "XX000",
            f"Load into table '{self.target.table}' failed.  Check 'sys_load_error_detail' system table for details.",
            errors=tuple(self.errors),
            files=(*self.files, LoadedFile(content.object.url, records, content.size)),
            outcome=self._outcome(),
        )

    def _outcome(self) -> Outcome:
        return Outcome(self.command.source, self.command.format.lower(), self.rows, self.byte_count, len(self.errors))


def _cut(text: str, piece: Piece) -> str:
    return text[piece.start : piece.end]


def _error_of(
    content: Content, record: Record, column: Column | None, code: int, message: str, value: str
) -> LoadError:
    type_name, length = redshift_type(column) if column else ("", "")
    name = column.name if column else ""
    raw = record.raw()
    return LoadError(
        content.object.url, record.line, name, type_name, length, 0, code, message, _clean(raw), _clean(value)
    )


def _clean(raw: str) -> str:
    """A text which a PostgreSQL column can hold."""
    return raw[:_RAW].encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")
