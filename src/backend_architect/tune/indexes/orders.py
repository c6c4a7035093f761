"""The orders that would spare a block a sort: ORDER BY, DISTINCT ON, windows, and the end that min or max wants."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pglast import ast, enums

from backend_architect.sql.blocks import Block
from backend_architect.sql.outputs import numbered, ordered_by
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import function_name
from backend_architect.tune.indexes.expressions import key_of
from backend_architect.tune.indexes.model import NewKey

DESCENDING = enums.SortByDir.SORTBY_DESC
NULLS = {enums.SortByNulls.SORTBY_NULLS_FIRST: True, enums.SortByNulls.SORTBY_NULLS_LAST: False}


def orders_of(block: Block, source: str) -> tuple[tuple[NewKey, ...], ...]:
    """Return the orders, each the keys that lead it as long as they are this source's."""
    tree = block.tree
    if not is_a(tree, ast.SelectStmt):
        return ()
    sort = _leading(block, source, tree.sortClause or ())
    distinct = [key_of(ordered_by(tree, each), block, source) for each in tree.distinctClause or () if each is not None]
    windows = [_window(block, source, each) for each in nodes(tree.targetList or (), ast.WindowDef)]
    ends = [(key,) for key in _ends(block, source)]
    found = [sort, tuple(key for key in distinct if key) if not sort else (), *windows, *ends]
    return tuple(dict.fromkeys(each for each in found if each))


def group_of(block: Block, source: str) -> tuple[NewKey, ...]:
    """Return the keys of GROUP BY that are this source's."""
    tree = block.tree
    if not is_a(tree, ast.SelectStmt):
        return ()
    grouped = [_grouped(block, each) for each in tree.groupClause or ()]
    keys = [key_of(each, block, source) for each in grouped]
    return tuple(dict.fromkeys(key for key in keys if key))


def _leading(block: Block, source: str, sorts: Iterable[Any]) -> tuple[NewKey, ...]:
    keys: list[NewKey] = []
    for sort in sorts:
        key = key_of(ordered_by(block.tree, sort.node), block, source)
        if key is None:
            break
        descending = sort.sortby_dir == DESCENDING
        keys.append(replace(key, descending=descending, nulls_first=NULLS.get(sort.sortby_nulls, descending)))
    return tuple(keys)


def _window(block: Block, source: str, window: Any) -> tuple[NewKey, ...]:
    parts = [key_of(each, block, source) for each in window.partitionClause or ()]
    return (*(key for key in parts if key), *_leading(block, source, window.orderClause or ()))


def _ends(block: Block, source: str) -> Iterable[NewKey]:
    """Yield what min() and max() are asked of, where nothing is grouped."""
    if block.tree.groupClause:
        return
    for call in nodes(block.tree.targetList or (), ast.FuncCall):
        if function_name(call) in {"min", "max"} and len(call.args or ()) == 1:
            key = key_of(call.args[0], block, source)
            if key:
                yield key


def _grouped(block: Block, node: Any) -> Any:
    """Return the expression that a part of GROUP BY stands for: there a column comes before an output of its name."""
    by_number = numbered(block.tree, node)
    if by_number is not None:
        return by_number
    is_column = is_a(node, ast.ColumnRef) and block.names.find(node) is not None
    return node if is_column else ordered_by(block.tree, node)
