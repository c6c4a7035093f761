"""The tables that a SELECT reads, by the names that they go by in it, and which of them decide how many rows come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Column, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.blocks import blocks_of
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.scopes import Source
from backend_architect.sql.statement_facts import operator
from backend_architect.tune.rewrites.model import CannotRewrite
from backend_architect.tune.rewrites.trees import Node, column, replaced, star

OTHER_SOURCES = "it reads from something else than tables joined with ON"


@dataclass(frozen=True, slots=True)
class FromSource:
    """One table of FROM; `optional` where an outer join may fill it with NULLs."""

    alias: str
    table: Table
    optional: bool


class SelectSources:
    """The sources of one SELECT. Raises CannotRewrite for what is no table that was read, and for joins unlike ON."""

    def __init__(self, tree: Any, catalog: Catalog) -> None:
        self.catalog = catalog
        (self._block,) = [each for each in blocks_of(tree, catalog) if each.tree is tree]
        self._conditions = self._block.conditions
        for item in tree.fromClause or ():
            _refuse_unlike_on(item)
        self.sources = [self._source(each) for each in self._block.scope.sources.values()]
        if not self.sources:
            raise CannotRewrite("it reads no table")

    def _source(self, source: Source) -> FromSource:
        if source.table is None and not source.complete and not source.outputs:
            raise CannotRewrite(f"{quoted(source.name)} is no table that was read")
        if source.table is None or source.renamed is not None:
            raise CannotRewrite(OTHER_SOURCES)
        return FromSource(source.name, source.table, source.optional)

    def owner(self, reference: Node) -> tuple[FromSource, Column] | None:
        """Return the source and the column that a reference means, None where it is no column of these tables."""
        owner = self._block.owner(reference)
        found = [each for each in self.sources if owner and owner[0] is self._block and each.alias == owner[1]]
        column = found[0].table.column(owner[2]) if found and owner else None
        return (found[0], column) if column else None

    def reference(self, source: FromSource, name: str) -> ast.ColumnRef:
        """Return a column as this SELECT must name it."""
        return column(source.alias, name) if len(self.sources) > 1 else column(name)

    def deciding(self, first: FromSource) -> tuple[FromSource, ...]:
        """Return the sources whose keys together tell the result's rows apart, `first` among them."""
        kept, known = [first], self._determined([first])
        for source in self.sources:
            if source not in known:
                kept.append(source)
                known = self._determined(kept)
        return tuple(kept)

    def _determined(self, kept: Iterable[FromSource]) -> list[FromSource]:
        """Return these sources, and those of which there is at most one row for each row of them."""
        known = list(kept)
        more = True
        while more:
            found = [each for each in self.sources if each not in known and self._at_most_one(each, known)]
            known += found
            more = bool(found)
        return known

    def _at_most_one(self, source: FromSource, known: list[FromSource]) -> bool:
        equal = {name for name, other in self._equalities(source) if self._is_known(other, known)}
        return any(set(key) <= equal for key in unique_keys(self.catalog, source.table))

    def _equalities(self, source: FromSource) -> Iterator[tuple[str, Node]]:
        for condition in self._conditions:
            if is_a(condition, ast.A_Expr) and condition.kind == enums.A_Expr_Kind.AEXPR_OP:
                sides = ((condition.lexpr, condition.rexpr), (condition.rexpr, condition.lexpr))
                for own, other in sides if operator(condition) == "=" else ():
                    owner = self.owner(own) if is_a(own, ast.ColumnRef) else None
                    if owner and owner[0] is source:
                        yield owner[1].name, other

    def _is_known(self, node: Node, known: list[FromSource]) -> bool:
        if any(True for _ in nodes(node, ast.SubLink, ast.FuncCall)):
            return False
        owners = [self.owner(each) for each in nodes(node, ast.ColumnRef)]
        return all(owner is not None and any(owner[0] is each for each in known) for owner in owners)

    def qualified(self, tree: Node) -> Node:
        """Return a tree in which every column says its table; raises CannotRewrite where that is unknown."""

        def change(node: Node) -> Node:
            if is_a(node, ast.SubLink):
                raise CannotRewrite("the list holds a subquery")
            if not is_a(node, ast.ColumnRef):
                return None
            if is_a(node.fields[-1], ast.A_Star):
                return self._one_star() if len(node.fields) == 1 else node
            owner = self.owner(node)
            if owner is None:
                raise CannotRewrite("it names something that is no column of its tables")
            return column(owner[0].alias, owner[1].name)

        return replaced(tree, change)

    def _one_star(self) -> Node:
        if len(self.sources) > 1:
            raise CannotRewrite("it returns * of several tables")
        return star(self.sources[0].alias)


def _refuse_unlike_on(item: Node) -> None:
    """Raise CannotRewrite for an item of FROM that is not made of tables joined with ON."""
    if is_a(item, ast.JoinExpr) and not (item.isNatural or item.usingClause or item.alias):
        if item.jointype not in {enums.JoinType.JOIN_INNER, enums.JoinType.JOIN_LEFT}:
            raise CannotRewrite("it has a RIGHT or FULL JOIN")
        _refuse_unlike_on(item.larg)
        _refuse_unlike_on(item.rarg)
    elif not is_a(item, ast.RangeVar):
        raise CannotRewrite(OTHER_SOURCES)


def table_named(catalog: Catalog, named: Any) -> Table:
    """Return the table that a name means; raises CannotRewrite where it is not in the catalog."""
    found = catalog.table_by_name.get((named.schemaname or "", named.relname))
    if found is None:
        raise CannotRewrite(f"{quoted(named.relname)} is no table that was read")
    return found


def unique_keys(catalog: Catalog, table: Table) -> tuple[tuple[str, ...], ...]:
    """Return the columns of which no two rows hold the same, the primary key first; NULLs aside."""
    primary = catalog.primary_keys.get(table.oid)
    others = [
        tuple(key.column for key in index.keys)
        for index in catalog.indexes_of(table.oid)
        if index.unique and index.valid and not index.predicate and all(key.column for key in index.keys)
    ]
    return tuple(dict.fromkeys(([primary] if primary else []) + sorted(others)))


def never_null(table: Table, names: Iterable[str]) -> bool:
    """Return whether none of these columns can hold NULL."""
    return all((own := table.column(name)) is not None and own.not_null for name in names)
