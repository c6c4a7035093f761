"""Where a name is looked up: the sources of one query, and the queries around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Column, Table
from backend_architect.sql.parsing import is_a

SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


@dataclass(eq=False, slots=True)
class Source:
    """One item of FROM, by the name that it has in its query: a table of the catalog, or what a query gives.

    `outputs` are the expressions of the latter by their names, None for one that has no tree; it may give more where
    it is not `complete`. `renamed` tells the table's own names of columns that its alias renames.
    """

    name: str
    table: Table | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = False
    renamed: Mapping[str, str] | None = None
    optional: bool = False
    """Whether an outer join may fill it with NULLs."""
    only_qualified: bool = False
    """Whether a column must say its name: of `excluded`, `old` and `new`."""

    def has(self, name: str) -> bool | None:
        """Return whether it has a column, None where that is unknown."""
        if self.table is not None:
            return name in SYSTEM or self.column(name) is not None
        return name in self.outputs or (False if self.complete else None)

    def column(self, name: str) -> Column | None:
        """Return the table's column that it calls so."""
        if self.table is None:
            return None
        return self.table.column(self.renamed.get(name, "") if self.renamed is not None else name)

    @property
    def names(self) -> tuple[str, ...] | None:
        """Return the names of all of its columns in their order, None where they are unknown."""
        if self.table is not None:
            return tuple(self.renamed) if self.renamed is not None else tuple(c.name for c in self.table.columns)
        return tuple(self.outputs) if self.complete else None


@dataclass(eq=False, slots=True)
class Scope:
    """One query: its sources, and the column references of its own clauses; names are looked up in `outer` after it.

    `given` are its outputs by their names. `merged` are the columns that USING made one of two.
    """

    tree: Any
    outer: "Scope | None" = None
    sources: dict[str, Source] = field(default_factory=dict)
    references: list[Any] = field(default_factory=list)
    equalities: list[Any] = field(default_factory=list)
    """What USING and NATURAL compare."""
    given: Mapping[str, Any] = field(default_factory=dict)
    merged: dict[str, Source] = field(default_factory=dict)

    def chain(self) -> "Iterator[Scope]":
        """Yield it and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def find(self, names: tuple[str, ...], visible: tuple[Source, ...] | None = None) -> "Found | None":
        """Return what a name means here or further out; only these sources of its own where `visible` names them."""
        for scope in self.chain() if names else ():
            found = scope._own(names, visible if scope is self else None)
            if found is not None:
                return found
        return None

    def _own(self, names: tuple[str, ...], visible: tuple[Source, ...] | None) -> "Found | None":
        if len(names) > 1:
            source = self.sources.get(names[-2])
            other = len(names) > 2 and source is not None and source.table and source.table.schema != names[-3]
            return Found(self, source, names[-1]) if source is not None and not other else None
        (name,) = names
        merged = self.merged.get(name)
        if merged is not None and (visible is None or merged in visible):
            return Found(self, merged, name)
        for source in visible if visible is not None else self.sources.values():
            if source.has(name) and not source.only_qualified:
                return Found(self, source, name)
        return None

    def is_open(self) -> bool:
        """Return whether a source here or further out may have columns that nobody knows."""
        return any(source.names is None for scope in self.chain() for source in scope.sources.values())


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A column of a source, as its query calls it."""

    scope: Scope
    source: Source
    name: str

    @property
    def column(self) -> Column | None:
        """Return the column of the source's table, None where it is no table or the column is a system's."""
        return self.source.column(self.name)

    @property
    def output(self) -> Any | None:
        """Return the expression of the query that gives it, None where a table does."""
        return self.source.outputs.get(self.name)


def names_in(reference: Any) -> tuple[str, ...]:
    """Return the parts of a column reference, () for a star."""
    names = tuple(str(each.sval) for each in reference.fields if is_a(each, ast.String))
    return names if len(names) == len(reference.fields) else ()
