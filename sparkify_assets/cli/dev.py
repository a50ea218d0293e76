"""`make dev`: the Dagster UI, its daemon and the pages of the runs, unless somebody listens on the port already.

Dagster itself takes the next free port and starts a second daemon on the same instance.
"""

import os
import sys

from sparkify_assets.cli.listening import HOST, holder, is_taken
from sparkify_assets.cli.output import echo
from sparkify_assets.cli.report_server import start_report_server
from sparkify_assets.errors import SparkifyError
from sparkify_assets.file_lock import try_to_lock
from sparkify_assets.instance.home import CONFIG, dagster_home, open_instance
from sparkify_assets.settings import load_settings

PORT = 3000


def main(port: int = PORT) -> None:
    """Become `dagster dev`, or end with 1 and say who has the port."""
    if is_taken(port):
        echo(
            f"Port {port} of {HOST} is taken by {holder(port)}. If that is the Dagster UI, open http://{HOST}:{port}; "
            "else stop it. Nothing was started.",
            err=True,
        )
        sys.exit(1)
    try:
        with open_instance():
            settings = load_settings()
    except SparkifyError as error:
        echo(f"{error}\nNothing was started.", err=True)
        sys.exit(1)
    lock = lock_home()
    if lock is None:
        echo(f"Another `make dev` runs or starts on {dagster_home()}. Nothing was started.", err=True)
        sys.exit(1)
    os.set_inheritable(lock, True)  # held until that process ends
    server = start_report_server(settings)  # noqa: F841 - it serves until that process ends
    os.execv(sys.executable, [sys.executable, "-m", "dagster", "dev", "--host", HOST, "--port", str(port)])


def lock_home() -> int | None:
    """A lock which one UI at a time holds on its instance, as an open file; None if another process has it."""
    return try_to_lock(dagster_home() / CONFIG)


if __name__ == "__main__":
    main()
