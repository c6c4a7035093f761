"""Applies the files of migrations/ that the database does not have yet, with dbmate: `python -m app.migrate`.

It runs as the owner of the database, and gives the application's role its rights afterwards, which
app/core/database_role.py lists. Several processes may start it at once: they wait for each other.

A file waits a second for a lock and gives up, since whatever comes after it would wait behind it; it is tried again for
a few minutes. One marked `transaction:false` (an index built CONCURRENTLY) stops nobody, and waits as long as needed.
It can meet a waiting process in a deadlock, which PostgreSQL ends; that process then simply tries again.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from dotenv import load_dotenv

from app.core.database_role import ROLE, give_rights

DBMATE = Path(sys.executable).with_name("dbmate")
FOLDER = Path("migrations")
OPTIONS = ["--no-dump-schema", "--wait", "--wait-timeout", "30s", "--migration-lock"]
PAUSES = (1, 2, 4, 8, 15, 30, 30, 30, 30)  # seconds between two tries
PASSING = ("lock timeout", "deadlock detected")
PENDING = re.compile(r"^\[ \] (\S+)", re.MULTILINE)
SETTINGS = "-c TimeZone=UTC -c lock_timeout=1s"

HOLDERS = """
SELECT /* migrate.holders */ pid, usename, application_name, date_trunc('second', now() - xact_start) AS open_for, query
FROM pg_stat_activity WHERE xact_start < now() - interval '1 second' AND backend_type = 'client backend'
    AND EXISTS (SELECT FROM pg_locks WHERE pg_locks.pid = pg_stat_activity.pid AND granted AND relation >= 16384)
ORDER BY xact_start LIMIT 5
"""
LEFT_INDEXES = "SELECT /* migrate.left */ indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid"


class MigrationFailed(SystemExit):
    """Ends the program with what dbmate said."""


def migrate(database_url: str, folder: Path = FOLDER) -> None:
    """Bring the database up to date, one file at a time, or end the program with what dbmate said."""
    status = _dbmate(database_url, folder, "status")
    if status.returncode:
        raise MigrationFailed(f"The migration failed:\n{status.stdout}{status.stderr}")
    for name in PENDING.findall(status.stdout):
        with tempfile.TemporaryDirectory() as alone:
            Path(alone, name).write_bytes((folder / name).read_bytes())
            _apply(database_url, Path(alone), name)


def _apply(database_url: str, alone: Path, name: str) -> None:
    in_transaction = "transaction:false" not in (alone / name).read_text(encoding="utf-8")
    settings = SETTINGS if in_transaction else SETTINGS.replace("1s", "0")
    for pause in (*PAUSES, 0):
        done = _dbmate(database_url, alone, "migrate", PGOPTIONS=settings)
        if done.returncode == 0:
            return
        if not any(passing in done.stderr for passing in PASSING):
            break
        time.sleep(pause)
    raise MigrationFailed(f"{name} failed:\n{done.stdout}{done.stderr}{_advice(done.stderr, in_transaction)}")


def _advice(error: str, in_transaction: bool) -> str:
    if "uuidv7() does not exist" in error:
        return "This backend needs PostgreSQL 18 or newer: the database has no function uuidv7()."
    if "inside a transaction block" in error:
        mark = "Mark the file `-- migrate:up transaction:false`." if in_transaction else ""
        return f"{mark} Such a file takes one statement: two of them are sent as one transaction."
    return ""


def _dbmate(database_url: str, folder: Path, verb: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [str(DBMATE) if DBMATE.exists() else "dbmate", "--migrations-dir", str(folder), *OPTIONS, verb]
    environment = {**os.environ, "DATABASE_URL": _for_dbmate(database_url), **more}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def _for_dbmate(url: str) -> str:
    """Return the URL for dbmate's driver, which asks for TLS unless told; a Unix socket has none."""
    parts = urlsplit(url)
    if "sslmode=" in parts.query or parts.hostname not in (None, "", "localhost", "127.0.0.1", "::1"):
        return url
    return f"{url}{'&' if parts.query else '?'}sslmode=disable"


async def what_is_in_the_way(database_url: str, error: str) -> str:
    """Return who holds locks, or which half-built indexes are left, as lines; empty where neither is the reason."""
    connection = await asyncpg.connect(database_url)
    try:
        if "lock timeout" in error:
            lines = [f"  {dict(row)}" for row in await connection.fetch(HOLDERS)]
            return "\n".join(["These transactions hold locks; end them, or try again later:", *lines])
        left = [row["name"] for row in await connection.fetch(LEFT_INDEXES)]
        if left:
            drops = [f"  DROP INDEX CONCURRENTLY {name};" for name in left]
            return "\n".join(["These indexes were left half-built and are not valid; drop them, then try again:", *drops])
    finally:
        await connection.close()
    return ""


def main() -> None:
    """Apply what is missing, and give the application's role its rights where there is such a role."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--role", default=ROLE, help=f"the role that the application signs in with ({ROLE})")
    given = parser.parse_args()
    load_dotenv()
    if "DATABASE_URL" not in os.environ:
        sys.exit("DATABASE_URL is missing.")
    url = os.environ["DATABASE_URL"]
    try:
        migrate(url)
    except MigrationFailed as failed:
        sys.exit(f"{failed}\n{asyncio.run(what_is_in_the_way(url, str(failed)))}")
    known = asyncio.run(give_rights(url, given.role))
    if not known and os.environ.get("ENVIRONMENT") == "production":
        sys.stderr.write(f'There is no role "{given.role}" for the application; the README says how to make it.\n')


if __name__ == "__main__":
    main()
