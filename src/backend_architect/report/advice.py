"""Advised indexes → lines for a terminal, and a part of the Markdown report."""

from collections.abc import Iterator
from textwrap import wrap

from backend_architect.report.findings import WIDTH
from backend_architect.report.paint import Paint
from backend_architect.report.tuning import claim, of_the_time
from backend_architect.report.visible import as_markdown, in_one_line, visible
from backend_architect.tune.amounts import duration, size
from backend_architect.tune.indexes.model import NEVER_PLANNED, NOT_EVERY_INDEX, Advice, Recommended, StatementCost

MOST_STATEMENTS = 10
MOST_SCHEMAS = 5
MOST_LEFT = 10
SHOWN = 90
"""Letters of a statement, with its id: what is cut off is what tells it from others."""
CHANGED = 0.005
PARTITIONED = "writers of every partition wait while it is built; --migration builds it on each by itself"


def advice_lines(advice: Advice, paint: Paint) -> list[str]:
    """Return the advice as a person reads it: each index, the statements that change most, and what was left."""
    lines = [paint.bold(headline(advice))]
    for each in advice.recommended:
        lines += ["", f"  {paint.bold(visible(each.sql))}"]
        lines += [f"      {in_one_line(text)}" for text in _notes(each, advice.unit_ms)]
    changed = changed_statements(advice)
    if changed:
        of = (
            "measured time of all calls → at best"
            if advice.unit_ms
            else "before → after, the planner's cost of all calls"
        )
        lines += ["", f"  {of}:"]
        lines += [_row(cost, advice.unit_ms) for cost in changed[:MOST_STATEMENTS]]
        lines += [f"  … and {len(changed) - MOST_STATEMENTS} more"] if len(changed) > MOST_STATEMENTS else []
    for text in not_looked_at(advice):
        lines += [paint.dim(line) for line in wrap(text, WIDTH - 2, initial_indent="  ", subsequent_indent="    ")]
    return lines


def advice_markdown(advice: Advice) -> str:
    """Return the advice as a part of a Markdown report."""
    parts = ["## Indexes", "", headline(advice)]
    for each in advice.recommended:
        notes = (f"- {as_markdown(text)}" for text in _notes(each, advice.unit_ms))
        parts += ["", "```sql", each.sql, "```", "", *notes]
    changed = changed_statements(advice)
    if changed:
        heads = "measured | at best" if advice.unit_ms else "cost before | after"
        parts += ["", f"| statement | calls | {heads} | |", "|---|--:|--:|--:|--:|"]
        parts += [_markdown_row(cost, advice.unit_ms) for cost in changed]
    left = not_looked_at(advice)
    parts += ["", *(f"- {as_markdown(text)}" for text in left)] if left else []
    return "\n".join(parts) + "\n"


def headline(advice: Advice) -> str:
    """Return how many indexes of what size are advised, what they save, and what planned."""
    budget = "" if advice.budget is None else f" of {size(advice.budget)} allowed"
    share = f", {of_the_time(advice)}" if of_the_time(advice) else ""
    if not advice.recommended:
        return _nothing(advice, share)
    number = len(advice.recommended)
    many = "1 index" if number == 1 else f"{number} indexes"
    tried = f"{advice.candidates:,} tried {_where(advice)}"
    return f"{many}, {size(advice.bytes)}{budget}, would {claim(advice)}{share} ({tried})."


def _nothing(advice: Advice, share: str) -> str:
    """Return that no index is advised; that none helps only where every statement was looked at."""
    if not advice.left:
        return f"No new index helps this workload{share}: {advice.candidates:,} were tried {_where(advice)}."
    planned = sum(not each.problem for each in advice.statements)
    looked = f"{advice.judged:,} of {planned + len(advice.left):,} statements"
    return f"No new index was found in the time: it was enough for {looked}; --time gives it more."


def changed_statements(advice: Advice) -> list[StatementCost]:
    """Return the statements whose plan becomes cheaper or dearer, the largest change first."""
    changed = [each for each in advice.statements if abs(each.before - each.after) > CHANGED * max(each.before, 1e-9)]
    gains = {each.statement.id: amounts_of(each, advice.unit_ms) for each in changed}
    return sorted(
        changed, key=lambda each: (-abs(gains[each.statement.id][0] - gains[each.statement.id][1]), each.statement.id)
    )


def not_looked_at(advice: Advice) -> list[str]:
    """Return what the choice of indexes left out, in words: of statements how many, and the dearest."""
    unplanned = [f"{number} without a plan: {reason}" for reason, number in sorted(advice.unplanned.items())]
    by_reason: dict[str, list[str]] = {}
    others = []
    for text in advice.left:
        name, _, reason = text.rpartition(": ")
        if reason in {NEVER_PLANNED, NOT_EVERY_INDEX}:
            by_reason.setdefault(reason, []).append(name)
        else:
            others.append(f"not looked at: {text}")
    taken_out = [f"taken out: {text}" for text in advice.taken_out]
    return [*taken_out, *unplanned, *others, *(_in_short(names, reason) for reason, names in sorted(by_reason.items()))]


def _in_short(names: list[str], reason: str) -> str:
    costliest = "; ".join(_clipped(name) for name in names[:MOST_LEFT])
    many = "1 statement" if len(names) == 1 else f"{len(names):,} statements"
    which = ", the dearest of them" if len(names) > MOST_LEFT else ""
    return f"not looked at: {many} ({reason}){which}: {costliest}"


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


def _notes(each: Recommended, unit_ms: float) -> Iterator[str]:
    gain, upkeep = saved(each.gain, unit_ms), saved(each.upkeep, unit_ms)
    yield f"{size(each.bytes)}; saves {'at most ' if unit_ms else ''}{gain}, write overhead: {upkeep}"
    if each.statements:
        yield f"for {', '.join(_clipped(name) for name in each.statements)}"
    if each.supposes:
        yield f"supposes {each.supposes}, which pg_stat_statements hides: compare its expression with the application's"
    if each.security:
        yield each.security
    if each.tried:
        yield each.tried
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


def saved(cost: float, unit_ms: float) -> str:
    """Return a cost as time, where units of it were measured."""
    return duration(cost * unit_ms) if unit_ms else short(cost)


def amounts_of(cost: StatementCost, unit_ms: float) -> tuple[float, float]:
    """Return what all calls took and should take at best where that was measured, else their cost."""
    calls = cost.statement.calls
    if unit_ms and cost.statement.total_ms:
        return cost.statement.total_ms, cost.ms_after * calls
    return cost.before * calls, cost.after * calls


def figures_of(cost: StatementCost, unit_ms: float) -> tuple[str, str, str]:
    """Return the same in words, and the change."""
    before, after = amounts_of(cost, unit_ms)
    written = duration if unit_ms and cost.statement.total_ms else short
    return written(before), written(after), factor(before, after)


def _row(cost: StatementCost, unit_ms: float) -> str:
    before, after, change = figures_of(cost, unit_ms)
    return f"  {before:>8} → {after:<8} {change:<12} {_clipped(cost.statement.shown)}"


def _markdown_row(cost: StatementCost, unit_ms: float) -> str:
    before, after, change = figures_of(cost, unit_ms)
    figures = f"{cost.statement.calls:,.0f} | {before} | {after}"
    return f"| {as_markdown(_clipped(cost.statement.shown))} | {figures} | {change} |"


def _clipped(text: str) -> str:
    line = in_one_line(text)
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _where(advice: Advice) -> str:
    return "by hypopg" if advice.what_if == "hypopg" else f"on the {advice.what_if}"
