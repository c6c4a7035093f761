"""How each operator of an expression is resolved: its operands first, then the types that PostgreSQL has it for."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlglot import exp

from backend_architect.design.grammar import rebuilt
from backend_architect.design.literals import wrong_literal
from backend_architect.design.model import MAX_BIGINT, Row
from backend_architect.design.overflow import (
    BEYOND,
    INTERVAL_DAYS,
    LIMITS,
    MOST_DAYS,
    SHIFT_DAYS,
    TIMES,
    arithmetic_magnitude,
    function_magnitude,
    interval_magnitude,
    most_of,
)
from backend_architect.design.postgres_types import (
    UNKNOWN,
    can_become,
    common_type,
    function_result,
    operator_for,
    type_of_number,
)
from backend_architect.design.syntax import ExpressionError, shorten

TIMESTAMP = "timestamp with time zone"
SYMBOLS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Like: "~~", exp.ILike: "~~*",
}  # fmt: skip
FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Abs: "abs", exp.Lower: "lower", exp.Upper: "upper", exp.Length: "length",
    exp.Count: "count", exp.Sum: "sum", exp.Min: "min", exp.Max: "max", exp.Avg: "avg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """One row variable in scope: the row's design, and the alias it has in the statement."""

    row: Row
    alias: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A resolved expression and its PostgreSQL type; `choices` are the only values that it can have, where known.

    `most` is the largest absolute value, where that is known. A whole number that may not fit `bigint` is calculated
    as a `numeric`: then `is_wide`, and its type is still the one that it would have without.
    """

    sql: exp.Expr
    type: str
    choices: tuple[str, ...] = ()
    most: int | None = None
    is_wide: bool = False


class Operators:
    """The operators; the names in an expression are resolved by the class that adds `resolve`.

    `unknown_is_false` tells whether, where the expression stands, an unknown counts the same as false: at the top of a
    condition and under `and` and `or` it does, under anything else it does not.
    """

    unknown_is_false: bool

    @abstractmethod
    def resolve(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        """Return `node` with every name replaced; the first frame is the innermost row."""

    @contextmanager
    def _where_unknown_is_false(self, value: bool) -> Iterator[None]:
        before, self.unknown_is_false = self.unknown_is_false, value
        try:
            yield
        finally:
            self.unknown_is_false = before

    def _paren(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner = self.resolve(node.this, frames)
        return replace(inner, sql=exp.Paren(this=inner.sql))

    def _connective(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        left, right = self._boolean(node.args["this"], frames), self._boolean(node.args["expression"], frames)
        return Typed(rebuilt(node, this=left, expression=right), "boolean")

    def _not(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        return Typed(rebuilt(node, this=self._boolean(node.this, frames)), "boolean")

    def _boolean(self, node: exp.Expr, frames: tuple[Frame, ...]) -> exp.Expr:
        inner = self.resolve(node, frames)
        if inner.type != "boolean":
            raise ExpressionError(
                f"`{shorten(node)}` is a {said(inner)}, and not true or false", "compare it: … = …", "rule-not-boolean"
            )
        return inner.sql

    def _comparison(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        left, right = self.resolve(node.args["this"], frames), self.resolve(node.args["expression"], frames)
        comparable(SYMBOLS[type(node)], left, right, node)
        _not_with_itself(left, right, node)
        return Typed(rebuilt(node, this=left.sql, expression=right.sql), "boolean")

    def _between(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        value, low, high = (self.resolve(node.args[key], frames) for key in ("this", "low", "high"))
        comparable(">=", value, low, node)
        comparable("<=", value, high, node)
        return Typed(rebuilt(node, this=value.sql, low=low.sql, high=high.sql), "boolean")

    def _is(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        against = node.args["expression"]
        if not isinstance(against, exp.Null | exp.Boolean):
            raise ExpressionError(f"`{shorten(node)}`: `is` takes null, true or false")
        inner = self.resolve(node.this, frames)
        is_known = _is_literal(inner) or inner.type not in {"boolean", UNKNOWN}
        if isinstance(against, exp.Boolean) and is_known:
            raise ExpressionError(f"`{shorten(node)}` asks of a {said(inner)} whether it is true", code="type-mismatch")
        return Typed(rebuilt(node, this=inner.sql, expression=against.copy()), "boolean")

    def _listed(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        """Return `value in (…)` with its items."""
        value = self.resolve(node.this, frames)
        items = [self.resolve(item, frames) for item in node.expressions]
        if not items:
            raise ExpressionError(f"`{shorten(node)}`: `in` needs a list or a subquery")
        for item in items:
            comparable("=", value, item, node)
        return Typed(rebuilt(node, this=value.sql, expressions=[item.sql for item in items]), "boolean")

    def _literal(self, node: exp.Expr, _frames: tuple[Frame, ...]) -> Typed:
        if isinstance(node, exp.Boolean):
            return Typed(node.copy(), "boolean")
        if isinstance(node, exp.Null) or node.args.get("is_string"):
            return Typed(node.copy(), UNKNOWN)
        kind = type_of_number(node.name)
        return Typed(node.copy(), kind, most=int(Decimal(node.name)) + (kind not in LIMITS))

    def _constant(self, node: exp.Expr, _frames: tuple[Frame, ...]) -> Typed:
        if isinstance(node, exp.Interval):
            unit = node.args.get("unit")
            text = f"{node.this.name} {unit.name if unit else ''}"
            wrong = wrong_literal(text, "interval")
            if wrong:
                raise ExpressionError(f"`{shorten(node)}`: {wrong}", "write interval '24 hours'", "wrong-literal")
            return Typed(node.copy(), "interval", most=interval_magnitude(text))
        return Typed(node.copy(), "date" if isinstance(node, exp.CurrentDate) else TIMESTAMP)

    def _arithmetic(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        left, right = self.resolve(node.args["this"], frames), self.resolve(node.args["expression"], frames)
        found = None if _is_literal(left) or _is_literal(right) else operator_for(_symbol(node), left.type, right.type)
        if found is None:
            exact = f"PostgreSQL has no {left.type} {_symbol(node)} {right.type}"
            message = f"`{shorten(node)}` calculates with a {said(left)} and a {said(right)}"
            raise ExpressionError(message, _small_enough(left, right, exact), "type-mismatch")
        return calculated(node, *_within_time(node, found.result, left, right), found.result)

    def _negative(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner = self.resolve(node.this, frames)
        found = operator_for("-", "", inner.type) if inner.type != UNKNOWN else None
        if found is None:
            raise ExpressionError(f"`{shorten(node)}` needs a number, and gets a {said(inner)}", code="type-mismatch")
        return replace(inner, sql=rebuilt(node, this=inner.sql), type=found.result)

    def _function(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        """Return a function of one argument, an aggregate among them."""
        inner = self.resolve(node.this, frames)
        result = function_result(FUNCTIONS[type(node)], inner.type)
        if result is None or (inner.type == UNKNOWN and not isinstance(node, exp.Count)):
            wanted = "text" if isinstance(node, exp.Lower | exp.Upper | exp.Length) else "number"
            needs = "has no order" if isinstance(node, exp.Min | exp.Max) else f"needs a {wanted}"
            raise ExpressionError(
                f"`{shorten(node)}` {needs}, and gets a {said(inner)}"
                if needs.startswith("needs")
                else f"`{shorten(node)}`: PostgreSQL has no {FUNCTIONS[type(node)]} of a {said(inner)}",
                code="type-mismatch",
            )
        most = function_magnitude(node, inner.most)
        return Typed(rebuilt(node, this=inner.sql), result, most=most, is_wide=inner.is_wide and result in LIMITS)

    def _like(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        left, right = self.resolve(node.args["this"], frames), self.resolve(node.args["expression"], frames)
        if {left.type, right.type} - {"text", UNKNOWN}:
            raise ExpressionError(f"`{shorten(node)}`: `like` compares texts")
        return Typed(rebuilt(node, this=left.sql, expression=right.sql), "boolean")

    def _same_type(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        items = [self.resolve(item, frames) for item in [node.this, *node.expressions]]
        sqls = [item.sql for item in items]
        return _one_of(items, rebuilt(node, this=sqls[0], expressions=sqls[1:]), node)

    def _case(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        values, ifs = [], []
        for branch in node.args["ifs"]:
            value = self.resolve(branch.args["true"], frames)
            ifs.append(rebuilt(branch, this=self._boolean(branch.this, frames), true=value.sql))
            values.append(value)
        if node.args.get("default"):
            values.append(self.resolve(node.args["default"], frames))
            return _one_of(values, rebuilt(node, ifs=ifs, default=values[-1].sql), node)
        return _one_of(values, rebuilt(node, ifs=ifs), node)


def calculated(node: exp.Expr, left: Typed, right: Typed, kind: str) -> Typed:
    """Return a calculation that no values make fail: of whole numbers in a type that holds all of its results.

    A division by zero is null.
    """
    most = arithmetic_magnitude(node, (left.type, left.most), (right.type, right.most))
    one, other = left.sql, right.sql
    if isinstance(node, exp.Div) and not _is_other_than_zero(other):
        other = exp.Nullif(this=other, expression=exp.Literal.number(0))
    is_wide = left.is_wide or right.is_wide
    if kind in LIMITS and not is_wide and (most is None or most > LIMITS[kind]):
        is_wide = most is None or most > MAX_BIGINT
        one, kind = _cast(one, "numeric" if is_wide else "bigint"), "bigint"
    if isinstance(node, exp.Div) and kind in LIMITS and is_wide:  # whole numbers are divided without a remainder
        return Typed(exp.Anonymous(this="div", expressions=[one, other]), kind, most=most, is_wide=True)
    return Typed(rebuilt(node, this=one, expression=other), kind, most=most, is_wide=is_wide and kind in LIMITS)


def _one_of(items: Sequence[Typed], sql: exp.Expr, node: exp.Expr) -> Typed:
    """Return a choice between values, as the type that all of them have."""
    known = [item for item in items if not isinstance(item.sql, exp.Null)]
    is_wide = any(item.is_wide for item in items)
    return Typed(sql, agreed(items, node), most=most_of([item.most for item in known]), is_wide=is_wide)


def _cast(sql: exp.Expr, kind: str) -> exp.Expr:
    whole = sql if isinstance(sql, exp.Column | exp.Literal | exp.Subquery | exp.Paren) else exp.Paren(this=sql)
    return exp.Cast(this=whole, to=exp.DataType.build(kind, dialect="postgres"))


def _is_other_than_zero(sql: exp.Expr) -> bool:
    return isinstance(sql, exp.Literal) and not sql.is_string and float(sql.name) != 0


def _within_time(node: exp.Expr, kind: str, left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Return the sides so bounded that PostgreSQL has the date or the interval that comes of them."""
    if kind in TIMES:
        return (left, _moved(node, left, right)) if left.type in TIMES else (_moved(node, right, left), right)
    if kind == "interval" and isinstance(node, exp.Mul):
        if left.type == kind:
            return left, _multiplied(right, INTERVAL_DAYS // (left.most or MOST_DAYS))
        return _multiplied(left, INTERVAL_DAYS // (right.most or MOST_DAYS)), right
    return left, right


def _moved(node: exp.Expr, base: Typed, by: Typed) -> Typed:
    """Return by how much a date is moved, at most to a year before the first or long after the last."""
    if by.most is not None and by.most <= SHIFT_DAYS:
        return by
    kind = "timestamp" if by.type == "interval" and base.type == "date" else base.type
    first, end = (_cast(exp.Literal.string(text), kind) for text in BEYOND)
    low, high = (
        ((base.sql, end), (base.sql, first)) if isinstance(node, exp.Sub) else ((first, base.sql), (end, base.sql))
    )
    return _between(by, *(exp.Sub(this=one.copy(), expression=other.copy()) for one, other in (low, high)))


def _multiplied(factor: Typed, most: int) -> Typed:
    """Return the factor of an interval, or the nearest to it whose magnitude is not above `most`."""
    if factor.most is not None and factor.most <= most:
        return factor
    number = exp.Literal.number(most)
    return replace(_between(factor, exp.Neg(this=number), number.copy()), most=most)


def _between(value: Typed, low: exp.Expr, high: exp.Expr) -> Typed:
    at_least = exp.Greatest(this=value.sql, expressions=[low])
    return replace(value, sql=exp.Least(this=at_least, expressions=[high]))


def comparable(symbol: str, left: Typed, right: Typed, node: exp.Expr) -> None:
    """Raise ExpressionError unless PostgreSQL compares the two, and a literal can be what it is compared with."""
    fits = operator_for(symbol, left.type, right.type) is not None
    for one, other in ((left, right), (right, left)):
        if _is_literal(one) and other.type != UNKNOWN:
            _check_literal(one, other, node)
    if not fits:
        raise ExpressionError(f"`{shorten(node)}` compares a {said(left)} with a {said(right)}", code="type-mismatch")


def agreed(items: Sequence[Typed], node: exp.Expr) -> str:
    """Return the type that all branches of a choice have in PostgreSQL, or raise ExpressionError."""
    found = common_type([item.type for item in items])
    kinds = [item for item in items if item.type != UNKNOWN]
    for literal in (item for item in items if _is_literal(item) and kinds):
        _check_literal(literal, kinds[0], node)
    if found is None:
        other = next(item for item in kinds if not can_become(item.type, kinds[0].type))
        message = f"`{shorten(node)}` compares a {said(kinds[0])} with a {said(other)}"
        raise ExpressionError(message, code="type-mismatch")
    return found


_SAID = {
    "integer": "number", "bigint": "number", "numeric": "number", "double precision": "number",
    TIMESTAMP: "timestamp", "timestamp without time zone": "timestamp", "jsonb": "json", UNKNOWN: "null",
}  # fmt: skip


def said(typed: Typed) -> str:
    """Return the word for a value's type in a message."""
    return "string" if _is_literal(typed) else said_type(typed.type)


def said_type(name: str) -> str:
    """Return the word for a PostgreSQL type in a message."""
    return "list" if name.endswith("[]") else _SAID.get(name, name)


def _symbol(node: exp.Expr) -> str:
    return SYMBOLS[type(node)]


def _is_literal(typed: Typed) -> bool:
    node = typed.sql.unnest() if isinstance(typed.sql, exp.Paren) else typed.sql
    return typed.type == UNKNOWN and isinstance(node, exp.Literal)


def _check_literal(literal: Typed, other: Typed, node: exp.Expr) -> None:
    """Raise ExpressionError where a quoted literal cannot be a value of what it stands beside."""
    kind = other.type
    if said_type(kind) in {"number", "boolean", "list", "json"}:
        raise ExpressionError(
            f"`{shorten(node)}` compares a {said(literal)} with a {said(other)}", code="type-mismatch"
        )
    text = literal.sql.unnest().name if isinstance(literal.sql, exp.Paren) else literal.sql.name
    if other.choices and text not in other.choices and not isinstance(node, exp.Like | exp.ILike):
        fix = f"its values: {', '.join(other.choices)}"
        raise ExpressionError(f"`{shorten(node)}`: '{text}' is no value of this field", fix, "unknown-value")
    wrong = wrong_literal(text, kind)
    if wrong:
        raise ExpressionError(f"`{shorten(node)}`: {wrong}", code="wrong-literal")


def _small_enough(left: Typed, right: Typed, exact: str) -> str:
    if {left.type, right.type} == {"date", "bigint"}:
        return f"{exact}; a whole number with `max: 1000000`, or less, is an integer"
    return exact


def _not_with_itself(left: Typed, right: Typed, node: exp.Expr) -> None:
    if left.sql != right.sql or isinstance(left.sql, exp.Literal | exp.Null | exp.Boolean):
        return
    raise ExpressionError(
        f"`{shorten(node)}` compares a value with itself",
        "in a subquery a bare name is the inner row's; `this.<name>` is the row that the rule belongs to",
        "compares-with-itself",
    )
