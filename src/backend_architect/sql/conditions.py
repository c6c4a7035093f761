"""What the conditions of a query block compare, and how few rows an index that is there can leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Index, Table
from backend_architect.sql.blocks import Block
from backend_architect.sql.parsing import is_a, nodes

KIND = enums.A_Expr_Kind
FLIPPED = {"=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
ONE_SIDED = {KIND.AEXPR_IN, KIND.AEXPR_OP_ANY, KIND.AEXPR_BETWEEN, KIND.AEXPR_BETWEEN_SYM}
FEW_TO_JOIN = 100.0
SMALL_ROWS = 1_000
"""A table of fewer rows is read as a whole in no time."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One side of a condition, over columns of one source, with what it is compared to."""

    side: Any
    other: Any
    operator: str
    block: Block
    source: str
    table: Table
    columns: tuple[str, ...]

    @property
    def is_equality(self) -> bool:
        """Return whether only one value (or a list of them) meets it."""
        return self.operator in {"=", "in"}


@lru_cache(maxsize=20_000)
def comparisons(block: Block) -> tuple[Comparison, ...]:
    """Return what a block compares: columns and expressions over them with values, or with columns of other sources."""
    return tuple(_comparisons(block))


def _comparisons(block: Block) -> Iterator[Comparison]:
    for condition in block.conditions:
        for side, other, operator in _sides(condition):
            owners = [block.owner(each) for each in nodes(side, ast.ColumnRef)]
            own = {(owner[1], owner[2]) for owner in owners if owner and owner[0] is block}
            sources = {source for source, _ in own}
            if len(sources) != 1 or len(own) < len({*owners}) or any(True for _ in nodes(side, ast.SubLink)):
                continue
            source = next(iter(sources))
            table = block.sources[source]
            if table is not None and source not in sources_of(other, block):
                columns = tuple(sorted(column for _, column in own))
                yield Comparison(side, other, operator, block, source, table, columns)


def sources_of(node: Any, block: Block) -> set[str]:
    """Return the sources of a block that an expression reads."""
    if node is None:
        return set()
    owners = (block.owner(each) for each in nodes(node, ast.ColumnRef))
    return {owner[1] for owner in owners if owner and owner[0] is block}


def own_nodes(condition: Any, *kinds: type) -> list[Any]:
    """Return the nodes of these kinds in a condition, without those of the subqueries in it."""
    inner = {id(each) for link in nodes(condition, ast.SubLink) for each in nodes(link.subselect, *kinds)}
    return [each for each in nodes(condition, *kinds) if id(each) not in inner]


def is_column(node: Any) -> bool:
    """Return whether an expression is a column and nothing else."""
    return is_a(node, ast.ColumnRef)


def rows_found(block: Block, source: str, catalog: Catalog) -> float:
    """Return how many rows of a source the best index leaves after equalities with values of the call alone."""
    return _rows_left(block, source, catalog, frozenset())


def rows_left(block: Block, source: str, catalog: Catalog) -> float:
    """Return how many rows of a source the best index leaves after the block's equalities, estimated; all without.

    An equality with a column of another source counts where that one is down to few rows itself.
    """
    own = {each for each in block.sources if _rows_left(block, each, catalog, frozenset()) <= FEW_TO_JOIN}
    return _rows_left(block, source, catalog, frozenset(own - {source}))


def _rows_left(block: Block, source: str, catalog: Catalog, known: frozenset[str]) -> float:
    table = block.sources[source]
    if table is None:
        return float("inf")
    rows = catalog.rows_of(table) or float("inf")  # of a table that nobody has counted a unique key still leaves one
    equal = {each.columns[0] for each in comparisons(block) if each.source == source and each.is_equality
             and is_column(each.side) and sources_of(each.other, block) <= known}  # fmt: skip
    left = [_left(index, table, equal, rows) for index in catalog.indexes_of(table.oid) if index.valid]
    return min([rows, *left])


def indexes_on(catalog: Catalog, table: Table, column: str) -> list[Index]:
    """Return the valid btrees and hashes of a table that begin with a column, bare, and that hold every row of it."""
    return [
        index
        for index in catalog.indexes_of(table.oid)
        if index.valid and index.method in {"btree", "hash"} and index.keys[0].column == column
    ]


def _sides(condition: Any) -> Iterator[tuple[Any, Any, str]]:
    if not is_a(condition, ast.A_Expr) or not condition.name:
        return
    operator = condition.name[-1].sval
    if condition.kind in ONE_SIDED and operator in {"=", "BETWEEN", "BETWEEN SYMMETRIC"}:
        yield condition.lexpr, condition.rexpr, "in" if operator == "=" else "between"
    elif condition.kind == KIND.AEXPR_OP and operator in FLIPPED and condition.lexpr is not None:
        yield condition.lexpr, condition.rexpr, operator
        yield condition.rexpr, condition.lexpr, FLIPPED[operator]


def _left(index: Index, table: Table, equal: set[str], rows: float) -> float:
    matched = 0
    for key in index.keys:
        if key.column not in equal:
            break
        matched += 1
    if index.unique and matched == len(index.keys):
        return 1.0
    left = rows
    for key in index.keys[:matched]:
        column = table.column(key.column)
        distinct = column.distinct if column else None
        values = 1.0 if distinct is None else distinct if distinct > 0 else -distinct * rows
        left /= max(values, 1.0)
    return left
