"""What a server feels of being read: connections, locks, and limits that hold."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import Refused, Session, connect
from backend_architect.tune import observe
from backend_architect.tune.advice_run import read_source
from backend_architect.tune.observe import READ_ONLY
from tests.tune.conftest import NewDatabase

TABLES = (
    "CREATE EXTENSION pg_stat_statements;\nCREATE TABLE users (id int PRIMARY KEY, email text);\n"
    "CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users);\n"
    "INSERT INTO users SELECT i, i || '@x' FROM generate_series(1, 5000) i;\n"
    "INSERT INTO orders SELECT i, i FROM generate_series(1, 5000) i;\nANALYZE users, orders;\n"
    "SELECT count(*) FROM orders WHERE user_id = 7"
)
MOST_CONNECTIONS = 2
PAUSE = 0.003
OTHERS = "backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()"
SAMPLE = f"""
SELECT pid, (SELECT array_agg(DISTINCT mode || ' on ' || locktype) FROM pg_locks l WHERE l.pid = a.pid) AS locks
FROM pg_stat_activity a WHERE {OTHERS}
"""
HARMLESS = {"AccessShareLock on relation", "ExclusiveLock on virtualxid"}  # of its own transaction


def _sampled(url: str, work: Callable[[], object]) -> tuple[int, set[str], int]:
    """Return the most connections at a time, the locks seen, and in how many looks, while `work` is done."""
    most, locks, looks = 0, set[str](), 0
    with Session(url) as watcher, ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        while not working.done():
            records = watcher.fetch(SAMPLE)
            most = max(most, len({record["pid"] for record in records}))
            looks += bool(records)
            locks.update(lock for record in records for lock in record["locks"] or ())
            time.sleep(PAUSE)
        working.result()
    return most, locks, looks


def test_two_connections_at_most_and_no_lock_that_hinders_anybody(
    new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(TABLES)
    most, locks, looks = _sampled(url, lambda: run(["tune", url]))
    assert looks > 5
    assert 1 <= most <= MOST_CONNECTIONS
    assert locks <= HARMLESS
    assert "AccessShareLock on relation" in locks
    assert "2 tables" in capsys.readouterr().out


def test_every_statement_has_an_end(new_database: NewDatabase) -> None:
    async def limits(url: str) -> list[str]:
        connection = await connect(url, oldest=13, settings=READ_ONLY)
        try:
            names = ("statement_timeout", "lock_timeout", "default_transaction_read_only")
            return [await connection.fetchval(f"SHOW {name}") for name in names]
        finally:
            await connection.close()

    assert asyncio.run(limits(new_database("SELECT 1"))) == ["10s", "1s", "on"]


def test_nobody_waits_for_the_reader(new_database: NewDatabase) -> None:
    """The strongest lock on a table is had at once while its catalog is read, again and again."""

    def read() -> None:
        for _ in range(3):  # all that a run asks of the server
            asyncio.run(observe(url))
            read_source(url)

    url = new_database(TABLES)
    with Session(url) as session, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        refused = 0
        while not reading.done():
            try:
                session.run("SET lock_timeout = '500ms'; BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; COMMIT")
            except Refused:
                refused += 1
                session.run("ROLLBACK")
            time.sleep(PAUSE)
        reading.result()
    assert refused == 0
