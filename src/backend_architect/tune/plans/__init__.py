"""Plans that were run (auto_explain's, EXPLAIN ANALYZE's) → their nodes, with what was expected and what came."""

from collections.abc import Iterator

from backend_architect.tune.observed import Observed
from backend_architect.tune.plans.node import PlanNode, nodes_of
from backend_architect.tune.workload import Statement

__all__ = ["PlanNode", "executed_nodes", "nodes_of"]


def executed_nodes(observed: Observed) -> Iterator[tuple[Statement, PlanNode]]:
    """Yield every node of every plan that a statement of the workload was seen to run with."""
    for statement in observed.workload.statements if observed.workload else ():
        for plan in statement.plans:
            for node in nodes_of(plan):
                if node.loops:
                    yield statement, node
