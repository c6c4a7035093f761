"""Applying on a real server: all shapes, and what can go wrong in the middle."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

from backend_architect.postgres import Session
from backend_architect.tune.migration import (
    Journal,
    Migration,
    Patience,
    Run,
    apply_migration,
    plan_migration,
    read_journal,
)
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import SHAPES, advice, all_shapes, catalog_and_findings, index, named, recommended

QUICK = Patience(attempts=3, pause=0.1, reconnect=5.0, watch_every=0.05, lock_timeout=300)
SMALL = """
CREATE TABLE t (a int, b int, c int);
CREATE INDEX t_a ON t (a);
INSERT INTO t SELECT i, i % 7, 1 FROM generate_series(1, 500) i
""".strip()
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('t_a_b_idx')"


def _small(url: str) -> Migration:
    """Return: make t (a, b), t (c), and drop t (a), which the first covers."""
    catalog, _ = catalog_and_findings(url)
    wide = recommended(index("t", "a", "b"), named(catalog, "t_a"), gain=5.0)
    return plan_migration(advice(wide, recommended(index("t", "c"), gain=1.0)), (), catalog)


def _run(url: str, migration: Migration | None, path: Path, patience: Patience = QUICK) -> tuple[Journal, list[str]]:
    told: list[str] = []
    run = Run(path, lambda step, text: told.append(f"{step.id} {text}"), patience)
    return asyncio.run(apply_migration(url, migration, run)), told


def _states(journal: Journal) -> list[str]:
    return [journal.state(step.id).value for step in journal.migration.steps]


def _soon(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


def test_all_shapes_are_applied_and_a_second_time_changes_nothing(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(SHAPES)
    migration = all_shapes(url)
    journal, _ = _run(url, migration, tmp_path / "journal.json")
    assert set(_states(journal)) == {"done"}, journal.entries
    assert read_journal(tmp_path / "journal.json") == journal
    with Session(url) as session:
        assert session.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
    again, _ = _run(url, migration, tmp_path / "other.json")
    made = [again.entries[step.id].reason for step in migration.steps if step.index]
    assert set(made) == {"it was so already"}


def test_a_lock_that_others_hold_is_waited_for_and_told(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(SMALL)
    with Session(url) as other:
        other.run("BEGIN")
        other.run("INSERT INTO t VALUES (1)")
        threading.Timer(0.5, lambda: other.run("COMMIT")).start()
        journal, told = _run(url, _small(url), tmp_path / "journal.json", Patience(5, 0.2, 5, 0.05, 300))
    assert _states(journal) == ["done", "done", "done"]
    assert any("a lock was not free in time: the oldest open transaction is that of process" in each for each in told)
    assert any("dropped the invalid leftover public.t_a_b_idx" in each for each in told)
