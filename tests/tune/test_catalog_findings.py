"""Faults that no small database has by itself: ages, idle sessions, waiting ones, long-unused indexes, settings."""

import asyncio
from dataclasses import replace

import pytest

from backend_architect.postgres.catalog import Catalog, ServerSession
from backend_architect.tune import Observed, find_all, observe
from tests.tune.conftest import NewDatabase

TABLE = """
CREATE TABLE jobs (id bigint PRIMARY KEY, state text);
INSERT INTO jobs SELECT i, repeat('x', 40) FROM generate_series(1, 40000) i;
CREATE INDEX by_state ON jobs (state, id);
VACUUM ANALYZE jobs
"""


@pytest.fixture
def catalog(new_database: NewDatabase) -> Catalog:
    """The catalog of a database in which nothing is wrong."""
    read = asyncio.run(observe(new_database(TABLE))).observed.catalog
    settings = {**read.settings, "autovacuum": "on", "fsync": "on", "full_page_writes": "on"}
    found = replace(read, settings=settings, checkpoints_timed=500, checkpoints_requested=10)
    assert not find_all(Observed(found, None))
    return found


def _found(catalog: Catalog) -> list[str]:
    return [finding.key for finding in find_all(Observed(catalog, None))]


def test_an_index_that_nothing_reads(catalog: Catalog) -> None:
    assert _found(replace(catalog, counted=30 * 86_400.0)) == ["unused-index:by_state"]
    assert _found(replace(catalog, counted=86_400.0)) == []
    used = tuple(replace(index, scans=1) for index in catalog.indexes)
    assert _found(replace(catalog, counted=30 * 86_400.0, indexes=used)) == []


def test_transaction_ids_that_run_out(catalog: Catalog) -> None:
    old = tuple(replace(table, frozen_age=1_500_000_000) for table in catalog.tables)
    assert _found(replace(catalog, tables=old)) == ["wraparound-ahead:jobs"]


def _session(pid: int, **more: object) -> ServerSession:
    session = ServerSession(pid, "app", "web", "idle", 1.0, 0.0, "", (), "SELECT 1")
    return replace(session, **more)


def test_sessions_that_sit_in_a_transaction(catalog: Catalog) -> None:
    idle = _session(1, state="idle in transaction", seconds_in_state=300.0)
    assert _found(replace(catalog, sessions=(idle, _session(2)))) == ["idle-in-transaction:web"]


def test_sessions_that_wait_for_a_lock(catalog: Catalog) -> None:
    holder = _session(1, application="report", state="active", seconds_in_transaction=90.0)
    waiting = tuple(_session(pid, state="active", waits_for=(1,)) for pid in (2, 3))
    assert _found(replace(catalog, sessions=(holder, *waiting))) == ["lock-waits:report"]


def test_more_connections_than_the_server_can_use(catalog: Catalog) -> None:
    many = tuple(_session(pid) for pid in range(90))
    assert _found(replace(catalog, sessions=many)) == [f"too-many-connections:{catalog.database}"]
    assert _found(replace(catalog, sessions=many[:40])) == []


@pytest.mark.parametrize(("setting", "value"), [("autovacuum", "off"), ("random_page_cost", "4"), ("fsync", "off")])
def test_a_setting_that_is_nearly_always_wrong(catalog: Catalog, setting: str, value: str) -> None:
    assert _found(replace(catalog, settings={**catalog.settings, setting: value})) == [f"unwise-setting:{setting}"]


def test_checkpoints_that_come_because_the_log_is_full(catalog: Catalog) -> None:
    busy = replace(catalog, checkpoints_timed=10, checkpoints_requested=200)
    assert _found(busy) == ["unwise-setting:max_wal_size"]
