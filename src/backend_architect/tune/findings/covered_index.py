"""An index whose keys are the beginning of another's.

What it checks: two indexes of a table by the same method and predicate, where the keys of one (columns, order, operator
class, collation) begin the keys of the other, and the shorter one enforces nothing.

Why it matters: the longer index serves every statement that the shorter one serves; the shorter one is written at each
insert and update for nothing, and takes memory from what is read.

Example: `orders (user_id)` beside `orders (user_id, created_at)`.

Instead: drop the shorter one.

When it is wrong: the shorter index is much smaller and so many statements use it alone that its pages stay in memory
where the longer one's would not.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Index
from backend_architect.tune.amounts import size
from backend_architect.tune.index_facts import enforces, same_keys, statement_to_drop
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index that another one covers."""
    catalog = observed.catalog
    for table in catalog.tables:
        for index in catalog.indexes_of(table.oid):
            wider = next((each for each in catalog.indexes_of(table.oid) if _covers(each, index)), None)
            if wider is not None:
                yield Finding(
                    code=RULE.code,
                    severity=Severity.MEDIUM,
                    sureness=Sureness.CERTAIN,
                    subject=index.qualified,
                    message=f"{index.qualified} is covered by {wider.qualified}, whose keys begin with the same",
                    why=f"each write to {table.qualified} keeps both; the longer one serves all that the shorter does",
                    fix=f"drop {index.qualified}",
                    sql=statement_to_drop(index),
                    evidence=(Fact("size", size(index.bytes)), Fact("scans", f"{index.scans:,}")),
                )


def _covers(wider: Index, index: Index) -> bool:
    """Return whether `wider` serves everything that `index` does, and is not its equal."""
    if wider.oid == index.oid or enforces(index) or not wider.valid or index.parent is not None:
        return False
    if len(wider.keys) <= len(index.keys) or wider.method != index.method or wider.method != "btree":
        return False
    included = set(index.included) <= {*wider.included, *(key.column for key in wider.keys)}
    return included and wider.predicate == index.predicate and same_keys(wider.keys[: len(index.keys)], index.keys)


RULE = Rule("covered-index", "an index whose keys are the beginning of another's", find)
