"""The names in a statement, looked up as PostgreSQL looks them up, over the tables of a catalog."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend_architect.postgres.catalog import Catalog, Column, Table
from backend_architect.sql.scopes import Found, Scope, names_in
from backend_architect.sql.walk import NameWalk


@dataclass(frozen=True, slots=True)
class StatementNames:
    """Every query of a statement, the outer ones first, and what each reference in them means."""

    scopes: tuple[Scope, ...]
    _found: Mapping[int, Found]
    _places: Mapping[int, Scope]
    _queried: frozenset[int] = frozenset()
    _made: Sequence[Any] = ()

    def find(self, reference: Any) -> Found | None:
        """Return what a column reference of the statement means, None where it is no column of any source in sight."""
        return self._found.get(id(reference))

    def row_of(self, reference: Any) -> Found | None:
        """Return the source whose rows as a whole a reference means, None where it means a column or nothing."""
        names = names_in(reference)
        if len(names) != 1 or self.find(reference) is not None:
            return None
        scopes = self._places[id(reference)].chain() if id(reference) in self._places else ()
        return next((Found(each, each.sources[names[0]], "") for each in scopes if names[0] in each.sources), None)

    def is_query(self, named: Any) -> bool:
        """Return whether an item of FROM names a CTE."""
        return id(named) in self._queried

    def scope_of(self, reference: Any) -> Scope | None:
        """Return the query in whose clauses a reference stands."""
        return self._places.get(id(reference))

    def meant(self, node: Any) -> Any:
        """Return the expression that a column of a subquery or CTE stands for, through all of them; else the node."""
        seen: set[int] = set()
        while id(node) not in seen:
            seen.add(id(node))  # a recursive CTE gives its own columns
            found = self.find(node)
            if found is None or found.output is None:
                return node
            node = found.output
        return node

    def column(self, reference: Any) -> tuple[Table, Column] | None:
        """Return the table's column that a reference means, also through subqueries and CTEs."""
        found = self.find(self.meant(reference))
        column = found.column if found is not None else None
        return (found.source.table, column) if found and found.source.table and column else None

    def unknown(self) -> Iterator[Any]:
        """Yield the references that can be no column, output or row of anything in sight."""
        for scope in self.scopes:
            for reference in scope.references:
                if self.find(reference) is None and _is_unknown(scope, names_in(reference)):
                    yield reference


def read_names(tree: Any, catalog: Catalog) -> StatementNames:
    """Return the names of a statement that has a plan. They know its nodes by identity: keep the tree as it is."""
    walk = NameWalk(catalog)
    walk.statement(tree, None, {})
    return StatementNames(tuple(walk.scopes), walk.found, walk.places, frozenset(walk.queried), walk.made)


def _is_unknown(scope: Scope, names: tuple[str, ...]) -> bool:
    if len(names) != 1:
        return bool(names) and not any(name in each.sources for each in scope.chain() for name in names[:-1])
    rows_or_outputs = any(names[0] in each.sources or names[0] in each.given for each in scope.chain())
    return not rows_or_outputs and not scope.is_open()
