"""What a plan with a new index costs where the rows that are wanted lie badly.

The planner takes the rows that a filter leaves for evenly spread: it walks an order until a LIMIT is met, and counts
only that part. Where they lie at the far end (the open jobs behind all that are done) the walk is the whole index. So a
new index that gives nothing but the order is charged with the rows before the first wanted one; one that begins with an
equality can be read from the right place on, and is charged with the mean of both.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from backend_architect.postgres.catalog.model import quoted
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.what_if import PlanEstimate

THROUGH = {"LockRows", "Result", "Subquery Scan", "Incremental Sort", "Nested Loop", "Merge Join", "Hash Join",
           "Unique", "WindowAgg", "Append", "Merge Append", "Memoize", "ProjectSet"}  # fmt: skip
INDEX_SCANS = {"Index Scan", "Index Only Scan"}
GROWS = 10.0
"""Times: how much the rows that nobody wants any more outgrow the others."""
ROW = 0.5
"""The planner's units for a row on the way: its page is found again and again, in memory or not."""
WIDER = 5.0
"""Times: a range between two unknown bounds is planned as half a percent of the rows, whatever is asked."""
LOOPS, MANY_ROWS, BITMAP = 2.0, 10.0, 50.0
"""How often a bitmap is made, how many times the rows that are left it holds, and how many times dearer it then is."""
GUESSED = {"gin", "gist"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan's cost with its risk. `tight` and `guessed` are as Belief.of takes them."""

    cost: float
    tight: bool
    guessed: bool


def judge(planned: PlanEstimate, new: Collection[NewIndex], rows: Mapping[tuple[str, str], float]) -> Judged:
    """Return what a plan costs; `new` are the indexes in it that are not there yet, `rows` those of each table."""
    if not new:
        return Judged(planned.cost, tight=False, guessed=False)
    by_name = {index.name: index for index in new}
    nodes = list(_nodes(planned.plan))
    risk = sum(_risk(node, by_name, rows) for node in nodes if node.get("Node Type") == "Limit")
    risk += sum(_of_unknown_bounds(node, by_name) for node in nodes) + _of_repeated_bitmaps(planned.plan, by_name, 1.0)
    loose = any("Filter" in node for node in nodes if node.get("Node Type", "").endswith("Scan"))
    guessed = any(each.method in GUESSED for each in new) or any(_skips(node, by_name) for node in nodes)
    return Judged(planned.cost + risk, tight=not loose and not risk, guessed=guessed)


def _risk(limit: Mapping[str, Any], new: Mapping[str, NewIndex], rows: Mapping[tuple[str, str], float]) -> float:
    """Return what a LIMIT may cost more than planned."""
    child = limit["Plans"][0]
    part, whole = float(limit["Total Cost"]), float(child["Total Cost"])
    if part >= whole:
        return 0.0
    return max((_more(scan, part, whole, new, rows) for scan in _leading(child, float(child["Plan Rows"]))), default=0)


def _more(
    scan: Mapping[str, Any],
    part: float,
    whole: float,
    new: Mapping[str, NewIndex],
    rows: Mapping[tuple[str, str], float],
) -> float:
    index = new.get(scan.get("Index Name", ""))
    if index is None:
        return 0.0
    condition = scan.get("Index Cond", "")
    if _begins_with_equality(index, condition):
        return sqrt(part * whole) - part
    walked = rows.get((index.schema, index.table), 0.0) if not condition else 0.0
    wanted = min(float(scan["Plan Rows"]) / walked, 1.0) if walked else 0.0
    unwanted = GROWS * (1 - wanted) / (wanted + GROWS * (1 - wanted)) if wanted < 1 else 0.0
    return max(unwanted * max(whole, walked * ROW) - part, 0.0)


def _of_unknown_bounds(node: Mapping[str, Any], new: Mapping[str, NewIndex]) -> float:
    """Return what a scan may cost more that begins with a range of which nobody knows either bound."""
    index = new.get(node.get("Index Name", ""))
    condition = node.get("Index Cond", "")
    if index is None or not index.keys[0].column or _begins_with_equality(index, condition):
        return 0.0
    name = re.escape(quoted(index.keys[0].column))
    lower, upper = (re.search(rf"\({name} {way}=? \(?\$", condition) for way in "><")
    return (WIDER - 1) * float(node["Total Cost"]) if lower and upper else 0.0


def _of_repeated_bitmaps(node: Mapping[str, Any], new: Mapping[str, NewIndex], loops: float) -> float:
    """Return what bitmaps of many rows cost more that a loop makes anew each time, to AND them with one of few.

    The planner counts their pages, which are in memory from the second time on, and hardly the rows that they hold.
    """
    children = node.get("Plans", ())
    cost = 0.0
    if node.get("Node Type") == "BitmapAnd" and loops >= LOOPS:
        large = (each for each in children if float(each["Plan Rows"]) > MANY_ROWS * float(node["Plan Rows"]))
        cost += sum(loops * BITMAP * float(each["Total Cost"]) for each in large if each.get("Index Name", "") in new)
    for each in children:
        again = 1.0
        if each.get("Parent Relationship") == "SubPlan":
            again = float(node["Plan Rows"])
        elif node.get("Node Type") == "Nested Loop" and each is not children[0]:
            again = float(children[0]["Plan Rows"])
        cost += _of_repeated_bitmaps(each, new, loops * max(again, 1.0))
    return cost


def _skips(node: Mapping[str, Any], new: Mapping[str, NewIndex]) -> bool:
    """Return whether a scan looks for every value of the first key, as 18 can: the rows that it finds lie anywhere."""
    index = new.get(node.get("Index Name", ""))
    condition = node.get("Index Cond", "")
    return index is not None and index.method == "btree" and bool(condition) and not _names_first(index, condition)


def _names_first(index: NewIndex, condition: str) -> bool:
    first = index.keys[0]
    return not first.column or re.search(rf"(?<!\w){re.escape(quoted(first.column))}(?!\w)", condition) is not None


def _begins_with_equality(index: NewIndex, condition: str) -> bool:
    first = index.keys[0]
    if not first.column:
        return " = " in condition
    name = quoted(first.column)
    return f"({name} = " in condition or f"({name} IS NULL)" in condition or condition == name


def _leading(node: Mapping[str, Any], wanted: float) -> Iterator[Mapping[str, Any]]:
    """Give the scans in whose order a plan comes, where rows of them are thrown away on the way."""
    kind = node["Node Type"]
    if kind in INDEX_SCANS:
        if "Filter" in node or float(node["Plan Rows"]) > wanted:
            yield node
    elif kind in THROUGH:
        inner = node.get("Plans", ())
        several = kind.endswith("Append")
        for child in inner if several else inner[:1]:
            yield from _leading(child, float(child["Plan Rows"]) if several else wanted)


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
