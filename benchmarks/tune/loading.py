"""Really loaded databases, one for each workload, kept in a data folder so that each is loaded once."""

import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backend_architect.postgres import EmbeddedServer, Session, start_embedded

HERE = Path(__file__).parent
WORKLOADS = HERE / "workloads"
# The planner's own settings are PostgreSQL 18's defaults; these only load faster and keep statistics as they are.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "50",
    "log_timezone": "UTC",
}


# Not the collation "C", as in production: there a plain index does not serve LIKE 'abc%'.
LOCALE = "LOCALE_PROVIDER libc LOCALE 'C.utf8'"


@contextmanager
def serve(keep: Path | None) -> Iterator[EmbeddedServer]:
    """Return a running server: in the folder `keep`, or in one that is gone afterwards."""
    folder = keep or Path(tempfile.mkdtemp(prefix="architect-tune-"))
    try:
        with start_embedded(folder / "data", SETTINGS) as server:
            yield server
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def load_workload(server: EmbeddedServer, name: str) -> str:
    """Return the name of the database that holds a workload's rows."""
    texts = [(WORKLOADS / name / file).read_text() for file in ("schema.sql", "rows.sql")]

    def fill(session: Session) -> None:
        for text in texts:
            session.run(text)

    return load(server, name, digest(LOCALE, str(SETTINGS), *texts), fill)


def digest(*texts: str) -> str:
    """Return a short name of what is loaded, so that other rows go to another database."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:8]


def load(server: EmbeddedServer, name: str, version: str, fill: Callable[[Session], None]) -> str:
    """Return the name of a database that `fill` filled, vacuumed and analyzed; it is filled when it is not there."""
    database = re.sub(r"\W", "_", f"{name}_{version}")
    with Session(server.url()) as admin:
        if admin.value("SELECT true FROM pg_database WHERE datname = $1", database):
            return database
        admin.run(f"DROP DATABASE IF EXISTS {database}_half")
        admin.run(f"CREATE DATABASE {database}_half TEMPLATE template0 {LOCALE}")
        began = time.monotonic()
        with Session(server.url(f"{database}_half")) as session:
            session.run("SET work_mem = '128MB'")
            fill(session)
            session.run("VACUUM ANALYZE")
        admin.run(f"ALTER DATABASE {database}_half RENAME TO {database}")
    print(f"{name}: loaded in {time.monotonic() - began:.0f} s", flush=True)
    return database
