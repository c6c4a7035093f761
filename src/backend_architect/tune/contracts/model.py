"""A contract: the shapes of plans, by statement and size."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend_architect.errors import Place

Shape = tuple[str, ...]
"""A plan's lines, indented: what is done with which table by which index. No costs and no rows."""


@dataclass(frozen=True, slots=True)
class Contracted:
    """A statement: a digest of its text, where it stands, its plan at each size, and why it has none."""

    name: str
    digest: str
    plans: Mapping[float, Shape] = field(default_factory=dict)
    refused: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Contract:
    """Statements by name. `rows` are those of each table at 1x, `indexes` all that there are: neither is promised."""

    rows: Mapping[str, float]
    statements: Mapping[str, Contracted]
    indexes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanFlip:
    """A statement that is planned otherwise from so many `times` the rows on: before, after, and why."""

    statement: Contracted
    times: float
    before: Shape
    after: Shape
    why: str
