"""Keys of an index that narrow nothing.

What it checks: valid btrees that enforce nothing, on tables of ten thousand rows or more: those whose first keys are
all columns of a unique index of not-null columns, with more keys behind them; and those of several keys with one of
which ANALYZE found a single value and no NULL.

Why it matters: behind a unique key there is one row at most, so that further keys find and order nothing; a key of one
value finds every row. Either is written with each row and makes the index larger and slower to read.

Example: `orders (id, created_at)` beside the primary key `orders (id)`; `orders (tenant_id, user_id)` with one tenant.

Instead: drop the index beside the unique one, or include the columns (`INCLUDE`) where statements read nothing else;
leave out the key of one value.

When it is wrong: the other values are still to come; the index exists so that statements read it alone.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Index, Table
from backend_architect.tune.amounts import size
from backend_architect.tune.index_facts import enforces
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

FEWEST = 10_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index with such keys."""
    catalog = observed.catalog
    for table in catalog.tables:
        if table.partition_of is not None or catalog.rows_of(table) < FEWEST:
            continue
        for index in catalog.indexes_of(table.oid):
            if index.method != "btree" or not index.valid or enforces(index) or index.parent is not None:
                continue
            unique = next((each for each in catalog.indexes_of(table.oid) if _ends_within(each, index, table)), None)
            if unique is not None:
                dead = [key.column for key in index.keys[len(unique.keys) :]]
                yield _finding(table, index, dead, f"{unique.qualified} is unique on the keys before")
            elif dead := _of_one_value(index, table):
                yield _finding(table, index, dead, "ANALYZE found one value alone")


def _ends_within(unique: Index, index: Index, table: Table) -> bool:
    """Return whether a unique index of not-null columns has the first keys of an index, and fewer of them."""
    own, keys = ([key.column for key in each.keys] for each in (unique, index))
    whole = unique.unique and unique.valid and not unique.predicate and all(own) and len(own) < len(keys)
    filled = (column is not None and column.not_null for column in map(table.column, own))
    return whole and all(keys) and set(own) == set(keys[: len(own)]) and all(filled)


def _of_one_value(index: Index, table: Table) -> list[str]:
    """Return the keys of one value beside others; of a partial index they may be what its condition says."""
    if len(index.keys) < 2 or index.predicate:
        return []
    columns = [table.column(key.column) for key in index.keys if key.column]
    return [each.name for each in columns if each is not None and each.distinct == 1 and not each.nulls]


def _finding(table: Table, index: Index, dead: list[str], why: str) -> Finding:
    return Finding(
        code=RULE.code,
        severity=Severity.LOW,
        sureness=Sureness.POSSIBLE,
        subject=index.qualified,
        message=f"keys of {index.qualified} narrow nothing: {', '.join(dead)}",
        why=f"{why}: they are written with each row of {table.qualified}, and find or order none",
        fix="drop the index, include these columns instead, or leave them out",
        evidence=(Fact("size", size(index.bytes)), Fact("scans", f"{index.scans:,}")),
    )


RULE = Rule("dead-index-keys", "keys of an index that narrow nothing", find)
