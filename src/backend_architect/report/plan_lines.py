"""The plan proof as a table for a terminal: what each statement read, and would read on more rows."""

from backend_architect.proof.evidence import Case, Group, Measure, Result
from backend_architect.report.paint import Paint

HEAD = ("statement", "", "read", "per row", "buffers", "ms", "busiest ms", "at 1x", "10x", "100x")
NOTE = (
    "read to busiest ms: measured on the filled rows, for a typical caller; at 1x, 10x, 100x: rows read, projected by "
    "PostgreSQL's planner"
)
MEASURED = (("rows read", "filled"), ("buffers", "filled"), ("time", "filled"), ("time (the busiest)", "filled"))
PROJECTED = (("rows read", "1x"), ("rows read", "10x"), ("rows read", "100x"))


def is_planned(case: Case) -> bool:
    """Return whether a case is a statement with projected figures."""
    return any(not measure.measured for measure in case.measures)


def plan_lines(result: Result, paint: Paint) -> list[str]:
    """Return the table, no line for any other result."""
    cases = [case for case in result.cases if is_planned(case)]
    if result.group is not Group.PLANS or not cases:
        return []
    rows = [HEAD, *(_row(case) for case in cases)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  " + _laid_out(row, widths) for row in rows]
    return [paint.bold(lines[0]), *lines[1:], paint.dim(f"  {NOTE}")]


def _row(case: Case) -> tuple[str, ...]:
    found = {(measure.name, measure.at): measure for measure in case.measures}
    read, returned = found.get(("rows read", "filled")), found.get(("rows returned", "filled"))
    ratio = f"{read.value / max(returned.value, 1):,.1f}" if read and returned else ""
    shown = [_figure(found.get(key)) for key in MEASURED]
    return (
        case.title,
        case.verdict.value,
        shown[0],
        ratio,
        *shown[1:],
        *(_figure(found.get(key)) for key in PROJECTED),
    )


def _figure(measure: Measure | None) -> str:
    if measure is None:
        return "-"
    return f"{measure.value:,.2f}" if measure.unit == "ms" else f"{measure.value:,.0f}"


def _laid_out(row: tuple[str, ...], widths: list[int]) -> str:
    words = [
        text.ljust(width) if place < 2 else text.rjust(width)
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(words).rstrip()
