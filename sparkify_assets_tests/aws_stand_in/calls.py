"""A call of the AWS API as it comes over the wire, and answers in the form of its protocol."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

ACCOUNT = "123456789012"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")

Environ = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status < 300


@dataclass(frozen=True)
class Call:
    """`parameters` are those of the form (`Tags.Tag.1.Key`), or of the JSON document."""

    service: str
    action: str
    region: str
    key_id: str
    parameters: dict[str, Any]
    environ: Environ
    body: bytes

    def get(self, name: str) -> str:
        return str(self.parameters.get(name, ""))

    def listed(self, prefix: str) -> list[str]:
        """Values of a list of the form, whatever its members are called."""
        return [str(value) for name, value in self.parameters.items() if re.fullmatch(rf"{prefix}(\.\w+)?\.\d+", name)]


def read_call(environ: Environ, body: bytes) -> Call | None:
    """None if it is not signed, or goes to S3, which has another form."""
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not found or found[3] == "s3":
        return None
    key_id, region, service = found.groups()
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return Call(service, target.rsplit(".", 1)[1], region, key_id, json.loads(body or b"{}"), environ, body)
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return Call(service, form.pop("Action", ""), region, key_id, form, environ, body)


def xml(call: Call, result: str) -> Answer:
    body = f"<{call.action}Response><{call.action}Result>{result}</{call.action}Result></{call.action}Response>"
    return Answer(200, [("Content-Type", "text/xml")], body.encode())


def document(value: Any) -> Answer:
    return Answer(200, [("Content-Type", "application/x-amz-json-1.1")], json.dumps(value).encode())


def refusal(call: Call, code: str, message: str, status: int = 400) -> Answer:
    if "HTTP_X_AMZ_TARGET" in call.environ:
        body = json.dumps({"__type": code, "message": message})
        return Answer(status, [("Content-Type", "application/x-amz-json-1.1")], body.encode())
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    if call.service == "ec2":
        return Answer(status, [("Content-Type", "text/xml")], f"<Response><Errors>{error}</Errors></Response>".encode())
    return Answer(status, [("Content-Type", "text/xml")], f"<ErrorResponse>{error}</ErrorResponse>".encode())


def tags_of(pairs: Iterable[dict[str, str]]) -> dict[str, str]:
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in pairs}
