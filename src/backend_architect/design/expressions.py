"""Rules and values of a design, resolved: SQL text in, a qualified SQL tree out.

Every name is looked up in the design and becomes a column, a parameter, another rule or a subquery; whatever is not on
the list of allowed SQL is refused. The caller stays a named parameter (`me`, `is_moderator`).
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlglot import exp

from backend_architect.design.grammar import rebuilt
from backend_architect.design.model import Design, Entity, Row, RowAction
from backend_architect.design.names import safe_name
from backend_architect.design.operators import TIMESTAMP, Frame, Operators, Typed, comparable, said
from backend_architect.design.overflow import COUNTED, field_magnitude
from backend_architect.design.postgres_types import column_type, settled
from backend_architect.design.syntax import ALLOWED, ExpressionError, fold, parse, shorten

Kept = Callable[[str, str], bool]
"""Tells whether a count (entity, count) is kept in a column; a count that is not is computed by a subquery."""

MAX_DEPTH = 12


def resolve_rule(
    design: Design,
    row: Row | None,
    text: str,
    *,
    alias: str = "",
    kept: Kept | None = None,
    takes: Entity | None = None,
) -> exp.Expr:
    """Return the rule as a boolean SQL tree over `alias` (default: the row's table); `row` is None for route rules.

    The tree is for a WHERE: it may be false where the rule itself is unknown, but is never true there. `takes` is what
    an action takes, as a row of its own (`taken_row`).

    Raises:
        ExpressionError: the text is no SQL, names what does not exist, is not boolean, or uses SQL that is not allowed.

    """
    resolved = _resolved(design, row, text, alias=alias, kept=kept, takes=takes, unknown_is_false=True)
    if resolved.type != "boolean":
        raise ExpressionError(
            f"this is a {said(resolved)}, where a rule must be true or false", "compare it: … = …", "rule-not-boolean"
        )
    return fold(resolved.sql)


def resolve_value(
    design: Design,
    row: Row | None,
    text: str,
    *,
    alias: str = "",
    kept: Kept | None = None,
    takes: Entity | None = None,
) -> Typed:
    """Return the expression as an SQL tree with its PostgreSQL type; names, raises and arguments as `resolve_rule`."""
    return _resolved(design, row, text, alias=alias, kept=kept, takes=takes, unknown_is_false=False)


TAKES = "takes"
"""The row of what an action takes: its alias, and its name in an expression where the bare name is another row's."""


def taken_row(entity: Entity, action: RowAction) -> Entity | None:
    """Return what an action takes beside the row's own fields, as a row whose names expressions may use."""
    return Entity(f"{entity.name}.{action.name}", TAKES, action.takes) if action.takes else None


def _resolved(
    design: Design,
    row: Row | None,
    text: str,
    *,
    alias: str,
    kept: Kept | None,
    unknown_is_false: bool,
    takes: Entity | None = None,
) -> Typed:
    own = (Frame(row, alias or row.table),) if row else ()
    frames = (*((Frame(takes, TAKES),) if takes else ()), *own)
    taken = {frame.alias: 1 for frame in frames}
    resolver = _Resolver(design, kept or (lambda _entity, _count: False), unknown_is_false, taken)
    return resolver.resolve(parse(text), frames)


def members(row: Row) -> tuple[str, ...]:
    """Return every name an expression may use of a row."""
    if row.plural == TAKES:
        return tuple(row.fields)
    implied = ("id", "created_at", "updated_at") if isinstance(row, Entity) else ("created_at",)
    derived = (*row.counts, *row.computed) if isinstance(row, Entity) else ()
    return (*row.fields, *implied, *derived, *row.rules)


THIS = "this"
"""The row that a rule belongs to, also within a subquery over the same table."""
_SPECIAL = ("me", "signed_in", "anyone", "nobody", THIS)
_AGGREGATES = (exp.Count, exp.Sum, exp.Min, exp.Max, exp.Avg)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)
_SAME_TYPE = (exp.Coalesce, exp.Greatest, exp.Least)
_TRANSPARENT = (exp.And, exp.Or, exp.Paren, exp.Column)
"""What is unknown only where a part of it is: a part that is false instead makes it false, never true."""


