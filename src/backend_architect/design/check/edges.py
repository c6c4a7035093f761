"""An edge has one caller's side at most, and only the actions that a pair has."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Edge
from backend_architect.errors import Problem


def check_edges(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `pair-set-twice`, `side-not-me`, `update-of-pair` and `edge-without-create`."""
    for edge in loaded.design.edges.values():
        yield from _one(loaded, edge)


def _one(loaded: LoadedDesign, edge: Edge) -> Iterator[Problem]:
    path = f"edges.{edge.name}"
    first, second = edge.pair
    if first.set is not None and second.set is not None:
        message = "the server sets both sides, so the route would have nothing to name"
        yield loaded.problem("pair-set-twice", f"{path}.set", message, "set one side, and let the route name the other")
    for side in edge.pair:
        if side.set is not None and side.set != "me":
            message = f"a side of a pair is the caller or comes from the route, and not `{side.set}`"
            yield loaded.problem("side-not-me", f"{path}.set.{side.name}", message, "write `me`, or remove the line")
    if "update" in edge.allow and not edge.extra:
        message = "a pair has nothing to update"
        fix = "remove `update`; PUT and DELETE are `create` and `delete`"
        yield loaded.problem("update-of-pair", f"{path}.allow.update", message, fix)
