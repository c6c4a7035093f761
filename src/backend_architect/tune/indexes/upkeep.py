"""What an index costs those who write: the entries that writes add to it, in the planner's units.

An entry in a random place of a btree is a page to find and to write, one at its end is next to nothing, one in a GIN
index is one for each word. The figures are a model, the same for every index: docs/tune.md says what they rest on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.parsing import is_a, nodes, parse
from backend_architect.tune.statement_facts import column_name, tree_of
from backend_architect.tune.workload import Workload

AT_THE_END = 0.05
ANYWHERE = 0.5
ELEMENTS = {"gin": 8.0, "gist": 2.0, "brin": 0.02, "hash": 0.8}


@dataclass(frozen=True, slots=True)
class Writes:
    """The rows that a workload writes to one table: new ones, and changed ones by the columns that change."""

    inserted: float = 0.0
    updated: Mapping[frozenset[str], float] | None = None


def writes_of(workload: Workload, catalog: Catalog) -> Mapping[tuple[str, str], Writes]:
    """Return what is written to each table, by schema and name: as the statements say, or the server counted."""
    inserted: dict[str, float] = {}
    updated: dict[str, dict[frozenset[str], float]] = {}
    for statement in workload.statements:
        tree: Any = tree_of(statement.text)
        rows = max(statement.rows, statement.calls)
        if is_a(tree, ast.InsertStmt):
            inserted[tree.relation.relname] = inserted.get(tree.relation.relname, 0) + rows
        elif is_a(tree, ast.UpdateStmt):
            changed = frozenset(target.name for target in tree.targetList)
            own = updated.setdefault(tree.relation.relname, {})
            own[changed] = own.get(changed, 0) + rows
    counted = _share_of_counts(workload, catalog)
    return {
        (table.schema, table.name): Writes(
            max(inserted.get(table.name, 0.0), table.inserted * counted), updated.get(table.name, {})
        )
        for table in catalog.tables
    }


def upkeep(index: NewIndex, table: Table, writes: Writes, *, random_page_cost: float, others: int) -> float:
    """Return what an index costs all writes of the workload; `others` are the indexes that the table has already.

    An update that changes no indexed column leaves every index alone; one that changes a column of the new index
    alone makes an entry in all of them.
    """
    entry = _entry(index, table, random_page_cost)
    held = _columns_in(index)
    changed = sum(rows for columns, rows in (writes.updated or {}).items() if columns & held)
    return entry * (writes.inserted + changed) + ANYWHERE * random_page_cost * 0.5 * others * changed


def _entry(index: NewIndex, table: Table, random_page_cost: float) -> float:
    if index.method != "btree":
        return ELEMENTS.get(index.method, 1.0) * ANYWHERE * random_page_cost
    first = table.column(index.keys[0].column) if index.keys[0].column else None
    in_order = abs(first.correlation or 0.0) if first and (first.distinct or 0) < 0 else 0.0
    cost = AT_THE_END + ANYWHERE * random_page_cost * (1 - in_order)
    return cost * (0.5 if index.predicate else 1.0)


def _columns_in(index: NewIndex) -> frozenset[str]:
    """Return the columns whose change means a new entry."""
    expressions = [each for each in (index.predicate, *(key.expression for key in index.keys)) if each]
    inside = {
        column_name(reference)
        for expression in expressions
        for reference in nodes(parse(f"SELECT {expression}") or (), ast.ColumnRef)
    }
    return frozenset({key.column for key in index.keys if key.column} | set(index.included) | inside)


def _share_of_counts(workload: Workload, catalog: Catalog) -> float:
    """Return what the server's counts are multiplied by to be of the workload's time; 0 for a given workload."""
    if not workload.seconds or not catalog.counted:
        return 0.0
    return min(workload.seconds / catalog.counted, 1.0)
