"""What planning with indexes that are not there answers, and what can answer it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backend_architect.tune.indexes.model import NewIndex


@dataclass(frozen=True, slots=True)
class PlanEstimate:
    """A plan's total cost in the planner's units, the names of the indexes that it uses, and the plan as JSON."""

    cost: float
    used: frozenset[str]
    plan: Mapping[str, Any]


class PlanRefused(Exception):
    """The planner refuses a statement: an unknown table, a type that it cannot tell, or something like it."""


class WhatIf(Protocol):
    """Something that plans as if other indexes were there. It never runs a statement."""

    kind: str
    """`twin` or `hypopg`."""

    def offer(self, indexes: Sequence[NewIndex]) -> Mapping[NewIndex, int]:
        """Make indexes known, and return the bytes that each would take; one that cannot be made is left out.

        They are not planned with until `plan` asks for them.
        """
        ...

    def plan(self, sql: str, added: Collection[NewIndex] = (), hidden: Collection[str] = ()) -> PlanEstimate:
        """Return the plan of a statement (its parameters unknown) with these offered indexes, and without `hidden`.

        `hidden` names existing indexes as SQL (Index.qualified). Raises PlanRefused.
        """
        ...

    def close(self) -> None:
        """Give back what planning took."""
        ...
