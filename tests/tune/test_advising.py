"""A database and its workload → advice: what is chosen, whether it holds when built, and that it is no chance."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.planner_twin import Planner
from backend_architect.postgres import Session
from backend_architect.tune import Observed, Statement, Workload, observe
from backend_architect.tune.advice_run import advise, costliest_in_time, planning, read_source, short_of_time
from backend_architect.tune.indexes import Advice
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.indexes.select import choose
from tests.tune.catalog import CATALOG
from tests.tune.conftest import NewDatabase

# With that target ANALYZE reads 40,200 rows, which are all there are: each run finds the same.
ROWS = """
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name varchar(40) NOT NULL);
INSERT INTO users SELECT i, 'User' || i || '@example.com', 'user ' || i FROM generate_series(1, 5000) i;
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, status text NOT NULL, total int NOT NULL,
  note text, deleted_at timestamptz, created_at timestamptz NOT NULL);
INSERT INTO orders SELECT i, i * 7 % 500 + 1, CASE WHEN i % 50 = 0 THEN 'open' ELSE 'paid' END, i % 900,
  repeat('n', 90), NULL, '2026-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 40000) i;
CREATE INDEX orders_user ON orders (user_id);
ALTER TABLE orders ALTER id SET STATISTICS 134;
VACUUM ANALYZE
"""
STATEMENTS = """
-- weight: 500
SELECT /* orders.of_user */ id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20;
-- weight: 200
SELECT /* users.by_email */ id FROM users WHERE lower(email) = $1;
-- weight: 50
SELECT /* orders.open */ id, user_id FROM orders WHERE status = 'open' AND total > $1;
-- weight: 10
SELECT /* unknown.table */ 1 FROM nowhere WHERE id = $1;
-- weight: 300
UPDATE /* orders.pay */ orders SET total = $2 WHERE id = $1;
"""


@pytest.fixture
def shop(new_database: NewDatabase, tmp_path: Path) -> tuple[str, Observed]:
    """A small shop with one index that another would cover, and what it runs."""
    url = new_database(ROWS)
    (tmp_path / "statements.sql").write_text(STATEMENTS)
    return url, asyncio.run(observe(url, tmp_path / "statements.sql")).observed


@pytest.fixture
def advices(shop: tuple[str, Observed]) -> Iterator[tuple[Advice, Advice, Advice]]:
    """The advice, the same for the statements in another order, and the one for hardly any room."""
    url, observed = shop
    workload = observed.workload
    assert workload is not None
    turned = replace(observed, workload=replace(workload, statements=workload.statements[::-1]))
    with planning(url, read_source(url), observed) as (what_if, left_out):
        assert not left_out
        found = [
            choose(each, what_if, limits, sql_of=lambda statement: statement.text, tell=lambda _: None)
            for each, limits in (
                (observed, ChoiceLimits()),
                (turned, ChoiceLimits()),
                (observed, ChoiceLimits(budget=400_000)),
            )
        ]
    yield found[0], found[1], found[2]


def _sql(advice: Advice) -> list[str]:
    return [each.index.definition("").removeprefix("CREATE INDEX ON ") for each in advice.recommended]


def test_the_advice_is_what_an_expert_would_make_and_holds_when_built(
    shop: tuple[str, Observed], advices: tuple[Advice, Advice, Advice]
) -> None:
    advice, turned, _ = advices
    assert any(each.startswith("orders (user_id, created_at") for each in _sql(advice))
    assert "users ((lower(email)))" in _sql(advice)
    assert any("WHERE status = 'open'" in each for each in _sql(advice))
    assert [index.name for each in advice.recommended for index in each.covers] == ["orders_user"]
    assert _sql(advice) == _sql(turned)
    assert list(advice.unplanned.values()) == [1]
    with Session(shop[0]) as session:
        for each in advice.recommended:
            session.run(each.index.definition(each.index.name))
        session.run("VACUUM ANALYZE")
    with Planner(shop[0]) as planner:
        for cost in advice.statements:
            if not cost.problem:
                built = planner.explain(cost.statement.text)["Total Cost"]
                assert built == pytest.approx(cost.after, rel=0.1, abs=0.5), cost.statement.text


def test_a_budget_is_kept(advices: tuple[Advice, Advice, Advice]) -> None:
    whole, _, small = advices
    assert 0 < small.bytes <= 400_000 < whole.bytes
    assert small.before > small.after > whole.after


def test_no_time_is_no_advice_and_little_time_says_what_it_left(shop: tuple[str, Observed]) -> None:
    url, observed = shop
    assert advise(url, observed, ChoiceLimits(seconds=0), lambda _: None).advice is None
    advised = advise(url, observed, ChoiceLimits(seconds=0.001), lambda _: None)
    assert advised.advice is None
    assert "took all of the time" in advised.problems[0].message
    with planning(url, read_source(url), observed) as (what_if, _):
        limits = ChoiceLimits(seconds=10, began=time.monotonic() - 10)
        advice = choose(observed, what_if, limits, sql_of=lambda each: each.text, tell=lambda _: None)
    assert len(advice.left) == len(advice.statements)
    (told,) = short_of_time(advice, 9.0, limits)
    assert "took 9 of the 10 seconds" in told.message
    assert not list(short_of_time(advice, 1.0, limits))
    assert not list(short_of_time(replace(advice, left=()), 9.0, limits))


def test_where_reading_took_long_the_dearest_are_planned_for_and_more_in_more_time() -> None:
    many = tuple(Statement(str(number), f"SELECT {number}", calls=1.0, total_ms=number) for number in range(5_000))
    observed = Observed(CATALOG, Workload("here", many))

    def planned_for(seconds: float, spent: float) -> list[str]:
        near, beyond = costliest_in_time(observed, spent, ChoiceLimits(seconds=seconds))
        assert near.workload is not None
        kept = [each.id for each in near.workload.statements]
        assert {*kept, *(each.id for each in beyond)} == {each.id for each in many}
        return kept

    assert len(planned_for(60.0, spent=10.0)) == 5_000  # a sixth of the time
    short, longer, longest = (planned_for(seconds, spent=30.0) for seconds in (10.0, 45.0, 90.0))
    assert short == [str(number) for number in range(4_999, 4_499, -1)]
    assert 500 < len(longer) < len(longest) < 5_000
    assert longest[: len(longer)] == longer and longer[:500] == short  # more time never gives less


def test_what_there_is_no_time_for_is_not_begun() -> None:
    observed = Observed(CATALOG, Workload("here", (Statement("one", "SELECT 1", calls=1.0),)))
    limits = ChoiceLimits(seconds=10.0, began=time.monotonic() - 9.0)
    advised = advise("postgresql://nobody.invalid/x", observed, limits, lambda _: None)  # nor is the server asked
    [problem] = advised.problems
    told = "no indexes were chosen: reading the statements and looking for findings took all of the time"
    assert (advised.advice, problem.message, problem.fix) == (None, told, "--time gives it more")
