"""A resolved expression as SQL text. What is printed reads back as the tree that was meant."""

from typing import ClassVar

from sqlglot import exp
from sqlglot.generators.postgres import PostgresGenerator

_ARITHMETIC: dict[type[exp.Expr], int] = {exp.Mul: 2, exp.Div: 2, exp.Add: 1, exp.Sub: 1}
_PREDICATES = (exp.Predicate, exp.Is, exp.In, exp.Between, exp.Not, exp.And, exp.Or)
_ATOMS = (
    exp.Column,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Placeholder,
    exp.Var,
    exp.Paren,
    exp.Subquery,
    exp.Interval,
)
_SEPARATED = (exp.Paren, exp.Subquery, exp.Select, exp.Where, exp.If)


class _Printer(PostgresGenerator):
    TRANSFORMS: ClassVar = {**PostgresGenerator.TRANSFORMS, exp.CurrentTimestamp: lambda *_: "now()"}

    def exists_sql(self, expression: exp.Exists) -> str:
        return f"EXISTS ({self.sql(expression, 'this')})"

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        kind = "numeric" if expression.to.this is exp.DType.DECIMAL else self.sql(expression, "to").lower()
        return f"{self.sql(expression, 'this')}::{kind}"

    def interval_sql(self, expression: exp.Interval) -> str:
        unit = expression.args.get("unit")
        text = f"{expression.this.name} {unit.name.lower()}" if unit else expression.this.name
        return "interval '" + text.replace("'", "''") + "'"

    def not_sql(self, expression: exp.Not) -> str:
        inner = expression.this
        if isinstance(inner, exp.In | exp.Between):  # `x NOT IN (…)`, as people write it
            value = self.sql(inner, "this")
            return f"{value} NOT{self.sql(inner).removeprefix(value)}"
        return f"NOT {self.sql(expression, 'this')}"


def sql_text(tree: exp.Expr) -> str:
    """Return an SQL expression on one line, with the brackets that PostgreSQL needs to read it as it is meant."""
    return _Printer(dialect="postgres", normalize_functions="lower").generate(with_brackets(tree), copy=False)


def with_brackets(tree: exp.Expr) -> exp.Expr:
    """Return a copy of the tree in which brackets stand where an operator binds tighter than what it is applied to."""
    copied = tree.copy()
    for node in reversed(list(copied.walk())):  # what is within first: a part is replaced by a copy
        for part in list(node.iter_expressions()):
            if _needs_brackets(node, part):
                part.replace(exp.Paren(this=part.copy()))
    return copied


def _is_call(node: exp.Expr) -> bool:
    return isinstance(node, exp.Func) and not isinstance(node, exp.Connector)  # AND and OR are functions to sqlglot


def _is_whole(part: exp.Expr) -> bool:
    return isinstance(part, _ATOMS) or _is_call(part)


def _keeps_apart(node: exp.Expr) -> bool:
    return isinstance(node, _SEPARATED) or _is_call(node)


def _needs_brackets(node: exp.Expr, part: exp.Expr) -> bool:
    if _is_whole(part) or _keeps_apart(node):
        return False
    if isinstance(node, exp.Not):
        return isinstance(part, exp.And | exp.Or)
    if isinstance(node, exp.And):
        return isinstance(part, exp.Or) or (isinstance(part, exp.And) and part is node.expression)
    if isinstance(node, exp.Or):
        return isinstance(part, exp.Or) and part is node.expression
    if type(node) in _ARITHMETIC:
        return _binds_looser(node, part)
    if isinstance(node, exp.Neg):
        return True
    is_list_item = isinstance(node, exp.In) and part is not node.this
    return isinstance(part, _PREDICATES) and isinstance(node, exp.Binary | exp.Between | exp.In) and not is_list_item


def _binds_looser(node: exp.Expr, part: exp.Expr) -> bool:
    if type(part) not in _ARITHMETIC:
        return not isinstance(part, exp.Neg) or part is node.args["expression"]
    mine, its = _ARITHMETIC[type(node)], _ARITHMETIC[type(part)]
    return its < mine or (its == mine and part is node.args["expression"])
