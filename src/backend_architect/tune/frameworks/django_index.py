"""An index as Django's own classes tell it; what they cannot tell is left to SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pglast import ast, enums, parse_sql

from backend_architect.tune.frameworks.quoting import python, python_list
from backend_architect.tune.indexes.model import NewIndex, NewKey

CLASSES = {
    "btree": "models.Index",
    "gin": "GinIndex",
    "gist": "GistIndex",
    "brin": "BrinIndex",
    "hash": "HashIndex",
    "spgist": "SpGistIndex",
}
FUNCTIONS = {"lower": "Lower", "upper": "Upper"}
TEXTS = {"text", "varchar", "bpchar"}
NAME_TABLE, NAME_COLUMN, NAME_DIGEST = 11, 7, 6  # as Django cuts them, whose names end at 30


@dataclass(frozen=True, slots=True)
class DjangoIndex:
    """An index as a Python expression, its name, and what the expression imports beside `models`, by module."""

    code: str
    name: str
    imports: tuple[tuple[str, str], ...] = ()


def django_index(index: NewIndex, fields: Mapping[str, str]) -> DjangoIndex | None:
    """Return the index with fields for columns; None where Django has no words for it, or no field for a column."""
    keys = _keys(index, fields)
    condition = _condition(index.predicate, fields) if index.predicate else ""
    included = [fields.get(column, "") for column in index.included]
    if keys is None or condition is None or not all(included) or index.method not in CLASSES:
        return None
    written, imports = keys
    name = _name(index)
    parts = [written, f"name={python(name)}"]
    parts += [f"include={python_list(included)}"] if included else []
    parts += [f"condition={condition}"] if condition else []
    own = CLASSES[index.method]
    if index.method != "btree":
        imports = (("django.contrib.postgres.indexes", own), *imports)
    return DjangoIndex(f"{own}({', '.join(parts)})", name, imports)


def _name(index: NewIndex) -> str:
    """Return a name of at most 30 characters that begins with a letter, as Django wants it."""
    first = index.keys[0]
    column = first.column or "expr"
    digest = index.name_digest[:NAME_DIGEST]
    name = f"{index.table[:NAME_TABLE]}_{column[:NAME_COLUMN]}_{digest}_idx"
    return f"D{name[1:]}" if name[0] == "_" or name[0].isdigit() else name


def _keys(index: NewIndex, fields: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    if any(key.nulls_first != key.descending or "." in key.opclass or "(" in key.opclass for key in index.keys):
        return None
    if all(key.column in fields for key in index.keys):
        written = [f"{'-' if key.descending else ''}{fields[key.column]}" for key in index.keys]
        classes = [key.opclass for key in index.keys]
        opclasses = f", opclasses={python_list(classes)}" if any(classes) else ""
        return f"fields={python_list(written)}{opclasses}", ()
    found = [_expression(key, fields) for key in index.keys]
    if index.method != "btree" or not all(found):
        return None
    functions = sorted({name for name in FUNCTIONS.values() if any(f"{name}(" in (each or "") for each in found)})
    return ", ".join(each or "" for each in found), tuple(("django.db.models.functions", name) for name in functions)


def _expression(key: NewKey, fields: Mapping[str, str]) -> str | None:
    """Return a key as an expression: a field, or lower or upper of one."""
    if key.opclass:
        return None
    if key.column:
        written = f"models.F({python(fields[key.column])})" if key.column in fields else None
    else:
        written = _function(key.expression, fields)
    return f"{written}.desc()" if written and key.descending else written


def _function(expression: str, fields: Mapping[str, str]) -> str | None:
    statement: Any = parse_sql(f"SELECT {expression}")[0].stmt
    tree = statement.targetList[0].val
    if not isinstance(tree, ast.FuncCall):
        return None
    names = [each.sval for each in tree.funcname or ()]
    arguments = [_column(each) for each in tree.args or ()]
    if len(arguments) != 1 or len(names) != 1:
        return None
    name, column = FUNCTIONS.get(names[0], ""), arguments[0]
    return f"{name}({python(fields[column])})" if name and column in fields else None


def _condition(predicate: str, fields: Mapping[str, str]) -> str | None:
    """Return a partial index's condition as a Q, None where it says more than fields, values and null."""
    statement: Any = parse_sql(f"SELECT WHERE {predicate}")[0].stmt
    tree = statement.whereClause
    conjunction = isinstance(tree, ast.BoolExpr) and tree.boolop == enums.BoolExprType.AND_EXPR
    found = [_compared(each) for each in (tree.args or () if conjunction else (tree,))]
    if not all(each and each[0] in fields for each in found):
        return None
    return " & ".join(f"models.Q({fields[each[0]]}{each[1]}={each[2]})" for each in found if each)


def _compared(tree: Any) -> tuple[str, str, str] | None:
    """Return the column, the lookup and the value of a condition, as Python."""
    if isinstance(tree, ast.NullTest):
        return _column(tree.arg), "__isnull", str(tree.nulltesttype == enums.NullTestType.IS_NULL)
    if isinstance(tree, ast.ColumnRef):
        return _column(tree), "", "True"
    if isinstance(tree, ast.BoolExpr) and tree.boolop == enums.BoolExprType.NOT_EXPR:
        return _column(next(iter(tree.args or ()), None)), "", "False"
    if not isinstance(tree, ast.A_Expr) or tree.kind != enums.A_Expr_Kind.AEXPR_OP:
        return None
    if [each.sval for each in tree.name or ()] != ["="]:
        return None
    value = _value(tree.rexpr)
    return (_column(tree.lexpr), "", value) if value else None


def _value(tree: Any) -> str:
    if isinstance(tree, ast.TypeCast) and tree.typeName and {each.sval for each in tree.typeName.names or ()} & TEXTS:
        tree = tree.arg
    if not isinstance(tree, ast.A_Const) or tree.isnull:
        return ""
    if isinstance(tree.val, ast.Integer):
        return str(tree.val.ival or 0)
    if isinstance(tree.val, ast.Boolean):
        return str(bool(tree.val.boolval))
    return python(tree.val.sval or "") if isinstance(tree.val, ast.String) else ""


def _column(tree: Any) -> str:
    fields = tuple(tree.fields or ()) if isinstance(tree, ast.ColumnRef) else ()
    return str(fields[0].sval) if len(fields) == 1 and isinstance(fields[0], ast.String) else ""
