"""A join of columns of different types.

What it checks: joins in which one of the two columns is cast, written (`a.user_id::bigint = u.id`) or by the server (a
bigint meets a numeric), and its table has a thousand rows or more. A varchar that meets a text is not one of them.

Why it matters: the index of the column that is cast cannot serve the join, and the planner knows nothing about how
many rows meet: its estimate is a guess.

Example: `orders.user_id varchar` joined to `users.id bigint`.

Instead: give both columns the same type; until then cast the column of the side that is read whole, or index the cast.

When it is wrong: both tables are always read whole, so that no index would be used.
"""

from collections.abc import Iterator
from typing import Any

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.blocks import Block
from backend_architect.sql.column_types import CAST_FIRST, bare, column_type, family, written_type
from backend_architect.sql.conditions import SMALL_ROWS, Comparison, comparisons, is_column
from backend_architect.sql.parsing import is_a
from backend_architect.tune.examined import Examined
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.same_expression import is_indexed


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and column that a join casts."""
    for examined in observed.statements:
        for block in examined.blocks:
            for each in comparisons(block):
                if each.operator == "=" and _is_cast(each, block) and _matters(observed.catalog, each):
                    yield _finding(examined, each, block)


def _is_cast(each: Comparison, block: Block) -> bool:
    own, other = column_type(_inner(each.side), block), column_type(_inner(each.other), block)
    if not own or not other:
        return False
    if is_column(each.side):
        met = written_type(each.other) or other
        return (family(own), family(met)) in CAST_FIRST
    target = written_type(each.side)
    return bool(target) and bare(own) != target and not family(own) == family(target) == "text"


def _inner(node: Any) -> Any:
    return node.arg if is_a(node, ast.TypeCast) else node


def _matters(catalog: Catalog, each: Comparison) -> bool:
    return catalog.rows_of(each.table) >= SMALL_ROWS and not (
        is_a(each.side, ast.TypeCast) and is_indexed(catalog, each.table, each.side)
    )


def _finding(examined: Examined, each: Comparison, block: Block) -> Finding:
    column = quoted(each.columns[0])
    own, other = bare(column_type(_inner(each.side), block)), bare(column_type(_inner(each.other), block))
    table = each.table.qualified
    sql = f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {other} USING {column}::{other};"
    return Finding(
        code=RULE.code,
        severity=examined.severity(Severity.MEDIUM),
        sureness=Sureness.CERTAIN,
        subject=f"{examined.shown} ({each.columns[0]})",
        message=f"{table}.{column} is {own} and is joined to a {other}: {examined.shown}",
        why="an index on the column that is cast cannot serve the join, and its estimate is a guess",
        fix="give both the same type (this rewrites the table under a lock: for a large one a new column, filled in "
        "batches, then swapped in)",
        sql=sql if family(own) != family(other) else "",
        evidence=(*examined.facts, Fact("types", f"{own} and {other}")),
    )


RULE = Rule("mismatched-join", "a join of columns of different types", find)
