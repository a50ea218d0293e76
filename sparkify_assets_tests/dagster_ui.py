"""The real Dagster UI, as `make dev` starts it, in a folder of its own, and what people do in it."""

import json
import os
import re
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

from playwright.sync_api import Locator, Page

from sparkify_assets.warehouse.base import Session
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse

ROOT = Path(__file__).parents[1]
MODULE = "sparkify_assets.definitions"
GROUPS = ("lake", "infrastructure", "staging", "star", "analytics", "cubes", "quality")
LOADED, RUN = 20_000, 90_000
"""Milliseconds within which a page shows what it has to, and within which a run is started and ends."""
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
        text = resources.files("sparkify_assets.instance").joinpath("dagster.yaml").read_text("utf-8")
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


def materialize_all(page: Page) -> str:
    """Click it on the page of the main job, with all days; gives the status which the run ends with."""
    page.goto(f"/locations/{MODULE}/jobs/sparkify_etl")
    page.get_by_role("button", name="Materialize all").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="All", exact=True).click()
    dialog.get_by_role("button", name="Launch backfill").click()
    return status_of_run(page)


def status_of_run(page: Page) -> str:
    """Follow the link of a job's page to its latest run, and wait for the end."""
    page.get_by_text("Latest run:").get_by_role("link").click(timeout=RUN)
    status = page.get_by_text(re.compile(r"^(Success|Failure|Canceled)$")).first
    status.wait_for(timeout=RUN)
    return status.inner_text()


def lose_a_listener(page: Page, folder: Path) -> int:
    """Plant a fault behind the back of the platform, and execute the checks of `users` in the UI; gives who is lost."""
    with transaction(folder) as session:
        (lost,) = session.fetch("select max(user_id) from users").rows[0]
        session.execute("delete from users where user_id = :lost", lost=lost)
    page.goto("/assets/users?view=checks&checkDetail=every_listener_known")
    page.get_by_role("button", name="Execute all").click()
    page.get_by_text("Evaluation result").locator("..").get_by_text("Failed").wait_for(timeout=RUN)
    return int(lost)


def metadata_row(page: Page, key: str) -> Locator:
    """The line of an asset's or a check's metadata with this key."""
    return page.get_by_role("row").filter(has=page.get_by_text(key, exact=True))


@contextmanager
def transaction(folder: Path) -> Iterator[Session]:
    """On the database which runs of the UI have built, once the run before has let go of it."""
    warehouse = DuckDBWarehouse(path=str(folder / "data/sparkify.duckdb"), wait_seconds=30)
    with warehouse.transaction() as session:
        yield session
    warehouse.close()


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
