"""A constraint that was never checked against the rows that were there.

What it checks: foreign keys, checks and not-null constraints that were added as NOT VALID and never validated.

Why it matters: rows from before may break it, so that nothing can rely on it: the planner does not use it, a restored
dump may fail, and a later change finds orphans.

Example: `ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID`, in a migration whose second half
never ran.

Instead: `ALTER TABLE orders VALIDATE CONSTRAINT …`: it reads the table, but lets others write meanwhile.

When it is wrong: the rows from before are known to break it, and stay so on purpose.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog.model import quoted
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

KINDS = {"f": "foreign key", "c": "check", "n": "not-null constraint"}


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each constraint that waits to be validated."""
    catalog = observed.catalog
    for constraint in catalog.not_valid:
        table = catalog.table_by_oid.get(constraint.table)
        if table is None or table.partition_of is not None:
            continue
        kind = KINDS.get(constraint.kind, "constraint")
        yield Finding(
            code=RULE.code,
            severity=Severity.LOW,
            sureness=Sureness.CERTAIN,
            subject=f"{table.qualified} ({quoted(constraint.name)})",
            message=f"the {kind} {constraint.name} of {table.qualified} was never validated",
            why="rows from before it may break it, so neither the planner nor anybody else can rely on it",
            fix="validate it: that reads the table, and lets others read and write meanwhile",
            sql=f"ALTER TABLE {table.qualified} VALIDATE CONSTRAINT {quoted(constraint.name)};",
            evidence=(Fact("rows to read", f"{catalog.rows_of(table):,.0f}"),),
        )


RULE = Rule("constraint-not-validated", "a constraint that was never checked", find)
