"""What a call really costs, by what was measured, and what a plan with a new index may cost where rows lie badly."""

import pytest

from backend_architect.tune.indexes.measured import Belief, believe
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.indexes.risk import judge
from backend_architect.tune.what_if import PlanEstimate
from backend_architect.tune.workload import Statement

ORDER = NewIndex("public", "jobs", (NewKey("run_at"),))
EQUAL = NewIndex("public", "jobs", (NewKey("state"), NewKey("run_at")))
WORDS = NewIndex("public", "jobs", (NewKey("words"),), method="gin")
ROWS = {("public", "jobs"): 200_000.0}


def _counted(ms: float, blocks: float) -> Statement:
    return Statement("s", "SELECT 1", 100, total_ms=100 * ms, blocks=100 * blocks)


@pytest.mark.parametrize(
    ("planned", "ms", "blocks", "least", "most"),
    [
        (5_000.0, 20.0, 4_000.0, 5_000.0, 5_000.0),  # as planned
        (6_000.0, 0.3, 40.0, 40.0, 200.0),  # a call of 0.3 ms on 40 pages is no scan of a table
        (1.2, 170.0, 5_997.0, 5_997.0, 5_997.0),  # what the planner did not foresee
        (100.0, 0.0, 0.0, 100.0, 100.0),  # nobody measured it
    ],
)
def test_the_cost_of_today_is_held_to_the_pages(
    planned: float, ms: float, blocks: float, least: float, most: float
) -> None:
    assert least <= believe(planned, _counted(ms, blocks)).believed <= most


def test_a_quick_call_saves_no_more_than_it_takes() -> None:
    quick = Belief(planned=6_000.0, believed=100.0, mean_ms=0.3)
    assert quick.of(2.0, changed=True, tight=True, guessed=False) == 2.0
    assert quick.of(900.0, changed=True, tight=True, guessed=False) == 100.0  # better as planned, but by what?
    assert quick.of(9_000.0, changed=True, tight=True, guessed=False) > 100.0
    assert quick.of(2.0, changed=True, tight=True, guessed=True) == 100.0  # nobody knows how many rows it finds


def test_what_the_planner_does_not_see_stays_unless_the_index_holds_it_all() -> None:
    blind = Belief(planned=7.0, believed=5_997.0, mean_ms=170.0)
    assert blind.of(1.2, changed=True, tight=True, guessed=False) == 1.2
    assert blind.of(3.5, changed=True, tight=False, guessed=False) == pytest.approx(5_997.0 / 2)


def _first(scan: dict[str, object]) -> PlanEstimate:
    """Return the plan of a LIMIT 5 that walks an index."""
    whole = {"Node Type": "Index Scan", "Total Cost": 7_000.0, "Plan Rows": 100_000, **scan}
    plan = {"Node Type": "Limit", "Total Cost": 1.0, "Plan Rows": 5, "Plans": [whole]}
    return PlanEstimate(1.0, frozenset({ORDER.name, EQUAL.name}), plan)


def test_an_order_with_a_filter_may_be_walked_to_its_end() -> None:
    filtered = _first({"Index Name": ORDER.name, "Filter": "(state = $1)"})
    judged = judge(filtered, [ORDER], ROWS)
    assert judged.cost > 90_000  # 200,000 rows before the last one
    assert not judged.tight
    bounded = _first({"Index Name": ORDER.name, "Index Cond": "(run_at <= now())", "Filter": "(state = $1)"})
    assert judge(bounded, [ORDER], ROWS).cost == 7_000
    assert judge(filtered, [], ROWS).cost == 1.0  # an index that is there is as measured


def test_an_index_that_begins_with_the_equality_is_read_from_the_right_place() -> None:
    found = _first({"Index Name": EQUAL.name, "Index Cond": "((state = $1) AND (run_at <= now()))"})
    assert judge(found, [EQUAL], ROWS).cost == 1.0
    assert judge(found, [EQUAL], ROWS).tight
    filtered = _first({"Index Name": EQUAL.name, "Index Cond": "(state = $1)", "Filter": "(payload = $2)"})
    assert 50 < judge(filtered, [EQUAL], ROWS).cost < 100  # between 1 and 7,000


