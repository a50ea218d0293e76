"""A COPY or UNLOAD statement, parsed. Anything the documentation does not list is a syntax error."""

import re
from dataclasses import dataclass, field
from typing import Any

from redshift_stand_in.contract import Refused
from redshift_stand_in.copy.options import COPY_OPTIONS, UNLOAD_OPTIONS, read_option
from redshift_stand_in.copy.tokens import Tokens

_ARN = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_NOT_WITH_JSON = (
    "CSV", "DELIMITER", "ESCAPE", "FILLRECORD", "FIXEDWIDTH", "IGNOREBLANKLINES", "NULL", "READRATIO", "REMOVEQUOTES",
)  # fmt: skip
_WITH_PARQUET = ("ACCEPTINVCHARS", "FILLRECORD", "STATUPDATE", "MANIFEST", "EXPLICIT_IDS")
MAX_ERRORS = 100_000


@dataclass(frozen=True)
class Authorization:
    """`roles` are the ARNs of a chain, ('default',) or ('session',); empty with access keys."""

    roles: tuple[str, ...] = ()


@dataclass
class CopyCommand:
    """A COPY statement; `options` holds what the user gave, by its keyword, flags as True."""

    schema: str | None
    table: str
    columns: tuple[str, ...]
    source: str
    authorization: Authorization | None = None
    format: str = "DELIMITED"
    json: str = ""
    """'auto', 'auto ignorecase', 'noshred' or the address of a JSONPaths file."""
    options: dict[str, Any] = field(default_factory=dict)

    def has(self, option: str) -> bool:
        """Whether a flag is set."""
        return bool(self.options.get(option))

    @property
    def max_errors(self) -> float:
        """Errors at which the load fails."""
        return float("inf") if self.has("IGNOREALLERRORS") else max(1, self.options.get("MAXERROR", 0))

    @property
    def compression(self) -> str | None:
        """GZIP, BZIP2, ZSTD, LZOP or None."""
        return next((name for name in ("GZIP", "BZIP2", "ZSTD", "LZOP") if self.has(name)), None)


@dataclass
class UnloadCommand:
    """An UNLOAD statement; see CopyCommand."""

    query: str
    target: str
    authorization: Authorization | None = None
    format: str = "DELIMITED"
    options: dict[str, Any] = field(default_factory=dict)

    def has(self, option: str) -> bool:
        """Whether a flag is set."""
        return bool(self.options.get(option))


def parse_copy(statement: str) -> CopyCommand:
    """Read a COPY; raises Refused."""
    tokens = Tokens(statement)
    tokens.expect("COPY")
    schema, table = tokens.table()
    columns: list[str] = []
    if tokens.take("("):
        columns.append(tokens.name())
        while tokens.take(","):
            columns.append(tokens.name())
        tokens.expect(")")
    tokens.expect("FROM")
    command = CopyCommand(schema, table, tuple(columns), tokens.text())
    if not re.match(r"s3://[^/]+/.", command.source):
        raise Refused("0A000", f"The stand-in copies from s3://bucket/key only, not from {command.source!r}")
    while not tokens.at_end():
        _copy_option(tokens, command)
    _refuse_copy_conflicts(command)
    return command


def parse_unload(statement: str) -> UnloadCommand:
    """Read an UNLOAD; raises Refused."""
    tokens = Tokens(statement)
    tokens.expect("UNLOAD")
    tokens.expect("(")
    query = tokens.text()
    tokens.expect(")")
    tokens.expect("TO")
    command = UnloadCommand(query, tokens.text())
    if not command.target.startswith("s3://"):
        raise Refused("42601", f"Invalid S3 path {command.target!r}: it has to begin with s3://bucket/")
    while not tokens.at_end():
        word = tokens.word()
        if word == "FORMAT":
            tokens.take("AS")
            word = tokens.word()
            if word not in ("CSV", "JSON", "PARQUET"):
                raise tokens.syntax_error(word)
        if word in ("CSV", "JSON", "PARQUET"):
            command.format = word
        elif not _authorization(tokens, word, command):
            command.options |= read_option(tokens, word, UNLOAD_OPTIONS)
    _require_authorization(command)
    return command


