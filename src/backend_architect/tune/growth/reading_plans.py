"""What a plan tells of a statement at one size."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend_architect.tune.growth.model import Point, Scan

WHOLE = {"Seq Scan", "Parallel Seq Scan"}


def read_point(plan: Mapping[str, Any], times: float, rows: Mapping[str, float]) -> Point:
    """Return the point of a verbose plan; `rows` are those of each table at that size, by `schema.name`."""
    cost = float(plan["Total Cost"])
    whole = (node for node in _nodes(plan) if node["Node Type"] in WHOLE and "Relation Name" in node)
    return Point(times, cost, _returned(plan), tuple(_scan(node, rows, cost) for node in whole))


def _scan(node: Mapping[str, Any], rows: Mapping[str, float], cost: float) -> Scan:
    table = f"{node['Schema']}.{node['Relation Name']}"
    share = float(node["Total Cost"]) / max(cost, 0.01)
    return Scan(table.removeprefix("public."), rows.get(table, 0.0), float(node["Plan Rows"]), share, "Filter" in node)


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
