"""New indexes watched one by one on a server in use: one that makes a statement worse is dropped again."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import Session
from backend_architect.tune import observe
from backend_architect.tune.migration import ApplyRun, StepState, apply_migration, plan_migration
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import advice, catalog_of, index, recommended
from tests.tune.test_executing import CLAIM, QUEUE


@contextmanager
def _in_use(url: str) -> Iterator[None]:
    """Have somebody claim jobs all the while."""
    over = threading.Event()

    def claim() -> None:
        with Session(url) as session:
            while not over.is_set():
                session.run(CLAIM)

    worker = threading.Thread(target=claim)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


def test_what_makes_a_statement_worse_is_taken_back(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(QUEUE)
    with Session(url) as session:
        for _ in range(100):
            session.run(CLAIM)
    workload = asyncio.run(observe(url)).observed.workload
    assert workload is not None
    (claim,) = [each for each in workload.statements if "jobs" in each.text]
    harmful, useful = index("jobs", "run_at"), index("jobs", "state", "run_at")
    planned = plan_migration(advice(recommended(harmful), recommended(useful)), (), catalog_of(url))
    in_order = sorted(planned.steps, key=lambda step: step.index)  # the harmful one first
    migration = replace(planned, steps=tuple(replace(step, serves=(claim.id,)) for step in in_order))
    told: list[str] = []
    with _in_use(url):
        watching = ApplyRun(
            tmp_path / "journal.json", lambda step, text: told.append(f"{step.index}: {text}"), canary=30.0
        )
        journal = asyncio.run(apply_migration(url, migration, watching))
    first, second = (journal.entries[step.id] for step in journal.migration.steps)
    assert (first.state, second.state) == (StepState.SKIPPED, StepState.DONE), told
    assert first.reason.startswith("taken back: SELECT id FROM jobs")
    assert "became worse" in first.reason
    with Session(url) as session:
        names = session.value("SELECT array_agg(indexname ORDER BY 1) FROM pg_indexes WHERE tablename = 'jobs'")
    assert names == ["jobs_pkey", "jobs_state", "jobs_state_run_at_idx"]
    assert "jobs_run_at_idx: built; watched for up to 30 s" in told


def test_watching_is_for_applying(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", "postgresql://nobody@localhost/none", "--canary", "1m"]) == 1
    told = capsys.readouterr()
    assert "canary-without-apply" in told.out + told.err
