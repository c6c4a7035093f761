"""The end of a process and of all that it started: politely first, then by force, and never somebody else's."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil

STOP_SECONDS = 30.0


def stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    """End a process group: first politely, so that running requests finish; a second Ctrl-C disturbs nothing."""
    with _undisturbed():
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        end_group(process.pid, folder)
        process.wait()


def end_group(group: int, folder: Path) -> bool:
    """Return whether any process of the group still worked in the folder; all of those are killed."""
    left = [process for process in psutil.process_iter() if _belongs(process, group, folder)] if group else []
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)
    return bool(left)


def _belongs(process: psutil.Process, group: int, folder: Path) -> bool:
    """Return whether the process is one of ours: a reused id has another group or works elsewhere."""
    try:
        return os.getpgid(process.pid) == group and Path(process.cwd()).resolve() == folder.resolve()
    except (OSError, psutil.Error):
        return False


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    old = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
