"""A design worked out once: its routes, its rules as SQL, and the shape of each entity's rows.

It walks through queries, schema and project, so that none of them works these out again. The decisions stay a value of
their own beside it: the proof reads a project without them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from backend_architect.design.expressions import Kept, resolve_rule, resolve_value
from backend_architect.design.model import Action, Design, Entity, Field, Row
from backend_architect.design.operators import Typed
from backend_architect.design.routes import Route, routes_of
from backend_architect.design.syntax import fold
from backend_architect.queries.model import Shape
from backend_architect.queries.text import StatementText, looked_up


@dataclass(frozen=True)
class ResolvedDesign:
    """A design, with the decision on each count (`kept`) and the shape of each entity's rows by its name."""

    design: Design
    kept: Kept
    shapes: Mapping[str, Shape]
    _rules: dict[tuple[str | None, str, str], exp.Expr] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every route of the API, in the order of its slices."""
        return routes_of(self.design)

    def routes_of_slice(self, plural: str) -> tuple[Route, ...]:
        """Return the routes that stand in one folder of the project."""
        return tuple(route for route in self.routes if route.slice == plural)

    def rule(self, row: Row | None, text: str, alias: str = "") -> exp.Expr:
        """Return a rule of `row`, or of the caller alone, as SQL over `alias`; a tree that may be changed."""
        key = (row.plural if row else None, text, alias)
        if key not in self._rules:
            self._rules[key] = resolve_rule(self.design, row, text, alias=alias, kept=self.kept)
        return self._rules[key].copy()

    def value(self, row: Row, text: str, alias: str = "") -> Typed:
        """Return a value computed from `row` as SQL over `alias`, with its PostgreSQL type."""
        return resolve_value(self.design, row, text, alias=alias, kept=self.kept)

    def allowed(self, row: Row, action: Action, alias: str = "", *, signed_in: bool = False) -> exp.Expr:
        """Return the rule for an action; behind a route that needs a caller, `signed_in` is known to be true."""
        text = row.allow.get(action, "nobody")
        return self.signed_in_rule(row, text, alias) if signed_in else self.rule(row, text, alias)

    def signed_in_rule(self, row: Row, text: str, alias: str = "") -> exp.Expr:
        """Return a rule as SQL over `alias`, where the caller is known to have signed in."""
        return fold(without_signed_in(self.rule(row, text, alias)))

    def may_read(self, statement: StatementText, entity: Entity, indent: int = 0) -> str:
        """Return the read rule of an entity's own row as text: the shape's shared text, or a short condition."""
        if self.shape(entity).readable:
            return "{READABLE}"
        return conditions(statement, looked_up(self.allowed(entity, "read")), indent=indent)

    def readable(self, item: Field, alias: str) -> exp.Expr:
        """Return whether the row that `item` of `alias` points at exists and may be read by the caller."""
        target = self.design.entities[item.to or ""]
        inner = self.allowed(target, "read", f"{item.name}_target")
        joined = exp.EQ(this=column(f"{item.name}_target", "id"), expression=column(alias, item.column))
        query = exp.Select(expressions=[exp.Literal.number(1)]).from_(aliased(target.table, f"{item.name}_target"))
        return exp.Exists(this=query.where(all_of(joined, inner)))

    def shape(self, entity: Entity) -> Shape:
        """Return the shape of an entity's rows."""
        return self.shapes[entity.name]

    def statement(self, entity: Entity) -> StatementText:
        """Return a statement whose first parameters are those that the entity's shape uses."""
        return StatementText(self.shape(entity).viewer)


def column(alias: str, name: str) -> exp.Column:
    """Return `alias.name` as SQL."""
    return exp.column(exp.to_identifier(name), table=exp.to_identifier(alias))


def aliased(table: str, alias: str) -> exp.Table:
    """Return `table AS alias` as SQL."""
    return exp.Table(this=exp.to_identifier(table), alias=exp.TableAlias(this=exp.to_identifier(alias)))


def conditions(statement: StatementText, *trees: exp.Expr, indent: int = 0) -> str:
    """Return the conditions that are not simply true, each on a line of its own, joined by AND."""
    texts = []
    for tree in trees:
        folded = fold(tree)
        if isinstance(folded, exp.Boolean) and folded.this:
            continue
        for part in _parts(folded):
            wrapped = exp.Paren(this=part) if isinstance(part, exp.Or) else part
            texts.append(statement.rule(wrapped, indent + 2))
    return f"\n{' ' * indent}  AND ".join(texts) or "true"


def without_signed_in(tree: exp.Expr) -> exp.Expr:
    """Return the rule with `signed_in` taken as true."""

    def replace(node: exp.Expr) -> exp.Expr:
        return exp.Boolean(this=True) if is_signed_in(node) else node

    return tree.copy().transform(replace)


def is_signed_in(node: exp.Expr) -> bool:
    """Return whether the node is `signed_in`: the caller is known."""
    is_present = isinstance(node, exp.Is) and bool(node.args.get("negate")) and isinstance(node.expression, exp.Null)
    return is_present and isinstance(node.this, exp.Placeholder) and node.this.name == "me"


def hops(tree: exp.Expr) -> set[str]:
    """Return the relations of the base row through which a rule looks."""
    return {node.meta["hop"][1] for node in tree.find_all(exp.Exists, exp.Subquery) if "hop" in node.meta}


def hops_of(tree: exp.Expr, alias: str) -> set[str]:
    """Return the relations of the row under an alias through which a rule looks."""
    found = (node.meta["hop"] for node in tree.find_all(exp.Exists, exp.Subquery) if "hop" in node.meta)
    return {hop[1] for hop in found if hop[0] == alias}


def _parts(tree: exp.Expr) -> list[exp.Expr]:
    tree = tree.unnest() if isinstance(tree, exp.Paren) else tree
    return [*_parts(tree.left), *_parts(tree.right)] if isinstance(tree, exp.And) else [tree]


def all_of(*trees: exp.Expr) -> exp.Expr:
    """Return the conditions joined by AND, without those that are simply true; true where none is left."""
    return _joined(exp.And, trees, neutral=True)


def any_of(*trees: exp.Expr) -> exp.Expr:
    """Return the conditions joined by OR, without those that are simply false; false where none is left."""
    return _joined(exp.Or, trees, neutral=False)


def _joined(kind: type[exp.And] | type[exp.Or], trees: tuple[exp.Expr, ...], *, neutral: bool) -> exp.Expr:
    kept = [tree for tree in trees if not (isinstance(tree, exp.Boolean) and bool(tree.this) is neutral)]
    if not kept:
        return exp.Boolean(this=neutral)
    if len(kept) > 1 and kind is exp.And:  # the printer writes the tree as it stands: AND binds closer than OR
        kept = [exp.Paren(this=tree) if isinstance(tree, exp.Or) else tree for tree in kept]
    found = kept[0]
    for tree in kept[1:]:
        found = kind(this=found, expression=tree)
    return found
