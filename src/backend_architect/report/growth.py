"""Queries that stop scaling as the tables grow → lines for a terminal, and a part of a Markdown report."""

from collections.abc import Sequence

from backend_architect.report.paint import Paint
from backend_architect.report.visible import as_markdown, in_one_line
from backend_architect.tune.growth import GrowthStudy, Turning

MOST_NAMES = 5
ESTIMATED = "Projected by PostgreSQL's planner on a twin without rows; nothing was measured."


def growth_lines(study: GrowthStudy, paint: Paint) -> list[str]:
    """Return what a person reads of growth: each statement that stops scaling, from which size on; and assumptions."""
    lines = [paint.bold(growth_headline(study))]
    lines += _turning_lines(study.turning, paint)
    if study.advised and study.turning:
        lines += [paint.bold(advised_headline(study)), *_turning_lines(study.advised.turning, paint)]
    return [*lines, *(f"  {paint.dim(in_one_line(line))}" for line in notes(study))]


def _turning_lines(turning: Sequence[Turning], paint: Paint) -> list[str]:
    lines: list[str] = []
    for each in turning:
        lines += [
            f"  {paint.red(turns_when(each)):14} {in_one_line(each.statement.shown)}",
            f"                 {each.why}; {costs(each)}",
        ]
    return lines


def growth_markdown(study: GrowthStudy) -> str:
    """Return the part of a Markdown report."""
    parts = [f"## At {study.times:g} times the rows", "", growth_headline(study)]
    parts += _turning_table(study.turning)
    if study.advised and study.turning:
        parts += ["", advised_headline(study), *_turning_table(study.advised.turning)]
    return "\n".join([*parts, "", *(f"- {as_markdown(line)}" for line in notes(study))]) + "\n"


def _turning_table(turning: Sequence[Turning]) -> list[str]:
    head = ["", "| since | statement | why | cost a call |", "|---|---|---|---|"] if turning else []
    return head + [
        f"| {turns_when(each)} | `{_cell(each.statement.shown)}` | {as_markdown(each.why)} | {costs(each)} |"
        for each in turning
    ]


def advised_headline(study: GrowthStudy) -> str:
    """Return how many of them still stop scaling with the advised indexes; '' where none was planned with."""
    if study.advised is None:
        return ""
    number, bad = study.advised.indexes, len(study.advised.turning)
    indexes = "the advised index" if number == 1 else f"the {number} advised indexes"
    still = "none of these does" if not bad else f"{bad} of these still {'does' if bad == 1 else 'do'}"
    return f"With {indexes} in place {still}"


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
    cost_at = {point.times: point.cost for point in turning.points if point.times in (1, turning.times)}
    last = turning.points[-1]
    return " → ".join(f"{cost:,.0f} at {times:g}x" for times, cost in {**cost_at, last.times: last.cost}.items())


def notes(study: GrowthStudy) -> list[str]:
    """Return what was assumed, and what was not looked at."""
    lines = [ESTIMATED, f"{len(study.growing)} tables were taken to grow, and {_staying(study)}"]
    if study.unplanned:
        reasons = sorted({reason for _, reason in study.unplanned})
        more = ", …" if len(reasons) > MOST_NAMES else ""
        lines.append(f"{len(study.unplanned)} statements have no plan: {'; '.join(reasons[:MOST_NAMES])}{more}")
    if study.advised:
        lines += [f"planned without {index}: {reason}" for index, reason in study.advised.refused.items()]
    left = (
        *study.left,
        *(f"with the advised indexes, {each}" for each in (study.advised.left if study.advised else ())),
    )
    return [*lines, *(f"left out: {each}" for each in left)]


def _staying(study: GrowthStudy) -> str:
    names = ", ".join(study.staying[:MOST_NAMES])
    more = ", …" if len(study.staying) > MOST_NAMES else ""
    return f"{len(study.staying)} to stay as they are ({names}{more})" if study.staying else "none to stay as it is"


def _cell(text: str) -> str:
    return in_one_line(text).replace("|", "\\|").replace("`", "'")
