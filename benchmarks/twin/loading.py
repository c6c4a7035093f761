"""Really loaded databases of several sizes, kept in a data folder so that they are loaded once."""

import time
from pathlib import Path

from backend_architect.postgres import EmbeddedServer, Session

HERE = Path(__file__).parent
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "256MB",
    "log_timezone": "UTC",
}


def load(server: EmbeddedServer, posts: int) -> str:
    """Return the name of a database with so many posts, vacuumed and analyzed; it is loaded when it is not there."""
    name = f"loaded_{posts}"
    with Session(server.url()) as admin:
        if admin.value("SELECT true FROM pg_database WHERE datname = $1", name):
            return name
        admin.run(f"DROP DATABASE IF EXISTS {name}_half")
        admin.run(f"CREATE DATABASE {name}_half TEMPLATE template0")
        began = time.monotonic()
        with Session(server.url(f"{name}_half")) as session:
            session.run("SET work_mem = '128MB'")
            session.run(_text("schema.sql"))
            session.run(_text("rows.sql").replace("{posts}", str(posts)))
            session.run(_text("indexes.sql"))
            session.run("VACUUM ANALYZE")
        admin.run(f"ALTER DATABASE {name}_half RENAME TO {name}")
    print(f"{posts:,} posts loaded in {time.monotonic() - began:.0f} s")
    return name


def empty(server: EmbeddedServer) -> str:
    """Return the name of a database with the same tables and indexes, and no rows."""
    name = "empty_shape"
    with Session(server.url()) as admin:
        admin.run(f"DROP DATABASE IF EXISTS {name}")
        admin.run(f"CREATE DATABASE {name} TEMPLATE template0")
    with Session(server.url(name)) as session:
        session.run(_text("schema.sql"))
        session.run(_text("indexes.sql"))
    return name


def _text(name: str) -> str:
    return (HERE / name).read_text()
