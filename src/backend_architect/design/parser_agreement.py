"""Whether PostgreSQL's own parser reads a text as it was understood: two parsers must agree on every expression."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from pglast import ast, parse_sql
from pglast.enums import A_Expr_Kind, BoolExprType, BoolTestType, NullTestType
from pglast.enums.primnodes import SQLValueFunctionOp
from pglast.parser import ParseError
from sqlglot import exp

Meaning = tuple[Any, ...]

_NEGATED = {
    A_Expr_Kind.AEXPR_NOT_BETWEEN: A_Expr_Kind.AEXPR_BETWEEN,
    A_Expr_Kind.AEXPR_NOT_BETWEEN_SYM: A_Expr_Kind.AEXPR_BETWEEN_SYM,
}
_NEGATED_OPERATORS = {
    (A_Expr_Kind.AEXPR_IN, "<>"): "=",
    (A_Expr_Kind.AEXPR_LIKE, "!~~"): "~~",
    (A_Expr_Kind.AEXPR_ILIKE, "!~~*"): "~~*",
}
_TESTS = {
    BoolTestType.IS_TRUE: ("is", "true"),
    BoolTestType.IS_FALSE: ("is", "false"),
    BoolTestType.IS_UNKNOWN: ("is", "null"),
}
_NEGATED_TESTS = {
    BoolTestType.IS_NOT_TRUE: BoolTestType.IS_TRUE,
    BoolTestType.IS_NOT_FALSE: BoolTestType.IS_FALSE,
    BoolTestType.IS_NOT_UNKNOWN: BoolTestType.IS_UNKNOWN,
}


def misread(text: str, tree: exp.Expr) -> str:
    """Return '' where PostgreSQL's parser reads `text` as `tree` says it, else what PostgreSQL objects to or reads."""
    try:
        meant = meaning(_with_quoted_names(text, tree))
    except ParseError as error:
        return str(error.args[0])
    understood = tree.sql("postgres", identify=True)
    return "" if meaning(understood) == meant else f"it would be taken for `{tree.sql('postgres')}`"


def means(text: str, tree: exp.Expr) -> bool:
    """Return whether PostgreSQL's parser reads a text that was laid out for people as the tree that was meant.

    The tree is written out for comparison with brackets around every part of it, by the SQL parser's own generator.
    """
    return meaning(text) == meaning(_bracketed(tree).sql("postgres"))


def _bracketed(tree: exp.Expr) -> exp.Expr:
    """Return a copy of the tree with brackets around every operand that is more than one word."""
    copied = tree.copy()
    for node in reversed(list(copied.walk())):
        if isinstance(node, exp.Binary | exp.Unary | exp.Between) and not isinstance(node, exp.Paren):
            for part in list(node.iter_expressions()):
                if not isinstance(part, _WHOLE):
                    part.replace(exp.Paren(this=part.copy()))
    return copied


_WHOLE = (exp.Paren, exp.Subquery, exp.Column, exp.Literal, exp.Var, exp.Null, exp.Boolean, exp.Interval, exp.Star)


def meaning(text: str) -> Meaning:
    """Return what PostgreSQL's parser makes of an expression, the same for all ways of writing it.

    Raises ParseError where the text is no expression.
    """
    statements: Any = parse_sql(f"SELECT {text}")
    (statement,) = statements
    (target,) = statement.stmt.targetList
    found = _of(target.val)
    assert isinstance(found, tuple)
    rest = [name for name in statement.stmt.__slots__ if name not in {"targetList", "limitOption", "op", "all"}]
    return (found, *(_of(getattr(statement.stmt, name)) for name in rest if getattr(statement.stmt, name)))


def _with_quoted_names(text: str, tree: exp.Expr) -> str:
    """Return the text with its names in quotes: a relation may be called `user` or `order`, as no column in SQL may."""
    places = {(node.meta["start"], node.meta["end"]) for node in tree.find_all(exp.Identifier) if "start" in node.meta}
    for start, end in sorted(places, reverse=True):
        text = f'{text[:start]}"{text[start : end + 1].lower()}"{text[end + 1 :]}'
    return text


