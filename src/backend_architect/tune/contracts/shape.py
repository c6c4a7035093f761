"""The shape of a plan: what stays the same as long as the planner decides the same."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend_architect.tune.contracts.model import Shape

WALKS = {"Index Scan", "Index Only Scan"}
STRATEGIES = {"Hashed": "HashAggregate", "Sorted": "GroupAggregate", "Mixed": "MixedAggregate", "Plain": "Aggregate"}


def shape_of(plan: Mapping[str, Any]) -> Shape:
    """Return the shape of EXPLAIN's JSON."""
    return tuple(_lines(plan, 0))


def indexes_of(shape: Shape) -> frozenset[str]:
    """Return the names of the indexes that a shape uses."""
    return frozenset(line.partition(" using ")[2].removesuffix(WHOLE) for line in shape if " using " in line)


def whole_tables_of(shape: Shape) -> frozenset[str]:
    """Return the tables that a shape reads whole."""
    return frozenset(line.partition("Seq Scan on ")[2] for line in shape if "Seq Scan on " in line)


WHOLE = ", walked whole"


def _lines(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    yield "  " * depth + _label(node)
    for child in node.get("Plans", ()):
        yield from _lines(child, depth + 1)


def _label(node: Mapping[str, Any]) -> str:
    kind = str(node["Node Type"])
    if kind == "Aggregate":
        kind = STRATEGIES.get(node.get("Strategy", ""), kind)
    if kind == "ModifyTable":
        kind = str(node["Operation"])
    join = node.get("Join Type", "Inner")
    words = [f"{node['Parent Relationship']}:"] if "Subplan Name" in node else []
    words += [kind if join == "Inner" else f"{kind} ({join})"]
    words += ["backward"] if node.get("Scan Direction") == "Backward" else []
    words += [f"on {_relation(node)}"] if "Relation Name" in node else []
    words += [f"using {node['Index Name']}"] if "Index Name" in node else []
    whole = kind in WALKS and "Index Cond" not in node and "Order By" not in node
    return " ".join(words) + (WHOLE if whole else "")


def _relation(node: Mapping[str, Any]) -> str:
    """Return the table; verbose plans tell its schema."""
    return ".".join(part for part in (node.get("Schema", ""), node["Relation Name"]) if part != "public" and part)
