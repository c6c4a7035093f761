"""How each operator of an expression is resolved: its operands first, then whether their types fit."""

from abc import abstractmethod
from dataclasses import dataclass

from sqlglot import exp

from backend_architect.design.model import Row
from backend_architect.design.syntax import ExpressionError, shorten


@dataclass(frozen=True, slots=True)
class Frame:
    """One row variable in scope: the row's design, and the alias it has in the statement."""

    row: Row
    alias: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A resolved expression and its type: boolean, number, text, timestamp, date, interval, uuid, json, list, null."""

    sql: exp.Expr
    type: str


class Operators:
    """The operators; the names in an expression are resolved by the class that adds `resolve`."""

    @abstractmethod
    def resolve(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        """Return `node` with every name replaced; the first frame is the innermost row."""

    def _paren(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner = self.resolve(node.this, frames)
        return Typed(exp.Paren(this=inner.sql), inner.type)

    def _logic(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        if isinstance(node, exp.Not):
            return Typed(exp.Not(this=self._boolean(node.this, frames)), "boolean")
        left, right = self._boolean(node.args["this"], frames), self._boolean(node.args["expression"], frames)
        return Typed(type(node)(this=left, expression=right), "boolean")

    def _boolean(self, node: exp.Expr, frames: tuple[Frame, ...]) -> exp.Expr:
        inner = self.resolve(node, frames)
        if inner.type not in {"boolean", "null"}:
            raise ExpressionError(
                f"`{shorten(node)}` is a {inner.type}, and not true or false", "compare it: … = …", "rule-not-boolean"
            )
        return inner.sql

    def _comparison(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        left, right = self.resolve(node.args["this"], frames), self.resolve(node.args["expression"], frames)
        comparable(left, right, node)
        return Typed(type(node)(this=left.sql, expression=right.sql), "boolean")

    def _between(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        value, low, high = (self.resolve(node.args[key], frames) for key in ("this", "low", "high"))
        comparable(value, low, node)
        comparable(value, high, node)
        return Typed(exp.Between(this=value.sql, low=low.sql, high=high.sql), "boolean")

    def _is(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner, against = self.resolve(node.this, frames), node.args["expression"]
        if not isinstance(against, exp.Null | exp.Boolean):
            raise ExpressionError(f"`{shorten(node)}`: `is` takes null, true or false")
        return Typed(exp.Is(this=inner.sql, expression=against.copy()), "boolean")

    def _literal(self, node: exp.Expr, _frames: tuple[Frame, ...]) -> Typed:
        if isinstance(node, exp.Boolean):
            return Typed(node.copy(), "boolean")
        if isinstance(node, exp.Null):
            return Typed(node.copy(), "null")
        return Typed(node.copy(), "string" if node.args.get("is_string") else "number")

    def _constant(self, node: exp.Expr, _frames: tuple[Frame, ...]) -> Typed:
        if isinstance(node, exp.Interval):
            return Typed(node.copy(), "interval")
        return Typed(node.copy(), "date" if isinstance(node, exp.CurrentDate) else "timestamp")

    def _arithmetic(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        left, right = self.resolve(node.args["this"], frames), self.resolve(node.args["expression"], frames)
        kinds = {left.type, right.type}
        result = type(node)(this=left.sql, expression=right.sql)
        if kinds <= {"number"}:
            return Typed(result, "number")
        if isinstance(node, exp.Add | exp.Sub) and kinds <= {"timestamp", "date", "interval"}:
            if left.type == right.type != "interval":
                return Typed(result, "interval")
            return Typed(result, "interval" if kinds == {"interval"} else "timestamp")
        raise ExpressionError(
            f"`{shorten(node)}` calculates with a {left.type} and a {right.type}", code="type-mismatch"
        )

    def _number(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner = self.resolve(node.this, frames)
        if inner.type != "number":
            raise ExpressionError(f"`{shorten(node)}` needs a number, and gets a {inner.type}", code="type-mismatch")
        return Typed(type(node)(this=inner.sql), "number")

    def _text(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner = self.resolve(node.this, frames)
        if inner.type not in {"text", "string"}:
            raise ExpressionError(f"`{shorten(node)}` needs a text, and gets a {inner.type}", code="type-mismatch")
        return Typed(type(node)(this=inner.sql), "number" if isinstance(node, exp.Length) else "text")

    def _like(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        left, right = self.resolve(node.args["this"], frames), self.resolve(node.args["expression"], frames)
        if {left.type, right.type} - {"text", "string"}:
            raise ExpressionError(f"`{shorten(node)}`: `like` compares texts")
        return Typed(type(node)(this=left.sql, expression=right.sql), "boolean")

    def _same_type(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        items = [self.resolve(item, frames) for item in [node.this, *node.expressions]]
        kinds = [item.type for item in items if item.type != "null"]
        for item in items:
            comparable(items[0], item, node)
        sqls = [item.sql for item in items]
        return Typed(type(node)(this=sqls[0], expressions=sqls[1:]), kinds[0] if kinds else "null")

    def _case(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        if node.this:
            raise ExpressionError("write `case when … then … else … end`")
        branches = [
            (self._boolean(branch.this, frames), self.resolve(branch.args["true"], frames))
            for branch in node.args["ifs"]
        ]
        default = self.resolve(node.args["default"], frames) if node.args.get("default") else Typed(exp.Null(), "null")
        for _, value in branches:
            comparable(branches[0][1], value, node)
        comparable(branches[0][1], default, node)
        ifs = [exp.If(this=condition, true=value.sql) for condition, value in branches]
        return Typed(exp.Case(ifs=ifs, default=default.sql), branches[0][1].type)


def comparable(left: Typed, right: Typed, node: exp.Expr) -> None:
    kinds = {left.type, right.type}
    if len(kinds) == 1 or "null" in kinds or kinds <= {"timestamp", "date"}:
        return
    if "string" in kinds and not kinds & {"number", "boolean", "list", "json"}:
        return
    raise ExpressionError(f"`{shorten(node)}` compares a {left.type} with a {right.type}", code="type-mismatch")
