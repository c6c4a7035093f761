"""What a node that went to disk would need to stay in memory, by what the server counted when it ran."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.tune.amounts import size
from backend_architect.tune.plans.node import PlanNode

KB = 1024
SORTED_ROW = 24 * 2 + 24  # its place in the array, which grows by doubling, and what keeping a row costs
HASHED_ROW = 16 + 24  # a bucket and what keeping a row costs
SPARE = 1.2


@dataclass(frozen=True, slots=True)
class Spilled:
    """What went to disk, in words, and the work_mem in bytes with which it would not have."""

    what: str
    description: str
    work_mem: float


def spilled(node: PlanNode, settings: Mapping[str, str]) -> Spilled | None:
    """Return what a node wrote to disk, None where it stayed in memory."""
    if node.raw.get("Sort Space Type") == "Disk":
        return _sort(node)
    multiplier = _number(settings.get("hash_mem_multiplier", ""), 1.0)
    if node.kind == "Hash" and node.number("Hash Batches") > 1:
        return _hash(node, multiplier)
    if node.number("HashAgg Batches") > 1 and node.number("Disk Usage"):
        return _aggregate(node, multiplier)
    return None


def _sort(node: PlanNode) -> Spilled:
    used = node.number("Sort Space Used") * KB
    rows = node.below[0].actual if node.below else node.actual
    return Spilled(
        "a sort", f"{size(used)} by {node.raw.get('Sort Method', 'sort')}", (used + rows * SORTED_ROW) * SPARE
    )


def _hash(node: PlanNode, multiplier: float) -> Spilled:
    batches = node.number("Hash Batches")
    rows = node.below[0].actual if node.below else node.actual
    peak = node.number("Peak Memory Usage") * KB
    needed = max(peak * batches, rows * (node.number("Plan Width") + HASHED_ROW)) * SPARE
    return Spilled("a hash join", f"{batches:,.0f} batches", needed / multiplier)


def _aggregate(node: PlanNode, multiplier: float) -> Spilled:
    disk = node.number("Disk Usage") * KB
    needed = (node.number("Peak Memory Usage") * KB + 2 * disk) * SPARE
    return Spilled("a hash aggregate", size(disk), needed / multiplier)


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text) or otherwise
    except ValueError:
        return otherwise
