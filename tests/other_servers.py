"""PostgreSQLs of other versions: those in ARCHITECT_TEST_POSTGRES_BINS, or else those that Debian's packages put there.

The variable holds folders of programs (with initdb, pg_ctl and postgres) with colons between them; `make test-versions`
fetches some. It may be empty: then the tests that need another version are skipped, as they are where there is none.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend_architect.postgres.account import open_the_way, server_account

VARIABLE = "ARCHITECT_TEST_POSTGRES_BINS"
OF_DEBIAN = Path("/usr/lib/postgresql")
SUPPORTED = range(13, 18)  # older than the embedded 18


@dataclass(frozen=True)
class Programs:
    """A folder of programs and their major version."""

    folder: Path
    version: int


@dataclass(frozen=True)
class OtherServer:
    """A running server: the URL of its superuser's database, and its log."""

    url: str
    log: Path


def other_programs() -> list[Programs]:
    """Return the programs that there are, the oldest first."""
    named = os.environ.get(VARIABLE)
    folders = OF_DEBIAN.glob("*/bin") if named is None else (Path(each) for each in named.split(":") if each)
    found = (Programs(folder, _version(folder)) for folder in folders if named or (folder / "initdb").exists())
    return sorted(found, key=lambda each: (each.version, each.folder))


def named_programs() -> list[Programs]:
    """Return those that the variable names, for tests that take their time."""
    return other_programs() if VARIABLE in os.environ else []


def supported_programs() -> list[Programs]:
    """Return those that tuning works on."""
    return [each for each in other_programs() if each.version in SUPPORTED]


@contextmanager
def running(programs: Programs, settings: Mapping[str, str]) -> Iterator[OtherServer]:
    """Give a new server, gone at the end; PostgreSQL does not run as root."""
    account = server_account()
    folder = Path(tempfile.mkdtemp(prefix="architect-other-", dir="/tmp"))  # a socket's path must be short
    account.give(folder)
    open_the_way(account, programs.folder / "postgres")
    options: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": folder, **account.spawn_options()}

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs.folder / program, "-D", folder / "data", *arguments], check=True, **options)

    words = " ".join(f"-c {name}={value}" for name, value in settings.items())
    try:
        run("initdb", "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses= {words}", "start")
        try:
            yield OtherServer(f"postgresql://postgres@/postgres?host={folder}", folder / "log")
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _version(folder: Path) -> int:
    told = subprocess.check_output([folder / "initdb", "--version"], text=True)
    found = re.search(r"\d+", told)
    assert found, told
    return int(found[0])
