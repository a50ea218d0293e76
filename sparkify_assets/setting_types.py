"""What a setting may hold: the types of `settings.py`, each of which refuses the rest in words of its own."""

import os
import re
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

_URI = re.compile(r"[A-Za-z][\w+.-]*:/")
# Of a URI a name, password or port before the path, also encoded, or a query or fragment; or `name:password@`.
_SECRET = re.compile(r"[A-Za-z][\w+.-]*:/+([^/]*[@:%&;=]|.*[?#]|.*:.*@)|[^/@]+:[^/@][^@]*@", re.DOTALL)
_MEMORY = re.compile(r"\d+(\.\d+)?\s*[KMGT]i?B|([1-9]\d?|100)\s*%", re.IGNORECASE)
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_HOST = re.compile(r"[\w.-]*", re.ASCII)
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,126}")
_SYSTEM_SCHEMAS = frozenset({"catalog_history", "information_schema", "system", "temp"})
_HIDDEN = "(not shown, since it may hold a secret)"


def is_uri(text: str) -> bool:
    """Whether a text is meant as a URI, so that it names no folder."""
    return bool(_URI.match(text))


def may_hold_secret(text: str) -> bool:
    """Whether a text has, as a URI, more than a scheme, a host and a path: credentials or a query, for example."""
    return bool(_SECRET.match(text))


def shown(text: str) -> str:
    """A text for a message, unless it may hold a secret."""
    return _HIDDEN if may_hold_secret(text) else repr(text)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("not a time zone; take a name such as UTC or America/New_York") from None
    return name


def _has_surrogate(text: str) -> bool:
    """Whether Python could not decode a part of it."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _path(value: str) -> str:
    if not value.strip():
        raise ValueError("empty; leave the setting out for its default")
    if "\0" in value or _has_surrogate(value):
        raise ValueError("the name of a file here is text in UTF-8, without NUL")
    if is_uri(value) or may_hold_secret(value):
        raise ValueError("not a path of this machine")
    expanded = os.path.expanduser(value)
    if expanded.startswith("~"):
        raise ValueError("there is no such user; ~/ is your own home, ./~ a folder of that name")
    return expanded


def _database_file(value: str) -> str:
    if value.strip().startswith(":memory:"):
        raise ValueError("a database in memory would be lost between two steps; give a file")
    return _path(value)


def _s3_location(value: str) -> str:
    if may_hold_secret(value):
        raise ValueError(
            "a location has no user, password or query. Write s3://bucket or s3://bucket/prefix; "
            "boto3 finds the credentials, in AWS_PROFILE for example"
        )
    return value


def _lake(value: str) -> str:
    return _s3_location(value) if is_uri(value) or may_hold_secret(value) else _path(value)


def _pages(value: str) -> str:
    return _s3_location(value) if value.startswith("s3://") else _path(value)


def _memory(value: str) -> str:
    if value and not _MEMORY.fullmatch(value.strip()):
        raise ValueError("not an amount of memory; write it like 3GB, 512MiB or 50%")
    return value.strip()


def _role(value: str) -> str:
    # Redshift takes a chain of roles.
    if value != "default" and not all(_ROLE.fullmatch(arn) for arn in value.split(",")):
        raise ValueError("neither default nor the ARN of a role, such as arn:aws:iam::123456789012:role/name")
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("not the name of a host; the port, the database and the user have settings of their own")
    return value


def _name(value: str) -> str:
    if is_uri(value) or not value.isprintable():
        raise ValueError("not a name")
    return value


def _schema(value: str) -> str:
    if value and not _SCHEMA.fullmatch(value):
        raise ValueError("not the name of a schema; take lower-case letters, digits and _, such as sparkify_dev")
    if value.startswith("pg_") or value in _SYSTEM_SCHEMAS:
        raise ValueError("a schema of the engine itself; take a name of your own")
    return value


def _http(value: str) -> str:
    if not value.startswith(("https://", "http://")) or re.search(r"[\s\x00-\x1f\x7f]", value):
        raise ValueError("Input should begin with https:// or http://")
    return value


def _secret_address(value: SecretStr | None) -> SecretStr | None:
    if value:
        _http(value.get_secret_value())
    return value


def _secret_database(value: SecretStr) -> SecretStr:
    address = value.get_secret_value()
    if address and not address.startswith(("postgresql://", "postgres://")):
        raise ValueError("Input should begin with postgresql://")
    try:
        urlsplit(address)
    except ValueError:
        raise ValueError("not an address; write postgresql://user:password@host/name") from None
    return value


def _public_address(value: str) -> str:
    if re.search(r"[@?#]|//[^/]*%", _http(value)):
        raise ValueError("an address in a page has no user, password or query")
    return value


NoneIfEmpty = BeforeValidator(lambda value: value or None)
Day = Annotated[date, Field(ge=date(1970, 1, 1))]
"""A day of logs: their times count from 1970 on."""
TimeZone = Annotated[str, AfterValidator(_known_zone)]
LocalPath = Annotated[str, AfterValidator(_path)]
"""A file or folder; `~` is the user's home."""
ProjectFolder = Annotated[str, AfterValidator(lambda value: _path(value) if value else "")]
DatabaseFile = Annotated[str, AfterValidator(_database_file)]
LakeLocation = Annotated[str, AfterValidator(_lake)]
"""A folder, or a URI without anything secret; `lake.open` says whether it is of S3."""
PageLocation = Annotated[str, AfterValidator(_pages)]
"""A folder, or a URI of S3 without anything secret."""
S3Location = Annotated[str, AfterValidator(_s3_location)]
Memory = Annotated[str, AfterValidator(_memory)]
Role = Annotated[str, AfterValidator(_role)]
Name = Annotated[str, AfterValidator(_name)]
"""A name or an identifier, or several; an address which somebody pasted may hold a password."""
Host = Annotated[str, AfterValidator(_host)]
SchemaName = Annotated[str, AfterValidator(_schema)]
"""A schema, which no engine has to be told of in another case or with other signs; or nothing."""
PublicAddress = Annotated[str, AfterValidator(_public_address)]
SecretAddress = Annotated[SecretStr | None, NoneIfEmpty, AfterValidator(_secret_address)]
SecretDatabaseAddress = Annotated[SecretStr, AfterValidator(_secret_database)]
