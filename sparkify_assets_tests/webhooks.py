"""A webhook on this machine: a real server which records what it received and answers as the test sets it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Webhook:
    """`answers` are the next HTTP statuses, 200 after them; None drops the connection without a word."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/services/hush"
        self.answers: list[int | None] = []
        self.bodies: list[dict[str, Any]] = []
        self.kinds: list[str | None] = []

    @property
    def texts(self) -> list[str]:
        return [body["text"] for body in self.bodies]


@contextmanager
def webhook() -> Iterator[Webhook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.bodies.append(json.loads(body))
            hook.kinds.append(self.headers["Content-Type"])
            answer = hook.answers.pop(0) if hook.answers else 200
            if answer is None:
                return
            self.send_response(answer)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook = Webhook(server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
