"""Advised indexes run on generated rows: what does harm there is taken out, what helps is told with its times."""

import asyncio
import time

import pytest

from backend_architect.cli.output import TerminalPaint
from backend_architect.planner_twin.copy import twin_server
from backend_architect.postgres import Session
from backend_architect.report.advice import advice_lines, not_looked_at
from backend_architect.tune import Observed, observe
from backend_architect.tune.advice_run import read_source
from backend_architect.tune.executing import verify
from backend_architect.tune.executing.rows import create_table, fill_table
from backend_architect.tune.indexes import Advice, NewIndex, NewKey, Recommended, StatementCost
from tests.tune.conftest import NewDatabase

QUEUE = """
CREATE EXTENSION pg_stat_statements;
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE jobs (id bigint PRIMARY KEY, state text NOT NULL, run_at timestamptz NOT NULL, payload text NOT NULL,
  owner uuid, tries int NOT NULL, how mood, tags text[]);
INSERT INTO jobs SELECT g, CASE WHEN g > 59400 THEN 'open' ELSE 'done' END, now() - (60000 - g) * interval '30 s',
  repeat('p', 80), CASE WHEN g % 4 > 0 THEN md5(g::text)::uuid END, g % 3, 'calm', ARRAY['a', 'b' || g % 5]
  FROM generate_series(1, 60000) g;
CREATE INDEX jobs_state ON jobs (state);
VACUUM ANALYZE;
SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
CLAIM = "SELECT id FROM jobs WHERE state = 'open' AND run_at <= now() ORDER BY run_at LIMIT 5 FOR UPDATE SKIP LOCKED"
BY_ORDER = NewIndex("public", "jobs", (NewKey("run_at"),))
BY_STATE = NewIndex("public", "jobs", (NewKey("state"), NewKey("run_at")))
BY_TRIES = NewIndex("public", "jobs", (NewKey("tries"),))


@pytest.fixture
def queue(new_database: NewDatabase) -> tuple[str, Observed]:
    """A queue of which 99 % is done, and what claims from it."""
    url = new_database(QUEUE)
    with Session(url) as session:
        for _ in range(5):
            session.run(CLAIM)
    return url, asyncio.run(observe(url)).observed


def _advice(observed: Observed, *indexes: NewIndex) -> Advice:
    assert observed.workload is not None
    (claim,) = [each for each in observed.workload.statements if "jobs" in each.text]
    cost = StatementCost(claim, 6_000.0, 1.0, tuple(index.name for index in indexes))
    made = tuple(Recommended(index, 10_000, 6_000.0, 0.0, (claim.shown,)) for index in indexes)
    return Advice(made, (cost,), None, "twin", 3)


def _verified(queue: tuple[str, Observed], *indexes: NewIndex) -> Advice:
    url, observed = queue
    statistics = read_source(url).known.statistics
    with twin_server() as server:
        return verify(
            _advice(observed, *indexes), observed, statistics, server,
            until=time.monotonic() + 120, tell=lambda _: None,
        )  # fmt: skip


def test_an_index_that_harms_is_taken_out_and_one_that_helps_is_kept(queue: tuple[str, Observed]) -> None:
    harmful = _verified(queue, BY_ORDER)
    assert not harmful.recommended
    (told,) = not_looked_at(harmful)
    assert told.startswith("taken out: CREATE INDEX ON jobs (run_at): on generated rows SELECT id FROM jobs")
    assert harmful.statements[0].after == harmful.statements[0].before
    useful = _verified(queue, BY_STATE, BY_TRIES)
    tried = {each.index: each.tried for each in useful.recommended}
    assert tried[BY_STATE].startswith("tried on up to 100,000 generated rows a table: SELECT id FROM jobs")
    assert tried[BY_TRIES] == "tried on generated rows: no statement used it there"
    assert any("tried on up to" in line for line in advice_lines(useful, TerminalPaint(on=False)))


def test_generated_rows_lie_as_the_statistics_say(queue: tuple[str, Observed], new_database: NewDatabase) -> None:
    url, observed = queue
    table = observed.catalog.table_by_name["public", "jobs"]
    (statistics,) = [each for each in read_source(url).known.statistics if each.schema == "public"]
    made = new_database("CREATE TYPE mood AS ENUM ('calm', 'cross')")
    with Session(made) as session:
        session.run(create_table(table))
        session.run(fill_table(table, statistics.by_name["jobs"], 20_000))
        (row,) = session.fetch("""
            SELECT count(*)::int AS rows, count(*) FILTER (WHERE state = 'open')::int AS open,
                   count(DISTINCT run_at)::int AS times, count(owner)::int AS owned,
                   count(DISTINCT tries)::int AS tries,
                   (SELECT min(run_at) FROM jobs WHERE state = 'open') > (SELECT max(run_at) FROM jobs
                    WHERE state = 'done') AS behind, max(length(payload)) AS longest FROM jobs""")
    assert row["rows"] == 20_000
    assert 100 <= row["open"] <= 300  # 1 %
    assert row["behind"]  # the open ones lie behind all that is done
    assert row["times"] > 19_000
    assert 14_000 < row["owned"] < 16_000  # three of four
    assert (row["tries"], row["longest"]) == (3, 80)
