"""A free port: the one asked for or none, or the next free one when nobody asked."""

import contextlib
import errno
import socket

import psutil

from backend_architect.errors import PortTaken, Problem

FIRST = 8000
TRIED = 50


def choose_port(wanted: int | None) -> tuple[int, str]:
    """Return a port, and what to say of it; raises PortTaken when the one asked for is in use."""
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
    return ""


def _user_of(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.pid
            if listens and connection.laddr and connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f"{process.name()} (process {process.pid})"
    return "another program"
