"""A key type that is too small for the growth of its table.

What it checks: primary keys of one integer (or smallint) column whose sequence has used a tenth to a half of the type,
or whose table holds so many rows. Beyond a half, `sequence-exhaustion` reports it.

Why it matters: at 2,147,483,647 every insert fails. The change to bigint rewrites the table, all its indexes, and
every table that points at it, under a lock: cheap now, a project later.

Example: `events.id serial` at 400 million, growing by two million a day.

Instead: bigint from the beginning; here a new column, filled in batches, kept up by a trigger, then swapped in.

When it is wrong: the table does not grow any more.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.column_types import bare
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

LIMITS = {"smallint": 32_767, "integer": 2_147_483_647}
EARLY, SOON = 0.1, 0.5


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each key that will not do for long."""
    catalog = observed.catalog
    for table in catalog.tables:
        names = catalog.primary_keys.get(table.oid, ())
        column = table.column(names[0]) if len(names) == 1 else None
        kind = bare(column.type) if column else ""
        if column is None or kind not in LIMITS or table.partition_of is not None:
            continue
        used = max(_last(catalog, table, column.name), catalog.rows_of(table)) / LIMITS[kind]
        if EARLY <= used < SOON:
            yield _finding(table, column.name, kind, used)


def _last(catalog: Catalog, table: Table, column: str) -> int:
    names = {f"{table.qualified}.{quoted(column)}", f"{table.schema}.{table.qualified}.{quoted(column)}"}
    return max((sequence.last or 0 for sequence in catalog.sequences if sequence.column in names), default=0)


def _finding(table: Table, column: str, kind: str, used: float) -> Finding:
    return Finding(
        code=RULE.code,
        severity=Severity.LOW,
        sureness=Sureness.LIKELY,
        subject=f"{table.qualified}.{quoted(column)}",
        message=f"the key {table.qualified}.{quoted(column)} is {kind}, and {used:.0%} of its range is used",
        why="at its end every insert fails, and the change becomes more expensive with each row",
        fix="make it bigint now: a new column, filled in batches and kept up by a trigger, then swapped in",
        evidence=(Fact("used", f"{used:.0%}"), Fact("limit", f"{LIMITS[kind]:,}")),
    )


RULE = Rule("integer-primary-key", "a key type that is too small for the growth of its table", find)
