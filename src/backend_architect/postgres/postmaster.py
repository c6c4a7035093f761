"""A running server as its `postmaster.pid` tells it, checked against the processes that really run."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

PID_FILE = "postmaster.pid"
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """One running server: its process id, socket folder and port, and whether it takes connections yet."""

    pid: int
    socket_folder: str
    port: int
    ready: bool


def read_postmaster(folder: Path) -> Postmaster | None:
    """Return the server that runs on the data folder; None when there is none, or only the trace of one."""
    try:
        lines = [line.strip() for line in (folder / PID_FILE).read_text().splitlines()]
    except FileNotFoundError:
        return None
    pid = int(lines[0]) if lines and lines[0].isdigit() else 0
    if not _serves(pid, folder):
        return None
    if len(lines) < 5 or not lines[3].isdigit():
        return Postmaster(pid, "", 0, ready=False)
    return Postmaster(pid, lines[4], int(lines[3]), ready=len(lines) > 7 and lines[7] == "ready")


def forget_the_dead(folder: Path) -> None:
    """Remove what a killed server left behind. Never while one starts: its file is empty for a moment."""
    if read_postmaster(folder) is None:
        (folder / PID_FILE).unlink(missing_ok=True)


def stop_postmaster(pid: int) -> None:
    """Stop the server: first politely (open transactions are rolled back), in the end by force."""
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        process = psutil.Process(pid)
        for step in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            process.send_signal(step)
            if _ended(process, STOP_SECONDS):
                return


def crash_postmaster(pid: int) -> None:
    """Stop the server as `pg_ctl stop -m immediate` does: nothing is finished, and the next start recovers."""
    process = psutil.Process(pid)
    process.send_signal(signal.SIGQUIT)
    _ended(process, STOP_SECONDS)


def _ended(process: psutil.Process, seconds: float) -> bool:
    """Return whether the process ended in time; one of our own children is reaped on the way."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)
            return True
        time.sleep(0.02)
    return False


def _serves(pid: int, folder: Path) -> bool:
    """Return whether `pid` is a PostgreSQL that works in `folder`: after a restart the id may be anybody's."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
            return False
        return Path(process.cwd()).resolve() == folder.resolve()
    except psutil.AccessDenied:
        return True
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        return False
