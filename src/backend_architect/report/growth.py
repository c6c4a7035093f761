"""Queries that stop scaling as the tables grow → lines for a terminal, and a part of a Markdown report."""

from backend_architect.report.paint import Paint
from backend_architect.report.visible import as_markdown, in_one_line
from backend_architect.tune.growth import GrowthStudy, Turning

MOST_NAMES = 5
ESTIMATED = "Projected by PostgreSQL's planner on a twin without rows; nothing was measured."


def growth_lines(study: GrowthStudy, paint: Paint) -> list[str]:
    """Return what a person reads of growth: each statement that stops scaling, from which size on; and assumptions."""
    lines = [paint.bold(growth_headline(study))]
    for each in study.turning:
        lines += [
            f"  {paint.red(turns_when(each)):14} {in_one_line(each.statement.shown)}",
            f"                 {each.why}; {costs(each)}",
        ]
    return [*lines, *(f"  {paint.dim(in_one_line(line))}" for line in notes(study))]


def growth_markdown(study: GrowthStudy) -> str:
    """Return the part of a Markdown report."""
    parts = [f"## At {study.times:g} times the rows", "", growth_headline(study)]
    if study.turning:
        parts += ["", "| since | statement | why | cost a call |", "|---|---|---|---|"]
    parts += [f"| {turns_when(each)} | `{_cell(each.statement.shown)}` | {as_markdown(each.why)} | {costs(each)} |"
              for each in study.turning]  # fmt: skip
    return "\n".join([*parts, "", *(f"- {as_markdown(line)}" for line in notes(study))]) + "\n"


def growth_headline(study: GrowthStudy) -> str:
    """Return how many statements stop scaling, and how many scale."""
    bad = len(study.turning)
    stop = "1 statement stops" if bad == 1 else f"{bad} statements stop"
    return f"At {study.times:g}x data, {stop} scaling; {study.holding} scale"


def turns_when(turning: Turning) -> str:
    """Return from which size on a statement is bad, in words."""
    return "already now" if turning.times <= 1 else f"from {turning.times:g}x on"


def costs(turning: Turning) -> str:
    """Return the cost today, where it turns, and at the largest size."""
    told = {point.times: point.cost for point in turning.points if point.times in (1, turning.times)}
    last = turning.points[-1]
    return " → ".join(f"{cost:,.0f} at {times:g}x" for times, cost in {**told, last.times: last.cost}.items())


def notes(study: GrowthStudy) -> list[str]:
    """Return what was assumed, and what was not looked at."""
    told = [ESTIMATED, f"{len(study.growing)} tables were taken to grow, and {_staying(study)}"]
    if study.unplanned:
        reasons = sorted({reason for _, reason in study.unplanned})
        more = ", …" if len(reasons) > MOST_NAMES else ""
        told.append(f"{len(study.unplanned)} statements have no plan: {'; '.join(reasons[:MOST_NAMES])}{more}")
    return [*told, *(f"left out: {each}" for each in study.left)]


def _staying(study: GrowthStudy) -> str:
    names = ", ".join(study.staying[:MOST_NAMES])
    more = ", …" if len(study.staying) > MOST_NAMES else ""
    return f"{len(study.staying)} to stay as they are ({names}{more})" if study.staying else "none to stay as it is"


def _cell(text: str) -> str:
    return in_one_line(text).replace("|", "\\|").replace("`", "'")
