"""What a plan reads is worked out from estimates: what a LIMIT stops, what runs again, what a filter drops."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from backend_architect.planner_twin import TableStatistics, make_twin, read_statistics
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.proof.plans.work import Work, read_work

TABLES = {
    name: TableStatistics(name, rows, pages, 1.0, (), ())
    for name, rows, pages in (("posts", 1_000_000.0, 50_000), ("follows", 400_000.0, 2_000))
}
SKIPPED = {"few": 50, "some_more": 2_000, "many": 100_000}
"""The first columns of indexes, with how many values each has."""


def _scan(kind: str, table: str, rows: float, **more: Any) -> dict[str, Any]:
    return {"Node Type": kind, "Relation Name": table, "Alias": table, "Plan Rows": rows, "Startup Cost": 0.0,
            "Total Cost": 1_000.0, **more}  # fmt: skip


def _over(kind: str, rows: float, *plans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Node Type": kind,
        "Plan Rows": rows,
        "Startup Cost": 0.0,
        "Total Cost": 1_000.0,
        "Plans": list(plans),
        **more,
    }


def _work(plan: dict[str, Any], found: float | None = None) -> Work:
    return read_work(plan, TABLES, lambda *_: found)


def test_a_limit_stops_what_is_below_it() -> None:
    walk = _scan("Index Scan", "posts", 1_000_000, **{"Index Name": "posts_created_at_idx"})
    assert _work(_over("Limit", 20, walk, **{"Total Cost": 0.02})).rows == pytest.approx(20)


def test_a_sort_below_a_limit_reads_everything() -> None:
    whole = _over("Sort", 1_000_000, _scan("Seq Scan", "posts", 1_000_000), **{"Startup Cost": 999.0})
    assert _work(_over("Limit", 20, whole, **{"Total Cost": 999.1})).rows == 1_000_000


def test_an_inner_side_runs_for_each_outer_row() -> None:
    outer = _scan("Index Scan", "follows", 200, **{"Index Cond": "(a = $1)", "Parent Relationship": "Outer"})
    inner = _scan("Index Scan", "posts", 5, **{"Index Cond": "(b = c)", "Parent Relationship": "Inner"})
    work = _work(_over("Nested Loop", 1_000, outer, inner))
    assert work.rows == 200 + 200 * 5


def test_what_a_filter_throws_away_was_read() -> None:
    read = _scan("Index Scan", "posts", 10, **{"Index Cond": "(a = $1)", "Filter": "(b = $2)"})
    assert _work(read, found=500).rows == 500


def test_a_hashed_subplan_runs_once_and_another_for_each_row() -> None:
    def with_subplan(text: str) -> dict[str, Any]:
        inner = _scan("Index Only Scan", "follows", 50, **{"Index Cond": "(a = $1)", "Subplan Name": "SubPlan 1",
                                                           "Parent Relationship": "SubPlan"})  # fmt: skip
        return _scan("Seq Scan", "posts", 1_000_000, **{"Filter": text, "Plans": [inner]})

    assert _work(with_subplan("(hashed SubPlan 1)")).reads[1].rows == 50
    assert _work(with_subplan("EXISTS(SubPlan 1)")).reads[1].rows == 1_000_000


@pytest.fixture(scope="module")
def skipping(server: EmbeddedServer) -> Iterator[str]:
    """The name of a database of one table whose indexes begin with columns that the statement does not compare."""
    name = f"skipping_{secrets.token_hex(4)}"
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} STRATEGY file_copy")
        with Session(server.url(name)) as session:
            session.run(f"CREATE TABLE t (id bigint, b int, {', '.join(f'{column} int' for column in SKIPPED)})")
            values = ", ".join(f"i * 7919 % {values}" for values in SKIPPED.values())
            session.run(f"INSERT INTO t SELECT i, i * 31 % 50000, {values} FROM generate_series(1, 200000) i")
            for column in SKIPPED:
                session.run(f"CREATE INDEX t_{column} ON t ({column}, b)")
            session.run("VACUUM ANALYZE t")
        yield name
        admin.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("column", SKIPPED)
def test_a_skip_scan_reads_what_it_was_seen_to_read(column: str, skipping: str, server: EmbeddedServer) -> None:
    sql = "SELECT id FROM t WHERE b = 7"
    with Session(server.url(skipping)) as session:
        known = read_statistics(session)
        session.run("BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for other in SKIPPED.keys() - {column}:
            session.run(f"DROP INDEX t_{other}")
        plan = json.loads(session.value(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}"))[0]["Plan"]
        session.run("ROLLBACK")
    buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    work = read_work(plan, known.by_name, lambda *_: None)
    assert work.reads[0].skipped == column
    assert buffers / 2 <= work.pages <= buffers * 2
    assert work.rows >= min(plan["Index Searches"], SKIPPED[column])
    assert work.rows >= 200_000 or plan["Index Searches"] > 1, "one search without the first column passes every entry"


def test_a_skip_scan_grows_with_the_values_that_it_skips(skipping: str, server: EmbeddedServer) -> None:
    with Session(server.url(skipping)) as session:
        known = read_statistics(session)
    with make_twin(server, skipping, known) as twin:
        work = read_work(twin.explain("SELECT id FROM t WHERE b = $1", ["int4"]), known.by_name, lambda *_: None)
    assert work.reads[0].index == "t_few"
    assert work.rows == pytest.approx(SKIPPED["few"], rel=0.2)


def test_a_column_of_another_table_does_not_compare_the_first_of_an_index(
    skipping: str, server: EmbeddedServer
) -> None:
    with Session(server.url(skipping)) as session:
        known = read_statistics(session)
    scan = _scan("Index Scan", "t", 4, **{"Index Name": "t_many", "Index Cond": "(t.b = u.many)"})
    assert read_work(scan, known.by_name, lambda *_: None).rows == 200_000
    scan["Index Cond"] = "((t.many = u.many) AND (t.b = u.b))"
    assert read_work(scan, known.by_name, lambda *_: None).rows == 4
