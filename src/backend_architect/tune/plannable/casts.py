"""Casts where PostgreSQL could not tell a parameter's type any more: the constant that stood there had one."""

from collections.abc import Iterator
from typing import Any

from pglast import ast, enums

from backend_architect.sql.rewrite import within
from backend_architect.tune.plannable.columns import NamedTables
from backend_architect.tune.plannable.syntax import (
    ANY_OR_ALL,
    ARITHMETIC,
    BETWEENS,
    COMPARISONS,
    cast,
    function_of,
    literal,
    operator_of,
)
from backend_architect.tune.plannable.untyped import is_untyped, step_of, typed

NUMBERS = {"count", "sum", "avg", "stddev", "variance", "stddev_pop", "stddev_samp", "var_pop", "var_samp"}
TEXTS = {
    *("concat", "concat_ws", "format", "json_build_object", "jsonb_build_object", "json_build_array"),
    *("jsonb_build_array", "num_nulls", "num_nonnulls", "pg_typeof", "array_agg", "json_agg", "jsonb_agg", "to_json"),
    *("to_jsonb", "json_object_agg", "jsonb_object_agg", "lag", "lead", "first_value", "last_value", "nth_value"),
    *("min", "max", "array_fill", "any_value", "percentile_disc", "mode"),
}
LISTS = {"unnest", "array_length", "cardinality", "array_upper", "array_lower", "array_position", "array_remove"}
POSITIONAL = {"lag", "lead", "nth_value", "array_fill"}
OVERLAPS = {"&&", "@>", "<@", "=", "||", "<>"}


def with_casts(node: Any, scope: NamedTables) -> Any:
    """Return one node with casts where its parts alone tell no type."""
    if isinstance(node, ast.FuncCall):
        return _call(node, scope)
    if isinstance(node, ast.A_Expr):
        return _expression(node, scope)
    if isinstance(node, (ast.MinMaxExpr, ast.CoalesceExpr)):
        kind = scope.type_of(node)
        node.args = tuple(_compared(each, kind, scope) for each in node.args or ()) if kind else node.args
    if isinstance(node, ast.SelectStmt) and node.withClause and node.withClause.recursive:
        _recursive(node.withClause)
    return node


def with_last_casts(node: Any) -> Any:
    """Return one node with casts where nothing around told a type either: of numbers, and of text where it is `||`."""
    operator = operator_of(node)
    if operator in ARITHMETIC and is_untyped(node):
        return typed(node, "integer")
    if operator == "||" and is_untyped(node.lexpr) and is_untyped(node.rexpr):
        node.lexpr = typed(node.lexpr, "text")
    return node


def _call(call: Any, scope: NamedTables) -> Any:
    name = function_of(call)
    arguments = list(call.args or ())
    if name == "extract" and isinstance(arguments[0], ast.ParamRef):
        arguments[0] = literal("epoch")
    elif name == "generate_series":
        arguments = _series(arguments, scope)
    elif name in NUMBERS | TEXTS | LISTS:
        kind = "integer" if name in NUMBERS else "text[]" if name in LISTS else "text"
        places = range(1 if name in POSITIONAL | LISTS else len(arguments))
        for place in places[: len(arguments)]:
            if is_untyped(arguments[place]):
                arguments[place] = typed(arguments[place], kind)
    call.args = tuple(arguments) if call.args is not None else None
    return call


def _series(arguments: list[Any], scope: NamedTables) -> list[Any]:
    if not all(map(is_untyped, arguments[:2])):
        return arguments
    by_time = len(arguments) > 2 and scope.type_of(arguments[2]) == "interval"
    kind = "timestamp with time zone" if by_time else "integer"
    return [typed(each, kind) if is_untyped(each) else each for each in arguments]


def _expression(node: Any, scope: NamedTables) -> Any:
    if node.kind in BETWEENS or node.kind == enums.A_Expr_Kind.AEXPR_IN:
        kind = scope.type_of(node.lexpr)
        if kind and isinstance(node.rexpr, tuple):
            node.rexpr = tuple(_compared(each, kind, scope) for each in node.rexpr)
    elif node.kind in ANY_OR_ALL:
        kind = scope.type_of(node.lexpr)
        node.rexpr = _list(node.rexpr, f"{kind}[]") if kind else node.rexpr
    elif operator_of(node) in COMPARISONS | OVERLAPS:
        left, right = scope.type_of(node.lexpr), scope.type_of(node.rexpr)
        node.lexpr = _compared(node.lexpr, right, scope) if right else node.lexpr
        node.rexpr = _compared(node.rexpr, left, scope) if left else node.rexpr
    return _moved_in_time(node, scope)


