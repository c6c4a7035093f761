"""One node of a plan as JSON tells it; rows are of one loop, as EXPLAIN counts them, unless `total` is said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

STOPPING = {"Limit"}
WHOLE = {"Sort", "Incremental Sort", "Hash", "Aggregate", "Materialize", "WindowAgg", "Unique", "SetOp"}
"""Nodes that read all of what is below them, whatever is asked of them."""
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Tid Scan", "Tid Range Scan", "Sample Scan"}
CONDITIONS = ("Index Cond", "Recheck Cond", "Filter")


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A node with the nodes below it. `may_stop` where something above may ask for no more rows than it needs."""

    raw: Mapping[str, Any]
    below: tuple["PlanNode", ...]
    may_stop: bool

    @property
    def kind(self) -> str:
        """Return EXPLAIN's name of the node."""
        return str(self.raw.get("Node Type", ""))

    @property
    def table(self) -> str:
        """Return the name of the table that is read, '' for none."""
        return str(self.raw.get("Relation Name", ""))

    @property
    def schema(self) -> str:
        """Return the table's schema, '' where the plan does not tell."""
        return str(self.raw.get("Schema", ""))

    @property
    def loops(self) -> float:
        """Return how often it was run, 0 where it never was or nobody measured."""
        return self.number("Actual Loops")

    @property
    def expected(self) -> float:
        """Return the rows that the planner expected."""
        return self.number("Plan Rows")

    @property
    def actual(self) -> float:
        """Return the rows that came."""
        return self.number("Actual Rows")

    @property
    def total(self) -> float:
        """Return the rows that came in all loops."""
        return self.actual * self.loops

    @property
    def conditions(self) -> tuple[str, ...]:
        """Return the conditions on the rows of one table, each once: a bitmap's recheck repeats its index's."""
        below = [each for node in self.below if node.kind.startswith("Bitmap") for each in node.conditions]
        own = [str(self.raw[name]) for name in CONDITIONS if name in self.raw]
        return tuple(dict.fromkeys((*own, *below)))

    @property
    def is_scan(self) -> bool:
        """Return whether it reads a table."""
        return self.kind in SCANS

    @property
    def off(self) -> float:
        """Return by which factor the expectation was wrong, 1 where fewer came only because nobody asked for more."""
        expected, actual = max(self.expected, 1.0), max(self.actual, 1.0)
        if actual < expected and self.may_stop:
            return 1.0
        return max(actual / expected, expected / actual)

    def number(self, name: str) -> float:
        """Return one of the plan's figures, 0 where it is not there."""
        value = self.raw.get(name, 0)
        return float(value) if isinstance(value, (int, float)) else 0.0


def nodes_of(plan: Mapping[str, Any]) -> Iterator[PlanNode]:
    """Yield the nodes of a plan, the top one first; `plan` is EXPLAIN's object, or its "Plan" alone."""
    top = plan.get("Plan", plan)
    if isinstance(top, Mapping) and "Node Type" in top:
        yield from _flat(_read(top, may_stop=False))


def _flat(node: PlanNode) -> Iterator[PlanNode]:
    yield node
    for each in node.below:
        yield from _flat(each)


def _read(raw: Mapping[str, Any], *, may_stop: bool) -> PlanNode:
    kind = raw.get("Node Type")
    below = raw.get("Plans") or ()
    stops = kind in STOPPING or (may_stop and kind not in WHOLE) or _stops_inside(raw)
    return PlanNode(raw, tuple(_read(each, may_stop=stops) for each in below), may_stop)


def _stops_inside(raw: Mapping[str, Any]) -> bool:
    """Return whether a join takes no more rows than it needs: a semi or anti join, or a merge that ends early."""
    return raw.get("Join Type") in {"Semi", "Anti", "Right Semi", "Right Anti"} or raw.get("Node Type") == "Merge Join"
