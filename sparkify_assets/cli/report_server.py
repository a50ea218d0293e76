"""The pages which runs write, on 127.0.0.1: no browser opens a file from a page of the Dagster UI.

`python -m sparkify_assets.cli.report_server FOLDER PORT` ends when its standard input does.
"""

import os
import subprocess
import sys
import threading
from urllib.parse import urlsplit

from sparkify_assets.cli.listening import HOST, holder, is_taken
from sparkify_assets.cli.output import echo
from sparkify_assets.pages.folder import LocalPages, open_page_folder
from sparkify_assets.pages.rendering import LISTENING_REPORT
from sparkify_assets.settings import Settings

_LOCAL = (HOST, "localhost")


def start_report_server(settings: Settings) -> "subprocess.Popen[bytes] | None":
    """Serve the folder of reports where their links lead, if that is a free port here and the folder too.

    The server ends with this process, or with the one which replaces it.
    """
    address = urlsplit(settings.report_url)
    folder = open_page_folder(settings.report_folder)
    if address.scheme != "http" or address.hostname not in _LOCAL or not address.port:
        return None
    if not isinstance(folder, LocalPages):
        return None
    if is_taken(address.port):
        echo(f"No reports at {settings.report_url}: {holder(address.port)} has the port.", err=True)
        return None
    command = [sys.executable, "-m", __name__, str(folder.folder), str(address.port)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert server.stdin is not None
    os.set_inheritable(server.stdin.fileno(), True)
    return server


def serve(folder: str, port: int) -> None:
    """Serve the files of a folder until the standard input ends."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import RedirectResponse
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    pages = Starlette(
        routes=[
            Route("/", lambda request: RedirectResponse(LISTENING_REPORT)),
            Mount("/", StaticFiles(directory=folder, check_dir=False)),
        ],
        # A page of another site, whose name it lets lead to this machine, may read nothing.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(_LOCAL))],
    )
    server = uvicorn.Server(uvicorn.Config(pages, host=HOST, port=port, log_level="warning"))

    def end_with_input() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=end_with_input, daemon=True).start()
    server.run()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
