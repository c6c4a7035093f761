"""A candidate while it runs: started, waited for, its processor time, stopped."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from candidates import Candidate

START_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A candidate that answers on a port."""

    candidate: Candidate
    port: int
    process: psutil.Process
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the processor time of its processes so far."""
        processes = [self.process, *self.process.children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in processes)

    def forget_log(self) -> None:
        """Empty the log, which one line a request would let grow without end."""
        os.truncate(self.log, 0)


@contextmanager
def serving(candidate: Candidate, port: int, log: Path) -> Iterator[Server]:
    """Give the candidate as it answers on `port`; it and its children are stopped in the end."""
    command = [part.replace("{port}", str(port)) for part in candidate.command]
    environment = {**os.environ, **candidate.environment, "PORT": str(port)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=candidate.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(candidate, port, psutil.Process(process.pid), log)
    try:
        _wait(server, process)
        yield server
    finally:
        _stop(process)


def _wait(server: Server, process: "subprocess.Popen[bytes]") -> None:
    address = server.url + server.candidate.dialect.path("read one", 1)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{server.candidate.title} answers {error.code} to {address}") from error
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{server.candidate.title} did not start:\n{server.log.read_text(errors='replace')[-2000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask the candidate's own process group to end, and end it if it does not."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
