"""Which of the statements that were read can be looked at; the others are counted, by the reason."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from backend_architect.tune.parsing import is_plannable, parse
from backend_architect.tune.statement_names import read_names
from backend_architect.tune.workload import Statement, Workload

HIDDEN = "<insufficient privilege>"


def identity(text: str) -> str:
    """Return a short name of a text that is the same wherever it was read."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def keep(read: Iterable[Statement], source: str, seconds: float | None = None) -> Workload:
    """Return the workload of the statements that have a plan, the dearest first."""
    left_out: Counter[str] = Counter()
    kept: list[Statement] = []
    for statement in read:
        reason = _reason(statement.text)
        if reason:
            left_out[reason] += 1
        else:
            kept.append(_named(statement))
    kept.sort(key=lambda statement: (-statement.total_ms, -statement.calls, statement.id))
    return Workload(source, tuple(kept), dict(sorted(left_out.items())), seconds)


def _reason(text: str) -> str:
    if text == HIDDEN:
        return "another user's, hidden from this role"
    trees = parse(text)
    if trees is None:
        return "cannot be parsed: truncated, or of another version"
    if len(trees) != 1:
        return "more than one statement in a text" if trees else "empty"
    return "" if is_plannable(trees[0]) else "has no plan (DDL, SET, transactions and the like)"


def _named(statement: Statement) -> Statement:
    name, tags = read_names(statement.text)
    return replace(statement, name=name, tags=tags)
