"""What a query calls the columns that it gives, and what a name or number of its ORDER BY stands for."""

from typing import Any

from pglast import ast, enums

from backend_architect.sql.parsing import is_a

UNNAMED = "?column?"
NULLIF = enums.A_Expr_Kind.AEXPR_NULLIF
LINKS = {enums.SubLinkType.EXISTS_SUBLINK: "exists", enums.SubLinkType.ARRAY_SUBLINK: "array"}
FIXED: dict[type, str] = {
    ast.A_ArrayExpr: "array",
    ast.CoalesceExpr: "coalesce",
    ast.GroupingFunc: "grouping",
    ast.RowExpr: "row",
}


def output_name(target: Any) -> str:
    """Return the name of an output as PostgreSQL chooses it, `?column?` where it has none."""
    return str(target.name) if target.name else _figured(target.val)[0]


def ordered_by(tree: Any, node: Any) -> Any:
    """Return the expression that a part of ORDER BY or DISTINCT ON stands for: an output by its name or number."""
    targets = getattr(tree, "targetList", None) or ()
    by_number = numbered(tree, node)
    if by_number is not None:
        return by_number
    name = bare_name(node)
    named = [each.val for each in targets if name and output_name(each) == name]
    return named[0] if named else node


def numbered(tree: Any, node: Any) -> Any | None:
    """Return the output that a number of ORDER BY or GROUP BY stands for, None for anything else."""
    targets = getattr(tree, "targetList", None) or ()
    number = node.val.ival if is_a(node, ast.A_Const) and is_a(node.val, ast.Integer) else 0
    return targets[number - 1].val if 0 < number <= len(targets) else None


def bare_name(node: Any) -> str:
    """Return the name of a column reference that says no table, '' for anything else."""
    fields: Any = node.fields if is_a(node, ast.ColumnRef) else ()
    return str(fields[0].sval) if len(fields) == 1 and is_a(fields[0], ast.String) else ""


def _figured(node: Any) -> tuple[str, bool]:
    """Return the name of an expression, and whether it is good enough to keep through a cast or CASE."""
    if is_a(node, ast.ColumnRef):
        last = node.fields[-1]
        return (str(last.sval), True) if is_a(last, ast.String) else (UNNAMED, False)
    if is_a(node, ast.A_Indirection):
        names = [each.sval for each in node.indirection if is_a(each, ast.String)]
        return (str(names[-1]), True) if names else _figured(node.arg)
    if is_a(node, ast.FuncCall):
        return str(node.funcname[-1].sval), True
    if is_a(node, ast.CollateClause):
        return _figured(node.arg)
    if is_a(node, ast.TypeCast):
        inner = _figured(node.arg)
        return inner if inner[1] else (str(node.typeName.names[-1].sval), False)
    if is_a(node, ast.CaseExpr):
        inner = _figured(node.defresult) if node.defresult is not None else (UNNAMED, False)
        return inner if inner[1] else ("case", False)
    return _of_others(node)


def _of_others(node: Any) -> tuple[str, bool]:
    if is_a(node, ast.A_Expr) and node.kind == NULLIF:
        return "nullif", True
    if is_a(node, ast.MinMaxExpr):
        return ("greatest" if node.op == enums.MinMaxOp.IS_GREATEST else "least"), True
    if is_a(node, ast.SQLValueFunction):
        return node.op.name.removeprefix("SVFOP_").removesuffix("_N").lower(), True
    if is_a(node, ast.SubLink):
        if node.subLinkType == enums.SubLinkType.EXPR_SUBLINK and getattr(node.subselect, "targetList", None):
            first = node.subselect.targetList[0]
            return (str(first.name), True) if first.name else _figured(first.val)
        return LINKS.get(node.subLinkType, UNNAMED), node.subLinkType in LINKS
    return FIXED.get(type(node), UNNAMED), type(node) in FIXED
