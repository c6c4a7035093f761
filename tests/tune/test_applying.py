"""Applying on a real server: all shapes, and what can go wrong in the middle."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.postgres import Refused, Session
from backend_architect.tune.migration import (
    ApplyError,
    ApplyRun,
    Journal,
    Migration,
    MigrationStep,
    Patience,
    StepKind,
    StepRecord,
    StepState,
    apply_migration,
    plan_migration,
    read_journal,
)
from backend_architect.tune.migration.apply import begin_journal
from backend_architect.tune.migration.journal import JournalError, write_journal
from backend_architect.tune.migration.link import ONE_AT_A_TIME
from tests.soon import soon
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import SHAPES, advice, all_shapes, catalog_and_findings, catalog_of, index, named, recommended

QUICK = Patience(attempts=10, pause=0.1, reconnect=30.0, watch_every=0.05, lock_timeout=300)
SMALL = """
CREATE TABLE t (a int, b int, c int);
CREATE INDEX t_a ON t (a);
INSERT INTO t SELECT i, i % 7, 1 FROM generate_series(1, 500) i
""".strip()
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('t_a_b_idx')"


def _small(url: str) -> Migration:
    """Return: make t (a, b), t (c), and drop t (a), which the first covers."""
    catalog = catalog_of(url)
    wide = recommended(index("t", "a", "b"), named(catalog, "t_a"), gain=5.0)
    return plan_migration(advice(wide, recommended(index("t", "c"), gain=1.0)), (), catalog)


def _run(
    url: str,
    migration: Migration | None,
    path: Path,
    patience: Patience = QUICK,
    when: Callable[[str], None] = lambda text: None,
) -> tuple[Journal, list[str]]:
    told: list[str] = []

    def tell(step: MigrationStep, text: str) -> None:
        told.append(f"{step.id} {text}")
        when(text)

    return asyncio.run(apply_migration(url, migration, ApplyRun(path, tell, patience))), told


def _states(journal: Journal) -> list[str]:
    return [journal.state(step.id).value for step in journal.migration.steps]


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

        def free(text: str) -> None:
            if "was not free" in text:
                other.run("COMMIT")

        journal, told = _run(url, _small(url), tmp_path / "journal.json", when=free)
    assert _states(journal) == ["done", "done", "done"]
    assert any("a lock was not free in time: the oldest open transaction is that of process" in each for each in told)
    assert any("dropped the invalid leftover public.t_a_b_idx" in each for each in told)


def test_a_lock_that_is_never_free_fails_its_step_and_the_independent_ones_go_on(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(SMALL.replace("(a int, b int, c int)", "(a int, b int, c int);\nCREATE TABLE u (x int)"))
    catalog = catalog_of(url)
    wide = recommended(index("t", "a", "b"), named(catalog, "t_a"), gain=5.0)
    migration = plan_migration(advice(wide, recommended(index("u", "x"), gain=1.0)), (), catalog)
    with Session(url) as other:
        other.run("BEGIN")
        other.run("LOCK t IN SHARE ROW EXCLUSIVE MODE")
        patience = Patience(2, 0.05, 30, 0.05, 400)
        journal, _ = _run(url, migration, tmp_path / "journal.json", patience)
        assert _states(journal) == ["failed", "done", "skipped"]
        assert "not free" in journal.entries[migration.steps[0].id].reason
        assert "create-index:public.t_a_b_idx" in journal.entries[migration.steps[2].id].reason
        other.run("COMMIT")
    journal, _ = _run(url, migration, tmp_path / "journal.json")
    assert _states(journal) == ["done", "done", "done"]


BUILDING = "pg_stat_progress_create_index WHERE datname = current_database()"
WAITING = f"{BUILDING} AND lockers_total > 0"  # the index is in the catalog by then
TERMINATE = f"SELECT count(pg_terminate_backend(pid)) FROM {WAITING}"


def _terminate_build(url: str) -> None:
    with Session(url) as admin:
        soon(lambda: admin.value(TERMINATE))


def test_a_connection_killed_while_an_index_is_built_is_renewed_and_the_index_built(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(SMALL)
    with Session(url) as other:
        other.run("BEGIN")
        other.run("INSERT INTO t VALUES (1)")
        killer = threading.Thread(target=_terminate_build, args=(url,))
        killer.start()

        def free(text: str) -> None:
            if "connection was lost" in text and "attempt" not in text:
                other.run("COMMIT")

        patience = Patience(5, 0.1, 30, 0.05, 60_000)
        journal, told = _run(url, _small(url), tmp_path / "journal.json", patience, free)
        killer.join()
        assert other.value(VALID) is True
    assert _states(journal) == ["done", "done", "done"]
    assert any("connecting again" in each for each in told)
    assert any("dropped the invalid leftover" in each for each in told)


APPLY = """
import sys
from backend_architect.cli.app import run
sys.exit(run(["tune", sys.argv[1], "--apply", "--yes", "--journal", sys.argv[2]]))
"""


def _begin(url: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", APPLY, url, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _prepared(url: str, path: Path) -> None:
    """Leave a journal as a run does that has not begun its first step."""
    write_journal(path, Journal(_small(url)))


def _until_building(url: str) -> None:
    with Session(url) as admin:
        soon(lambda: admin.value(f"SELECT count(*) FROM {WAITING}"))


def _until_not_building(url: str) -> None:
    with Session(url) as admin:
        soon(lambda: not admin.value(f"SELECT count(*) FROM {BUILDING}"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_or_killed_process_is_gone_on_with(
    new_database: NewDatabase, tmp_path: Path, how: signal.Signals
) -> None:
    url, path = new_database(SMALL), tmp_path / "journal.json"
    _prepared(url, path)
    with Session(url) as other:
        other.run("BEGIN")
        other.run("INSERT INTO t VALUES (1)")
        child = _begin(url, path)
        _until_building(url)
        child.send_signal(how)
        if how is signal.SIGINT:
            _until_not_building(url)
            other.run("COMMIT")  # what is dropped waits for this transaction too
        errors = child.communicate(timeout=120)[1]
        broken = read_journal(path)
        assert broken is not None and broken.unfinished
        if how is signal.SIGINT:
            assert child.returncode in {130, -2} and "resume with" in errors
            assert other.value(VALID) is None
            assert _states(broken)[0] == "interrupted"
        else:
            assert _states(broken)[0] == "running"
            other.run("COMMIT")
    journal, _ = _run(url, None, path)
    assert _states(journal) == ["done", "done", "done"]
    with Session(url) as session:
        assert session.value(VALID) is True


def test_what_forbids_it_is_told_before_anything_is_done(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(SMALL)
    migration = _small(url)
    with Session(url) as admin:
        admin.run("DROP ROLE IF EXISTS stranger")
        admin.run("CREATE ROLE stranger LOGIN")

        def refused(where: str, what: Migration = migration) -> set[str]:
            with pytest.raises(ApplyError) as caught:
                _run(where, what, tmp_path / "journal.json")
            assert all(problem.fix for problem in caught.value.problems)
            assert not (tmp_path / "journal.json").exists()
            return {problem.code for problem in caught.value.problems}

        assert refused(url.replace("postgres@", "stranger@")) == {"not-owner"}
        other = new_database(SMALL)
        assert refused(other) == {"other-database"}
        name = url.split("/")[3].split("?")[0]
        moved = replace(migration, steps=tuple(replace(step, table_oid=1) for step in migration.steps))
        assert refused(url, moved) == {"other-database"}
        vector = replace(
            migration, steps=(MigrationStep("create-extension:no", StepKind.CREATE_EXTENSION, "CREATE EXTENSION no"),)
        )
        assert refused(url, vector) == {"no-extension"}
        admin.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert refused(url) == {"read-only"}
        admin.run("SET default_transaction_read_only = off")
        admin.run("BEGIN READ WRITE")
        admin.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        admin.run("COMMIT")


def test_an_index_of_that_name_and_another_kind_is_left_alone(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(f"{SMALL};\nCREATE TABLE u (x int)")
    migration = _small(url)
    with Session(url) as session:
        session.run("CREATE INDEX t_c_idx ON t (b); CREATE INDEX t_a_b_idx ON u (x)")
        journal, _ = _run(url, migration, tmp_path / "journal.json")
        assert _states(journal) == ["failed", "failed", "skipped"]
        assert "is something else already" in journal.entries[migration.steps[0].id].reason
        assert "of another kind is there already" in journal.entries[migration.steps[1].id].reason
        catalog = catalog_of(url)
        planned = plan_migration(advice(recommended(index("t", "c"))), (), catalog)
        assert planned.steps[0].index == "t_c_idx_2"


def test_what_a_broken_rebuilding_left_is_dropped_by_the_next(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(SMALL)
    step = MigrationStep(
        "reindex:public.t_a", StepKind.REINDEX, "REINDEX INDEX CONCURRENTLY public.t_a", "public", "t", 0, "t_a"
    )
    with Session(url) as session:
        step = replace(step, table_oid=session.value("SELECT 't'::regclass::oid::int8"))
        session.run("CREATE INDEX t_a_ccnew ON t (a)")
        session.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_a_ccnew'::regclass")
        database = session.value("SELECT current_database()")
        journal, told = _run(url, Migration(database, 18, (step,)), tmp_path / "journal.json")
        assert _states(journal) == ["done"]
        assert any("dropped the invalid leftover public.t_a_ccnew" in each for each in told)
        assert session.value("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass") == 1


def test_two_runs_at_once_are_one(new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_database(SMALL)
    monkeypatch.setattr("backend_architect.tune.migration.apply.LOCK_PATIENCE", 0.1)
    with Session(url) as first:
        first.value("SELECT pg_advisory_lock($1)", ONE_AT_A_TIME)
        with pytest.raises(ApplyError, match="apply-under-way"):
            _run(url, _small(url), tmp_path / "journal.json")


def test_duplicates_fail_the_unique_index_with_the_rows_that_collide(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database("CREATE TABLE t (a int, b int)")
    with Session(url) as session:
        session.run("INSERT INTO t VALUES (1, 1), (1, 2)")
        with pytest.raises(Refused):
            session.run("CREATE UNIQUE INDEX CONCURRENTLY t_a_once ON t (a)")
        catalog, findings = catalog_and_findings(url)
        migration = plan_migration(None, [each for each in findings if each.code == "invalid-index"], catalog)
        journal, _ = _run(url, migration, tmp_path / "journal.json")
        reason = journal.entries["create-index:public.t_a_once"].reason
        assert _states(journal) == ["failed"] and "(a)=(1) is duplicated" in reason
        assert session.value("SELECT to_regclass('t_a_once')") is None
        session.run("DELETE FROM t WHERE b = 2")
        journal, _ = _run(url, migration, tmp_path / "journal.json")
        assert _states(journal) == ["done"]


def test_a_journal_that_is_none_or_of_another_migration_is_refused(new_database: NewDatabase, tmp_path: Path) -> None:
    url, path = new_database(SMALL), tmp_path / "journal.json"
    migration = _small(url)
    with pytest.raises(ApplyError, match="no-journal"):
        begin_journal(path, None)
    for content in ("", "{}", "[1]", '{"format": 1}', "\x00"):
        path.write_text(content)
        with pytest.raises(JournalError):
            begin_journal(path, migration)
    write_journal(path, Journal(migration))
    with pytest.raises(ApplyError, match="unfinished-migration"):
        begin_journal(path, replace(migration, steps=migration.steps[:1]))
    assert begin_journal(path, migration) == Journal(migration)
    ended = Journal(migration, {step.id: StepRecord(StepState.DONE) for step in migration.steps})
    write_journal(path, ended)
    assert begin_journal(path, replace(migration, steps=migration.steps[:1])).entries == {}
    assert len(list(tmp_path.iterdir())) == 1  # the old one is kept beside