def _compared(node: Any, kind: str, scope: NamedTables) -> Any:
    """Return what is compared with a value of a type: of that type too, unless PostgreSQL sees it by itself."""
    if kind.endswith("[]"):
        return _list(node, kind)
    if is_untyped(node) and not isinstance(node, ast.ParamRef):
        return typed(node, kind)
    moved = operator_of(node) == "-" and isinstance(node.rexpr, ast.ParamRef)
    own = scope.type_of(node.lexpr) if moved else ""
    if own.startswith(("timestamp", "date")) and kind.startswith(("timestamp", "date")):
        node.rexpr = cast(node.rexpr, step_of(own))  # now() - $1, compared with a time
    return node


def _list(node: Any, kind: str) -> Any:
    if isinstance(node, ast.A_ArrayExpr) and node.elements and all(map(is_untyped, node.elements)):
        return cast(node, kind)
    return node


def _moved_in_time(node: Any, scope: NamedTables) -> Any:
    """Return `date + $1`, which is ambiguous, with the number of days that a constant would have been."""
    if operator_of(node) != "+":
        return node
    for side, other in (("lexpr", node.rexpr), ("rexpr", node.lexpr)):
        kind = scope.type_of(other)
        if kind.startswith(("timestamp", "date")) and isinstance(getattr(node, side), ast.ParamRef):
            setattr(node, side, cast(getattr(node, side), step_of(kind)))
    return node


def _recursive(clause: Any) -> None:
    """Give a type to the constants that a recursive query starts with: text where the next step appends to them."""
    for query in clause.ctes:
        select = query.ctequery
        first, then = getattr(select, "larg", None), getattr(select, "rarg", None)
        if first is None or then is None or not first.targetList:
            continue
        for start, step in zip(first.targetList, then.targetList or (), strict=False):
            if is_untyped(start.val):
                appends = any(operator_of(each) == "||" for each in _operations(step.val))
                start.val = typed(start.val, "text" if appends else "integer")


def _operations(node: Any) -> Iterator[Any]:
    yield from within(node, ast.A_Expr)


def with_typed_lists(tree: Any, scope: NamedTables) -> Any:
    """Return a statement whose `(VALUES …) AS v (a, b)` and `(SELECT $1 AS a) v` have the types that they meet."""
    kinds = _kinds_of_lists(tree, scope)
    for table in within(tree, ast.RangeSubselect):
        select, alias = table.subquery, table.alias
        if alias is None or not isinstance(select, ast.SelectStmt):
            continue
        if select.valuesLists and alias.colnames:
            names = [(alias.aliasname, str(each.sval)) for each in alias.colnames]
            select.valuesLists = tuple(_as_met(row, names, kinds) for row in select.valuesLists)
        for target in select.targetList or ():
            target.val = _as_met((target.val,), [(alias.aliasname, target.name or "")], kinds)[0]
    return tree


def _as_met(row: Any, names: list[tuple[str, str]], kinds: dict[tuple[str, str], str]) -> tuple[Any, ...]:
    return tuple(
        typed(value, kinds[name]) if name in kinds and is_untyped(value) else value
        for value, name in zip(row, names, strict=False)
    )


def _kinds_of_lists(tree: Any, scope: NamedTables) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for node in within(tree, ast.A_Expr):
        for one, other in ((node.lexpr, node.rexpr), (node.rexpr, node.lexpr)):
            kind = scope.type_of(one)
            if kind and _name(other):
                found.setdefault(_name(other), kind)
    for update in within(tree, ast.UpdateStmt):
        for target in update.targetList:
            column = scope.type_of(expression_of(update.relation, target.name))
            if column and _name(target.val):
                found.setdefault(_name(target.val), column)
    return found


def expression_of(table: Any, column: str) -> Any:
    """Return a reference to a table's column."""
    name = table.alias.aliasname if table.alias else table.relname
    return ast.ColumnRef(fields=(ast.String(sval=name), ast.String(sval=column)))


def _name(node: Any) -> tuple[str, str]:
    fields: Any = node.fields if isinstance(node, ast.ColumnRef) else ()
    plain = len(fields) == 2 and all(isinstance(each, ast.String) for each in fields)
    return (str(fields[0].sval), str(fields[1].sval)) if plain else ("", "")
