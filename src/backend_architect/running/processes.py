"""The end of a process and of all that it started: politely first, then by force, and never somebody else's."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

STOP_SECONDS = 30.0
KILLED_SECONDS = 5.0


def stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    """End a process group: first politely, so that running requests finish; a second Ctrl-C disturbs nothing."""
    with _undisturbed():
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        _await(process.pid, STOP_SECONDS)
        end_group(process.pid, folder)
        _await(process.pid, KILLED_SECONDS)


def run_to_end(command: Sequence[str], folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    """Return what a command of a project printed, and its status.

    Where this process is interrupted, or the time is over, the command is interrupted as by Ctrl-C and awaited: it may
    have servers of its own to stop, which `subprocess.run` would orphan by killing it.
    """
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=seconds)
    except BaseException:
        _interrupt(process, folder)
        raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _interrupt(process: subprocess.Popen[str], folder: Path) -> None:
    """End a process as Ctrl-C does, so that it cleans up; what is left of its group afterwards is killed."""
    with _undisturbed():
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=STOP_SECONDS)
        end_group(process.pid, folder)
        _await(process.pid, KILLED_SECONDS)


def _await(pid: int, seconds: float) -> None:
    """Wait until a child has ended, and not by its Popen: a Ctrl-C within `Popen.wait` can leave its lock taken."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        psutil.Process(pid).wait(seconds)


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
