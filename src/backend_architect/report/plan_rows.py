"""The cases of a plan proof as rows of the page's table: projected figures at each size, and what was measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend_architect.proof.evidence import Case, Measure
from backend_architect.report.plan_lines import is_planned

SIZES = ("1x", "10x", "100x")
PROJECTED = ("rows read", "pages at most")
MEASURED = ("rows read", "rows returned", "buffers", "time")
CALLERS = ("", " (the busiest)")
"""How the names of measured figures end: of a typical caller, and of the one with most rows."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One statement: its case, each projected figure's values by size, and the measured figures of each caller."""

    case: Case
    figures: Mapping[str, tuple[Measure | None, ...]]
    measured: tuple[tuple[Measure | None, ...], ...]


def plan_rows(cases: Iterable[Case]) -> list[PlanRow]:
    """Return a row for each statement."""
    return [_row(case) for case in cases if is_planned(case)]


def _row(case: Case) -> PlanRow:
    at = {(measure.name, measure.at): measure for measure in case.measures}
    figures = {name: tuple(at.get((name, size)) for size in SIZES) for name in PROJECTED}
    measured = tuple(tuple(at.get((f"{name}{caller}", "filled")) for caller in CALLERS) for name in MEASURED)
    return PlanRow(case, figures, measured)
