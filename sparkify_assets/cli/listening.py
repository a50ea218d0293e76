"""Who listens on a port of this machine."""

import os
import socket
import subprocess
from contextlib import closing, suppress
from pathlib import Path

HOST = "127.0.0.1"
_PROC = Path("/proc")
_LISTENING = "0A"
_SHOWN = 120


def is_taken(port: int) -> bool:
    """Whether this process could not listen on the port."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: closed connections linger
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def holder(port: int) -> str:
    """The process which listens on the port, as far as this user may know."""
    pid = _pid_by_proc(port) if _PROC.exists() else _pid_by_lsof(port)
    if not pid:
        return "a process of another user"
    with suppress(OSError):
        command = (_PROC / pid / "cmdline").read_text(errors="replace").replace("\0", " ").strip()
        return f"process {pid} ({command[:_SHOWN]}) in {os.readlink(_PROC / pid / 'cwd')}"
    return f"process {pid}"


def _pid_by_proc(port: int) -> str:
    inodes = set()
    for table in (_PROC / "net/tcp", _PROC / "net/tcp6"):
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            fields = line.split()
            if fields[1].endswith(f":{port:04X}") and fields[3] == _LISTENING:
                inodes.add(f"socket:[{fields[9]}]")
    for pid in filter(str.isdecimal, os.listdir(_PROC)):
        with suppress(OSError):  # ended meanwhile, or of another user
            descriptors = _PROC / pid / "fd"
            if any(os.readlink(descriptors / one) in inodes for one in os.listdir(descriptors)):
                return pid
    return ""


def _pid_by_lsof(port: int) -> str:
    try:
        found = subprocess.run(
            ["lsof", "-t", f"-iTCP:{port}", "-sTCP:LISTEN"], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return found.stdout.split("\n")[0]
