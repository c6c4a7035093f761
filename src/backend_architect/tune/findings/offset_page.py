"""A page found by OFFSET.

What it checks: statements with an OFFSET that is a parameter or larger than a thousand.

Why it matters: the rows before the page are read and thrown away: the thousandth page costs a thousand times the first.
Rows that arrive meanwhile shift the pages, so that some are shown twice and others never.

Example: `SELECT … ORDER BY created_at DESC LIMIT 20 OFFSET $1`.

Instead: a keyset page, which begins after the last row seen: `WHERE (created_at, id) < ($1, $2) ORDER BY created_at
DESC, id DESC LIMIT 20`, with an index on those columns.

When it is wrong: only the first pages can ever be asked for.
"""

from collections.abc import Iterator

from pglast import ast
from pglast.stream import RawStream

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import select_of
from backend_architect.tune.workload import Statement

DEEP = 1_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that skips rows."""
    for statement in observed.workload.statements if observed.workload else ():
        tree = select_of(statement.text)
        if tree is not None and tree.limitOffset is not None and _deep(tree.limitOffset):
            yield _finding(statement, tree)


def _deep(offset: object) -> bool:
    if isinstance(offset, ast.A_Const) and isinstance(offset.val, ast.Integer):
        return bool((offset.val.ival or 0) > DEEP)
    return True


def _finding(statement: Statement, tree: ast.SelectStmt) -> Finding:
    keys = [RawStream()(item.node) for item in tree.sortClause or ()]
    order = f"keep the order ({', '.join(keys)}), with the primary key last" if keys else "give it an ORDER BY first"
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=statement.shown,
        message=f"pages are found by OFFSET: {statement.shown}",
        why="every row before the page is read and thrown away: deep pages cost ever more",
        fix=f"begin after the last row seen, (keys) < ($1, $2) in WHERE; {order}",
        evidence=(Fact("calls", f"{statement.calls:,.0f}"), Fact("mean", f"{statement.mean_ms:,.1f} ms")),
    )


RULE = Rule("offset-page", "a page found by OFFSET", find)
