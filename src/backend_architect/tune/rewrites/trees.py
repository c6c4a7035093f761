"""Small pieces of SQL as parse trees, and trees → text that is parsed back to prove that nothing was lost."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from pglast import ast, enums, parse_sql
from pglast.stream import IndentedStream, RawStream

from backend_architect.sql.parsing import is_a, nodes
from backend_architect.tune.rewrites.model import CannotRewrite

Node = Any
WIDTH = 100
IMPLICIT = enums.CoercionForm.COERCE_IMPLICIT_CAST


def column(*names: str) -> ast.ColumnRef:
    """Return a reference to a column, its table's name in front of it."""
    return ast.ColumnRef(fields=tuple(ast.String(name) for name in names if name))


def star(table: str) -> ast.ColumnRef:
    """Return all columns of a table."""
    return ast.ColumnRef(fields=(ast.String(table), ast.A_Star()))


def parameter(number: int) -> ast.ParamRef:
    """Return `$number`."""
    return ast.ParamRef(number=number)


def number(value: int) -> ast.A_Const:
    """Return an integer."""
    return ast.A_Const(isnull=False, val=ast.Integer(value))


def text(value: str | None) -> ast.A_Const:
    """Return a string of unknown type, or NULL."""
    return ast.A_Const(isnull=True) if value is None else ast.A_Const(isnull=False, val=ast.String(value))


def compare(left: Node, operator: str, right: Node) -> ast.A_Expr:
    """Return `left operator right`."""
    kind = enums.A_Expr_Kind.AEXPR_OP
    return ast.A_Expr(kind=kind, name=(ast.String(operator),), lexpr=left, rexpr=right)


def equal_any(left: Node, right: Node) -> ast.A_Expr:
    """Return `left = ANY (right)`."""
    return ast.A_Expr(kind=enums.A_Expr_Kind.AEXPR_OP_ANY, name=(ast.String("="),), lexpr=left, rexpr=right)


def row(parts: Sequence[Node]) -> Node:
    """Return `(a, b)`, or the only part alone."""
    return parts[0] if len(parts) == 1 else ast.RowExpr(args=tuple(parts), row_format=IMPLICIT)


def all_of(*conditions: Node) -> Node:
    """Return the conditions joined by AND; None among them are left out."""
    return _joined(enums.BoolExprType.AND_EXPR, conditions)


def any_of(*conditions: Node) -> Node:
    """Return the conditions joined by OR."""
    return _joined(enums.BoolExprType.OR_EXPR, conditions)


def negated(condition: Node) -> ast.BoolExpr:
    """Return NOT condition."""
    return ast.BoolExpr(boolop=enums.BoolExprType.NOT_EXPR, args=(condition,))


def is_null(node: Node, *, no: bool = False) -> ast.NullTest:
    """Return `node IS NULL`, or IS NOT NULL."""
    kind = enums.NullTestType.IS_NOT_NULL if no else enums.NullTestType.IS_NULL
    return ast.NullTest(arg=node, nulltesttype=kind, argisrow=False)


def not_true(condition: Node) -> ast.BooleanTest:
    """Return `condition IS NOT TRUE`."""
    return ast.BooleanTest(arg=condition, booltesttype=enums.BoolTestType.IS_NOT_TRUE)


def cast(node: Node, type_name: str, *, array: bool = False) -> ast.TypeCast:
    """Return a node cast to a type, named as format_type names it, or to an array of it."""
    return ast.TypeCast(arg=node, typeName=type_of(f"{type_name}[]" if array else type_name))


def type_of(name: str) -> Any:
    """Return the tree of a type's name."""
    tree: Any = parse_sql(f"SELECT NULL::{name}")[0].stmt
    return tree.targetList[0].val.typeName


def call(name: str, *args: Node) -> ast.FuncCall:
    """Return a call of a function."""
    return ast.FuncCall(
        funcname=(ast.String(name),), args=args or None, funcformat=enums.CoercionForm.COERCE_EXPLICIT_CALL
    )


def target(value: Node, name: str = "") -> ast.ResTarget:
    """Return one output of a SELECT."""
    return ast.ResTarget(name=name or None, val=value)


def select(targets: Sequence[Node], sources: Sequence[Node], where: Node = None) -> Any:
    """Return a plain SELECT."""
    return ast.SelectStmt(
        targetList=tuple(targets) or None,
        fromClause=tuple(sources),
        whereClause=where,
        limitOption=enums.LimitOption.LIMIT_OPTION_DEFAULT,
        op=enums.SetOperation.SETOP_NONE,
        groupDistinct=False,
        all=False,
    )


