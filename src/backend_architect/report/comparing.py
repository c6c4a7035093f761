"""Two readings of a database as lines and as Markdown: what each new index came to, also where it did not help."""

from collections.abc import Iterable

from backend_architect.report.paint import Paint
from backend_architect.tune.amounts import size
from backend_architect.tune.comparing import ChangeVerdict, IndexChange, StatementChange, WorkloadComparison

THRESHOLD = (
    "Blocks (pages of 8 kB read or found in memory, a call) count from a change of 20 % on, time from 30 % on, "
    "and only for statements with 20 calls or more since."
)
MAX_SHOWN = 10


def comparison_lines(comparison: WorkloadComparison, paint: Paint) -> list[str]:
    """Return the truth about each new index, the dropped ones, and the other statements that moved."""
    lines = [paint.bold(f"{comparison.database}: {_time(comparison.seconds)} of counts since the indexes changed")]
    for each in comparison.created:
        lines += ["", *_index_lines(each, paint)]
    if not comparison.created:
        lines.append("no new index")
    for index in comparison.dropped:
        lines += ["", f"dropped {index.name}: {size(index.bytes)} given back, {index.scans:,} scans before"]
    moved = _moved(comparison.others)
    if moved:
        lines += ["", "Other statements that moved:"]
        lines += [line for change in moved for line in _change_lines(change, paint)]
    return [*lines, "", *(f"note: {note}" for note in comparison.notes), paint.dim(THRESHOLD)]


def comparison_markdown(comparison: WorkloadComparison) -> str:
    """Return the same as a part of a Markdown report."""
    parts = [f"## What came of it: {comparison.database}, {_time(comparison.seconds)}", ""]
    for each in comparison.created:
        parts += [f"### {each.index.name}: {each.verdict.value}", "", f"{_counts(each)}.", ""]
        parts += [*_table(each.statements), ""] if each.statements else []
        parts += ["```sql", each.drop, "```", ""] if each.drop else []
    parts += [f"- dropped `{index.name}`: {size(index.bytes)} given back" for index in comparison.dropped]
    moved = _moved(comparison.others)
    parts += ["", "### Other statements that moved", "", *_table(moved)] if moved else []
    return "\n".join([*parts, "", *(f"- {note}" for note in comparison.notes), "", THRESHOLD, ""])


def _index_lines(each: IndexChange, paint: Paint) -> list[str]:
    lines = [f"{_coloured(each.verdict, paint)} {paint.bold(each.index.name)}  {_counts(each)}"]
    called = [change for change in each.statements if change.calls_after]
    lines += [line for change in called for line in _change_lines(change, paint)]
    if len(called) < len(each.statements):
        lines.append(f"  {len(each.statements) - len(called)} statements were not called since")
    verdict = "useless so far" if each.certain else "no statement has used it, and if no foreign key needs it"
    return lines + ([f"    {verdict}: {each.drop}"] if each.drop else [])


def _counts(each: IndexChange) -> str:
    return f"{size(each.index.bytes)}, {each.scans:,} scans since"


def _change_lines(change: StatementChange, paint: Paint) -> list[str]:
    figures = (
        f"{change.ms_before:,.2f} → {change.ms_after:,.2f} ms, "
        f"{change.blocks_before:,.0f} → {change.blocks_after:,.0f} blocks, {change.calls_after:,.0f} calls"
    )
    return [f"  {_coloured(change.verdict, paint)} {change.shown}", f"      {figures}"]


def _table(changes: Iterable[StatementChange]) -> list[str]:
    rows = [
        f"| {change.shown.replace('|', chr(92) + '|')} | {change.calls_after:,.0f} | {change.ms_before:,.2f} | "
        f"{change.ms_after:,.2f} | {change.blocks_before:,.0f} | {change.blocks_after:,.0f} | {change.verdict.value} |"
        for change in changes
    ]
    return [
        "| statement | calls | ms before | after | blocks before | after | verdict |",
        "|---|---|---|---|---|---|---|",
        *rows,
    ]


def _moved(changes: Iterable[StatementChange]) -> list[StatementChange]:
    """Return the statements whose time changed most, of those that moved at all."""
    moved = [each for each in changes if each.verdict in {ChangeVerdict.HELPED, ChangeVerdict.WORSE}]
    return sorted(moved, key=lambda each: (-abs(each.saved_ms), each.id))[:MAX_SHOWN]


def _coloured(verdict: ChangeVerdict, paint: Paint) -> str:
    colours = {ChangeVerdict.HELPED: paint.green, ChangeVerdict.WORSE: paint.red, ChangeVerdict.NOT_USED: paint.red}
    return colours.get(verdict, paint.yellow)(f"{verdict.value:9}")


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7_200 else f"{seconds / 3_600:,.1f} h"
