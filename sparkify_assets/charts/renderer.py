"""The process which draws pictures: vl-convert can abort its process, and that must cost one picture, not a run.

This process has an engine for scripts in it, which takes a second to start. So one process draws all pictures of a
run, and starts while altair is imported here.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

SECONDS = 60
"""How long a picture may take."""

_PROGRAM = Path(__file__).parent / "renderer_process.py"


class RenderError(Exception):
    """A picture cannot be drawn."""


class Renderer:
    """Calls functions of vl-convert in a process of its own, which is started again after it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the process, and do not wait for it."""
        with self._lock:
            self._running()

    def call(self, function: str, **arguments: Any) -> str:
        """The text which the function returns, bytes in Base64; raises RenderError."""
        request = json.dumps({"function": function, "arguments": arguments})
        with self._lock:
            process = self._running()
            limit = threading.Timer(SECONDS, process.kill)
            limit.start()
            try:
                reply = _exchange(process, request)
            finally:
                limit.cancel()
            if not reply:
                status = process.wait()
                self._stop()
                raise RenderError(f"the process which draws it ended with {status}")
        result = json.loads(reply)
        if "error" in result:
            raise RenderError(result["error"])
        return str(result["text"])

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _running(self) -> "subprocess.Popen[str]":
        if self._process and self._process.poll() is not None:
            self._stop()
        if self._process is None:
            # -P: the modules beside the program are not its own.
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()


def renderer() -> Renderer:
    """The renderer of this process."""
    return _renderer_of(os.getpid())


@cache
def _renderer_of(_process_id: int) -> Renderer:
    """One per process: a forked one must not share the pipes of its parent."""
    made = Renderer()
    atexit.register(made.close)
    return made


def _exchange(process: "subprocess.Popen[str]", request: str) -> str:
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(f"{request}\n")
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return ""
