"""Expressions whose type PostgreSQL cannot tell, because nothing but parameters is in them, and their casts."""

from typing import Any

from pglast import ast

from backend_architect.tune.plannable.syntax import ARITHMETIC, cast, operator_of, results_of


def is_untyped(node: Any) -> bool:
    """Return whether an expression is a parameter, or is made of nothing else."""
    if isinstance(node, ast.ParamRef):
        return True
    if isinstance(node, ast.CaseExpr):
        return _all_untyped(results_of(node))
    if isinstance(node, (ast.CoalesceExpr, ast.MinMaxExpr)):
        return _all_untyped(node.args or ())
    return operator_of(node) in ARITHMETIC and is_untyped(node.lexpr) and is_untyped(node.rexpr)


def typed(node: Any, type_name: str) -> Any:
    """Return an untyped expression with each of its parameters cast to a type, in the tree itself."""
    if isinstance(node, ast.ParamRef):
        return cast(node, type_name)
    if isinstance(node, ast.CaseExpr):
        for each in node.args or ():
            each.result = typed(each.result, type_name)
        node.defresult = typed(node.defresult, type_name) if node.defresult else None
    elif isinstance(node, (ast.CoalesceExpr, ast.MinMaxExpr)):
        node.args = tuple(typed(each, type_name) for each in node.args or ())
    elif operator_of(node) in ARITHMETIC:
        node.lexpr = typed(node.lexpr, type_name)
        node.rexpr = typed(node.rexpr, step_of(type_name))
    return node


def step_of(type_name: str) -> str:
    """Return what is added to a value of a type."""
    if type_name.startswith("timestamp"):
        return "interval"
    return "integer" if type_name == "date" else type_name


def _all_untyped(parts: Any) -> bool:
    nothing = [isinstance(each, ast.A_Const) and each.isnull for each in parts]
    typed = [each for each, null in zip(parts, nothing, strict=True) if not null]
    return bool(typed) and all(is_untyped(each) for each in typed)
