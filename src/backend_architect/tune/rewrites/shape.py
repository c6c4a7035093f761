"""What a SELECT returns, and whether its rows are its tables' rows."""

from collections.abc import Iterator
from typing import Any

from pglast import ast, enums

from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import function_name
from backend_architect.tune.rewrites.model import CannotRewrite
from backend_architect.tune.rewrites.scope import SelectSources
from backend_architect.tune.rewrites.trees import column

AGGREGATES = {"count", "sum", "avg", "min", "max", "array_agg", "string_agg", "json_agg", "jsonb_agg", "bool_and",
              "bool_or", "every", "json_object_agg", "jsonb_object_agg", "stddev", "variance", "mode",
              "percentile_cont", "percentile_disc", "xmlagg", "bit_and", "bit_or"}  # fmt: skip
SETS = {"unnest", "generate_series", "jsonb_array_elements", "json_array_elements", "regexp_split_to_table",
        "jsonb_each", "json_each", "jsonb_object_keys", "regexp_matches", "string_to_table"}  # fmt: skip


def refuse_changing_rows(tree: Any) -> None:
    """Raise CannotRewrite where rows are joined together, counted or multiplied: a further condition changes them."""
    calls = list(nodes(tree.targetList or (), ast.FuncCall))
    if tree.distinctClause:
        raise CannotRewrite("it has DISTINCT")
    if tree.groupClause or tree.havingClause or aggregates(tree):
        raise CannotRewrite("it groups its rows")
    if tree.windowClause or any(call.over for call in calls):
        raise CannotRewrite("it has a window function, which sees the rows of other pages too")
    if any(function_name(call) in SETS for call in calls):
        raise CannotRewrite("a function of its output returns several rows")
    if tree.limitOption == enums.LimitOption.LIMIT_OPTION_WITH_TIES:
        raise CannotRewrite("it has FETCH … WITH TIES")


def aggregates(tree: Any) -> bool:
    """Return whether rows are gathered into one, as far as names of functions tell."""
    calls = [call for call in nodes(tree.targetList or (), ast.FuncCall) if not call.over]
    return any(call.agg_star or call.agg_filter or function_name(call) in AGGREGATES for call in calls)


def meant(tree: Any, node: Any) -> Any:
    """Return the expression that a name or a number of ORDER BY stands for."""
    targets = tree.targetList or ()
    if is_a(node, ast.A_Const) and is_a(node.val, ast.Integer) and 0 < node.val.ival <= len(targets):
        chosen = targets[node.val.ival - 1].val
        if any(is_a(each, ast.A_Star) for each in nodes(targets, ast.A_Star)):
            raise CannotRewrite("it is ordered by a place in *")
        return chosen
    if is_a(node, ast.ColumnRef) and len(node.fields) == 1 and is_a(node.fields[0], ast.String):
        named = [each.val for each in targets if output_name(each) == node.fields[0].sval]
        return named[0] if named else node
    return node


def output_name(target: Any) -> str:
    """Return the name of an output, '' where only the server knows it."""
    if target.name:
        return str(target.name)
    last: Any = target.val.fields[-1] if is_a(target.val, ast.ColumnRef) else None
    return str(last.sval) if is_a(last, ast.String) else ""


def outputs(tree: Any, scope: SelectSources) -> Iterator[Any]:
    """Yield an expression for each column that is returned, in order; a star is spelled out."""
    for each in tree.targetList or ():
        value = each.val
        if not is_a(value, ast.ColumnRef) or not is_a(value.fields[-1], ast.A_Star):
            yield value
            continue
        alias = value.fields[-2].sval if len(value.fields) > 1 else None
        for source in scope.sources:
            if alias in {None, source.alias}:
                yield from (column(source.alias, own.name) for own in source.table.columns)
