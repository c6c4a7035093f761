"""An OR that no index can answer.

What it checks: statements that ran 20 times or more and read 200 pages or more a call, with an OR whose sides compare
columns of several tables, or several columns beside ORDER BY and LIMIT; or with the cursor of a page as an OR of the
order's keys.

Why it matters: an index begins at one column of one table. An OR over two tables is known only after the join, so that
both are read whole; beside ORDER BY and LIMIT all rows of every side are fetched and sorted to return a page. A cursor
that is an OR is no place in an index either: a page is read from the first row of the order on, past all before it.

Example: `SELECT … FROM orders o JOIN users u ON u.id = o.user_id WHERE o.reference = $1 OR u.email = $2`.

Instead: one statement for each side, joined by UNION ALL; each begins with the index of its column, and the later ones
leave out what the earlier returned: `… WHERE o.reference = $1 UNION ALL … WHERE u.email = $2 AND (o.reference = $1) IS
NOT TRUE`.

When it is wrong: the sides match most of the rows.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.sql.statement_facts import select_of
from backend_architect.tune.observed import Observed
from backend_architect.tune.rewrites.union_all import CODE, gains
from backend_architect.tune.rule import Rule

MIN_BLOCKS = 200
MIN_CALLS = 20


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement with such an OR."""
    for statement in observed.workload.statements if observed.workload else ():
        blocks = statement.blocks / max(statement.calls, 1)
        tree = select_of(statement.text)
        if tree is None or statement.calls < MIN_CALLS or blocks < MIN_BLOCKS or not gains(tree, observed.catalog):
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.MEDIUM,
            sureness=Sureness.LIKELY,
            subject=statement.shown,
            message=f"an OR that no index can answer: {statement.shown}",
            why=f"no index begins at two columns at once: each call reads {blocks:,.0f} pages",
            fix="write one statement for each side and join them by UNION ALL",
            evidence=(
                Fact("calls", f"{statement.calls:,.0f}"),
                Fact("mean", f"{statement.mean_ms:,.1f} ms"),
                Fact("pages a call", f"{blocks:,.0f}"),
            ),
        )


RULE = Rule(CODE, "an OR that no index can answer", find)