def test_a_join_that_throws_rows_away_behind_an_order_is_walked_to_its_end() -> None:
    outer = {"Node Type": "Index Scan", "Index Name": ORDER.name, "Total Cost": 7_000.0, "Plan Rows": 100_000}
    join = {"Node Type": "Nested Loop", "Total Cost": 90_000.0, "Plan Rows": 300, "Plans": [outer]}
    limit = {"Node Type": "Limit", "Total Cost": 1_500.0, "Plan Rows": 5, "Plans": [join]}
    assert judge(PlanEstimate(1_500.0, frozenset(), limit), [ORDER], {}).cost == 90_000
    join["Plan Rows"] = 100_000
    assert judge(PlanEstimate(1_500.0, frozenset(), limit), [ORDER], {}).cost == 1_500


def test_what_words_find_is_a_guess() -> None:
    plan = {"Node Type": "Bitmap Heap Scan", "Total Cost": 30.0, "Plans": [{"Node Type": "Bitmap Index Scan"}]}
    assert judge(PlanEstimate(30.0, frozenset(), plan), [WORDS], ROWS).guessed


def test_where_the_rows_of_a_skip_scan_lie_is_a_guess() -> None:
    skipping = {"Node Type": "Index Scan", "Index Name": EQUAL.name, "Total Cost": 30.0, "Index Cond": "(run_at > $1)"}
    beginning = {**skipping, "Index Cond": "((state = $2) AND (run_at > $1))"}
    assert judge(PlanEstimate(30.0, frozenset({EQUAL.name}), skipping), [EQUAL], ROWS).guessed
    assert not judge(PlanEstimate(30.0, frozenset({EQUAL.name}), beginning), [EQUAL], ROWS).guessed


def test_a_range_between_unknown_bounds_is_planned_too_narrow() -> None:
    between = {"Node Type": "Index Scan", "Index Name": ORDER.name, "Total Cost": 30.0,
               "Index Cond": "((run_at >= $1) AND (run_at <= $2))"}  # fmt: skip
    known = {**between, "Index Cond": "((run_at >= '2026-01-01') AND (run_at <= $2))"}
    assert judge(PlanEstimate(30.0, frozenset({ORDER.name}), between), [ORDER], ROWS).cost == 150.0
    assert judge(PlanEstimate(30.0, frozenset({ORDER.name}), known), [ORDER], ROWS).cost == 30.0


def test_a_bitmap_of_many_rows_that_a_loop_makes_anew_is_dear() -> None:
    few = {"Node Type": "Bitmap Index Scan", "Index Name": "there", "Total Cost": 5.0, "Plan Rows": 100}
    many = {"Node Type": "Bitmap Index Scan", "Index Name": EQUAL.name, "Total Cost": 224.0, "Plan Rows": 19_717}
    both = {"Node Type": "BitmapAnd", "Plan Rows": 8, "Total Cost": 230.0, "Plans": [few, many]}
    inner = {"Node Type": "Bitmap Heap Scan", "Parent Relationship": "SubPlan", "Plan Rows": 8, "Total Cost": 261.0,
             "Plans": [both]}  # fmt: skip
    outer = {"Node Type": "Seq Scan", "Plan Rows": 31, "Total Cost": 8_101.0, "Plans": [inner]}
    assert judge(PlanEstimate(8_101.0, frozenset({EQUAL.name}), outer), [EQUAL], ROWS).cost > 300_000
    alone = judge(
        PlanEstimate(261.0, frozenset({EQUAL.name}), {**inner, "Parent Relationship": "Outer"}), [EQUAL], ROWS
    )
    assert alone.cost == 261.0  # once, it is what it is


def test_a_guess_must_promise_much() -> None:
    slow = Belief(planned=19_000.0, believed=19_000.0, mean_ms=480.0)
    assert slow.of(12_000.0, changed=True, tight=True, guessed=True) == 19_000.0
    assert slow.of(12_000.0, changed=True, tight=True, guessed=False) == 12_000.0
    assert slow.of(900.0, changed=True, tight=True, guessed=True) == 900.0
