"""`architect tune` where it writes a migration, applies it, and compares."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import Session
from backend_architect.postgres.account import server_account
from backend_architect.postgres.embedded import _initialise, binary
from backend_architect.tune.migration import Journal, plan_migration
from backend_architect.tune.migration.journal import default_journal, write_journal
from tests.soon import soon
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import advice, catalog_of, index, recommended

TWICE = "CREATE TABLE t (a int PRIMARY KEY, b int);\nCREATE INDEX again ON t (a)"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def test_a_migration_is_written_beside_nothing_else(
    new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(TWICE)
    assert run(["tune", url, "--migration", "m.sql"]) == 0
    assert "m.sql holds 1 steps, m.rollback.sql undoes them" in capsys.readouterr().out
    assert "DROP INDEX CONCURRENTLY IF EXISTS public.again;" in Path("m.sql").read_text()
    assert "CREATE INDEX CONCURRENTLY IF NOT EXISTS again ON public.t" in Path("m.rollback.sql").read_text()
    assert run(["tune", url, "--migration", "m.sql"]) == 0  # the same again, but for its date
    Path("m.sql").write_text("mine")
    assert run(["tune", url, "--migration", "m.sql"]) == 1
    assert "file-exists" in capsys.readouterr().err
    assert Path("m.sql").read_text() == "mine"


def test_nothing_is_applied_unless_somebody_says_so_and_what_it_locks_is_told_before(
    new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(TWICE)
    assert run(["tune", url, "--apply"]) == 1
    told = capsys.readouterr()
    assert "not-confirmed" in told.err
    assert "DROP INDEX CONCURRENTLY IF EXISTS public.again;" in told.out
    assert "SHARE UPDATE EXCLUSIVE on the table, for an instant" in told.out
    with Session(url) as session:
        assert session.value("SELECT to_regclass('again')") is not None
        assert run(["tune", url, "--snapshot", "before.json"]) == 0
        assert run(["tune", url, "--snapshot", "before.json"]) == 1
        assert run(["tune", url, "--apply", "--yes"]) == 0
        assert session.value("SELECT to_regclass('again')") is None
    capsys.readouterr()
    assert run(["tune", url, "--compare", "before.json"]) == 0
    assert "dropped public.again" in capsys.readouterr().out
    journal = next(Path(".backend-architect").iterdir())
    assert run(["tune", url, "--compare", str(journal), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["comparison"]["dropped"][0]["name"] == "public.again"
    assert run(["tune", url, "--compare", str(journal), "--wait", "soon"]) == 1


def test_a_migration_that_was_broken_off_is_gone_on_with_at_the_same_place(
    new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(TWICE)
    catalog = catalog_of(url)
    migration = plan_migration(advice(recommended(index("t", "b"))), (), catalog)
    write_journal(default_journal(catalog.database), Journal(migration))
    assert run(["tune", url, "--apply", "--yes", "--json"]) == 0
    told = capsys.readouterr()
    assert "was interrupted; resuming" in told.err
    steps = json.loads(told.out)["changes"]["steps"]
    assert [(step["id"], step["state"]) for step in steps] == [("create-index:public.t_b_idx", "done")]


def test_findings_and_what_was_changed_are_one_document(
    new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(TWICE)
    assert run(["tune", url, "--apply", "--yes", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "duplicate-index:again" in [finding["key"] for finding in told["findings"]]
    assert [(step["kind"], step["state"]) for step in told["changes"]["steps"]] == [("drop index", "done")]
    assert [index["name"] for index in told["changes"]["comparison"]["dropped"]] == ["public.again"]
    assert run(["tune", url, "--apply", "--yes", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["changes"] is None
    assert "nothing is to be changed" in told.err


def test_new_indexes_are_judged_later_when_there_are_no_calls_yet(
    new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(f"CREATE EXTENSION pg_stat_statements;\n{TWICE}")
    catalog = catalog_of(url)
    migration = plan_migration(advice(recommended(index("t", "b"))), (), catalog)
    write_journal(default_journal(catalog.database), Journal(migration))
    assert run(["tune", url, "--apply", "--yes"]) == 0
    told = capsys.readouterr().out
    assert "Run later: architect tune URL --compare .backend-architect" in told
    assert "too few calls yet" not in told


def test_a_standby_is_refused(new_database: NewDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account, folder = server_account(), tmp_path / "standby"
    _initialise(folder, account)
    (folder / "standby.signal").touch()
    account.give(folder / "standby.signal")
    command = [str(binary("postgres")), "-D", str(folder), "-k", str(folder), "-c", "listen_addresses=", "-F"]
    options = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **account.spawn_options()}
    server = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    try:
        url = f"postgresql://postgres@/postgres?host={folder}"
        catalog = catalog_of(new_database(TWICE))
        migration = plan_migration(advice(recommended(index("t", "b"))), (), catalog)
        write_journal(Path("journal.json"), Journal(replace(migration, database="postgres")))
        told = ""

        def answered() -> bool:
            nonlocal told
            assert run(["tune", url, "--apply", "--yes", "--journal", "journal.json"]) == 1
            told = capsys.readouterr().err
            return "does not answer" not in told and "starting up" not in told

        soon(answered)
        assert "is-standby: this server is a standby" in told
    finally:
        server.terminate()
        server.wait(timeout=60)


def test_a_migration_that_could_not_be_written_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert run(["tune", "postgresql://nobody@localhost:1/none", "--migration", str(tmp_path / "file" / "m.sql")]) == 1
    assert "not-written" in capsys.readouterr().err
