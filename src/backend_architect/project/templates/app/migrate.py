"""Applies the files of migrations/ that the database does not have yet, with dbmate: `python -m app.migrate`.

It runs as the owner of the database, and gives the application's role its rights afterwards, which
app/core/database_role.py lists. Several processes may start it at once: they wait for each other.

Each file says at its top that it waits a second for a lock (`SET LOCAL lock_timeout`), since whatever comes after it
would wait behind it; it then gives up, and is tried again for a few minutes. One marked `transaction:false` (an index
built CONCURRENTLY) stops nobody, and waits as long as needed. It can meet a waiting process in a deadlock, which
PostgreSQL ends; that process then simply tries again.
"""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from dotenv import load_dotenv

from app.core.database_role import give_rights

DBMATE = Path(sys.executable).with_name("dbmate")
FOLDER = Path("migrations")
OPTIONS = ["--no-dump-schema", "--wait", "--wait-timeout", "30s", "--migration-lock"]
PAUSES = (1, 2, 4, 8, 15, 30, 30, 30, 30)  # seconds between two tries
PASSING = ("lock timeout", "deadlock detected")


class MigrationFailed(SystemExit):
    """Ends the program with what dbmate said."""


def migrate(database_url: str, folder: Path = FOLDER) -> None:
    """Bring the database up to date, or end the program with what dbmate said."""
    command = [str(DBMATE) if DBMATE.exists() else "dbmate", "--migrations-dir", str(folder), *OPTIONS, "migrate"]
    environment = {**os.environ, "DATABASE_URL": _for_dbmate(database_url), "PGOPTIONS": "-c TimeZone=UTC"}
    for pause in (*PAUSES, 0):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode == 0:
            return
        if not any(passing in done.stderr for passing in PASSING):
            break
        time.sleep(pause)
    raise MigrationFailed(f"{done.stdout}{done.stderr}The README says what to do when a migration fails.")


def _for_dbmate(url: str) -> str:
    """Return the URL for dbmate's driver, which asks for TLS unless told; a Unix socket has none."""
    parts = urlsplit(url)
    if "sslmode=" in parts.query or parts.hostname not in (None, "", "localhost", "127.0.0.1", "::1"):
        return url
    return f"{url}{'&' if parts.query else '?'}sslmode=disable"


def main() -> None:
    """Apply what is missing, and give the application's role its rights where there is such a role."""
    load_dotenv()
    if "DATABASE_URL" not in os.environ:
        sys.exit("DATABASE_URL is missing.")
    url = os.environ["DATABASE_URL"]
    migrate(url)
    try:
        asyncio.run(give_rights(url))
    except asyncpg.UndefinedObjectError as error:
        sys.stderr.write(f"No rights were given: {error}. The README says how to make the application's role.\n")


if __name__ == "__main__":
    main()
