"""The cases of a plan proof as rows of a table: what was measured on filled tables, what is projected at each size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend_architect.proof.evidence import Case, Group, Measure, Result

SIZES = ("1x", "10x", "100x")
PROJECTED = ("rows read", "pages at most")
MEASURED = ("rows read", "rows returned", "buffers", "time")
CALLERS = ("a typical caller", "the busiest")


@dataclass(frozen=True, slots=True)
class Run:
    """One execution on the filled tables: rows read and returned, buffers touched (8 kB each), milliseconds."""

    caller: str
    rows_read: float
    returned: float
    buffers: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One statement: its case, each projected figure's values by size, and what was measured."""

    case: Case
    figures: Mapping[str, tuple[Measure | None, ...]]
    runs: tuple[Run, ...]


def plan_rows(results: Iterable[Result]) -> list[PlanRow]:
    """Return a row for each case of the plan proofs that has figures at every size."""
    cases = [case for result in results if result.group is Group.PLANS for case in result.cases]
    return [row for row in map(_row, cases) if row.figures]


def told_figures(results: Iterable[Result]) -> list[str]:
    """Return how the figures came about: what the cases without figures at each size say."""
    cases = [case for result in results if result.group is Group.PLANS for case in result.cases]
    return [f"{case.came}." for case in cases if not _row(case).figures and case.measures]


def plan_lines(result: Result) -> list[str]:
    """Return the statements of a plan proof as a table for a terminal, with how its figures came about."""
    rows = plan_rows([result])
    if not rows:
        return []
    width = max(len(row.case.title) for row in rows)
    first = f"  {'':{width}}  {'measured: rows read, returned, buffers, ms':>42}  {'projected rows read':>24}  pages"
    second = f"  {'statement':{width}}  {'(the busiest caller)':>42}  {'/'.join(SIZES):>24}  at 100x"
    return [first, second, *(_line(row, width) for row in rows), *(f"  {text}" for text in told_figures([result]))]


def _line(row: PlanRow, width: int) -> str:
    run = row.runs[-1] if row.runs else None
    measured = f"{run.rows_read:,.0f}, {run.returned:,.0f}, {run.buffers:,.0f}, {run.milliseconds:.2f}" if run else ""
    read = "/".join(short(measure.value) if measure else "" for measure in row.figures[PROJECTED[0]])
    pages = row.figures.get(PROJECTED[1], (None,))[-1]
    return f"  {row.case.title:{width}}  {measured:>42}  {read:>24}  {short(pages.value) if pages else ''}"


def _row(case: Case) -> PlanRow:
    at = {(measure.name, measure.at): measure for measure in case.measures}
    figures = {name: tuple(at.get((name, size)) for size in SIZES) for name in PROJECTED}
    known = {name: values for name, values in figures.items() if any(values)}
    return PlanRow(case, known, tuple(run for caller in CALLERS if (run := _run(case, caller))))


def _run(case: Case, caller: str) -> Run | None:
    found = {measure.name: measure.value for measure in case.measures if measure.measured}
    values = [found.get(f"{name}, {caller}") for name in MEASURED]
    known = [value for value in values if value is not None]
    return Run(caller, *known) if len(known) == len(MEASURED) else None


def short(value: float) -> str:
    """Return a figure as people read it: `1.2 M`."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(value) >= max(size, 10_000):
            return f"{value / size:,.3g} {unit}"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.3g}"
