"""The project's own server as a process of its own group: started, awaited, and ended without a trace."""

import contextlib
import http.client
import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from backend_architect.errors import FolderError, Problem
from backend_architect.running.processes import STOP_SECONDS, stop

READY_SECONDS = 60.0
CONFIRM_ADDRESS = "UPDATE auth_accounts SET roles = array_remove(roles, 'unconfirmed') WHERE lower(email) = lower($1)"
"""The statement that spares an account of a project with mail the link in its letter."""
WATCH_QUIETLY = "import logging; logging.disable(logging.WARNING); from watchfiles.cli import cli; cli()"
"""The command `watchfiles`, which otherwise logs each change, and how it ends."""


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """What a project's commands run with: its folder, the interpreter, and the environment."""

    folder: Path
    python: Path
    environment: Mapping[str, str]

    def command(self, module: str, *options: str) -> list[str]:
        """Return the command that runs one of the project's modules."""
        return [str(self.python), "-m", module, *options]


def migrate(place: RunEnvironment) -> None:
    """Apply the project's migrations with its own command."""
    done = subprocess.run(
        place.command("app.migrate"),
        cwd=place.folder,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-12:]
        fix = "correct the migration, or move .data away to start with an empty database"
        raise FolderError(Problem("migration-failed", "\n".join(["the migrations failed:", *said]), fix))


@contextlib.contextmanager
def serving(
    place: RunEnvironment,
    port: int,
    *,
    log: TextIO,
    reload: bool = False,
    started: Callable[[int], None] = lambda group: None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server while the block lasts, once it is ready; no process of it is left afterwards.

    `started` hears the process group as soon as there is one.
    """
    command = place.command("app.serve", *(["--reload"] if reload else []))
    with _process(place, command, log, started) as process:
        await_ready(process, port)
        yield process


@contextlib.contextmanager
def working(
    place: RunEnvironment, *, log: TextIO, reload: bool = False, started: Callable[[int], None] = lambda group: None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker while the block lasts; with `reload` it starts again when a file of the application changes."""
    command = place.command("app.worker")
    if reload:
        options = ["--filter", "python", "--sigint-timeout", f"{STOP_SECONDS:.0f}"]
        command = [str(place.python), "-c", WATCH_QUIETLY, *options, shlex.join(command), "app"]
    with _process(place, command, log, started) as process:
        yield process


@contextlib.contextmanager
def _process(
    place: RunEnvironment, command: list[str], log: TextIO, started: Callable[[int], None]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the project's commands in a process group of its own, of which nothing is left afterwards."""
    process = subprocess.Popen(
        command, cwd=place.folder, env=place.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip
    try:
        started(process.pid)
        yield process
    finally:
        stop(process, place.folder)


def await_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """Return once the server answers that it is ready; raise FolderError when it ends first, or takes a minute."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise _not_started(f"the server ended with status {process.returncode}")
        if _is_ready(port):
            return
        time.sleep(0.05)
    raise _not_started(f"the server was not ready within {READY_SECONDS:.0f} seconds")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _not_started(message: str) -> FolderError:
    return FolderError(Problem("not-started", message, "its own words are above; `make check test` often says more"))


def environment_for(url: str, port: int) -> dict[str, str]:
    """Return the environment of a project's commands in development."""
    own = {"DATABASE_URL": url, "HOST": "127.0.0.1", "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    return {"ENVIRONMENT": "development", **kept, **own}
