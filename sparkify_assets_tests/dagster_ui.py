"""The real Dagster UI, as `make dev` starts it, in a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MODULE = "sparkify_assets.definitions"
GROUPS = ("lake", "infrastructure", "staging", "star", "analytics", "cubes", "quality")
_START_SECONDS = 90
_STOP_SECONDS = 30


def newcomer() -> dict[str, str]:
    """The environment of somebody who has set nothing; Python finds the package of this checkout."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("SPARKIFY_", "DAGSTER_"))}
    return given | {"PYTHONPATH": str(ROOT)}


@contextmanager
def dagster_ui(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """`dagster dev` on a free port, with the instance in `folder/data`; gives its address.

    At the end it is stopped with every process it has started. What it says is in `folder/dev.log`.
    """
    home = folder / "data"
    home.mkdir(exist_ok=True)
    if not (home / "dagster.yaml").exists():
        text = resources.files("sparkify_assets.console").joinpath("dagster.yaml").read_text("utf-8")
        (home / "dagster.yaml").write_text(text, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    own = {"DAGSTER_HOME": str(home), "DAGSTER_EVENT_BATCH_SIZE": "1000", "SPARKIFY_DAGSTER_URL": address}
    with (folder / "dev.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(port), "-m", MODULE],
            cwd=folder,
            env=newcomer() | own | dict(settings or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for_definitions(address, process, folder / "dev.log")
        yield address
    finally:
        _stop(process)


def asked(address: str, query: str) -> Any:
    """The answer of the UI's GraphQL."""
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(f"{address}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)["data"]


def _wait_for_definitions(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            if asked(address, "{ assetNodes { id } }")["assetNodes"]:
                return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The Dagster UI did not come up:\n{log.read_text()[-3000:]}")
        time.sleep(0.25)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Its processes share its group: ask them, then end those which are left."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()