@dataclass
class _Resolver(Operators):
    design: Design
    kept: Kept
    unknown_is_false: bool
    taken: dict[str, int] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    in_subquery: int = 0

    def resolve(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        """Return `node` with every name replaced; the first frame is the innermost row."""
        for kinds, method in self._methods().items():
            if isinstance(node, kinds):
                with self._where_unknown_is_false(self.unknown_is_false and isinstance(node, _TRANSPARENT)):
                    return method(node, frames)
        raise ExpressionError(
            f"`{shorten(node)}` is not allowed in a rule",
            ALLOWED,
            "forbidden-sql",
        )

    def _methods(self) -> Mapping[tuple[type, ...], Callable[[exp.Expr, tuple[Frame, ...]], Typed]]:
        return {
            (exp.Column,): self._column,
            (exp.Paren,): self._paren,
            (exp.And, exp.Or): self._connective,
            (exp.Not,): self._not,
            _COMPARISONS: self._comparison,
            (exp.Between,): self._between,
            (exp.Is,): self._is,
            (exp.In,): self._in,
            (exp.Exists,): self._exists,
            (exp.Subquery,): self._scalar,
            (exp.Literal, exp.Boolean, exp.Null): self._literal,
            (exp.Interval, exp.CurrentTimestamp, exp.CurrentDate): self._constant,
            _ARITHMETIC: self._arithmetic,
            (exp.Neg,): self._negative,
            (exp.Abs, exp.Lower, exp.Upper, exp.Length): self._function,
            (exp.Like, exp.ILike): self._like,
            _SAME_TYPE: self._same_type,
            _AGGREGATES: self._aggregate,
            (exp.Case,): self._case,
        }

    def _column(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        assert isinstance(node, exp.Column)
        parts = [part.name for part in node.parts]
        if len(parts) == 1 and (special := self._special(parts[0])):
            return special
        if parts[0] == THIS and frames:
            if len(parts) == 1:
                raise ExpressionError("`this` is the row itself", "write one of its names: `this.…`", "unknown-name")
            return self._member(frames[-1], parts[1:])
        for frame in frames:
            if len(parts) > 1 and parts[0] == frame.row.plural:
                return self._member(frame, parts[1:])
            if parts[0] in members(frame.row):
                return self._member(frame, parts)
        raise self._unknown(parts[0], frames)

    def _special(self, name: str) -> Typed | None:
        if name in {"anyone", "nobody"}:
            return Typed(exp.Boolean(this=name == "anyone"), "boolean")
        if name not in {"me", "signed_in"} and (self.design.auth is None or name not in self.design.auth.roles):
            return None
        if self.design.auth is None:
            raise ExpressionError(
                f"`{name}` needs accounts, and this design has no `auth`", "add `auth: {account: user}`", "needs-auth"
            )
        if name == "me":
            return Typed(exp.Placeholder(this="me"), "uuid")
        if name == "signed_in":
            return Typed(exp.Is(this=exp.Placeholder(this="me"), expression=exp.Null(), negate=True), "boolean")
        return Typed(exp.Placeholder(this=f"is_{name}"), "boolean")

    def _member(self, frame: Frame, parts: list[str]) -> Typed:
        name, rest = parts[0], parts[1:]
        if name not in members(frame.row):
            raise self._unknown(name, (frame,))
        if rest:
            return self._hop(frame, name, rest)
        item = frame.row.fields.get(name)
        if item:
            column = _column(frame.alias, item.column)
            return Typed(column, column_type(item), item.choices, field_magnitude(item))
        if name in {"id", "created_at", "updated_at"}:
            return Typed(_column(frame.alias, name), "uuid" if name == "id" else TIMESTAMP)
        if isinstance(frame.row, Entity) and name in frame.row.counts:
            return Typed(self._count(frame, name), "bigint", most=COUNTED)
        return self._named(frame, name)

    def _named(self, frame: Frame, name: str) -> Typed:
        computed = frame.row.computed.get(name) if isinstance(frame.row, Entity) else None
        text = computed.sql if computed else frame.row.rules[name]
        with self._entered(f"{frame.row.name}.{name}"):
            inner = self.resolve(parse(text), (frame,))
        if computed:
            return replace(inner, type=settled(inner.type))
        if inner.type != "boolean":
            raise ExpressionError(
                f"rule `{name}` is a {said(inner)}, where a rule must be true or false", code="rule-not-boolean"
            )
        is_joined = isinstance(inner.sql, exp.And | exp.Or)
        return Typed(fold(exp.Paren(this=inner.sql) if is_joined else inner.sql), "boolean")

    @contextmanager
    def _entered(self, name: str) -> Iterator[None]:
        if name in self.path:
            raise ExpressionError(
                f"rules go round in a circle: {' → '.join([*self.path, name])}", "break the circle", "rules-in-a-circle"
            )
        if len(self.path) >= MAX_DEPTH:
            raise ExpressionError(f"rules are nested deeper than {MAX_DEPTH}", "write the rule out where it is used")
        self.path.append(name)
        yield
        self.path.pop()

    def _hop(self, frame: Frame, name: str, rest: list[str]) -> Typed:
        item = frame.row.fields.get(name)
        if item is None or item.to is None:
            raise ExpressionError(f"`{name}` of {frame.row.name} is no relation, so it has no `{rest[0]}`")
        target = self.design.entities.get(item.to)
        if target is None:
            raise ExpressionError(
                f"`{name}` points to `{item.to}`, which is no entity",
                _meant(item.to, self.design.entities),
                "unknown-entity",
            )
        here = _column(frame.alias, item.column)
        if rest == ["id"]:
            return Typed(here, "uuid")
        alias = self._alias(name)
        inner = self._member(Frame(target, alias), rest)
        inner_sql = fold(inner.sql)
        if inner.type == "boolean" and isinstance(inner_sql, exp.Boolean):
            return Typed(self._known(inner_sql, here, optional=item.optional), "boolean")
        joined = exp.EQ(this=_column(alias, "id"), expression=here)
        source = exp.Table(this=exp.to_identifier(target.table), alias=exp.TableAlias(this=exp.to_identifier(alias)))
        if inner.type == "boolean" and self.unknown_is_false:
            query = (
                exp.Select(expressions=[exp.Literal.number(1)])
                .from_(source, copy=False)
                .where(exp.and_(joined, inner_sql), copy=False)
            )
            found: exp.Expr = exp.Exists(this=query)
        else:  # no row, no value: EXISTS would be false, and true under a negation
            query = exp.Select(expressions=[inner.sql]).from_(source, copy=False).where(joined, copy=False)
            found = exp.Subquery(this=query)
        found.meta["hop"] = (frame.alias, name, alias)
        return replace(inner, sql=found, type=settled(inner.type))

    def _known(self, value: exp.Boolean, reference: exp.Expr, *, optional: bool) -> exp.Expr:
        """Return what a rule that is always true or false says of a related row: a missing row makes it unknown."""
        known = exp.Boolean(this=bool(value.this))
        if not optional:
            return known
        present = exp.Is(this=reference, expression=exp.Null(), negate=True)
        if self.unknown_is_false:
            return present if value.this else known
        return exp.Case(ifs=[exp.If(this=present, true=known)])

    def _count(self, frame: Frame, name: str) -> exp.Expr:
        assert isinstance(frame.row, Entity)
        count = frame.row.counts[name]
        if self.kept(frame.row.name, name):
            return _column(frame.alias, f"{name}_count")
        source = self.design.rows_by_plural.get(count.source)
        if source is None or count.via not in source.fields:
            raise ExpressionError(
                f"count `{name}` counts `{count.source}.{count.via}`, which does not exist", code="unknown-count"
            )
        alias = self._alias(source.table)
        where = exp.EQ(this=_column(alias, source.fields[count.via].column), expression=_column(frame.alias, "id"))
        query = exp.Select(expressions=[exp.Count(this=exp.Star())]).from_(_aliased(source.table, alias)).where(where)
        return exp.Subquery(this=query)

    def _alias(self, name: str) -> str:
        """Return a name that no other row variable of this expression has, and that SQL does not reserve."""
        name = safe_name(name)
        seen = self.taken.get(name, 0)
        self.taken[name] = seen + 1
        return name if not seen else f"{name}_{seen + 1}"

    def _in(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        query = node.args.get("query")
        if query is None:
            return self._listed(node, frames)
        value = self.resolve(node.this, frames)
        inner, selected = self._select(
            query.this if isinstance(query, exp.Subquery) else query, frames, wants_value=True
        )
        comparable("=", value, replace(selected, sql=exp.Subquery(this=inner)), node)
        return Typed(rebuilt(node, this=value.sql, query=exp.Subquery(this=inner), expressions=[]), "boolean")

    def _exists(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner, _ = self._select(node.this, frames, wants_value=False)
        return Typed(rebuilt(node, this=inner), "boolean")

    def _scalar(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        inner, selected = self._select(node.this, frames, wants_value=True)
        if not any(isinstance(inner.expressions[0].find(*_AGGREGATES), kinds) for kinds in _AGGREGATES):
            raise ExpressionError(f"`{shorten(node)}` may return many rows", "use an aggregate, `exists` or `in`")
        return replace(selected, sql=rebuilt(node, this=inner), choices=())

    def _select(self, node: exp.Expr, frames: tuple[Frame, ...], *, wants_value: bool) -> tuple[exp.Select, Typed]:
        if not isinstance(node, exp.Select):
            message = f"`{shorten(node)}`: a subquery is `select … from <plural> where …`"
            raise ExpressionError(message, "select from one plural, with a `where`", "wrong-subquery")
        table = node.args["from_"].this if node.args.get("from_") else None
        if not isinstance(table, exp.Table):
            message = f"`{shorten(node)}`: a subquery reads from one plural"
            raise ExpressionError(message, "name one plural after `from`", "wrong-subquery")
        row = self.design.rows_by_plural.get(table.name.lower())
        if row is None:
            raise ExpressionError(
                f"`{table.name}` is no plural of an entity or edge",
                _meant(table.name, self.design.rows_by_plural),
                "unknown-name",
            )
        if node.args.get("where") is None:
            raise ExpressionError(
                f"`{shorten(node)}` reads all {row.plural}", "tie it to the row with `where`", "wrong-subquery"
            )
        return self._select_from(node, row, frames, wants_value=wants_value)

    def _select_from(
        self, node: exp.Select, row: Row, frames: tuple[Frame, ...], *, wants_value: bool
    ) -> tuple[exp.Select, Typed]:
        outer = {frame.alias for frame in frames}
        alias = self._alias(row.table)
        while alias in outer:
            alias = self._alias(row.table)
        inner_frames = (Frame(row, alias), *frames)
        self.in_subquery += 1
        one = [Typed(exp.Literal.number(1), "integer")]
        values = [self.resolve(value, inner_frames) for value in node.expressions] if wants_value else one
        with self._where_unknown_is_false(True):
            where = self._boolean(node.args["where"].this, inner_frames)
        self.in_subquery -= 1
        if wants_value and len(values) != 1:
            raise ExpressionError(f"`{shorten(node)}` must select one value")
        query = exp.Select(expressions=[value.sql for value in values]).from_(_aliased(row.table, alias))
        return query.where(fold(where)), replace(values[0], type=settled(values[0].type))

    def _aggregate(self, node: exp.Expr, frames: tuple[Frame, ...]) -> Typed:
        if not self.in_subquery:
            raise ExpressionError(
                f"`{shorten(node)}`: an aggregate stands in a subquery", "(select sum(…) from … where …)"
            )
        if isinstance(node.this, exp.Star):
            return Typed(node.copy(), "bigint", most=COUNTED)
        return self._function(node, frames)

    def _unknown(self, name: str, frames: tuple[Frame, ...]) -> ExpressionError:
        roles = self.design.auth.roles if self.design.auth else ()
        known = [*(m for frame in frames for m in members(frame.row)), *_SPECIAL, *roles]
        where = f" in {frames[0].row.name}" if frames else ""
        return ExpressionError(f"`{name}` is not known{where}", _meant(name, known), "unknown-name")


def _column(alias: str, name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name), table=exp.to_identifier(alias))


def _aliased(table: str, alias: str) -> exp.Table:
    named = exp.TableAlias(this=exp.to_identifier(alias)) if alias != table else None
    return exp.Table(this=exp.to_identifier(table), alias=named)


def _meant(name: str, known: "Mapping[str, object] | list[str]") -> str:
    close = difflib.get_close_matches(name.lower(), list(known), n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    listed = ", ".join(sorted(set(known))[:12])
    return f"known: {listed}" if listed else ""
