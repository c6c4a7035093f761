"""Every rule, and the choice of indexes, against small schemas in the shape of real ones, in all of their states.

A schema is `tests/cases/tune_corpus/<name>.sql`: its rows, then `-- workload` and statements. Each is read as it was
loaded, without statistics; analyzed, with its statements as SQL and in a log; by a role without rights; and with its
tables empty. No rule may fail, every
advised index can be built as it is shown, and what has no plan is known.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pglast.parser import split

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune import Observation, find_everything, observe
from backend_architect.tune.advice_run import advise
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.migration import beside_advice, plan_migration
from backend_architect.tune.reading.any_files import read_workload

FOLDER = Path(__file__).parents[1] / "cases" / "tune_corpus"
SCHEMAS = sorted(FOLDER.glob("*.sql"))
STRANGER = "corpus_stranger"
UNPLANNED = {
    "odds_and_ends": {"it names no table", "relation"},
    "music_encyclopedia": {"operator does not exist: character varying %"},  # of an extension that is not there
}
"""Why statements have no plan, where that is meant so."""
EMPTY = """
DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.oid >= 16384 AND n.nspname !~ '^pg_' AND pg_relation_size(c.oid) > 0 LOOP
    EXECUTE format('DELETE FROM ONLY %s', name); END LOOP;
END $$
"""


@pytest.fixture(scope="module")
def admin(server: EmbeddedServer) -> Iterator[Session]:
    """A session that makes the databases, and a role that may do nothing in them."""
    with Session(server.url()) as session:
        session.run(f"DROP ROLE IF EXISTS {STRANGER}; CREATE ROLE {STRANGER} LOGIN")
        yield session


def _load(url: str, sql: str) -> None:
    with Session(url) as session:
        for statement in split(sql):
            session.run(statement)


def _log(statements: list[str]) -> str:
    """Return a server's log in which each statement ran some times, so that rules see times and their shares."""
    head = "2026-01-01 10:00:{n:02}.000 UTC [77] app@shop LOG:  duration: {ms} ms  statement: "
    lines = (head.format(n=n, ms=3.5 * (n + 1)) + each.replace("\n", "\n\t") for each in statements for n in range(25))
    return "".join(f"{line}\n" for line in lines)


def _rules_hold(url: str, workload: Path) -> Observation:
    """Return what is read; every rule has looked at every statement."""
    observation = asyncio.run(observe(url, read_workload(workload, "")))
    found = find_everything(observation.observed)
    assert not found.problems, found.problems
    assert all(finding.message and finding.why and finding.fix for finding in found.findings)
    return observation


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.stem)
def test_a_schema_is_read_in_every_state_and_its_indexes_can_be_built(
    file: Path, server: EmbeddedServer, admin: Session, tmp_path: Path
) -> None:
    schema, statements = file.read_text().split("-- workload\n")
    workload = tmp_path / "workload.sql"
    workload.write_text("".join(f"-- weight: 300\n{each};\n" for each in split(statements)))
    name = f"corpus_{file.stem}"
    admin.run(f"CREATE DATABASE {name} STRATEGY file_copy")
    url = server.url(name)
    try:
        _load(url, schema)
        _rules_hold(url, workload)
        _rules_hold(url.replace("postgres@", f"{STRANGER}@"), workload)
        (tmp_path / "server.log").write_text(_log(list(split(statements))))
        with Session(url) as session:
            session.run("ANALYZE")
        _rules_hold(url, tmp_path / "server.log")
        _advice_holds(url, _rules_hold(url, workload), file.stem)
        with Session(url) as session:
            session.run(EMPTY)
            session.run("VACUUM ANALYZE" if file.stem != "a_thousand_tables" else "VACUUM ANALYZE t1, t2")
        _rules_hold(url, workload)
    finally:
        admin.run(f"DROP DATABASE {name} WITH (FORCE)")


def _advice_holds(url: str, observation: Observation, name: str) -> None:
    observed = observation.observed
    advised = advise(url, observed, ChoiceLimits(seconds=20), lambda _: None)
    advice = advised.advice
    assert advice is not None, advised.problems
    strange = {reason for reason in advice.unplanned if not any(own in reason for own in UNPLANNED.get(name, ()))}
    assert not strange, strange
    findings = beside_advice(find_everything(observed).findings, advice)
    assert plan_migration(advice, findings, observed.catalog).steps or not advice.recommended
    with Session(url) as session:
        for each in advice.recommended:
            session.run(each.sql.rstrip(";"))
            for other in each.others:
                session.run(other.statement().rstrip(";"))
