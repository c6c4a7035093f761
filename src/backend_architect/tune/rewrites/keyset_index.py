"""The index that a keyset page needs: what WHERE fixes, then the keys of the order; or the one that is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Index, KeyPart
from backend_architect.sql.blocks import conjuncts
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import operator
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.keyset_condition import OrderKey
from backend_architect.tune.rewrites.scope import FromSource, SelectSources


@dataclass(frozen=True, slots=True)
class Served:
    """The index to make, None where one is there or none can serve the order: that is said in `note`."""

    needed: NewIndex | None
    note: str = ""


def index_for(tree: Any, scope: SelectSources, keys: Sequence[OrderKey]) -> Served:
    """Return the index that gives the order from its beginning."""
    owners = {owner[0] for key in keys for node in nodes(key.node, ast.ColumnRef) if (owner := scope.owner(node))}
    if len(owners) != 1:
        return Served(
            None, "the keys are of several tables: no index gives the order, and each page sorts what it finds"
        )
    source = owners.pop()
    fixed = tuple(dict.fromkeys(_fixed(tree, scope, source)))
    order = tuple(_key(key, scope) for key in keys)
    order = tuple(key for key in order if key.column not in fixed or not key.column)
    order = _turned(order)
    for index in scope.catalog.indexes_of(source.table.oid):
        if _serves(index, fixed, order):
            return Served(None, f"the index {index.qualified} serves it")
    return Served(NewIndex(source.table.schema, source.table.name, (*map(NewKey, fixed), *order)))


def _fixed(tree: Any, scope: SelectSources, source: FromSource) -> Iterator[str]:
    """Yield the columns that WHERE fixes to one value."""
    for condition in conjuncts(tree.whereClause):
        if is_a(condition, ast.A_Expr) and condition.kind == enums.A_Expr_Kind.AEXPR_OP:
            value = condition.rexpr.arg if is_a(condition.rexpr, ast.TypeCast) else condition.rexpr
            owner = scope.owner(condition.lexpr) if is_a(condition.lexpr, ast.ColumnRef) else None
            constant = is_a(value, (ast.ParamRef, ast.A_Const))
            if operator(condition) == "=" and constant and owner and owner[0] is source:
                yield owner[1].name


def _key(key: OrderKey, scope: SelectSources) -> NewKey:
    if is_a(key.node, ast.ColumnRef):
        owner = scope.owner(key.node)
        assert owner is not None
        return NewKey(owner[1].name, "", "", key.descending, key.nulls_first)
    bare = trees.replaced(key.node, _bare)
    return NewKey("", trees.plain(bare), "", key.descending, key.nulls_first)


def _bare(node: Any) -> Any:
    return trees.column(node.fields[-1].sval) if is_a(node, ast.ColumnRef) else None


def _turned(keys: tuple[NewKey, ...]) -> tuple[NewKey, ...]:
    """Return the keys forwards where all of them are backwards: an index is read from either end."""
    if all(key.descending and key.nulls_first for key in keys):
        return tuple(replace(key, descending=False, nulls_first=False) for key in keys)
    return keys


def _serves(index: Index, fixed: tuple[str, ...], order: tuple[NewKey, ...]) -> bool:
    if index.method != "btree" or index.predicate or not index.valid:
        return False
    leading, rest = index.keys[: len(fixed)], index.keys[len(fixed) : len(fixed) + len(order)]
    if {key.column for key in leading} != set(fixed):
        return False
    there = tuple(_as_new(key) for key in rest)
    backwards = tuple(replace(key, descending=not key.descending, nulls_first=not key.nulls_first) for key in there)
    return order in (there, backwards)


def _as_new(key: KeyPart) -> NewKey:
    return NewKey(key.column, key.expression, key.opclass, key.descending, key.nulls_first)
