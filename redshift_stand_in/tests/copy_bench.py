"""A bucket, and COPY from it without a server."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from redshift_stand_in.contract import Column, Loaded, LoadError, Target
from redshift_stand_in.copy.load import run_copy

ROLE = "arn:aws:iam::123456789012:role/reader"
REGION = "us-west-2"


@dataclass
class Bench:
    """A bucket of its own, and COPY from it."""

    s3: Any
    bucket: str

    def put(self, **files: str | bytes) -> None:
        self.put_all({f"in/{name}": body for name, body in files.items()})

    def put_all(self, files: dict[str, str | bytes]) -> None:
        for key, body in files.items():
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def copy(
        self,
        columns: Sequence[Column],
        options: str = "json 'auto'",
        *,
        source: str = "in/",
        names: str = "",
        roles: Sequence[str] | None = None,
        auth: str = f"iam_role '{ROLE}'",
    ) -> Loaded:
        statement = f"copy t {names} from 's3://{self.bucket}/{source}' {auth} {options}"
        target = Target("public", "t", 16384, tuple(columns))
        return run_copy(statement, target, self.s3, 7, attached_roles=roles)

    def rows(
        self, columns: Sequence[Column], options: str = "json 'auto'", **more: Any
    ) -> list[tuple[str | None, ...]]:
        return rows_of(self.copy(columns, options, **more))

    def refused(self, columns: Sequence[Column], options: str = "json 'auto' maxerror 1000", **more: Any) -> LoadError:
        (error,) = self.copy(columns, options, **more).errors
        return error

    def value(self, type_: str, given: Any, options: str = "", *, nullable: bool = True) -> str | None:
        """What a column of a type makes of a value, given as Python or as bytes of JSON."""
        self.put(a=as_json(given))
        ((found,),) = self.rows([Column("c", type_, nullable)], f"json 'auto' {options}")
        return found

    def refusal(self, type_: str, given: Any, options: str = "", *, nullable: bool = True) -> tuple[int, str]:
        self.put(a=as_json(given))
        error = self.refused([Column("c", type_, nullable)], f"json 'auto' maxerror 9 {options}")
        return error.error_code, error.error_message


def as_json(given: Any) -> bytes:
    return b'{"c": ' + (given if isinstance(given, bytes) else json.dumps(given).encode()) + b"}"


def rows_of(loaded: Loaded) -> list[tuple[str | None, ...]]:
    fields = (line.decode().removesuffix("\n").split("\t") for line in loaded.rows)
    return [tuple(None if field == r"\N" else plain(field) for field in row) for row in fields]


def plain(field: str) -> str:
    for mark, meant in ((r"\t", "\t"), (r"\n", "\n"), (r"\r", "\r"), (r"\\", "\\")):
        field = field.replace(mark, meant)
    return field


def client(endpoint: str, region: str = REGION) -> Any:
    once = Config(retries={"total_max_attempts": 1})
    return boto3.session.Session("test", "test", region_name=region).client("s3", endpoint_url=endpoint, config=once)


A, B = Column("a", "integer"), Column("b", "character varying(8)")
