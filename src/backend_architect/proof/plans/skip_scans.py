"""What a search of an index passes over where no condition compares its first column.

Since 18, PostgreSQL skips: it searches once for each value of that column. Where these are more than a third of the
index's pages, it reads the whole index instead, as its cost model has it (`btcostestimate`).
"""

from dataclasses import dataclass

from pglast import ast

from backend_architect.planner_twin import IndexStatistics, TableStatistics
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import tree_of

LEVELS = 3
"""Pages from a btree's root to its leaf, for most sizes."""
OF_PAGES = 1 / 3


@dataclass(frozen=True, slots=True)
class Passed:
    """The entries and pages of an index that are looked at, and its first column, which nothing compares."""

    column: str
    entries: float
    pages: float


def passed_entries(table: TableStatistics, index: str, alias: str, condition: str) -> Passed | None:
    """Return what a condition's search of an index looks at; None where it compares the first column."""
    known = next((each for each in table.indexes if each.name == index), None)
    if known is None or known.method != "btree":
        return None
    skipped = _skipped(table, known, _compared(alias, condition))
    if not skipped:
        return None
    searches = 1.0
    for name in skipped:
        column = table.column(name)
        searches *= max(column.distinct(known.rows), 1.0) if column else known.rows
    if searches > known.pages * OF_PAGES:
        return Passed(skipped[0], known.rows, float(known.pages))
    return Passed(skipped[0], searches, searches * LEVELS)


def _skipped(table: TableStatistics, index: IndexStatistics, compared: frozenset[str]) -> list[str]:
    """Return the columns before the first that is compared; none where an expression is among them."""
    found: list[str] = []
    for key in index.keys:
        if key in compared:
            return found
        if table.column(key) is None and any(key == each.attname for each in index.expressions):
            return []
        found.append(key)
    return []


def _compared(alias: str, condition: str) -> frozenset[str]:
    """Return the columns of a table that a plan's condition compares; others' are values to it."""
    tree = tree_of(f"SELECT WHERE {condition}")  # a text of EXPLAIN's, for the parser alone
    names = [tuple(str(part.sval) for part in each.fields) for each in nodes(tree, ast.ColumnRef)]
    return frozenset(each[-1] for each in names if len(each) == 1 or each[-2] == alias)
