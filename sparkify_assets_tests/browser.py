"""Headless Chromium for tests and screenshots: the machine's own, or one which is installed at the first need.

`make browser` runs this module: it installs what is missing, or says how.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APT = ("sh", "-c", "apt-get update -qq && apt-get install -qq --yes chromium fonts-liberation")
PLAYWRIGHT = (sys.executable, "-m", "playwright", "install", "chromium")
_INSTALL_SECONDS = 600


class NoBrowser(Exception):
    """There is no Chromium, and none could be installed: says how to."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser. While it is open, asyncio cannot be used in this thread by anything else."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        try:
            yield browser
        finally:
            browser.close()


@cache
def chromium() -> str:
    """Path of a Chromium which starts. Raises NoBrowser."""
    if found := _found():
        return found
    failures = []
    for command in _ways_to_install():
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
            said = done.stderr.strip() or done.stdout.strip()
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
        if found := _found():
            return found
        reason = next(
            (line.strip() for line in said.splitlines() if "rror" in line), "what it installed does not start"
        )
        failures.append(f"  {' '.join(command)}\n    {reason}")
    raise NoBrowser(
        "The browser tests need Chromium, and there is none. Looked on the PATH for "
        f"{', '.join(NAMES)}, and for playwright's own. Tried:\n" + "\n".join(failures) + "\nInstall one: as root on "
        "Debian 'apt-get install chromium', elsewhere '.venv/bin/python -m playwright install --with-deps chromium'."
    )


def _found() -> str | None:
    on_path = next((path for name in NAMES if (path := shutil.which(name)) and _starts(path)), None)
    if on_path:
        return on_path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if _starts(own) else None


def _starts(path: str) -> bool:
    """Whether it runs here: on Ubuntu a program of this name only tells that there is a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _ways_to_install() -> Iterator[tuple[str, ...]]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        yield APT
        yield (*PLAYWRIGHT, "--with-deps")
    else:
        yield PLAYWRIGHT


if __name__ == "__main__":
    try:
        print(f"Browser: {chromium()}")
    except NoBrowser as problem:
        sys.exit(str(problem))
