"""A statement that searches every partition.

What it checks: statements with conditions on a partitioned table of at least four partitions, none of which compares
the partition key itself: it is missing, or stands inside of a function. Statements that read the newest rows in the
key's order, with a limit, are left alone.

Why it matters: without the key the planner cannot prune partitions: it opens and searches every one of them, and each
partition that is added makes the statement slower, its planning too.

Example: `SELECT * FROM events WHERE user_id = $1` where `events` is partitioned by month of `created_at`.

Instead: add the key (`AND created_at >= $2`), or compare the key itself; if most statements do not know the key,
partition by another one, or not at all.

When it is wrong: the statement really wants all of the time that is kept, once a day.
"""

from collections.abc import Iterator
from typing import Any

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.blocks import Block
from backend_architect.sql.conditions import SMALL_ROWS, Comparison, comparisons, is_column
from backend_architect.sql.statement_facts import column_name
from backend_architect.tune.examined import Examined
from backend_architect.tune.observed import Observed
from backend_architect.tune.partitions import PartitionKey, partition_key
from backend_architect.tune.rule import Rule

FEWEST = 4


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and partitioned table that it looks through."""
    catalog = observed.catalog
    for examined in observed.statements:
        for block in examined.blocks:
            for source, table in block.sources.items():
                key = partition_key(table.partition_key) if table is not None and table.partition_key else None
                if table is not None and key is not None and _looks_everywhere(catalog, block, source, key):
                    yield _finding(catalog, examined, block, (table, key))


def _looks_everywhere(catalog: Catalog, block: Block, source: str, key: PartitionKey) -> bool:
    table = block.sources[source]
    own = [each for each in comparisons(block) if each.source == source]
    if table is None or not own or len(catalog.leaves_of(table)) < FEWEST or catalog.rows_of(table) < SMALL_ROWS:
        return False
    if key.expression:
        used = {name for each in own for name in each.columns}
    else:
        used = {each.columns[0] for each in own if is_column(each.side) and _prunes(each, key)}
    return not set(key.needed) <= used and not _newest_first(block, key)


def _prunes(each: Comparison, key: PartitionKey) -> bool:
    return each.is_equality or key.strategy == "range"


def _newest_first(block: Block, key: PartitionKey) -> bool:
    """Return whether the first rows in the key's order are enough: partitions are then read one after the other."""
    order: Any = getattr(block.tree, "sortClause", None) or ()
    limited = getattr(block.tree, "limitCount", None) is not None
    return limited and bool(order) and key.strategy == "range" and column_name(order[0].node) == key.columns[0]


def _finding(catalog: Catalog, examined: Examined, block: Block, what: tuple[Table, PartitionKey]) -> Finding:
    table, key = what
    column = key.columns[0]
    wrapped = any(column in each.columns and not is_column(each.side) for each in comparisons(block))
    number = len(catalog.leaves_of(table))
    reason = f"{column} stands inside of an expression" if wrapped else f"nothing compares {', '.join(key.needed)}"
    return Finding(
        code=RULE.code,
        severity=examined.severity(Severity.MEDIUM),
        sureness=Sureness.CERTAIN,
        subject=f"{examined.shown} ({table.qualified})",
        message=f"all {number} partitions of {table.qualified} are searched, {reason}: {examined.shown}",
        why="every partition is opened, locked and searched, and each new one adds to it",
        fix=f"compare {column} itself with a range" if wrapped else f"add a condition on {', '.join(key.needed)}",
        evidence=(*examined.facts, Fact("partitions", str(number)), Fact("key", table.partition_key)),
    )


RULE = Rule("pruning-unused", "a statement that searches every partition", find)