def _copy_option(tokens: Tokens, command: CopyCommand) -> None:
    word = tokens.word()
    if word == "FORMAT":
        tokens.take("AS")
        word = tokens.word()
        if word not in ("JSON", "CSV", "AVRO", "PARQUET", "ORC", "SHAPEFILE"):
            raise tokens.syntax_error(word)
    if word == "JSON":
        tokens.take("AS")
        command.format, command.json = "JSON", tokens.text() if tokens.is_text() else "auto"
        if command.json not in ("auto", "auto ignorecase", "noshred") and not command.json.startswith("s3://"):
            raise Refused(
                "XX000", f"Invalid JSON option: '{command.json}' is no 'auto' and no path of a JSONPaths file"
            )
    elif word == "CSV":
        command.format = "CSV"
        command.options["CSV"] = True
    elif word == "PARQUET":
        command.format = "PARQUET"
    elif word in ("AVRO", "ORC", "SHAPEFILE"):
        raise Refused("0A000", f"The stand-in does not read {word}")
    elif not _authorization(tokens, word, command):
        command.options |= read_option(tokens, word, COPY_OPTIONS)


def _authorization(tokens: Tokens, word: str, command: CopyCommand | UnloadCommand) -> bool:
    if word in ("SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        tokens.text()
        return True
    if word == "WITH":
        word = tokens.word()
    if word not in ("IAM_ROLE", "CREDENTIALS", "ACCESS_KEY_ID"):
        return False
    if command.authorization:
        raise Refused("42601", "conflicting or redundant options: more than one authorization")
    if word == "ACCESS_KEY_ID":
        tokens.text()
        command.authorization = Authorization()
    elif word == "CREDENTIALS":
        tokens.take("AS")
        named = re.fullmatch(r"aws_iam_role=(.+)", tokens.text())
        command.authorization = Authorization(_roles(named[1]) if named else ())
    elif tokens.take("DEFAULT"):
        command.authorization = Authorization(("default",))
    else:
        given = tokens.text()
        command.authorization = Authorization(("session",) if given == "SESSION" else _roles(given))
    return True


def _roles(given: str) -> tuple[str, ...]:
    roles = tuple(given.split(","))
    for role in roles:
        if not _ARN.fullmatch(role):
            raise Refused(
                "XX000", f"Invalid credentials. Must be of the format: arn:aws:iam::<account>:role/<name>, not {role}"
            )
    return roles


def _refuse_copy_conflicts(command: CopyCommand) -> None:
    _require_authorization(command)
    given = command.options
    if command.format == "JSON":
        for word in _NOT_WITH_JSON:
            if word in given:
                raise Refused("0A000", f"{word} argument is not supported for JSON based COPY")
    if command.format == "PARQUET":
        for word in given.keys() - {*_WITH_PARQUET}:
            raise Refused("0A000", f"{word} argument is not supported for PARQUET based COPY")
        if "MANIFEST" in given or "FILLRECORD" in given:
            raise Refused("0A000", "The stand-in reads PARQUET without MANIFEST and FILLRECORD")
    if "MAXERROR" in given and "IGNOREALLERRORS" in given:
        raise Refused("42601", "conflicting or redundant options: MAXERROR and IGNOREALLERRORS")
    if given.get("MAXERROR", 0) > MAX_ERRORS:
        raise Refused("22023", f"MAXERROR {given['MAXERROR']} is out of range: 0 to {MAX_ERRORS}")
    if command.has("ACCEPTANYDATE") and "DATEFORMAT" not in given:
        given["DATEFORMAT"] = "auto"


def _require_authorization(command: CopyCommand | UnloadCommand) -> None:
    if command.authorization is None:
        raise Refused("XX000", "No credentials given: the statement needs IAM_ROLE, ACCESS_KEY_ID or CREDENTIALS")
