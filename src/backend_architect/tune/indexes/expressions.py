"""An expression of a statement as a key of an index: the bare column, or SQL over one table's columns and constants."""

import copy
from typing import Any

from pglast import ast
from pglast.stream import RawStream

from backend_architect.sql.blocks import Block
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import function_name
from backend_architect.tune.indexes.model import NewKey

VOLATILE = {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "random", "nextval", "timeofday",
            "current_setting", "to_char", "age", "gen_random_uuid", "uuidv7", "txid_current"}  # fmt: skip
NO_KEY = (ast.SubLink, ast.ParamRef, ast.WindowDef, ast.SQLValueFunction, ast.SetToDefault)


def key_of(node: Any, block: Block, source: str) -> NewKey | None:
    """Return the key that an expression is over one source of its block, None where no index can hold it."""
    if is_a(node, ast.ColumnRef):
        owner = block.owner(node)
        return NewKey(owner[2]) if owner and owner[0] is block and owner[1] == source else None
    if not is_a(node, (ast.FuncCall, ast.TypeCast, ast.A_Expr, ast.CoalesceExpr)) or not _stays(node):
        return None
    references = nodes(node, ast.ColumnRef)
    owners = [block.owner(each) for each in references]
    if not owners or any(owner is None or owner[0] is not block or owner[1] != source for owner in owners):
        return None
    return NewKey("", expression=sql_over_table(node))


def sql_over_table(node: Any) -> str:
    """Return an expression as SQL with its columns bare, as the definition of an index takes it."""
    bare = copy.deepcopy(node)
    for reference in nodes(bare, ast.ColumnRef):
        reference.fields = reference.fields[-1:]
    return str(RawStream()(bare))


def sources_in(node: Any, block: Block) -> set[str]:
    """Return the sources of this block that an expression reads; those of blocks around it are like parameters."""
    owners = (block.owner(each) for each in nodes(node, ast.ColumnRef))
    return {owner[1] for owner in owners if owner and owner[0] is block}


def is_constant(node: Any) -> bool:
    """Return whether an expression is written out in the statement: a literal, a list of them, or a cast of one."""
    if is_a(node, (list, tuple)):
        return all(is_constant(each) for each in node)
    if is_a(node, ast.TypeCast):
        return is_constant(node.arg)
    if is_a(node, ast.A_ArrayExpr):
        return is_constant(node.elements or ())
    return is_a(node, ast.A_Const)


def _stays(node: Any) -> bool:
    """Return whether a row always gives the same value, as far as names tell; the server has the last word."""
    if any(True for _ in nodes(node, *NO_KEY)):
        return False
    calls = list(nodes(node, ast.FuncCall))
    return not any(call.agg_star or call.over or function_name(call) in VOLATILE for call in calls)
