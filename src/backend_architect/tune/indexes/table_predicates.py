"""What one block asks of one of its tables: which columns it compares and how, its order, and what else it reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Column, Table
from backend_architect.sql.blocks import Block, blocks_of, columns_read, conjuncts
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.tune.indexes.expressions import is_constant, key_of, sources_in, sql_over_table
from backend_architect.tune.indexes.model import NewKey
from backend_architect.tune.indexes.orders import group_of, orders_of
from backend_architect.tune.indexes.patterns import SearchedKey, prefix_of, searched

KIND = enums.A_Expr_Kind
LISTS = {KIND.AEXPR_IN, KIND.AEXPR_OP_ANY}
BETWEEN = {KIND.AEXPR_BETWEEN, KIND.AEXPR_BETWEEN_SYM}
KINDS = 20  # values of a column that still tell kinds of rows apart
COMPARED = {"<", ">", "<=", ">="}
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
OR = enums.BoolExprType.OR_EXPR
NOT = enums.BoolExprType.NOT_EXPR
IS_TRUE = {enums.BoolTestType.IS_TRUE, enums.BoolTestType.IS_NOT_FALSE}


@dataclass(frozen=True, slots=True)
class Fixed:
    """A condition that is the same in every call, as SQL: a partial index may hold just the rows that meet it.

    `settles` tells whether its column has one value in all of them. `mentions` are the columns in it. `valued` is one
    that compares with a value, which another call may not.
    """

    sql: str
    column: str
    settles: bool
    mentions: tuple[str, ...]
    valued: bool = False


@dataclass(frozen=True, slots=True)
class TablePredicates:
    """`equal` are compared with values of the call, `joined` with columns of other tables, `ranges` with bounds.

    `orders` are the orders that would spare a sort. `read` is how often the statement mentions each column, None where
    it takes all of them.
    """

    table: Table
    equal: tuple[NewKey, ...] = ()
    joined: tuple[NewKey, ...] = ()
    ranges: tuple[NewKey, ...] = ()
    prefixes: tuple[NewKey, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    searched: tuple[SearchedKey, ...] = ()
    orders: tuple[tuple[NewKey, ...], ...] = ()
    group: tuple[NewKey, ...] = ()
    read: Mapping[str, int] | None = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    """What has been found so far of one table."""

    equal: list[NewKey] = field(default_factory=list)
    kinds: list[NewKey] = field(default_factory=list)
    joined: list[NewKey] = field(default_factory=list)
    ranges: list[NewKey] = field(default_factory=list)
    prefixes: list[NewKey] = field(default_factory=list)
    fixed: list[Fixed] = field(default_factory=list)
    searched: list[SearchedKey] = field(default_factory=list)

    def in_table(self, table: Table) -> TablePredicates:
        """Return it all; a boolean, or whether a column is NULL, is a key only where there is no other."""
        return TablePredicates(
            table,
            equal=_once(self.equal if self.equal or self.joined or self.ranges or self.prefixes else self.kinds),
            joined=_once(self.joined),
            ranges=_once(self.ranges),
            prefixes=_once(self.prefixes),
            fixed=tuple(dict.fromkeys(self.fixed)),
            searched=tuple(dict.fromkeys(self.searched)),
        )


def _once(keys: list[NewKey]) -> tuple[NewKey, ...]:
    return tuple(dict.fromkeys(keys))


def accesses_in(tree: Any, catalog: Catalog) -> tuple[tuple[TablePredicates, ...], str]:
    """Return what a statement asks of its tables, and why it cannot be taken apart: '' where it can.

    A statement of a shape that nobody thought of must not end the whole run.
    """
    try:
        return accesses_of(blocks_of(tree, catalog)), ""
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        return (), f"it cannot be taken apart ({type(error).__name__}: {error})"


def accesses_of(blocks: tuple[Block, ...]) -> tuple[TablePredicates, ...]:
    """Return what every block asks of every table; each arm of an OR is one more, by itself."""
    found: list[TablePredicates] = []
    for block in blocks:
        read = columns_read(block, blocks)
        for source, table in block.sources.items():
            if table is not None:
                found += _accesses(block, source, table, read[source])
    return tuple(found)


def _accesses(block: Block, source: str, table: Table, read: Mapping[str, int] | None) -> list[TablePredicates]:
    main = replace(
        _conditions(block, source, block.conditions).in_table(table),
        orders=orders_of(block, source),
        group=group_of(block, source),
        read=read,
    )
    arms = [
        _conditions(block, source, conjuncts(arm)).in_table(table)
        for condition in block.conditions
        if is_a(condition, ast.BoolExpr) and condition.boolop == OR
        for arm in condition.args
    ]
    shared = [replace(arm, equal=tuple(dict.fromkeys((*main.equal, *arm.equal)))) for arm in arms if main.equal]
    return [main, *(replace(arm, read=read) for arm in (*arms, *shared) if _asks(arm))]


def _asks(access: TablePredicates) -> bool:
    return bool(access.equal or access.joined or access.ranges or access.prefixes or access.searched)


def _conditions(block: Block, source: str, conditions: Iterable[Any]) -> _Found:
    found = _Found()
    for condition in conditions:
        _note(found, condition, block, source)
        fixed = _fixed(condition, block, source)
        if fixed:
            found.fixed.append(fixed)
    return found


def _note(found: _Found, condition: Any, block: Block, source: str) -> None:
    """Add one condition to what has been found."""
    found.searched += searched(condition, block, source)
    found.prefixes += prefix_of(condition, block, source)
    if is_a(condition, ast.A_Expr):
        _note_comparison(found, condition, block, source)
    elif is_a(condition, ast.NullTest) and condition.nulltesttype == enums.NullTestType.IS_NULL:
        found.kinds += _keys(condition.arg, block, source)
    elif is_a(condition, ast.SubLink) and condition.subLinkType == enums.SubLinkType.ANY_SUBLINK:
        found.joined += _keys(condition.testexpr, block, source)
    else:
        found.kinds += _boolean(condition, block, source)


def _note_comparison(found: _Found, condition: Any, block: Block, source: str) -> None:
    operator = condition.name[-1].sval
    if condition.kind in BETWEEN:
        found.ranges += _keys(condition.lexpr, block, source)
    elif condition.kind in LISTS and operator == "=":
        found.equal += _keys(condition.lexpr, block, source)
    elif condition.kind == KIND.AEXPR_OP and operator in FLIPPED:
        for mine, other in ((condition.lexpr, condition.rexpr), (condition.rexpr, condition.lexpr)):
            if mine is not None and source not in sources_in(other, block):
                keys = _keys(mine, block, source)
                if operator in COMPARED:
                    found.ranges += keys
                elif sources_in(other, block):
                    found.joined += keys
                else:
                    found.equal += keys


def _keys(node: Any, block: Block, source: str) -> list[NewKey]:
    """Return the key of an expression; of a row of them, its keys in their order."""
    parts = node.args if is_a(node, ast.RowExpr) else (node,)
    keys = [key_of(part, block, source) for part in parts]
    return [key for key in keys if key is not None]


def _boolean(condition: Any, block: Block, source: str) -> list[NewKey]:
    """Return the column of a condition that is a boolean column, or one negated."""
    if is_a(condition, ast.BoolExpr) and condition.boolop == NOT:
        condition = condition.args[0]
    elif is_a(condition, ast.BooleanTest) and condition.booltesttype in IS_TRUE:
        condition = condition.arg
    key = key_of(condition, block, source) if is_a(condition, ast.ColumnRef) else None
    return [key] if key else []


def _fixed(condition: Any, block: Block, source: str) -> Fixed | None:
    """Return a condition on this table alone that tells kinds of rows apart, and is the same in every call.

    Where a statement has no parameters, a range or one of many values may be one call's: the next asks for another.
    """
    references = list(nodes(condition, ast.ColumnRef))
    owners = [block.owner(each) for each in references]
    if not owners or any(owner is None or owner[0] is not block or owner[1] != source for owner in owners):
        return None
    table = block.sources[source]
    column = table.column(owners[0][2]) if table and owners[0] else None
    if column is None or not _tells_kinds(condition, column, block):
        return None
    return Fixed(
        sql_over_table(condition),
        column.name,
        _settles(condition),
        tuple(name for owner in owners if owner for name in owner[2:]),
        valued=is_a(condition, ast.A_Expr) and not is_a(condition.rexpr, ast.ColumnRef),
    )


def _tells_kinds(condition: Any, column: Column, block: Block) -> bool:
    if is_a(condition, ast.A_Expr):
        if is_a(condition.lexpr, ast.ColumnRef) and is_a(condition.rexpr, ast.ColumnRef):
            return bool(condition.kind == KIND.AEXPR_OP)
        few = 0 < (column.distinct or 0) <= KINDS
        return _is_written(condition) and (few or block.parameters)
    return _is_kind(condition)


def _is_written(condition: Any) -> bool:
    """Return whether a column is compared with values that are written out."""
    if condition.kind not in {KIND.AEXPR_OP, KIND.AEXPR_IN, *BETWEEN}:
        return False
    compared = condition.kind in BETWEEN or condition.name[-1].sval in {"=", "<>", *COMPARED}
    return compared and is_a(condition.lexpr, ast.ColumnRef) and is_constant(condition.rexpr)


def _settles(condition: Any) -> bool:
    if is_a(condition, ast.A_Expr):
        return bool(condition.kind == KIND.AEXPR_OP and condition.name[-1].sval == "=")
    return not is_a(condition, ast.NullTest) or condition.nulltesttype == enums.NullTestType.IS_NULL


def _is_kind(condition: Any) -> bool:
    """Return whether a condition is a boolean column, one negated, or whether a column is NULL."""
    if is_a(condition, ast.BoolExpr) and condition.boolop == NOT:
        return is_a(condition.args[0], ast.ColumnRef)
    if is_a(condition, (ast.NullTest, ast.BooleanTest)):
        return is_a(condition.arg, ast.ColumnRef)
    return is_a(condition, ast.ColumnRef)
