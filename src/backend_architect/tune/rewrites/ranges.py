"""A condition on a date made of a column → a range of the column itself, which an index on it answers.

`date(created_at) = $1` is `created_at >= $1 AND created_at < $1 + 1`; a year or a truncated date likewise.
"""

from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Column
from backend_architect.sql.parsing import is_a
from backend_architect.sql.statement_facts import function_name, operator
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.model import CannotRewrite, Rewrite, SameRows
from backend_architect.tune.rewrites.scope import FromSource, SelectSources
from backend_architect.tune.rewrites.shape import refuse_changing_rows

CODE = "function-on-column"
SPANS = {
    "day": "1 day",
    "week": "1 week",
    "month": "1 month",
    "quarter": "3 months",
    "year": "1 year",
    "hour": "1 hour",
}
INTEGER, STRING = ast.Integer, ast.String


def column_range(tree: Any, catalog: Catalog) -> Rewrite:
    """Return a SELECT with every such condition as a range."""
    if not is_a(tree, ast.SelectStmt) or tree.op != enums.SetOperation.SETOP_NONE:
        raise CannotRewrite("it is no plain SELECT")
    scope = SelectSources(tree, catalog)
    found: list[tuple[FromSource, Column]] = []

    def change(node: Any) -> Any:
        if is_a(node, ast.SubLink) or (is_a(node, ast.BoolExpr) and node.boolop == enums.BoolExprType.NOT_EXPR):
            return node
        return _range(node, scope, found) if is_a(node, ast.A_Expr) else None

    changed = trees.with_parts(tree, whereClause=trees.replaced(tree.whereClause, change))
    if not found:
        raise CannotRewrite("no condition on a column's date, year or truncated time was recognised")
    changed = trees.with_parts(changed, whereClause=trees.all_of(*_flat(changed.whereClause)))
    indexes = [NewIndex(source.table.schema, source.table.name, (NewKey(own.name),)) for source, own in found]
    there = [index for index in indexes if _has(catalog, index)]
    return Rewrite(
        code=CODE,
        what="a range of the column itself",
        sql=trees.written(changed),
        notes=tuple(
            f"an index on {index.qualified_table} begins with {index.keys[0].sql} and serves it" for index in there
        ),
        trial=_trial(tree, changed),
        indexes=tuple(dict.fromkeys(index for index in indexes if index not in there)),
    )


def _trial(tree: Any, changed: Any) -> SameRows:
    try:
        refuse_changing_rows(tree)
    except CannotRewrite:
        if tree.limitCount is not None or tree.limitOffset is not None:
            raise
        return SameRows(trees.written(tree), trees.written(changed))
    return SameRows(trees.written(trees.unlimited(tree)), trees.written(trees.unlimited(changed)))


def _flat(condition: Any) -> tuple[Any, ...]:
    return (
        condition.args
        if is_a(condition, ast.BoolExpr) and condition.boolop == enums.BoolExprType.AND_EXPR
        else (condition,)
    )


def _range(node: Any, scope: SelectSources, found: list[tuple[FromSource, Column]]) -> Any:
    """Return the range that a condition means, None where it means none."""
    between = node.kind == enums.A_Expr_Kind.AEXPR_BETWEEN
    if not between and node.kind != enums.A_Expr_Kind.AEXPR_OP:
        return None
    inner, shape = _shape(node.lexpr)
    owner = scope.owner(inner) if is_a(inner, ast.ColumnRef) else None
    if owner is None:
        return None
    sign = "between" if between else operator(node)
    new = _written(shape, inner, sign, node.rexpr, owner[1])
    if new is not None:
        found.append(owner)
    return new


def _shape(node: Any) -> tuple[Any, str]:
    """Return the column inside, and what is made of it: `date`, `year`, or `trunc month`."""
    if is_a(node, ast.TypeCast) and node.typeName.names[-1].sval == "date":
        return node.arg, "date"
    if not is_a(node, ast.FuncCall):
        return None, ""
    args: tuple[Any, ...] = node.args or ()
    name = function_name(node)
    if name == "date" and len(args) == 1:
        return args[0], "date"
    word = args[0].val.sval if len(args) == 2 and _is_word(args[0]) else ""
    if name in {"extract", "date_part"} and word == "year":
        return args[1], "year"
    return (args[1], f"trunc {word}") if name == "date_trunc" and word in SPANS else (None, "")


def _is_word(node: Any) -> bool:
    return is_a(node, ast.A_Const) and is_a(node.val, STRING)


def _written(shape: str, own: Any, sign: str, value: Any, column: Column) -> Any:
    moment = column.type.startswith("timestamp")
    if shape == "date" and moment:
        ends = [_date(each) for each in (value if sign == "between" else (value,))]
        return _days(own, sign, ends) if None not in ends else None
    if shape == "year" and sign == "=" and (column.type == "date" or moment):
        year = _year(value)
        return _between(own, _january(year), _january(trees.compare(year, "+", trees.number(1)))) if year else None
    if shape.startswith("trunc ") and sign == "=" and moment and _is_plain(value):
        zone = "with" if column.type.endswith("with time zone") else "without"
        return _truncated(shape.split()[1], own, trees.cast(value, f"timestamp {zone} time zone"))
    return None


def _days(own: Any, sign: str, ends: list[Any]) -> Any:
    """Return the comparison of a day as one of the moments in it."""
    day, next_day = ends[0], trees.compare(ends[-1], "+", trees.number(1))
    if sign in {"=", "between"}:
        return _between(own, day, next_day)
    meant = {">=": (">=", day), ">": (">=", next_day), "<": ("<", day), "<=": ("<", next_day)}.get(sign)
    return trees.compare(own, *meant) if meant else None


def _between(own: Any, first: Any, end: Any) -> Any:
    return trees.all_of(trees.compare(own, ">=", first), trees.compare(own, "<", end))


def _truncated(unit: str, own: Any, value: Any) -> Any:
    """Return the range of one unit; a value that is not its beginning is equal to nothing, as before."""
    end = trees.compare(value, "+", trees.cast(trees.text(SPANS[unit]), "interval"))
    begins = trees.compare(value, "=", trees.call("date_trunc", trees.text(unit), value))
    return trees.all_of(trees.compare(own, ">=", value), trees.compare(own, "<", end), begins)


def _date(value: Any) -> Any:
    """Return a value as a date, None where it may be something else."""
    if is_a(value, ast.TypeCast):
        return value if value.typeName.names[-1].sval == "date" else None
    if is_a(value, ast.SQLValueFunction) and value.op == enums.SQLValueFunctionOp.SVFOP_CURRENT_DATE:
        return value
    return trees.cast(value, "date") if _is_plain(value) else None


def _is_plain(value: Any) -> bool:
    return is_a(value, ast.ParamRef) or _is_word(value)


def _year(value: Any) -> Any:
    if is_a(value, ast.ParamRef):
        return trees.cast(value, "integer")
    return value if is_a(value, ast.A_Const) and is_a(value.val, INTEGER) else None


def _january(year: Any) -> Any:
    return trees.call("make_date", year, trees.number(1), trees.number(1))


def _has(catalog: Catalog, new: NewIndex) -> bool:
    tables = [each for each in catalog.tables if (each.schema, each.name) == (new.schema, new.table)]
    return any(
        index.method == "btree" and not index.predicate and index.keys[0].column == new.keys[0].column
        for table in tables
        for index in catalog.indexes_of(table.oid)
    )
