"""A truth table that a person can read: cases that differ in what makes no difference are one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import permutations

from backend_architect.explaining.evaluate_cases import Answer
from backend_architect.oracle.cases import Cases

ANY = "any"
MOST_ORDERED = 4
"""Columns of which every order is tried."""
Line = tuple[tuple[str, ...], tuple[Answer, ...]]


@dataclass(frozen=True)
class TruthTable:
    """What a rule says: a line for each kind of case, with an answer for each caller."""

    name: str
    rule: str
    columns: tuple[str, ...]
    callers: tuple[str, ...]
    lines: tuple[Line, ...]
    tried: int
    possible: int


def make_table(name: str, rule: str, cases: Cases, answers: Sequence[Sequence[Answer]]) -> TruthTable:
    """Return the table of a rule from the answers to its cases."""
    lines = [(case.shown, tuple(said)) for case, said in zip(cases.cases, answers, strict=True)]
    if len(cases.cases) == cases.possible:
        lines = _fewest(lines, len(cases.columns))
    used = [place for place in range(len(cases.columns)) if any(line[0][place] != ANY for line in lines)]
    short = dict.fromkeys((tuple(shown[place] for place in used), said) for shown, said in lines)
    columns = tuple(cases.columns[place] for place in used)
    return TruthTable(name, rule, columns, tuple(cases.callers), tuple(short), len(cases.cases), cases.possible)


def _fewest(lines: list[Line], columns: int) -> list[Line]:
    """Return the lines joined column by column, in the order that leaves the fewest."""
    orders = permutations(range(columns)) if columns <= MOST_ORDERED else [range(columns), range(columns)[::-1]]
    return min((reduce(_joined, order, lines) for order in orders), key=len)


def _joined(lines: list[Line], place: int) -> list[Line]:
    """Return the lines with those joined that differ in one column alone, and that have all its values."""
    values = {shown[place] for shown, _ in lines if shown[place] != ANY}
    groups: dict[Line, set[str]] = {}
    for shown, said in lines:
        groups.setdefault(((*shown[:place], ANY, *shown[place + 1 :]), said), set()).add(shown[place])
    found: dict[Line, None] = {}
    for shown, said in lines:
        joined = ((*shown[:place], ANY, *shown[place + 1 :]), said)
        found[joined if groups[joined] >= values else (shown, said)] = None
    return list(found)


def render_table(table: TruthTable) -> str:
    """Return the table as text."""
    head = (*table.columns, *table.callers)
    body = [(*shown, *(_word(each) for each in said)) for shown, said in table.lines]
    widths = [max(len(line[place]) for line in [head, *body]) for place in range(len(head))]
    split = len(table.columns)
    drawn = [_drawn(line, widths, split) for line in [head, tuple("-" * width for width in widths), *body]]
    more = f" of {table.possible:,} possible" if table.possible > table.tried else ""
    summary = f"{table.tried:,} cases{more} were asked of PostgreSQL; unknown counts as no."
    return "\n".join([f"{table.name}: {' '.join(table.rule.split())}", "", *drawn, "", summary, ""])


def _drawn(line: Sequence[str], widths: Sequence[int], split: int) -> str:
    cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
    parts = [part for part in ("  ".join(cells[:split]), "  ".join(cells[split:])) if part]
    return "  " + " | ".join(parts).rstrip()


def _word(said: Answer) -> str:
    return "unknown" if said is None else ("yes" if said else "no") if isinstance(said, bool) else f"error: {said}"
