"""What indexes cost those who write: the entries that writes add to them, in the planner's units.

An entry in a random place of a btree is a page to find and to write, one at its end is next to nothing, one in a GIN
index is one for each word. An update that changes no indexed column leaves every index alone (it is done in place); one
that changes a column of any index makes an entry in all of the table's. The figures are a model, the same for every
index; docs/tune/indexes.md states them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog, Index, Table
from backend_architect.sql.parsing import is_a, nodes, parse
from backend_architect.sql.statement_facts import column_name, tree_of
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.workload import Statement, Workload

AT_THE_END = 0.05
ANYWHERE = 0.5
ELEMENTS = {"gin": 8.0, "gist": 2.0, "brin": 0.02, "hash": 0.8}
HEAD = 16  # bytes of an entry beside its keys
MIN_CALLS = 100  # calls, from which a mean time tells something
ONE_ROW = 1.5  # rows a call
MIN_WRITE_SHARE = 0.1  # of a write, that is more than the quickest statement takes
OF_ENTRIES = 0.5  # of that, what the entries take; the row itself takes the rest
LOAD = 10_000  # rows that no application inserts by one statement, once

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Writes:
    """The rows that a workload writes to one table: new ones, and changed ones by the columns that change."""

    inserted: float = 0.0
    updated: Mapping[frozenset[str], float] = field(default_factory=dict)


class Upkeep:
    """What any set of new indexes costs all writes of a workload."""

    def __init__(self, workload: Workload | None, catalog: Catalog) -> None:
        self._catalog = catalog
        self._tables = {(table.schema, table.name): table for table in catalog.tables}
        self._writes = writes_of(workload, catalog) if workload else {}
        self._page_cost = float(catalog.settings.get("random_page_cost", "4"))
        self._entries: dict[NewIndex, float] = {}
        self._known: dict[frozenset[NewIndex], float] = {}
        self._dropped: frozenset[int] = frozenset()
        self._workload = workload
        self._most: Mapping[Place, float] = {}

    def hold(self, unit_ms: float) -> None:
        """Hold entries to what writes were measured to take, a unit of the costs taking so many milliseconds."""
        if self._workload and unit_ms:
            self._most = {place: ms / unit_ms for place, ms in _most_ms(self._workload, self._catalog).items()}
            self._known.clear()

    def add(self, index: NewIndex, size: int) -> None:
        """Note an index, in bytes."""
        self._entries[index] = _entry(index, self._tables[index.schema, index.table], size, self._page_cost)

    def leave_out(self, dropped: Iterable[int]) -> None:
        """Count from now on as if these existing indexes, by their oids, were not there."""
        self._dropped = frozenset(dropped)
        self._known.clear()

    def updated(self, schema: str, table: str) -> Mapping[frozenset[str], float]:
        """Return how many rows of a table updates change, by the columns that they set."""
        return self._writes.get((schema, table), Writes()).updated

    def whole(self, place: Place, dropped: Collection[int], chosen: Iterable[NewIndex]) -> float:
        """Return what all indexes of a table cost without those that are dropped and with the chosen ones."""
        writes = self._writes.get(place, Writes())
        existing = [each for each in self._catalog.indexes_of(self._tables[place].oid) if each.oid not in dropped]
        entries = sum(self._new(place, each) for each in chosen) + len(existing) * self._old(place)
        new = (columns_in(each) for each in chosen if each.method != "brin")
        held = frozenset().union(*new, *(columns_in(each) for each in existing))
        return entries * (writes.inserted + sum(rows for columns, rows in writes.updated.items() if columns & held))

    def of(self, indexes: Iterable[NewIndex]) -> float:
        """Return what a set of noted indexes costs."""
        by_table: dict[Place, list[NewIndex]] = {}
        for index in sorted(indexes):
            by_table.setdefault((index.schema, index.table), []).append(index)
        return sum(self._of_table(place, frozenset(own)) for place, own in by_table.items())

    def _of_table(self, place: Place, indexes: frozenset[NewIndex]) -> float:
        if indexes not in self._known:
            self._known[indexes] = self._count(place, sorted(indexes))
        return self._known[indexes]

    def _count(self, place: Place, indexes: list[NewIndex]) -> float:
        writes = self._writes.get(place, Writes())
        existing = [each for each in self._catalog.indexes_of(self._tables[place].oid) if each.oid not in self._dropped]
        entries = sum(self._new(place, index) for index in indexes)
        held = frozenset().union(*(columns_in(index) for index in indexes if index.method != "brin"))
        old = frozenset().union(*(columns_in(index) for index in existing))
        cost = entries * writes.inserted
        for columns, rows in writes.updated.items():
            if columns & old:
                cost += entries * rows
            elif columns & held:
                cost += (entries + len(existing) * self._old(place)) * rows
        return cost

    def _new(self, place: Place, index: NewIndex) -> float:
        """Return what an entry of a new index costs."""
        return min(self._entries[index], self._most.get(place, self._entries[index]))

    def _old(self, place: Place) -> float:
        """Return what an entry of an existing index costs: half, as many are at its end."""
        usual = ANYWHERE * self._page_cost * 0.5
        return min(usual, self._most.get(place, usual))


def writes_of(workload: Workload, catalog: Catalog) -> Mapping[Place, Writes]:
    """Return what is written to each table, by schema and name: as the statements say, or the server counted."""
    inserted: dict[Place, float] = defaultdict(float)
    loaded: dict[Place, float] = defaultdict(float)
    updated: dict[Place, dict[frozenset[str], float]] = defaultdict(lambda: defaultdict(float))
    for statement in workload.statements:
        tree: Any = tree_of(statement.text)
        rows = max(statement.rows, statement.calls)
        if is_a(tree, ast.InsertStmt):
            (loaded if _is_load(workload, statement) else inserted)[_place(tree, catalog)] += rows
        elif is_a(tree, ast.UpdateStmt):
            changed = frozenset(target.name for target in tree.targetList)
            updated[_place(tree, catalog)][changed] += rows
    share = _share_of_counts(workload, catalog)
    found = {}
    for table in catalog.tables:
        place = table.schema, table.name
        counted = max(table.inserted - loaded[place], 0.0) * share
        found[place] = Writes(max(inserted[place], counted), updated[place])
    return found


def _most_ms(workload: Workload, catalog: Catalog) -> Mapping[Place, float]:
    """Return the milliseconds that an entry takes at most, by table: of a write beyond the quickest statement."""
    often = [each for each in workload.statements if each.calls >= MIN_CALLS and each.mean_ms > 0]
    quickest = min((each.mean_ms for each in often), default=0.0)
    found: dict[Place, float] = {}
    for statement in often:
        tree: Any = tree_of(statement.text)
        if not is_a(tree, (ast.InsertStmt, ast.UpdateStmt)) or statement.rows > ONE_ROW * statement.calls:
            continue
        place = _place(tree, catalog)
        table = catalog.table_by_name.get(place)
        existing = catalog.indexes_of(table.oid) if table else ()
        changed = frozenset(target.name for target in tree.targetList or ()) if is_a(tree, ast.UpdateStmt) else None
        held = frozenset().union(*(columns_in(each) for each in existing))
        if existing and (changed is None or changed & held):
            ms = OF_ENTRIES * max(statement.mean_ms - quickest, MIN_WRITE_SHARE * statement.mean_ms) / len(existing)
            found[place] = min(found.get(place, ms), ms)
    return found


def _place(tree: Any, catalog: Catalog) -> Place:
    named = tree.relation.schemaname or "", tree.relation.relname
    table = catalog.table_by_name.get(named)
    return (table.schema, table.name) if table else named


def _is_load(workload: Workload, statement: Statement) -> bool:
    """Return whether somebody filled a table: the server counted many rows, and the statement once."""
    return workload.seconds is not None and statement.calls == 1 and statement.rows >= LOAD


def _entry(index: NewIndex, table: Table, size: int, page_cost: float) -> float:
    """Return what one row written costs an index; a partial one takes only its share of the rows."""
    columns = [column for key in index.keys if (column := table.column(key.column))]
    width = HEAD + sum(column.width or 8 for column in columns)
    share = min(size / max(table.rows * width, 1), 1.0) if index.predicate else 1.0
    if index.method != "btree":
        return ELEMENTS.get(index.method, 1.0) * ANYWHERE * page_cost * share
    first = columns[0] if columns and index.keys[0].column else None
    in_order = abs(first.correlation or 0.0) if first and (first.distinct or 0) < 0 else 0.0
    return (AT_THE_END + ANYWHERE * page_cost * (1 - in_order)) * share


def columns_in(index: NewIndex | Index) -> frozenset[str]:
    """Return the columns whose change means a new entry."""
    expressions = [each for each in (index.predicate, *(key.expression for key in index.keys)) if each]
    return _named(expressions) | {key.column for key in index.keys if key.column} | set(index.included)


def _named(expressions: Iterable[str]) -> frozenset[str]:
    return frozenset(
        column_name(reference)
        for expression in expressions
        for reference in nodes(parse(f"SELECT {expression}") or (), ast.ColumnRef)
    )


def _share_of_counts(workload: Workload, catalog: Catalog) -> float:
    """Return what the server's counts are multiplied by to be of the workload's time; 0 for a given workload."""
    if not workload.seconds or not catalog.counted:
        return 0.0
    return min(workload.seconds / catalog.counted, 1.0)
