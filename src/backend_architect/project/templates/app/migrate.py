"""Applies the files of migrations/ that the database does not have yet, with dbmate: `python -m app.migrate`.

It runs as the owner of the database, and gives the application's role its rights afterwards
(app/core/database_role.py).
Several processes may start it at once: they wait for each other. A file marked `transaction:false` (indexes built
CONCURRENTLY) can meet a waiting process in a deadlock, which PostgreSQL ends; that process then simply tries again.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv

from app.core.database_role import ROLE, give_rights

DBMATE = Path(sys.executable).with_name("dbmate")
OPTIONS = ["--migrations-dir", "migrations", "--no-dump-schema", "--wait", "--wait-timeout", "30s", "--migration-lock"]
ATTEMPTS = 5


def migrate(database_url: str) -> None:
    """Bring the database up to date, or end the program with what dbmate said."""
    command = [str(DBMATE) if DBMATE.exists() else "dbmate", *OPTIONS, "migrate"]
    environment = {**os.environ, "DATABASE_URL": _for_dbmate(database_url)}
    for attempt in range(1, ATTEMPTS + 1):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode == 0:
            return
        if "uuidv7() does not exist" in done.stderr:
            sys.exit("This backend needs PostgreSQL 18 or newer: the database has no function uuidv7().")
        if "deadlock detected" not in done.stderr:
            break
        time.sleep(attempt)
    sys.exit(f"The migration failed:\n{done.stdout}{done.stderr}")


def _for_dbmate(url: str) -> str:
    """Return the URL for dbmate's driver, which asks for TLS unless told; a Unix socket has none."""
    parts = urlsplit(url)
    if "sslmode=" in parts.query or parts.hostname not in (None, "", "localhost", "127.0.0.1", "::1"):
        return url
    return f"{url}{'&' if parts.query else '?'}sslmode=disable"


def main() -> None:
    """Apply what is missing, and give the application's role its rights where there is such a role."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--role", default=ROLE, help=f"the role that the application signs in with ({ROLE})")
    given = parser.parse_args()
    load_dotenv()
    if "DATABASE_URL" not in os.environ:
        sys.exit("DATABASE_URL is missing.")
    migrate(os.environ["DATABASE_URL"])
    known = asyncio.run(give_rights(os.environ["DATABASE_URL"], given.role))
    if not known and os.environ.get("ENVIRONMENT") == "production":
        sys.stderr.write(f'There is no role "{given.role}" for the application; the README says how to make it.\n')


if __name__ == "__main__":
    main()
