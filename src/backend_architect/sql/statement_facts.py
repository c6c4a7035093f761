"""What several findings ask of a parsed statement: its tables, its limit, and which columns its conditions compare."""

from collections.abc import Iterator
from typing import Any

from pglast import ast, enums

from backend_architect.sql.parsing import nodes, parse


def select_of(text: str) -> Any | None:
    """Return the tree of a plain SELECT, or None for anything else."""
    trees = parse(text)
    tree = trees[0] if trees and len(trees) == 1 else None
    return tree if isinstance(tree, ast.SelectStmt) and tree.op == enums.SetOperation.SETOP_NONE else None


def tree_of(text: str) -> Any | None:
    """Return the tree of a statement, or None where there is none."""
    trees = parse(text)
    return trees[0] if trees and len(trees) == 1 else None


def is_limited(select: Any) -> bool:
    """Return whether a SELECT has a LIMIT; LIMIT ALL and LIMIT NULL are none."""
    limit = select.limitCount
    return limit is not None and not (isinstance(limit, ast.A_Const) and bool(limit.isnull))


def tables_of(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the schema ('' where none is named), name and alias of every table below a tree."""
    for table in nodes(tree, ast.RangeVar):
        yield table.schemaname or "", table.relname, table.alias.aliasname if table.alias else table.relname


def table_alias(named: Any) -> str:
    """Return the name that a table of FROM, or one that is written, goes by in its statement."""
    return str(named.alias.aliasname if named.alias else named.relname)


def function_name(call: Any) -> str:
    """Return a function's own name, without its schema."""
    return str(call.funcname[-1].sval).lower()


def column_name(node: Any) -> str:
    """Return the last part of a column reference, '' for anything else and for a star."""
    fields = node.fields if isinstance(node, ast.ColumnRef) else None
    return str(fields[-1].sval) if fields and isinstance(fields[-1], ast.String) else ""


def operator(expression: Any) -> str:
    """Return the operator of an expression."""
    return str(expression.name[-1].sval) if expression.name else ""
