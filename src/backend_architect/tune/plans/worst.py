"""Of many nodes of many plans the worst for each statement and table: one fault is told once."""

from collections.abc import Callable, Iterable, Iterator

from backend_architect.tune.plans.node import PlanNode
from backend_architect.tune.workload import Statement

Seen = tuple[Statement, PlanNode]


def worst(seen: Iterable[Seen], weight: Callable[[PlanNode], float]) -> Iterator[Seen]:
    """Yield the heaviest node of each statement and table, in the order of the statements."""
    found: dict[tuple[str, str, str], Seen] = {}
    for statement, node in seen:
        key = statement.id, node.schema, node.table
        if key not in found or weight(node) > weight(found[key][1]):
            found[key] = statement, node
    yield from found.values()


def times(number: float) -> str:
    """Return a number of rows as people read it."""
    return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:,.1f}"
