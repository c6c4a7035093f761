"""A free port: the one asked for or none, or the next free one when nobody asked."""

import contextlib
import errno
import fcntl
import os
import socket
import tempfile
from pathlib import Path

import psutil

from backend_architect.errors import PortTaken, Problem

FIRST = 8000
TRIED = 50
RESERVED_PORTS: dict[int, int] = {}
"""The files that hold ports, by port: open for as long as this process lives."""


def choose_port(wanted: int | None) -> tuple[int, str]:
    """Return a port, and what to say of it; raises PortTaken when the one asked for is in use.

    It is this process's until that ends: another that starts meanwhile could listen on the same port as well, since the
    server shares ports among its workers, and each would get some of the other's requests.
    """
    problem = _why_not(wanted or FIRST)
    if not problem:
        return wanted or FIRST, ""
    if wanted:
        raise PortTaken(Problem("port-taken", f"port {wanted} {problem}", "end that program, or leave out --port"))
    free = next((port for port in range(FIRST + 1, FIRST + TRIED) if not _why_not(port)), None)
    if free is None:
        fix = "end one of those programs, or name a port with --port"
        raise PortTaken(Problem("port-taken", f"no port from {FIRST} to {FIRST + TRIED - 1} is free", fix))
    return free, f"Port {FIRST} {problem}; taking {free}."


def _why_not(port: int) -> str:
    """Return why a server cannot listen on the port, or an empty text."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"is used by {_user_of(port)}"
            return f"cannot be used ({error.strerror})"
    return "" if _hold(port) else "is used by another architect"


def _hold(port: int) -> bool:
    """Return whether no other process of ours has the port; it is then held until this one ends."""
    if port in RESERVED_PORTS:
        return True
    path = Path(tempfile.gettempdir()) / f"backend-architect-{os.geteuid()}-port-{port}.lock"
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:  # nothing can be said of it
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return False
    RESERVED_PORTS[port] = file
    return True


def _user_of(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.pid
            if listens and connection.laddr and connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f"{process.name()} (process {process.pid})"
    return "another program"