def subquery(tree: Node, alias: str, *, lateral: bool = False) -> ast.RangeSubselect:
    """Return a SELECT as a source of another."""
    return ast.RangeSubselect(lateral=lateral, subquery=tree, alias=ast.Alias(aliasname=alias))


def join(left: Node, right: Node, on: Node, *, outer: bool = True) -> ast.JoinExpr:
    """Return two sources joined."""
    kind = enums.JoinType.JOIN_LEFT if outer else enums.JoinType.JOIN_INNER
    return ast.JoinExpr(jointype=kind, isNatural=False, larg=left, rarg=right, quals=on)


TRUE = ast.A_Const(isnull=False, val=ast.Boolean(True))


def with_parts(tree: Node, **parts: Any) -> Node:
    """Return a copy of a node with some of its parts replaced; None takes a part away."""
    changed = copy.copy(tree)
    for name, value in parts.items():
        setattr(changed, name, value)
    return changed


def unlimited(tree: Node) -> Node:
    """Return a SELECT without its LIMIT and OFFSET."""
    default = enums.LimitOption.LIMIT_OPTION_DEFAULT
    return with_parts(tree, limitCount=None, limitOffset=None, limitOption=default)


def limited(tree: Node, count: Node) -> Node:
    """Return a SELECT with this LIMIT and no OFFSET."""
    option = enums.LimitOption.LIMIT_OPTION_COUNT
    return with_parts(tree, limitCount=count, limitOffset=None, limitOption=option)


def replaced(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a tree in which `change` has replaced nodes; where it returns None a node stays and is looked into."""
    if is_a(node, tuple):
        return tuple(replaced(each, change) for each in node)
    if not is_a(node, ast.Node):
        return node
    new = change(node)
    if new is not None:
        return new
    parts = {name: getattr(node, name) for name in node}
    return with_parts(node, **{name: replaced(part, change) for name, part in parts.items()})


def parameters(tree: Node) -> tuple[int, ...]:
    """Return the numbers of a tree's parameters."""
    return tuple(sorted({each.number for each in nodes(tree, ast.ParamRef)}))


def renumbered(tree: Node, numbers: dict[int, int]) -> Node:
    """Return a tree with its parameters renumbered."""
    return replaced(tree, lambda node: parameter(numbers[node.number]) if is_a(node, ast.ParamRef) else None)


def same(one: Node, other: Node) -> bool:
    """Return whether two trees say the same, wherever they stood in their texts."""
    return bool(_bare(one) == _bare(other))


def plain(tree: Node) -> str:
    """Return a tree as SQL in one line."""
    return str(RawStream()(tree))


def written(tree: Node) -> str:
    """Return a tree as SQL over several lines; raises CannotRewrite where writing it would lose something."""
    indented = str(IndentedStream(comma_at_eoln=True, compact_lists_margin=WIDTH)(tree))
    tidy = "\n".join(line.rstrip() for line in indented.splitlines() if line.strip())
    for sql in (tidy, indented, str(RawStream()(tree))):  # a string over several lines may not bear tidying
        if _reads_back(sql, tree):
            return sql
    raise CannotRewrite("it holds something that cannot be written back as SQL")


def _reads_back(sql: str, tree: Node) -> bool:
    try:
        read = parse_sql(sql)
    except Exception as error:  # pglast raises its own error for SQL that it wrote wrongly
        if type(error).__name__ != "ParseError":
            raise
        return False
    return len(read) == 1 and same(read[0].stmt, tree)


def _joined(how: enums.BoolExprType, conditions: Sequence[Node]) -> Node:
    parts: list[Node] = []
    for each in conditions:
        if is_a(each, ast.BoolExpr) and each.boolop == how:
            parts += each.args
        elif each is not None:
            parts.append(each)
    return parts[0] if len(parts) == 1 else ast.BoolExpr(boolop=how, args=tuple(parts)) if parts else None


PLACES = {"location", "rexpr_list_start", "rexpr_list_end", "stmt_location", "stmt_len", "list_start", "list_end"}
PLACES |= {"funcformat"}  # `x AT TIME ZONE y` is written as the call that it is
UNSAID = (None, False, 0, ())


def _bare(node: Node) -> Any:
    """Return a tree without the places of its parts and without what was not said."""
    if is_a(node, (tuple, list)):
        return tuple(_bare(each) for each in node)
    if is_a(node, ast.Node):
        parts = {name: _bare(getattr(node, name)) for name in node if name not in PLACES}
        return (type(node).__name__, {name: part for name, part in parts.items() if part not in UNSAID})
    return node