def _of(value: Any) -> Any:
    if isinstance(value, ast.Node):
        special = _SPECIAL.get(type(value))
        return special(value) if special else _plain(value)
    if isinstance(value, tuple | list):
        return tuple(_of(item) for item in value)
    return value.name if isinstance(value, Enum) else value


def _plain(node: Any) -> Meaning:
    parts = (
        (name, _of(getattr(node, name)))
        for name in node.__slots__
        if "location" not in name and "rexpr_list" not in name
    )
    return (type(node).__name__, *(part for part in parts if part[1] is not None))


def _comparison(node: Any) -> Meaning:
    (name, *_) = [part.sval for part in node.name]
    kind, negated = node.kind, False
    if kind in _NEGATED:
        kind, negated, name = _NEGATED[kind], True, name.removeprefix("NOT ")
    elif (kind, name) in _NEGATED_OPERATORS:
        name, negated = _NEGATED_OPERATORS[kind, name], True
    if kind is A_Expr_Kind.AEXPR_OP and name == "-" and node.lexpr is None and isinstance(node.rexpr, ast.A_Const):
        return ("negative", _of(node.rexpr))
    found = (A_Expr_Kind(kind).name, name, _of(node.lexpr), _of(node.rexpr))
    return ("not", found) if negated else found


def _constant(node: Any) -> Meaning:
    value = node.val
    for kind in ("ival", "fval", "sval", "boolval"):
        if hasattr(value, kind):
            found = getattr(value, kind)
            if kind == "ival" and found < 0:
                return ("negative", ("constant", "ival", -found))
            return ("constant", kind, found)
    return ("constant", "null", None) if node.isnull else _plain(node)


def _logic(node: Any) -> Meaning:
    if node.boolop is BoolExprType.NOT_EXPR:
        return ("not", _of(node.args[0]))
    word = "and" if node.boolop is BoolExprType.AND_EXPR else "or"
    return (word, *(part for arg in node.args for part in _flattened(word, _of(arg))))


def _flattened(word: str, found: Meaning) -> Iterator[Any]:
    if found[0] == word:
        yield from found[1:]
    else:
        yield found


def _boolean_test(node: Any) -> Meaning:
    kind = _NEGATED_TESTS.get(node.booltesttype)
    found = (*_TESTS[node.booltesttype if kind is None else kind], _of(node.arg))
    return ("not", found) if kind is not None else found


def _null_test(node: Any) -> Meaning:
    found = ("is", "null", _of(node.arg))
    return found if node.nulltesttype is NullTestType.IS_NULL else ("not", found)


def _clock(node: Any) -> Meaning:
    return ("now",) if node.op is SQLValueFunctionOp.SVFOP_CURRENT_TIMESTAMP else _plain(node)


def _call(node: Any) -> Meaning:
    return ("now",) if [part.sval for part in node.funcname] == ["now"] and not node.args else _plain(node)


def _cast(node: Any) -> Meaning:
    found = _plain(node)
    kind: Any = node.typeName
    value: Any = node.arg
    is_interval = [part.sval for part in kind.names][-1] == "interval"
    if is_interval and not kind.typmods and isinstance(value, ast.A_Const) and isinstance(value.val, ast.String):
        return ("interval", " ".join(str(value.val.sval).lower().split()))
    return found


_SPECIAL: dict[type, Any] = {
    ast.A_Expr: _comparison,
    ast.A_Const: _constant,
    ast.BoolExpr: _logic,
    ast.BooleanTest: _boolean_test,
    ast.NullTest: _null_test,
    ast.SQLValueFunction: _clock,
    ast.FuncCall: _call,
    ast.TypeCast: _cast,
}
