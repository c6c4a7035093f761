"""Whether two expressions are the same for an index: without qualifiers and casts that do nothing, values left open."""

import copy
from typing import Any

from pglast import ast
from pglast.stream import RawStream

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.column_types import family, family_of_name
from backend_architect.sql.parsing import is_a, nodes, parse

VALUE = "value"


def plain_expression(node: Any, table: Table) -> str:
    """Return an expression as text: bare columns, and one word for every value (statements come without them)."""
    return str(RawStream()(_plain(copy.deepcopy(node), table)))


def is_indexed(catalog: Catalog, table: Table, node: Any) -> bool:
    """Return whether a valid index of a table has an expression as one of its keys."""
    indexes = [index for index in catalog.indexes_of(table.oid) if index.valid]
    expressions = [key.expression for index in indexes for key in index.keys if key.expression]
    if not expressions:
        return False
    wanted = plain_expression(node, table)
    return any(wanted == expression_of_index(each, table) for each in expressions)


def expression_of_index(expression: str, table: Table) -> str:
    """Return the expression of an index in the same way."""
    trees = parse(f"SELECT {expression}")
    return plain_expression(trees[0].targetList[0].val, table) if trees else expression


def _plain(node: Any, table: Table) -> Any:
    """Return the node, changed in place: it is a copy."""
    if is_a(node, (ast.A_Const, ast.ParamRef)):
        return ast.ColumnRef(fields=(ast.String(VALUE),))
    if is_a(node, ast.ColumnRef):
        return ast.ColumnRef(fields=node.fields[-1:])
    if is_a(node, ast.TypeCast):
        inner = _plain(node.arg, table)
        does_nothing = is_a(node.arg, (ast.A_Const, ast.ParamRef)) or _is_no_change(node, table)
        return inner if does_nothing else ast.TypeCast(arg=inner, typeName=node.typeName)
    if is_a(node, ast.FuncCall):
        node.funcname = node.funcname[-1:]
        node.args = tuple(_plain(each, table) for each in node.args or ())
        return _day(node)
    if is_a(node, ast.A_Expr):
        node.lexpr, node.rexpr = (
            _plain(each, table) if each is not None else None for each in (node.lexpr, node.rexpr)
        )
    elif is_a(node, (ast.CoalesceExpr, ast.MinMaxExpr)):
        node.args = tuple(_plain(each, table) for each in node.args)
    return node


def _is_no_change(cast: Any, table: Table) -> bool:
    """Return whether a cast leaves a column as it is, like that of a varchar to text."""
    references = list(nodes(cast.arg, ast.ColumnRef))
    column = table.column(str(references[0].fields[-1].sval)) if is_a(cast.arg, ast.ColumnRef) else None
    return column is not None and family(column.type) == family_of_name(cast.typeName.names[-1].sval) == "text"


def _day(call: Any) -> Any:
    """Return date(x) as the cast that it is."""
    if call.funcname[-1].sval != "date" or len(call.args) != 1:
        return call
    return ast.TypeCast(arg=call.args[0], typeName=ast.TypeName(names=(ast.String("date"),), typemod=-1))
