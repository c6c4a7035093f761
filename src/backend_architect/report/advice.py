"""Advised indexes → lines for a terminal, and a part of the Markdown report."""

from collections.abc import Iterator
from textwrap import wrap

from backend_architect.report.findings import WIDTH, Paint
from backend_architect.report.tuning import of_the_time, saving
from backend_architect.report.visible import as_markdown, in_one_line, visible
from backend_architect.tune.amounts import size
from backend_architect.tune.indexes.model import Advice, Recommended, StatementCost

MOST_STATEMENTS = 10
MOST_SCHEMAS = 5
SHOWN = 60
CHANGED = 0.005
PARTITIONED = "writers of every partition wait while it is built; --migration builds it on each by itself"


def advice_lines(advice: Advice, paint: Paint) -> list[str]:
    """Return the advice as a person reads it: each index, the statements that change most, and what was left."""
    lines = [paint.bold(headline(advice))]
    for each in advice.recommended:
        lines += ["", f"  {paint.bold(visible(each.sql))}"]
        lines += [f"      {in_one_line(text)}" for text in _told(each)]
    changed = changed_statements(advice)
    if changed:
        lines += ["", "  before → after, the planner's cost of all calls:"]
        lines += [_row(cost) for cost in changed[:MOST_STATEMENTS]]
        lines += [f"  … and {len(changed) - MOST_STATEMENTS} more"] if len(changed) > MOST_STATEMENTS else []
    for text in not_looked_at(advice):
        lines += [paint.dim(line) for line in wrap(text, WIDTH - 2, initial_indent="  ", subsequent_indent="    ")]
    return lines


def advice_markdown(advice: Advice) -> str:
    """Return the advice as a part of a Markdown report."""
    parts = ["## Indexes", "", headline(advice)]
    for each in advice.recommended:
        parts += ["", "```sql", each.sql, "```", "", *(f"- {as_markdown(text)}" for text in _told(each))]
    changed = changed_statements(advice)
    if changed:
        parts += ["", "| statement | calls | cost before | after | |", "|---|--:|--:|--:|--:|"]
        parts += [_markdown_row(cost) for cost in changed]
    left = not_looked_at(advice)
    parts += ["", *(f"- {as_markdown(text)}" for text in left)] if left else []
    return "\n".join(parts) + "\n"


def headline(advice: Advice) -> str:
    """Return how many indexes of what size are advised, what they save, and what planned."""
    budget = "" if advice.budget is None else f" of {size(advice.budget)} allowed"
    share = f", {of_the_time(advice)}" if of_the_time(advice) else ""
    if not advice.recommended:
        return f"No new index helps this workload{share}: {advice.candidates:,} were tried {_where(advice)}."
    number = len(advice.recommended)
    many = "1 index" if number == 1 else f"{number} indexes"
    tried = f"{advice.candidates:,} tried {_where(advice)}"
    return f"{many}, {size(advice.bytes)}{budget}, would {saving(advice.before, advice.after)}{share} ({tried})."


def changed_statements(advice: Advice) -> list[StatementCost]:
    """Return the statements whose plan becomes cheaper or dearer, the largest change first."""
    changed = [each for each in advice.statements if abs(each.before - each.after) > CHANGED * max(each.before, 1e-9)]
    return sorted(changed, key=lambda each: (-abs(each.gain), each.statement.id))


def not_looked_at(advice: Advice) -> list[str]:
    """Return what the choice of indexes left out, in words."""
    unplanned = [f"{number} without a plan: {reason}" for reason, number in sorted(advice.unplanned.items())]
    return [*unplanned, *(f"not looked at: {text}" for text in advice.left)]


def factor(before: float, after: float) -> str:
    """Return how a cost changes: `85 x less`, `12 % more`."""
    if before <= 0 or after <= 0:
        return "" if before <= 0 else "nearly all"
    if before / after >= 2:
        return f"{before / after:,.0f} x less" if before / after >= 10 else f"{before / after:.1f} x less"
    change = abs(before - after) / before
    return f"{100 * change:.0f} % {'less' if after < before else 'more'}" if change >= CHANGED else "the same"


def short(number: float) -> str:
    """Return a cost as people read it: `1.2 M`."""
    for unit, step in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(number) >= max(step, 10_000):
            return f"{number / step:,.3g} {unit}"
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:,.3g}"


def _told(each: Recommended) -> Iterator[str]:
    yield f"{size(each.bytes)}; saves {short(each.gain)}, keeping it costs {short(each.upkeep)}"
    if each.statements:
        yield f"for {', '.join(_clipped(name) for name in each.statements)}"
    if each.partitioned:
        yield PARTITIONED
    if each.others:
        yield _of_others(each)
    if each.covers:
        yield f"takes the place of {', '.join(index.qualified for index in each.covers)}"


def _of_others(each: Recommended) -> str:
    named = ", ".join(other.schema for other in each.others[:MOST_SCHEMAS])
    more = f" and {len(each.others) - MOST_SCHEMAS:,} more" if len(each.others) > MOST_SCHEMAS else ""
    return f"the same pays in the schemas {named}{more}: --json and --migration have the SQL of each"


def _row(cost: StatementCost) -> str:
    calls, change = cost.statement.calls, factor(cost.before, cost.after)
    figures = f"{short(cost.before * calls):>8} → {short(cost.after * calls):<8} {change:<12}"
    return f"  {figures} {_clipped(cost.statement.shown)}"


def _markdown_row(cost: StatementCost) -> str:
    calls = cost.statement.calls
    figures = f"{calls:,.0f} | {short(cost.before * calls)} | {short(cost.after * calls)}"
    return f"| {as_markdown(_clipped(cost.statement.shown))} | {figures} | {factor(cost.before, cost.after)} |"


def _clipped(text: str) -> str:
    line = in_one_line(text)
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _where(advice: Advice) -> str:
    return "by hypopg" if advice.what_if == "hypopg" else f"on the {advice.what_if}"
