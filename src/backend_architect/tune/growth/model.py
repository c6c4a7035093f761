"""What becomes of statements as the tables grow. Costs are the planner's units, a call; nothing was measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend_architect.tune.workload import Statement


@dataclass(frozen=True, slots=True)
class Growing:
    """The tables that grow, by schema and name with their rows today, and to how many `times` as many."""

    tables: Mapping[tuple[str, str], float]
    times: float


@dataclass(frozen=True, slots=True)
class Scan:
    """A whole table that a plan reads. `share` is its part of the cost, `kept` the rows that its filter keeps."""

    table: str
    rows: float
    kept: float
    share: float
    filtered: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A statement at one size: `times` the rows of today, its cost, the rows that it returns, what it reads whole."""

    times: float
    cost: float
    rows: float
    scans: tuple[Scan, ...] = ()


@dataclass(frozen=True, slots=True)
class Turning:
    """A statement that turns bad: from how many `times` of today's rows on, why, and its points from today on."""

    statement: Statement
    times: float
    why: str
    points: tuple[Point, ...]

    @property
    def grows(self) -> float:
        """Return how many times more it costs at the largest size than today."""
        return self.points[-1].cost / max(self.points[0].cost, 0.01)


@dataclass(frozen=True, slots=True)
class AdvisedGrowth:
    """What still turns bad with so many advised `indexes` in place, the dearest first.

    `refused` says why an index could not be made on the twin, by its definition; `left` which sizes were left out.
    """

    indexes: int
    turning: tuple[Turning, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrowthStudy:
    """What turns bad up to `times` the rows of today, the dearest first, and what was not looked at.

    `growing` are the tables that were taken to grow with their rows today, `staying` those taken to stay as they are.
    `unplanned` says why a statement has no plan. `advised` is what is left of it with the advised indexes, None where
    none is advised.
    """

    times: float
    turning: tuple[Turning, ...]
    holding: int
    growing: Mapping[str, float]
    staying: tuple[str, ...]
    unplanned: tuple[tuple[Statement, str], ...] = ()
    left: tuple[str, ...] = ()
    advised: AdvisedGrowth | None = None
