"""Behind a pooler that loses prepared statements nothing starts; tried with the PgBouncer that the machine has."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

import pytest
from app.core.pooler import require_fitting_pooler
from app.core.settings import ConfigurationError, Settings
from tests.conftest import Connection

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not PGBOUNCER, reason="there is no PgBouncer here")]
BOUNDS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
CONFIGURATION = """
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
default_pool_size = 5
pool_mode = {mode}
{more}
"""


def version() -> tuple[int, ...]:
    assert PGBOUNCER
    told = subprocess.run([PGBOUNCER, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.findall(r"PgBouncer (\d+)\.(\d+)", told)[0]))


NEW = version() >= (1, 21) if PGBOUNCER else False


class Pooler:
    """A PgBouncer in front of the tests' server."""

    def __init__(self, url: str, folder: Path, mode: str, more: str = "") -> None:
        assert PGBOUNCER
        parts = urlsplit(url)
        host = parts.hostname or parse_qs(parts.query)["host"][0]
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self.port = held.getsockname()[1]
        server = f"host={host} port={parts.port or 5432} user={parts.username or 'postgres'}"
        file = folder / f"{mode}-{self.port}.ini"
        file.write_text(CONFIGURATION.format(server=server, port=self.port, mode=mode, more=more))
        file.chmod(0o644)
        user = Path(host).stat().st_uid if os.getuid() == 0 else None  # PgBouncer does not run as root
        self.process = subprocess.Popen([PGBOUNCER, "-q", str(file)], user=user)
        self.url = f"postgresql://{parts.username or 'postgres'}@127.0.0.1:{self.port}{parts.path}"

    def wait(self) -> None:
        """Return once it listens."""
        give_up = monotonic() + 20
        while monotonic() < give_up:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            sleep(0.05)
        raise AssertionError(f"PgBouncer does not listen: {self.process.poll()}")


@pytest.fixture
async def bounded(settings: Settings, inspector: Connection) -> AsyncIterator[Settings]:
    """Settings for a pooler, on a database whose statements have bounds."""
    here = f"ALTER DATABASE {await inspector.fetchval('SELECT current_database()')}"
    for name in BOUNDS:
        await inspector.execute(f"{here} SET {name} = '7s'")
    yield settings.model_copy(update={"database_pooler": True})
    await inspector.execute(f"{here} RESET ALL")


@pytest.mark.parametrize(
    ("mode", "more", "fits"),
    [
        ("transaction", "", NEW and version() >= (1, 24)),  # where it is on unless it is turned off
        pytest.param("transaction", "max_prepared_statements = 0", False, marks=pytest.mark.skipif(not NEW, reason="")),
        pytest.param("transaction", "max_prepared_statements = 50", True, marks=pytest.mark.skipif(not NEW, reason="")),
        ("transaction", "server_round_robin = 1", NEW and version() >= (1, 24)),
        ("session", "", True),
    ],
)
async def test_it_starts_only_behind_what_keeps_prepared_statements(
    bounded: Settings, tmp_path: Path, mode: str, more: str, fits: bool
) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    pooler = Pooler(bounded.database_url, tmp_path, mode, more)
    try:
        pooler.wait()
        pooled = bounded.model_copy(update={"database_url": pooler.url})
        if fits:
            await require_fitting_pooler(pooled)
        else:
            with pytest.raises(ConfigurationError, match=r"PgBouncer 1\.21 or newer"):
                await require_fitting_pooler(pooled)
    finally:
        pooler.process.kill()
        pooler.process.wait()
