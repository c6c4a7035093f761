"""The essentials of tuning on real servers of other versions, beside what 18 says of the same rows."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backend_architect.cli.app import run
from backend_architect.errors import DatabaseError
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune import observe
from tests.other_servers import OtherServer, named_programs, running
from tests.soon import soon
from tests.tune.conftest import SETTINGS

CASES = Path(__file__).parents[1] / "cases"
STATEMENTS = CASES / "versions" / "statements.sql"
TOO_OLD = [each for each in named_programs() if each.version < 13]
SUPPORTED = [each for each in named_programs() if each.version >= 13]
LOADED = (CASES / "copy" / "hostile.sql", CASES / "versions" / "rows.sql")
NAME = "of_all_versions"
SEEN = "relkind IN ('r', 'm') AND oid >= 16384"
OF_THE_MOMENT = {"stale-statistics", "vacuum-behind"}  # before 15 counts arrive when the collector has the time


@dataclass(frozen=True)
class Loaded:
    """A server with the rows, the URL of their database, and its major version."""

    server: OtherServer
    url: str
    version: int


def _load(url: str, database: str) -> None:
    with Session(url, oldest=13) as admin:
        admin.run(f"CREATE DATABASE {NAME} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
    with Session(database, oldest=13) as session:
        for path in LOADED:
            for statement in path.read_text().split(";\n"):
                session.run(statement)
    with Session(database, oldest=13) as session:
        soon(lambda: _all_visible(session))
        session.run("SELECT pg_stat_statements_reset()")
        for statement in STATEMENTS.read_text().split(";\n"):
            session.run(statement.replace("$1", "7"))
        session.run("BEGIN; SAVEPOINT a; ROLLBACK TO a; RELEASE a; COMMIT")


def _all_visible(session: Session) -> bool:
    """Return whether VACUUM saw every row as visible to all: a session that is ending holds it up for a moment."""
    session.run("VACUUM ANALYZE")
    return bool(session.value(f"SELECT NOT EXISTS (SELECT FROM pg_class WHERE {SEEN} AND relallvisible < relpages)"))


@pytest.fixture(scope="module", params=SUPPORTED, ids=lambda each: str(each.version))
def loaded(request: pytest.FixtureRequest) -> Iterator[Loaded]:
    with running(request.param, SETTINGS) as server:
        url = server.url.replace("/postgres?", f"/{NAME}?")
        _load(server.url, url)
        yield Loaded(server, url, request.param.version)


@pytest.fixture(scope="module")
def newest(server: EmbeddedServer) -> Iterator[str]:
    _load(server.url(), server.url(NAME))
    yield server.url(NAME)
    with Session(server.url()) as admin:
        admin.run(f"DROP DATABASE {NAME} WITH (FORCE)")


def _json(url: str, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run(["tune", url, "--json", "--time", "90s", *words]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_it_says_what_is_said_of_the_newest(
    loaded: Loaded, newest: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page, migration = tmp_path / "page.html", tmp_path / "migration.sql"
    words = ("--workload", str(STATEMENTS))
    own = _json(loaded.url, capsys, *words, "--html", str(page), "--migration", str(migration))
    other = _json(newest, capsys, *words)
    assert own["postgresql"] == loaded.version
    assert _findings(own) == _findings(other)
    assert len(_indexes(own) & _indexes(other)) >= 10  # files are of other sizes by a page or two, and so are costs
    assert len(_indexes(own) ^ _indexes(other)) <= 4
    assert {each["code"] for each in own["problems"]} == {"not-as-it-is"}  # row security, and the planner's version
    assert "force_parallel_mode" not in str(own["problems"])
    assert "CREATE INDEX CONCURRENTLY" in migration.read_text()
    assert str(loaded.version) in page.read_text()


def _findings(told: dict[str, Any]) -> list[str]:
    return sorted(each["key"] for each in told["findings"] if each["code"] not in OF_THE_MOMENT)


def _indexes(told: dict[str, Any]) -> set[str]:
    """Return each advised index without the columns that it only carries along."""
    return {each["sql"].split(" ON ")[1].split(" INCLUDE ")[0].rstrip(";") for each in told["advice"]["indexes"]}


def test_what_it_counted_is_read_and_nothing_is_refused(loaded: Loaded) -> None:
    observation = asyncio.run(observe(loaded.url))
    workload = observation.observed.workload
    assert workload is not None and observation.problems == ()
    assert {"bills.of_tenant", "log.kind", "orders.user"} <= {each.name for each in workload.statements}
    assert not [reason for reason in workload.left_out if "parsed" in reason]
    assert observation.observed.catalog.counted_at_least is not None
    assert observation.observed.catalog.unseen == ()


def test_the_changes_are_made_and_measured(
    loaded: Loaded, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["tune", loaded.url, "--snapshot", "before.json"]) == 0
    assert run(["tune", loaded.url, "--workload", str(STATEMENTS), "--apply", "--yes", "--time", "60s"]) == 0
    assert "steps are done" in capsys.readouterr().out
    with Session(loaded.url, oldest=13) as session:
        assert session.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
        assert session.value("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'bills_city%'") == 1
    assert run(["tune", loaded.url, "--compare", "before.json"]) == 0
    assert run(["tune", loaded.url, "--at", "100x", "--watch", "1s", "--time", "1s"]) == 0


def test_no_statement_of_the_tool_failed_there(loaded: Loaded) -> None:
    """The last of this file: the server's log holds what the others did."""
    failed = [line for line in loaded.server.log.read_text().splitlines() if "ERROR:" in line]
    assert failed == []


@pytest.mark.parametrize("programs", TOO_OLD, ids=lambda each: str(each.version))
def test_an_older_one_is_refused(programs: Any) -> None:
    with running(programs, {}) as server, pytest.raises(DatabaseError) as caught:
        asyncio.run(observe(server.url))
    [problem] = caught.value.problems
    assert problem.code == "database-too-old" and problem.fix == "PostgreSQL 13 or newer is needed"
    assert f"PostgreSQL {programs.version}." in problem.message
