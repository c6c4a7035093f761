"""No row needs another one that needs it first."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Design
from backend_architect.errors import Problem


def check_cycles(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `required-cycle` once for each circle of relations none of which is optional."""
    needs = _needs(loaded.design)
    reported: set[frozenset[str]] = set()
    for start in needs:
        circle = _circle_from(start, needs)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            field = needs[circle[0]][circle[1] if len(circle) > 1 else circle[0]]
            ring = " → ".join([*circle, circle[0]])
            message = f"none of these can be created first: {ring}"
            path = f"entities.{circle[0]}.fields.{field}"
            yield loaded.problem("required-cycle", path, message, "make one of these relations `optional: true`")


def _needs(design: Design) -> dict[str, dict[str, str]]:
    """Return for each entity those it needs, each with the relation's name."""
    return {
        entity.name: {
            str(item.to): item.name for item in entity.references if item.to in design.entities and not item.optional
        }
        for entity in design.entities.values()
    }


def _circle_from(start: str, needs: dict[str, dict[str, str]]) -> list[str]:
    """Return the shortest way from `start` back to itself, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for target in needs[way[-1]]:
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []
