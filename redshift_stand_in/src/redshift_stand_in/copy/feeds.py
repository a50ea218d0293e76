"""Which columns a COPY loads, and which value of a record each of them gets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from redshift_stand_in.contract import Column, Refused, Target
from redshift_stand_in.copy.command import CopyCommand
from redshift_stand_in.copy.fields import Convert
from redshift_stand_in.copy.json_paths import JSONPathError, Path, parse_paths, reach
from redshift_stand_in.copy.objects import Bucket, failed, split_url
from redshift_stand_in.copy.values import converter

Get = Callable[[Any], Any]
"""The value of a column out of a record; raises JSONPathError."""


@dataclass(frozen=True, slots=True)
class Feed:
    """How a column gets its value out of a record."""

    column: Column
    get: Get
    convert: Convert


def loaded_columns(command: CopyCommand, target: Target) -> list[Column]:
    """The columns which the command loads, in its order; raises Refused."""
    explicit = command.has("EXPLICIT_IDS")
    if not command.columns:
        return [column for column in target.columns if explicit or not column.identity]
    known = {column.name: column for column in target.columns}
    for number, name in enumerate(command.columns):
        if name not in known:
            raise Refused("42703", f'column "{name}" of relation "{target.table}" does not exist')
        if name in command.columns[:number]:
            raise Refused("42701", f'column "{name}" specified more than once')
        if known[name].identity == "always" and not explicit:
            raise Refused("XX000", "cannot set an identity column to a value")
    return [known[name] for name in command.columns]


def column_feeds(command: CopyCommand, columns: Sequence[Column], bucket: Bucket) -> list[Feed]:
    """How each column gets its value; raises Refused or CopyFailed."""
    return [
        Feed(column, get, converter(column, command.options))
        for column, get in zip(columns, _getters(command, columns, bucket), strict=True)
    ]


def _getters(command: CopyCommand, columns: Sequence[Column], bucket: Bucket) -> list[Get]:
    if command.format != "JSON":
        return [itemgetter(index) for index in range(len(columns))]
    if command.json == "noshred":
        if len(columns) != 1:
            raise Refused("XX000", "JSON 'noshred' needs a table of a single SUPER column")
        return [lambda value: value]
    if command.json == "auto ignorecase":
        return [_ignoring_case(column.name) for column in columns]
    paths = _paths(command, bucket) if command.json.startswith("s3://") else None
    if paths is None:
        return [_by_key(column.name) for column in columns]
    if len(paths) != len(columns):
        raise failed(
            "Number of jsonpaths and the number of columns should match. JSONPath size: "
            f"{len(paths)}, Number of columns in table or column list: {len(columns)}",
            "", bucket.query_id,
        )  # fmt: skip
    return [_by_path(path) for path in paths]


def _paths(command: CopyCommand, bucket: Bucket) -> list[Path] | None:
    try:
        content = bucket.read(*split_url(command.json))
    except (ClientError, BotoCoreError) as error:
        bucket.fail(error, f"S3 key being read : {command.json}")
    try:
        return parse_paths(content)
    except JSONPathError as error:
        raise failed(str(error), command.json, bucket.query_id) from error


def _by_key(name: str) -> Get:
    def get(value: Any) -> Any:
        if type(value) is not dict:
            raise JSONPathError("Invalid JSONPath format: Member is not an object.")
        return value.get(name)

    return get


def _by_path(path: Path) -> Get:
    if len(path) == 1 and isinstance(path[0], str):
        return _by_key(path[0])
    return lambda value: reach(value, path)


def _ignoring_case(name: str) -> Get:
    exact = _by_key(name)

    def get(value: Any) -> Any:
        if (found := exact(value)) is not None:
            return found
        return next((item for key, item in value.items() if key.lower() == name), None)

    return get
