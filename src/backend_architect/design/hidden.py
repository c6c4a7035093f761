"""Which hidden fields an expression would tell of.

A field with a `read` rule is hidden from those whom the rule refuses. A value that is made from it tells of it, unless
the value itself rests on the rule: `id = me and salary > 1000`, `case when id = me then salary * 12 end`. What is
known of every row and caller in question (the row's own read rule, a list's `where`) counts as such, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from backend_architect.design.expressions import resolve_rule, resolve_value
from backend_architect.design.implication import bare, implies
from backend_architect.design.model import Design, Field, Row
from backend_architect.design.syntax import ExpressionError, parse


@dataclass(frozen=True, slots=True)
class HiddenUse:
    """A hidden field, and the row that it belongs to."""

    row: Row
    item: Field

    @property
    def name(self) -> str:
        """The field with its table, as an expression names it."""
        return f"{self.row.plural}.{self.item.name}"

    @property
    def condition(self) -> str:
        """The field's read rule, as a part of a longer condition."""
        rule = str(self.item.read)
        return f"({rule})" if " or " in rule.lower() else rule


def rule_or_none(design: Design, row: Row | None, text: str | None, alias: str = "") -> exp.Expr | None:
    """Return a rule as a tree; None where there is none, or one that another check refuses."""
    if text is None:
        return None
    try:
        return resolve_rule(design, row, text, alias=alias)
    except (ExpressionError, RecursionError):
        return None


def known_rules(design: Design, row: Row, *texts: str | None) -> list[exp.Expr]:
    """Return those rules of a row that can be read, to be taken as true."""
    found = [rule_or_none(design, row, text) for text in texts]
    return [tree for tree in found if tree is not None]


def is_hidden(design: Design, row: Row, item: Field, known: Sequence[exp.Expr] = (), *, alias: str = "") -> bool:
    """Return whether somebody for whom all of `known` is true may be refused the field.

    A rule that cannot be read hides: another check says what is wrong with it.
    """
    if item.read is None:
        return False
    rule = rule_or_none(design, row, item.read, alias)
    return rule is None or not implies(known, rule)


def hidden_uses(
    design: Design, row: Row, text: str | None, known: Sequence[exp.Expr] = (), *, decides: bool = False
) -> tuple[HiddenUse, ...]:
    """Return the hidden fields that the value of an expression over `row` tells of, each once.

    With `decides` the value is a condition of which only one thing is seen: whether it is true.
    """
    if text is None:
        return ()
    try:
        tree = resolve_value(design, row, text).sql
    except (ExpressionError, RecursionError):
        return ()
    reader = _Reader(design, _row_variables(design, row, tree))
    return tuple({use.name: use for use in reader.uses(tree, list(known), decides=decides)}.values())


def _row_variables(design: Design, row: Row, tree: exp.Expr) -> Mapping[str, Row]:
    found: dict[str, Row] = {row.table: row}
    for select in tree.find_all(exp.Select):
        source = select.args["from_"].this
        found[source.alias_or_name] = design.rows_by_plural[source.name]
    return found


@dataclass(frozen=True)
class _Reader:
    design: Design
    rows: Mapping[str, Row]

    def uses(self, node: exp.Expr, known: list[exp.Expr], *, decides: bool) -> Iterator[HiddenUse]:
        """Yield the hidden fields in `node`; `decides` where null is as good as false."""
        if isinstance(node, exp.Column):
            yield from self._column(node, known)
        elif isinstance(node, exp.Paren):
            yield from self.uses(node.this, known, decides=decides)
        elif isinstance(node, exp.Select):
            yield from self._select(node, known)
        elif isinstance(node, exp.Case):
            yield from self._case(node, known)
        elif decides:
            yield from self._condition(node, known)
        else:
            for child in node.iter_expressions():
                yield from self.uses(child, known, decides=False)

    def _condition(self, node: exp.Expr, known: list[exp.Expr]) -> Iterator[HiddenUse]:
        """Yield what a condition tells: one that is true only for who may read a field tells nothing of it."""
        inner = bare(node)
        if inner is not node:
            yield from self.uses(inner, known, decides=True)
        elif isinstance(node, exp.And):
            yield from self.uses(node.left, [*known, node.right], decides=True)
            yield from self.uses(node.right, [*known, node.left], decides=True)
        elif isinstance(node, exp.Or):
            yield from self.uses(node.left, known, decides=True)
            yield from self.uses(node.right, known, decides=True)
        else:
            for child in node.iter_expressions():
                yield from self.uses(child, [*known, node], decides=False)

    def _select(self, node: exp.Select, known: list[exp.Expr]) -> Iterator[HiddenUse]:
        where = node.args["where"].this
        yield from self.uses(where, known, decides=True)
        for value in node.expressions:
            yield from self.uses(value, [*known, where], decides=False)

    def _case(self, node: exp.Case, known: list[exp.Expr]) -> Iterator[HiddenUse]:
        for branch in node.args["ifs"]:
            yield from self.uses(branch.this, known, decides=True)
            yield from self.uses(branch.args["true"], [*known, branch.this], decides=False)
        if node.args.get("default"):
            yield from self.uses(node.args["default"], known, decides=False)

    def _column(self, node: exp.Column, known: list[exp.Expr]) -> Iterator[HiddenUse]:
        row = self.rows.get(node.table)
        item = next((item for item in row.fields.values() if item.column == node.name), None) if row else None
        if row and item and is_hidden(self.design, row, item, known, alias=node.table):
            yield HiddenUse(row, item)


@dataclass(frozen=True)
class Guard:
    """A row seen by somebody for whom the rules in `known` are true: what is hidden from them all the same."""

    design: Design
    row: Row
    known: tuple[exp.Expr, ...] = ()

    def knowing(self, *texts: str | None) -> "Guard":
        """Return the guard for those for whom these rules of the row are true, too."""
        return Guard(self.design, self.row, (*self.known, *known_rules(self.design, self.row, *texts)))

    def hides(self, name: str) -> bool:
        """Return whether the field of this name may be refused to them."""
        item = self.row.fields.get(name)
        return item is not None and is_hidden(self.design, self.row, item, self.known)

    def uses(self, text: str | None, *, decides: bool = False) -> tuple[HiddenUse, ...]:
        """Return the hidden fields that the value of an expression would tell them of, as `hidden_uses`."""
        return hidden_uses(self.design, self.row, text, self.known, decides=decides)


def guard_of(design: Design, row: Row) -> Guard:
    """Return the guard of a row for everybody who may read it."""
    return Guard(design, row).knowing(row.allow.get("read"))


def is_never(design: Design, row: Row, text: str | None) -> bool:
    """Return whether a rule is `nobody`, by whatever name."""
    tree = rule_or_none(design, row, text)
    return isinstance(tree, exp.Boolean) and not tree.this


def names_in(text: str) -> set[str]:
    """Return the first part of each name that an expression uses."""
    try:
        return {column.parts[0].name.lower() for column in parse(text).find_all(exp.Column)}
    except (ExpressionError, RecursionError):
        return set()
