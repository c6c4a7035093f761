"""Which truth values a rule can have at all, over every caller and every row that its design allows.

Each column gets the values that can make a difference: its choices, the numbers beside those it is compared with, null
where it is optional. What is not understood (a subquery, a pattern, a path) may be anything, but the same everywhere.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from backend_architect.design.implication import canonical
from backend_architect.design.model import Design, Field, FieldType, Row

MOST_CASES = 30_000
ME, SOMEBODY, ANOTHER = "<me>", "<somebody>", "<another>"
SOMETHING = "<something>"
"""A value of which only is known that it is not null."""

COMPARED: Mapping[type[exp.Expr], Callable[[object, object], bool]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.LT: lambda a, b: float(str(a)) < float(str(b)),
    exp.LTE: lambda a, b: float(str(a)) <= float(str(b)),
    exp.GT: lambda a, b: float(str(a)) > float(str(b)),
    exp.GTE: lambda a, b: float(str(a)) >= float(str(b)),
}
TEXTS = frozenset({FieldType.TEXT, FieldType.SLUG, FieldType.EMAIL, FieldType.URL})
ORDERED = (exp.LT, exp.LTE, exp.GT, exp.GTE)
Case = dict[str, object]


def possible_values(design: Design, row: Row | None, tree: exp.Expr) -> frozenset[bool | None] | None:
    """Return the truth values that a resolved rule can have; None where there are too many cases to try."""
    rule = _Rule(design, row)
    rule.collect(tree)
    size = 1
    for values in rule.domains.values():
        size *= len(values)
        if size > MOST_CASES:
            return None
    cases = (dict(zip(rule.domains, values, strict=True)) for values in itertools.product(*rule.domains.values()))
    return frozenset(rule.value(tree, case) for case in cases if not _is_contradiction(case))


def _is_contradiction(case: Case) -> bool:
    """Return whether nobody, who has not signed in, would hold a role."""
    return case.get("me", ME) is None and any(value is True for name, value in case.items() if name.startswith("is_"))


@dataclass
class _Rule:
    design: Design
    row: Row | None
    domains: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def collect(self, node: exp.Expr) -> None:
        """Note each thing that the rule depends on, with the values to try."""
        if isinstance(node, exp.And | exp.Or):
            self.collect(node.left)
            self.collect(node.right)
        elif isinstance(node, exp.Not | exp.Paren) or _is_of_truth(node):
            self.collect(node.this)
        elif not isinstance(node, exp.Boolean | exp.Null):
            self._atom(node)

    def _atom(self, node: exp.Expr) -> None:
        operands = list(_operands(node))
        for operand in operands:
            self._operand(operand, node)
        if not self._is_evaluated(node, operands):
            self.domains.setdefault(canonical(node), (True, False) if _is_never_null(node) else (True, False, None))

    def _operand(self, node: exp.Expr, atom: exp.Expr) -> None:
        if isinstance(node, exp.Placeholder):
            self.domains["me" if node.name == "me" else node.name] = (ME, None) if node.name == "me" else (True, False)
            self.domains.setdefault("me", (ME, None))
        elif self._is_own_column(node):
            literals = [side for side in _operands(atom) if isinstance(side, exp.Literal)]
            numbers = [float(str(side.this)) for side in literals if not side.is_string]
            texts = [str(side.this) for side in literals if side.is_string]
            before = self.domains.get(node.name, ())
            made = dict.fromkeys([*before, *self._values(str(node.name), numbers, texts)])
            self.domains[str(node.name)] = tuple(made)

    def _values(self, column: str, numbers: list[float], texts: list[str]) -> Iterator[object]:
        """Yield the values of a column that can make a difference beside these literals."""
        item = next((f for f in self.row.fields.values() if f.column == column), None) if self.row else None
        if item is None:
            is_account = self.row is self.design.account
            yield from (SOMETHING,) if column != "id" else (ME, SOMEBODY) if is_account else (SOMEBODY,)
            return
        if item.optional:
            yield None
        if item.type is FieldType.BOOLEAN:
            yield from (True, False)
        elif item.type is FieldType.ONE_OF:
            yield from item.choices
        elif item.is_reference:
            people = self.design.account is not None and item.to == self.design.account.name
            yield from (ME, SOMEBODY, ANOTHER) if people else (SOMEBODY, ANOTHER)
        elif item.type in {FieldType.INTEGER, FieldType.MONEY} and numbers:
            near = [number + step for number in numbers for step in (-1, 0, 1)]
            yield from (number for number in near if _within(item, number))
        elif texts and item.type in TEXTS:
            yield from (*texts, ANOTHER)
        else:
            yield SOMETHING

    def _is_own_column(self, node: exp.Expr) -> bool:
        return isinstance(node, exp.Column) and self.row is not None and node.table == self.row.table

    def _is_evaluated(self, node: exp.Expr, operands: list[exp.Expr]) -> bool:
        """Return whether the values of the operands decide an atom; of numbers and texts only a few are tried."""
        if isinstance(node, exp.Is) and self._is_own_column(node.this.unnest()):
            return True
        columns = [operand for operand in operands if isinstance(operand, exp.Column)]
        if len(columns) > 1 and any(self._is_sampled(column) for column in columns):
            return False
        if isinstance(node, ORDERED):
            literals = [side for side in operands if isinstance(side, exp.Literal) and not side.is_string]
            numbers = [column for column in columns if self._is_number(column)]
            return len(literals) + len(numbers) == len(operands)
        return bool(operands) and all(self._is_plain(operand) for operand in operands)

    def _is_number(self, column: exp.Column) -> bool:
        return any(isinstance(value, float) for value in self.domains.get(str(column.name), ()))

    def _is_sampled(self, column: exp.Column) -> bool:
        """Return whether only some of a column's values are tried, so that two columns cannot be compared by them."""
        item = next((f for f in self.row.fields.values() if f.column == column.name), None) if self.row else None
        return self._is_number(column) or (item is not None and item.type in TEXTS)

    def _is_plain(self, node: exp.Expr) -> bool:
        """Return whether the value of an operand is known in each case."""
        if isinstance(node, exp.Literal | exp.Null | exp.Boolean | exp.Placeholder):
            return True
        return self._is_own_column(node) and SOMETHING not in self.domains.get(str(node.name), (SOMETHING,))

    def value(self, node: exp.Expr, case: Case) -> bool | None:
        """Return the truth value of the rule in one case."""
        if isinstance(node, exp.Paren):
            return self.value(node.this, case)
        if isinstance(node, exp.Not):
            inner = self.value(node.this, case)
            return None if inner is None else not inner
        if isinstance(node, exp.And | exp.Or):
            return _combined(
                self.value(node.left, case), self.value(node.right, case), decisive=isinstance(node, exp.Or)
            )
        if _is_of_truth(node):
            return (self.value(node.this, case) is bool(node.expression.this)) is not bool(node.args.get("negate"))
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Null):
            return None
        return self._atom_value(node, case)

    def _atom_value(self, node: exp.Expr, case: Case) -> bool | None:
        if canonical(node) in case and not (self._is_own_column(node) or isinstance(node, exp.Placeholder)):
            values = [self._operand_value(side, case) for side in _operands(node)]
            is_null = None in values and type(node) in COMPARED
            found = None if is_null else case[canonical(node)]
            return found if isinstance(found, bool) else None
        if isinstance(node, exp.Is):
            return (self._operand_value(node.this, case) is None) is not bool(node.args.get("negate"))
        if isinstance(node, exp.In):
            value, listed = (
                self._operand_value(node.this, case),
                [self._operand_value(i, case) for i in node.expressions],
            )
            return None if value is None else (value in listed or (None if None in listed else False))
        if type(node) in COMPARED:
            left, right = (self._operand_value(side, case) for side in _operands(node))
            return None if left is None or right is None else COMPARED[type(node)](left, right)
        value = self._operand_value(node, case)
        return value if isinstance(value, bool) else None

    def _operand_value(self, node: exp.Expr, case: Case) -> object:
        if isinstance(node, exp.Literal):
            return str(node.this) if node.is_string else float(str(node.this))
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Null):
            return None
        return case.get(str(node.name), SOMETHING) if isinstance(node, exp.Column | exp.Placeholder) else SOMETHING


def _operands(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what an atom compares; a column alone is its own operand."""
    if isinstance(node, exp.Column | exp.Placeholder):
        yield node
    elif type(node) in COMPARED:
        yield from (node.this.unnest(), node.expression.unnest())
    elif isinstance(node, exp.Is):
        yield node.this.unnest()
    elif isinstance(node, exp.In) and not node.args.get("query"):
        yield from (node.this.unnest(), *(item.unnest() for item in node.expressions))


def _is_of_truth(node: exp.Expr) -> bool:
    """Return whether the condition is `… is true` or `… is false`."""
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean)


def _is_never_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Exists | exp.Is)


def _within(item: Field, number: float) -> bool:
    return (item.min is None or number >= item.min) and (item.max is None or number <= item.max)


def _combined(left: bool | None, right: bool | None, *, decisive: bool) -> bool | None:
    if decisive in (left, right):
        return decisive
    return None if None in (left, right) else not decisive
