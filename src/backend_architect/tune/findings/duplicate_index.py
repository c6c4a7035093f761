"""An index that another one equals.

What it checks: indexes of one table with the same method, keys, included columns and predicate.

Why it matters: the planner uses only one of them; every write keeps both.

Example: `CREATE INDEX ON users (email)` on a column that is already `UNIQUE`.

Instead: keep the one that enforces something, or the older one.

When it is wrong: never for reads; a replacement may be under way (an index built to take the place of a bloated one).
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Index
from backend_architect.tune.amounts import size
from backend_architect.tune.index_facts import enforces, same_keys, statement_to_drop
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index that is one too many."""
    catalog = observed.catalog
    for table in catalog.tables:
        kept: list[Index] = []
        for index in sorted(catalog.indexes_of(table.oid), key=lambda each: (not enforces(each), each.oid)):
            twin = next((each for each in kept if _equal(each, index)), None)
            if twin is None or enforces(index) or index.parent is not None:
                kept.append(index)
                continue
            yield Finding(
                code=RULE.code,
                severity=Severity.MEDIUM,
                sureness=Sureness.CERTAIN,
                subject=index.qualified,
                message=f"{index.qualified} is the same index as {twin.qualified}",
                why=f"each write to {table.qualified} keeps both, and only one of them is ever read",
                fix=f"drop {index.qualified}",
                sql=statement_to_drop(index),
                evidence=(Fact("size", size(index.bytes)), Fact("scans", f"{index.scans:,}")),
            )


def _equal(one: Index, other: Index) -> bool:
    same = (one.method, one.predicate) == (other.method, other.predicate) and set(other.included) <= set(one.included)
    return same and one.valid and same_keys(one.keys, other.keys)


RULE = Rule("duplicate-index", "an index that another one equals", find)
