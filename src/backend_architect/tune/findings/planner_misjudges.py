"""The planner is wrong about a statement: what it says and what was measured are far apart.

What it checks: statements with 1 % or more of the measured time, planned as they are: the pages that a call was counted
to read are ten times what the plan's cost can hold, or the cost is ten times what these pages and the time of a call
allow.

Why it matters: the planner chooses by that cost. Where it estimates too little, it chooses a slow plan; where it
estimates too much, its estimate for a better index cannot be relied on.

Example: `WHERE kind = 1 ORDER BY level LIMIT 10` where the rows of that kind lie at the far end of an index on `level`:
a cost of 1, and 5,997 pages a call.

Instead: under a LIMIT an index that begins with what is compared by equality and then has the order; statistics over
the columns that are compared together, `CREATE STATISTICS … (ndistinct, dependencies, mcv) ON … FROM …`; an OR of a
cursor written as ranges of their own.

When it is wrong: the counts are of other times, when the tables were smaller or larger, or of other values than now.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.examined import MEDIUM_SHARE, Examined
from backend_architect.tune.indexes.measured import Belief, believe
from backend_architect.tune.indexes.table_predicates import TablePredicates
from backend_architect.tune.observed import Observed
from backend_architect.tune.plans.misestimates import grouping_fix
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that matters and that the planner misjudges."""
    for examined in observed.statements:
        planned = observed.planned.get(examined.statement.id)
        if planned is None or examined.share is None or examined.share < MEDIUM_SHARE:
            continue
        accesses = observed.asks[examined.statement.id][0]
        belief = believe(planned, examined.statement)
        if accesses and belief.disagrees:
            yield _finding(examined, belief, accesses)


def _finding(examined: Examined, belief: Belief, accesses: tuple[TablePredicates, ...]) -> Finding:
    statement = examined.statement
    fix, sql = _fix(accesses)
    what = "far more" if belief.is_blind else "far less"
    why = (
        "it chooses a plan that it takes for cheap, and the time goes there"
        if belief.is_blind
        else "the savings that it predicts for an index cannot be relied on"
    )
    return Finding(
        code=RULE.code,
        severity=examined.severity(Severity.MEDIUM) if belief.is_blind else Severity.LOW,
        sureness=Sureness.LIKELY,
        subject=statement.shown,
        message=f"the planner is wrong about this statement, which reads {what} than estimated: {statement.shown}",
        why=why,
        fix=fix,
        sql=sql,
        evidence=(
            Fact("planned cost", f"{belief.planned:,.0f}"),
            Fact("pages a call", f"{statement.blocks / statement.calls:,.0f}"),
            *examined.facts,
        ),
    )


def _fix(accesses: tuple[TablePredicates, ...]) -> tuple[str, str]:
    """Return what fixes it, and the SQL where statistics do."""
    for access in accesses:
        equal = [key.column for key in access.equal if key.column]
        if access.orders and access.orders[0] and equal:
            keys = ", ".join(dict.fromkeys((*equal, *(key.sql for key in access.orders[0]))))
            return (
                f"an index that begins with the equality and then has the order: {access.table.qualified} ({keys})",
                "",
            )
    for access in accesses:
        columns = list(dict.fromkeys(key.column for key in (*access.equal, *access.ranges) if key.column))
        if len(columns) > 1:
            fix = grouping_fix(columns, access.table)
            return (
                f"extended statistics on {', '.join(columns)}, so that the planner knows how they are correlated",
                fix.sql,
            )
    return "look at its plan with real values, EXPLAIN (ANALYZE, BUFFERS), and at the node whose rows are wrong", ""


RULE = Rule("planner-misjudges", "the planner is wrong about a statement", find)
