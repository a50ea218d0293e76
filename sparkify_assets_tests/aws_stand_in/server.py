"""The front: authorizes the calls of the real boto3, and forwards to moto what moto does well."""

import io
import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from threading import Lock, Thread
from typing import Any

import boto3
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from sparkify_assets_tests.aws_stand_in.calls import Answer, Call, Environ, read_call, refusal
from sparkify_assets_tests.aws_stand_in.network import Network
from sparkify_assets_tests.aws_stand_in.provisioned import Provisioned
from sparkify_assets_tests.aws_stand_in.rights import Rights, actions_only
from sparkify_assets_tests.aws_stand_in.serverless import Serverless

REGION = "us-east-1"
OPERATOR = "operator"


class _KeepAlive(MotoRequestHandler):
    """A connection for many calls."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True


class _Moto(DomainDispatcherApplication):
    """Remembers which service a host means: moto lists its folders for each call, a quarter of the call's time."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._known: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._known:
            self._known[host] = super().get_backend_for_host(host)
        return self._known[host]


class AwsStandIn:
    """One account, empty but for the default VPC.

    `calls` are the actions since the last reset. With `fails_at`, the call of that number (from 1) is answered with an
    error, before AWS has done it or after; `before_call` is called with each number and action before anything is done.
    """

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # a hundred times the cost of all the rest of a reset
        self._moto = _Moto()
        self._lock = Lock()
        self._clients: dict[str, Any] = {}
        self._server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_KeepAlive)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._fresh()

    def start(self) -> None:
        Thread(target=self._server.serve_forever, daemon=True).start()

    def serve(self) -> None:
        self._server.serve_forever()

    def stop(self) -> None:
        self._server.shutdown()

    def reset(self) -> None:
        """An empty account again, with every right for everybody."""
        self._enforce_in_moto("inf")
        moto_api_backend.reset()
        self._fresh()

    def _fresh(self) -> None:
        self.provisioned = Provisioned()
        self.serverless = Serverless(self.provisioned)
        self.network = Network(self.serverless)
        self.rights = Rights(self.network, self.serverless)
        self.calls: list[str] = []
        self.fails_at: int | None = None
        self.fails_before = True
        self.before_call: Callable[[int, str], None] = lambda _, __: None

    def client(self, service: str) -> Any:
        """A client of somebody who may do everything, even while rights are enforced: the account's root."""
        if service not in self._clients:
            keys = {"aws_access_key_id": "root", "aws_secret_access_key": "root"}
            self._clients[service] = boto3.Session(region_name=REGION, **keys).client(service, endpoint_url=self.url)
        return self._clients[service]

    def enforce(self, policy: Mapping[str, Any]) -> dict[str, str]:
        """From now on the operator has the rights of this policy; what to set in the environment to be the operator."""
        self._enforce_in_moto("inf")
        iam = self.client("iam")
        if not any(user["UserName"] == OPERATOR for user in iam.list_users()["Users"]):
            iam.create_user(UserName=OPERATOR)
            made = iam.create_access_key(UserName=OPERATOR)["AccessKey"]
            self._keys = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
        iam.put_user_policy(UserName=OPERATOR, PolicyName="operator", PolicyDocument=json.dumps(actions_only(policy)))
        self.rights.policy, self.rights.key_id = policy, self._keys["AWS_ACCESS_KEY_ID"]
        self._enforce_in_moto("0")
        return self._keys

    def allow_everything(self) -> None:
        """Every call is allowed again."""
        self._enforce_in_moto("inf")
        self.rights.policy = None

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(body)
        call = read_call(environ, body)
        if call is None:
            answer = self._to_moto(environ)
        else:
            with self._lock:
                answer = self._authorized_answer(call)
        headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
        headers.append(("Content-Length", str(len(answer.body))))
        start_response(f"{answer.status} {'OK' if answer.ok else 'Refused'}", headers)
        return [answer.body]

    def _authorized_answer(self, call: Call) -> Answer:
        self.calls.append(f"{call.service}:{call.action}")
        number = len(self.calls)
        self.before_call(number, self.calls[-1])
        dead = refusal(call, "Died", f"the stand-in died at call {number}, {self.calls[-1]}")
        if number == self.fails_at and self.fails_before:
            return dead
        answer = self._answer(call)
        return dead if number == self.fails_at else answer

    def _answer(self, call: Call) -> Answer:
        if lacking := self.rights.missing(call):
            code = {"ec2": "UnauthorizedOperation", "redshift-serverless": "AccessDeniedException"}
            message = (
                f"User: arn:aws:iam::123456789012:user/{OPERATOR} is not authorized to perform: {lacking.action} "
                f"on resource: {lacking.resource}"
            )
            return refusal(call, code.get(call.service, "AccessDenied"), message, 403)
        if call.service == "redshift-serverless":
            return self.serverless.answer(call)
        if call.service == "redshift":
            return self.provisioned.answer(call, self._forward)
        return (self.network.refused(call) if call.service == "ec2" else None) or self._forward(call)

    def _forward(self, call: Call) -> Answer:
        return self._to_moto({**call.environ, "wsgi.input": io.BytesIO(call.body)})

    def _to_moto(self, environ: Environ) -> Answer:
        parts, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        return Answer(int(status.split()[0]), list(headers), b"".join(parts))

    def _enforce_in_moto(self, after: str) -> None:
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/moto-api/reset-auth",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "CONTENT_LENGTH": str(len(after)),
            "wsgi.input": io.BytesIO(after.encode()),
        }
        self._to_moto(environ)
