"""What a plan tells of a statement at one size."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend_architect.tune.growth.model import Point, Scan

WHOLE = {"Seq Scan", "Parallel Seq Scan"}


def read_point(plan: Mapping[str, Any], times: float, rows: Mapping[str, float]) -> Point:
    """Return the point of a plan; `rows` are those of each table at that size, by its own name."""
    cost = float(plan["Total Cost"])
    scans = tuple(
        Scan(
            node["Relation Name"],
            rows.get(node["Relation Name"], 0.0),
            float(node["Plan Rows"]),
            float(node["Total Cost"]) / max(cost, 0.01),
            "Filter" in node,
        )
        for node in _nodes(plan)
        if node["Node Type"] in WHOLE and "Relation Name" in node
    )
    return Point(times, cost, _returned(plan), scans)


def _returned(plan: Mapping[str, Any]) -> float:
    """Return the rows that come out; of a statement that writes, those it writes."""
    node = plan
    while node["Node Type"] == "ModifyTable" and node.get("Plans"):
        node = node["Plans"][0]
    return float(node["Plan Rows"])


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
