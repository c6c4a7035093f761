"""The same lookup, once for each row of a list.

What it checks: a statement that looks up one row (or the rows of one key). Where a log tells the order of a session's
statements: it comes several times in a row after the same statement, in at least half of that one's calls. Else, from
counts alone: it is called at least five times as often as a statement that returns about that many rows a call.

Why it matters: a page of 20 rows becomes 21 round trips; each is quick, and all of them together are what users wait
for.

Example: `SELECT … FROM posts LIMIT 20` 1,000 times and `SELECT … FROM users WHERE id = $1` 20,000 times.

Instead: one statement: join the table, or look up all keys at once with `WHERE id = ANY($1)`.

When it is wrong: the lookup serves another page altogether, and the ratio is chance.
"""

from collections.abc import Iterator

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.in_a_row import in_a_row
from backend_architect.tune.observed import Observed
from backend_architect.tune.parsing import nodes
from backend_architect.tune.rewrites.batch import is_key
from backend_architect.tune.rewrites.scope import conjuncts
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import select_of, tables_of
from backend_architect.tune.workload import Statement, Workload

TIMES = 5.0
NEAR = 0.2
OFTEN = 1_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each lookup whose calls are those of a list, times its rows."""
    workload = observed.workload
    for statement in workload.statements if workload else ():
        if not workload or not _looks_up(statement):
            continue
        seen = in_a_row(workload, statement)
        if seen is not None:
            yield _finding(statement, seen.listed, Sureness.CERTAIN, seen.facts, rows=seen.run.length)
        elif (listed := _by_calls(workload, statement)) is not None:
            yield _likely(statement, listed)


def list_of(workload: Workload, lookup: Statement) -> Statement | None:
    """Return the list for each of whose rows a statement is called, None where it is no such lookup."""
    if not _looks_up(lookup):
        return None
    seen = in_a_row(workload, lookup)
    return seen.listed if seen is not None else _by_calls(workload, lookup)


def _by_calls(workload: Workload, lookup: Statement) -> Statement | None:
    """Return the list whose rows are as many as the calls of a lookup."""
    if lookup.calls < OFTEN:
        return None
    lists = [each for each in workload.statements if _feeds(workload, each, lookup)]
    return max(lists, key=lambda each: each.calls, default=None)


def _looks_up(statement: Statement) -> bool:
    """Return whether a statement finds the rows of one key, its only parameter in WHERE."""
    tree = select_of(statement.text)
    if tree is None or len(list(tables_of(tree))) != 1 or tree.whereClause is None:
        return False
    parts = list(conjuncts(tree.whereClause))
    given = [each for each in parts if next(nodes(each, ast.ParamRef), None) is not None]
    return len(given) == 1 and is_key(given[0])


def _feeds(workload: Workload, one: Statement, lookup: Statement) -> bool:
    """Return whether `one` returns about as many rows in all as `lookup` is called, some for each of its calls."""
    rows = one.rows / max(one.calls, 1)
    tree = select_of(one.text)
    if one is lookup or tree is None or rows < TIMES or lookup.calls < TIMES * one.calls:
        return False
    aggregated = tree.groupClause or any(call.agg_star for call in nodes(tree.targetList, ast.FuncCall))
    return not aggregated and abs(lookup.calls / one.rows - 1) < NEAR


def _likely(lookup: Statement, listed: Statement) -> Finding:
    evidence = (
        Fact("calls of the lookup", f"{lookup.calls:,.0f}"),
        Fact("rows of the list", f"{listed.rows:,.0f} in {listed.calls:,.0f} calls"),
    )
    return _finding(lookup, listed, Sureness.LIKELY, evidence, rows=listed.rows / listed.calls)


def _finding(
    lookup: Statement, listed: Statement, sureness: Sureness, evidence: tuple[Fact, ...], *, rows: float
) -> Finding:
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH,
        sureness=sureness,
        subject=lookup.shown,
        message=f"{lookup.shown} is called once for each row of {listed.shown}",
        why=f"a list of {rows:,.0f} rows becomes {rows + 1:,.0f} round trips",
        fix="join the table into the list, or look up all keys at once: WHERE key = ANY($1)",
        evidence=evidence,
    )


RULE = Rule("n-plus-one", "the same lookup, once for each row of a list", find)
