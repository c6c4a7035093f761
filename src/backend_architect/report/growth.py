"""What turns bad as the tables grow → lines for a terminal, and a part of a Markdown report."""

from backend_architect.report.findings import Paint
from backend_architect.tune.growth import GrowthStudy, Turning

MOST_NAMES = 5
ESTIMATED = "Projected by PostgreSQL's planner on a twin without rows; nothing was measured."


def growth_lines(study: GrowthStudy, paint: Paint) -> list[str]:
    """Return what a person reads of growth: each statement that turns bad, from which size on, and what was assumed."""
    lines = [paint.bold(_headline(study))]
    for each in study.turning:
        lines += [
            f"  {paint.red(_when(each)):14} {each.statement.shown}",
            f"                 {each.why}; {_costs(each)}",
        ]
    return [*lines, *(f"  {paint.dim(line)}" for line in _notes(study))]


def growth_markdown(study: GrowthStudy) -> str:
    """Return the part of a Markdown report."""
    parts = [f"## At {study.times:g} times the rows", "", _headline(study)]
    if study.turning:
        parts += ["", "| bad | statement | why | cost a call |", "|---|---|---|---|"]
    parts += [f"| {_when(each)} | `{_cell(each.statement.shown)}` | {_cell(each.why)} | {_costs(each)} |"
              for each in study.turning]  # fmt: skip
    return "\n".join([*parts, "", *(f"- {line}" for line in _notes(study))]) + "\n"


def _headline(study: GrowthStudy) -> str:
    bad = len(study.turning)
    turn = "1 statement turns" if bad == 1 else f"{bad} statements turn"
    return f"Up to {study.times:g} times the rows {turn} bad, {study.holding} hold"


def _when(turning: Turning) -> str:
    return "already now" if turning.times <= 1 else f"from {turning.times:g}x on"


def _costs(turning: Turning) -> str:
    """Return the cost today, where it turns, and at the largest size."""
    told = {point.times: point.cost for point in turning.points if point.times in (1, turning.times)}
    last = turning.points[-1]
    return " → ".join(f"{cost:,.0f} at {times:g}x" for times, cost in {**told, last.times: last.cost}.items())


def _notes(study: GrowthStudy) -> list[str]:
    notes = [ESTIMATED, f"{len(study.growing)} tables were taken to grow, and {_staying(study)}"]
    if study.unplanned:
        told = sorted({reason for _, reason in study.unplanned})
        more = ", …" if len(told) > MOST_NAMES else ""
        notes.append(f"{len(study.unplanned)} statements have no plan: {'; '.join(told[:MOST_NAMES])}{more}")
    return [*notes, *(f"left out: {each}" for each in study.left)]


def _staying(study: GrowthStudy) -> str:
    names = ", ".join(study.staying[:MOST_NAMES])
    more = ", …" if len(study.staying) > MOST_NAMES else ""
    return f"{len(study.staying)} to stay as they are ({names}{more})" if study.staying else "none to stay as it is"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
