"""A parsed statement → its query blocks: the tables of each, its conditions, its order, and what it gives out.

A block is one SELECT (or UPDATE, DELETE, MERGE) with its FROM; subqueries, CTEs and the arms of a UNION are blocks of
their own. A column is resolved in its block, then in those around it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.names import StatementNames, read_names
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.scopes import Scope, names_in

AND = enums.BoolExprType.AND_EXPR
READING = (ast.SelectStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)


@dataclass(eq=False, slots=True)
class Block:
    """`sources` are the tables by the name that they go by here, None for what is no table of the database."""

    tree: Any
    parent: "Block | None"
    names: StatementNames
    scope: Scope
    sources: Mapping[str, Table | None]
    conditions: list[Any] = field(default_factory=list)
    parameters: bool = False
    """Whether the statement has parameters: what it writes out is then the same in every call."""

    def owner(self, reference: Any) -> "tuple[Block, str, str] | None":
        """Return the block, the source and the column that a reference means, None where it is no table's column."""
        found = self.names.find(reference)
        if found is None and self.names.scope_of(reference) is None:  # it was made, and is no part of the statement
            found = self.scope.find(names_in(reference))
        column = found.column if found is not None else None
        if found is None or column is None:
            return None
        block: Block | None = self
        while block is not None and block.scope is not found.scope:
            block = block.parent
        return (block, found.source.name, column.name) if block is not None else None


def blocks_of(tree: Any, catalog: Catalog) -> tuple[Block, ...]:
    """Return every query block of a statement, the outer ones first."""
    names = read_names(tree, catalog)
    parameters = next(nodes(tree, ast.ParamRef), None) is not None
    blocks: dict[int, Block] = {}
    for scope in names.scopes:
        if is_a(scope.tree, READING) and getattr(scope.tree, "larg", None) is None:
            sources = {name: each.table for name, each in scope.sources.items() if not each.only_qualified}
            outer = blocks.get(id(scope.outer))
            conditions = list(_conditions(scope))
            blocks[id(scope)] = Block(scope.tree, outer, names, scope, sources, conditions, parameters)
    return tuple(blocks.values())


def conjuncts(condition: Any) -> Iterator[Any]:
    """Yield the conditions that must all hold."""
    if is_a(condition, ast.BoolExpr) and condition.boolop == AND:
        for part in condition.args:
            yield from conjuncts(part)
    elif condition is not None:
        yield condition


def _conditions(scope: Scope) -> Iterator[Any]:
    """Yield what must hold for the rows of a block: the conditions of its joins, then those of WHERE."""
    tree = scope.tree
    for item in (*(getattr(tree, "fromClause", None) or ()), *(getattr(tree, "usingClause", None) or ())):
        yield from _of_joins(item)
    yield from scope.equalities
    yield from conjuncts(tree.joinCondition if is_a(tree, ast.MergeStmt) else tree.whereClause)


def _of_joins(item: Any) -> Iterator[Any]:
    if is_a(item, ast.JoinExpr):
        yield from _of_joins(item.larg)
        yield from _of_joins(item.rarg)
        yield from conjuncts(item.quals)


def columns_read(block: Block, blocks: tuple[Block, ...]) -> Mapping[str, Counter[str] | None]:
    """Return how often any block mentions each column of each source; None where a star or a row takes them all."""
    found: dict[str, Counter[str] | None] = {n: Counter() for n, table in block.sources.items() if table is not None}
    for each in blocks:
        for reference in each.scope.references:
            _note(found, block, each, reference)
    return found


def _note(found: dict[str, Counter[str] | None], block: Block, user: Block, reference: Any) -> None:
    if is_a(reference.fields[-1], ast.A_Star):
        if user is block:
            named = reference.fields[0].sval if len(reference.fields) > 1 else None
            for source in found:
                if named in {None, source}:
                    found[source] = None
        return
    row = block.names.row_of(reference)
    if row is not None and row.scope is block.scope and row.source.name in found:
        found[row.source.name] = None
    owner = user.owner(reference)
    if owner and owner[0] is block:
        columns = found.get(owner[1])
        if columns is not None:
            columns[owner[2]] += 1
