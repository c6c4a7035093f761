"""A policy of row security that computes something again for each row.

What it checks: policies of tables with a thousand rows or more whose condition calls a function that knows nothing of
the row (`auth.uid()`, `current_setting('app.user')`), outside of a subquery of its own; and those with a subquery that
names the row's own columns.

Why it matters: a policy is a condition of every statement of the roles that it binds. Such a function is called once
for each row that is looked at, and such a subquery is run for each.

Example: `CREATE POLICY own ON cards USING (auth.uid() = owner)`.

Instead: `USING ((SELECT auth.uid()) = owner)`, which is computed once, with an index on `cards (owner)`; and for a
subquery that names the row's columns a list that does not: `team IN (SELECT team FROM members WHERE member = (SELECT
auth.uid()))`.

When it is wrong: an index finds the rows of every statement, so that few are looked at; or the function must be
computed for each row.
"""

from collections.abc import Iterator

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Policy, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.conditions import SMALL_ROWS
from backend_architect.sql.parsing import nodes, parse
from backend_architect.tune.examined import HIGH_SHARE, MEDIUM_SHARE
from backend_architect.tune.observed import Observed
from backend_architect.tune.row_security import calls_for_each_row, computed_once
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each policy."""
    catalog = observed.catalog
    for policy in catalog.policies:
        table = catalog.table_by_oid.get(policy.table)
        if table is None or catalog.rows_of(table) < SMALL_ROWS or not policy.condition:
            continue
        calls = calls_for_each_row(policy.condition)
        if calls or _names_the_row(policy.condition):
            yield _finding(observed, table, policy, calls)


def _names_the_row(condition: str) -> bool:
    """Return whether a subquery of the condition names something that is no table of its own: the row's columns."""
    for link in nodes(parse(f"SELECT {condition}"), ast.SubLink):
        own = {each.alias.aliasname if each.alias else each.relname for each in nodes(link.subselect, ast.RangeVar)}
        references = [each for each in nodes(link.subselect, ast.ColumnRef) if len(each.fields) > 1]
        if own and any(str(each.fields[-2].sval) not in own for each in references):
            return True
    return False


def _finding(observed: Observed, table: Table, policy: Policy, calls: list[str]) -> Finding:
    share = _share(observed, table)
    severity = (
        Severity.HIGH
        if share >= HIGH_SHARE
        else Severity.MEDIUM
        if share >= MEDIUM_SHARE or share < 0
        else Severity.LOW
    )
    what = f"calls {', '.join(calls)}" if calls else "runs a subquery that names the row's own columns"
    instead = "write each call as a subquery of its own: (SELECT …), which is computed once"
    if not calls:
        instead = "write it as a list that does not depend on the row: column IN (SELECT … WHERE … = (SELECT …))"
    sql = f"ALTER POLICY {quoted(policy.name)} ON {table.qualified} USING ({computed_once(policy.condition)});"
    facts = (Fact("condition", policy.condition), Fact("rows", f"{observed.catalog.rows_of(table):,.0f}"))
    return Finding(
        code=RULE.code,
        severity=severity,
        sureness=Sureness.LIKELY,
        subject=f"{table.qualified} ({policy.name})",
        message=f"the policy {policy.name} of {table.qualified} {what} for each row",
        why="a policy is a condition of every statement of the roles that it binds",
        fix=instead,
        sql=sql if calls else "",
        evidence=(*facts, *((Fact("share of the time of its statements", f"{share:.0%}"),) if share >= 0 else ())),
    )


def _share(observed: Observed, table: Table) -> float:
    """Return the share of the time of the statements that the policies bind and that read the table, -1 if unknown."""
    bound = [each for each in observed.statements if each.statement.secured]
    own = [each.share for each in bound if any(table in block.sources.values() for block in each.blocks)]
    shares = [share for share in own if share is not None]
    return sum(shares) if shares else -1.0 if not own or len(shares) < len(own) else 0.0


RULE = Rule("policy-for-each-row", "a policy of row security that computes something for each row", find)
