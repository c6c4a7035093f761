"""Existing indexes that keep updates from being done in place: they are named with their DROP where they only cost."""

import asyncio
import json
from pathlib import Path

import pytest

from backend_architect.finding import Finding, Sureness
from backend_architect.postgres import Session
from backend_architect.tune import Observed, find_all, find_misjudged, observe
from backend_architect.tune.advice_run import advise
from backend_architect.tune.indexes import Advice
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from tests.tune.conftest import NewDatabase

BIKES = """
CREATE EXTENSION pg_stat_statements;
CREATE TABLE zones (id int PRIMARY KEY);
INSERT INTO zones SELECT i FROM generate_series(1, 50) i;
CREATE TABLE bikes (id int PRIMARY KEY, zone_id int REFERENCES zones, state text NOT NULL, seen_at timestamptz NOT NULL,
  moved_at timestamptz NOT NULL, label text NOT NULL) WITH (fillfactor = 50);
INSERT INTO bikes SELECT i, 1 + i % 50, CASE WHEN i % 100 = 0 THEN 'lost' ELSE 'on' END, now() - i * interval '1 s',
  now() - i * interval '2 s', 'bike ' || i FROM generate_series(1, 5000) i;
CREATE INDEX bikes_seen ON bikes (seen_at);
CREATE INDEX bikes_moved ON bikes (moved_at) WHERE moved_at IS NOT NULL;
CREATE INDEX bikes_zone ON bikes (zone_id);
CREATE INDEX bikes_state ON bikes (state);
VACUUM ANALYZE;
SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
MOVED = "UPDATE bikes SET seen_at = now(), moved_at = now() WHERE id = $1"
LOST = "SELECT id, label FROM bikes WHERE state = 'lost'"
OLDEST = "SELECT id FROM bikes WHERE seen_at < now() - interval '1 day' LIMIT 50"
IN_PLACE = """SELECT n_tup_hot_upd::float / n_tup_upd FROM pg_stat_user_tables WHERE relname = 'bikes'"""


@pytest.fixture
def bikes(new_database: NewDatabase) -> str:
    """Bikes that move all the time, and are looked for now and then."""
    url = new_database(BIKES)
    with Session(url) as session:
        _move(session)
        for _ in range(30):
            session.run(LOST)
        session.run(OLDEST)
    return url


def _move(session: Session) -> None:
    for number in range(1, 1501):
        session.run(MOVED, number)


def _advised(url: str) -> tuple[Observed, Advice]:
    observed = asyncio.run(observe(url)).observed
    advice = advise(url, observed, ChoiceLimits(seconds=60), lambda _: None).advice
    assert advice is not None
    return observed, advice


def _findings(observed: Observed, advice: Advice) -> list[Finding]:
    return [each for each in find_misjudged(observed, advice).findings if each.code == "index-stops-hot"]


def test_indexes_that_stop_updates_in_place_go_together_and_what_is_read_stays(bikes: str) -> None:
    observed, advice = _advised(bikes)
    assert {each.index.name for each in advice.needless} == {"bikes_seen", "bikes_moved"}  # neither alone would help
    found = _findings(observed, advice)
    assert {each.sureness for each in found} == {Sureness.LIKELY}  # so --apply leaves them to somebody
    with Session(bikes) as session:
        for each in found:
            session.run(each.sql)
        session.run("SELECT pg_stat_reset()")
        _move(session)
        session.run("SELECT pg_stat_force_next_flush()")
        assert session.value(IN_PLACE) > 0.9
    assert not _findings(*_advised(bikes))


def test_an_index_that_somebody_else_reads_stays(bikes: str) -> None:
    with Session(bikes) as session:
        for _ in range(3000):  # what pg_stat_statements does not know any more
            session.run("SELECT 1 FROM bikes WHERE seen_at < '2000-01-01'")
        session.run("SELECT pg_stat_force_next_flush()")
        (entry,) = session.fetch("SELECT queryid FROM pg_stat_statements WHERE query LIKE '%< $2%' AND calls = 3000")
        session.run(f"SELECT pg_stat_statements_reset(0, 0, {entry['queryid']})")
    _, advice = _advised(bikes)
    assert "bikes_seen" not in {each.index.name for each in advice.needless}


MESSAGES = """
SET synchronous_commit = on;
CREATE TABLE messages (id int PRIMARY KEY, account int NOT NULL, made timestamp NOT NULL, kind int NOT NULL);
INSERT INTO messages SELECT i, 1 + i % 7, '2026-01-01'::timestamp + i * interval '2 minutes', i % 4
  FROM generate_series(1, 60000) i;
CREATE INDEX of_account ON messages (account);
CREATE INDEX of_account_made ON messages (account, made, kind);
VACUUM ANALYZE
"""
COUNT = "SELECT count(*) FROM messages WHERE account = 3"
NEWEST = "SELECT id, made FROM messages WHERE account = 3 ORDER BY made DESC LIMIT 5"


@pytest.mark.parametrize(
    ("statement", "sureness", "drops"), [(COUNT, Sureness.POSSIBLE, False), (NEWEST, Sureness.LIKELY, True)]
)
def test_the_planner_is_asked_for_what_a_much_larger_index_covers(
    new_database: NewDatabase, tmp_path: Path, statement: str, sureness: Sureness, drops: bool
) -> None:
    url = new_database(MESSAGES)
    (tmp_path / "workload.sql").write_text(f"-- weight: 2000\n{statement};\n")
    observed = asyncio.run(observe(url, tmp_path / "workload.sql")).observed
    advice = advise(url, observed, ChoiceLimits(seconds=60), lambda _: None).advice
    everything = {each.key: each for each in (*find_all(observed), *find_misjudged(observed, advice).findings)}
    found = everything["covered-index:of_account"]
    assert (found.sureness, "DROP INDEX" in found.sql) == (sureness, drops)
    with Session(url) as session:
        before = _cost(session, statement)
        session.run("DROP INDEX of_account")
        assert (_cost(session, statement) > 1.1 * before) is not drops


def _cost(session: Session, sql: str) -> float:
    return float(json.loads(session.value(f"EXPLAIN (FORMAT JSON) {sql}"))[0]["Plan"]["Total Cost"])
