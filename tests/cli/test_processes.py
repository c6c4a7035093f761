"""What was started is ended, whatever an interrupt left behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from backend_architect.running.processes import stop


def test_a_process_is_stopped_although_an_interrupt_left_its_lock_taken(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], cwd=tmp_path, start_new_session=True
    )
    lock = process._waitpid_lock  # type: ignore[attr-defined]  # as after a Ctrl-C between its acquire and its try
    lock.acquire()
    began = time.monotonic()
    signal.alarm(60)  # a wait that never ends must not hang the run
    stop(process, tmp_path)
    signal.alarm(0)
    took = time.monotonic() - began
    lock.release()
    assert took < 20
    assert not psutil.pid_exists(process.pid)
