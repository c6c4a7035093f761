"""Small pieces of parse trees, made and looked at."""

from typing import Any

from pglast import ast, enums, parse_sql
from pglast.stream import RawStream

from backend_architect.sql.rewrite import rewrite, within

ARITHMETIC = frozenset("+-*/%")
RANGES = frozenset({"<", ">", "<=", ">="})
COMPARISONS = RANGES | {"=", "<>"}
BETWEENS = {enums.A_Expr_Kind.AEXPR_BETWEEN, enums.A_Expr_Kind.AEXPR_NOT_BETWEEN}
LIKES = {enums.A_Expr_Kind.AEXPR_LIKE, enums.A_Expr_Kind.AEXPR_ILIKE}
ANY_OR_ALL = {enums.A_Expr_Kind.AEXPR_OP_ANY, enums.A_Expr_Kind.AEXPR_OP_ALL}


def text_of(node: Any) -> str:
    """Return a tree as SQL."""
    return str(RawStream()(node))


def expression(sql: str) -> Any:
    """Return the tree of an expression."""
    select: Any = parse_sql(f"SELECT {sql}")[0].stmt
    return select.targetList[0].val


def literal(value: str | None) -> Any:
    """Return a constant of a type that the planner will tell."""
    if value is None:
        return ast.A_Const(isnull=True)
    return ast.A_Const(isnull=False, val=ast.String(sval=value))


def number(value: int) -> Any:
    """Return a constant number."""
    return ast.A_Const(isnull=False, val=ast.Integer(ival=value))


def cast(node: Any, type_name: str) -> Any:
    """Return an expression cast to a type."""
    kind = expression(f"NULL::{type_name}").typeName
    return ast.TypeCast(arg=node, typeName=kind)


def operator_of(node: Any) -> str:
    """Return the operator of a plain expression `a op b`, '' for anything else."""
    plain = isinstance(node, ast.A_Expr) and node.kind == enums.A_Expr_Kind.AEXPR_OP
    return str(node.name[-1].sval) if plain and node.lexpr is not None else ""


def results_of(case: Any) -> list[Any]:
    """Return what a CASE may give."""
    return [*(each.result for each in case.args or ()), *([case.defresult] if case.defresult else [])]


def number_of(node: Any) -> int:
    """Return the number of a parameter, 0 for anything else."""
    return int(node.number) if isinstance(node, ast.ParamRef) and node.number else 0


def parameters_in(node: Any) -> list[int]:
    """Return the numbers of the parameters below a tree, sorted."""
    return sorted({number_of(each) for each in within(node, ast.ParamRef)})


def renumbered(tree: Any) -> Any:
    """Return a statement whose parameters are $1, $2, … without a gap, which PREPARE would refuse."""
    new = {old: place for place, old in enumerate(parameters_in(tree), 1)}
    return rewrite(tree, lambda node: ast.ParamRef(number=new[number_of(node)]) if number_of(node) else node)


def is_constant(node: Any) -> bool:
    """Return whether an expression has parameters, and nothing that comes from a row."""
    return bool(parameters_in(node)) and not list(within(node, ast.ColumnRef, ast.SubLink))


def function_of(node: Any) -> str:
    """Return the name of a function that is called, '' for anything else."""
    names: Any = node.funcname if isinstance(node, ast.FuncCall) else ()
    return str(names[-1].sval).lower() if names else ""
