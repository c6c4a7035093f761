"""What a plan reads is worked out from EXPLAIN's estimates: what a LIMIT stops, what runs again, what a filter drops."""

from typing import Any

import pytest

from backend_architect.proof.plans.work import Work, read_work

SIZES = {"posts": (1_000_000.0, 50_000.0), "follows": (400_000.0, 2_000.0)}


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
    return read_work(plan, SIZES, lambda *_: found)


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
