"""What a row of an entity looks like in every answer: its fields, related rows, counts and computed values."""

from dataclasses import replace

from sqlglot import exp

from backend_architect.design.expressions import Kept, members, resolve_rule, resolve_value
from backend_architect.design.model import MAX_EXACT, WHOLE, Computed, Design, Entity, Field, FieldType
from backend_architect.design.mutable_values import changed_by_effects
from backend_architect.design.names import safe_name
from backend_architect.design.operators import Typed
from backend_architect.design.python_names import nested_class
from backend_architect.design.syntax import conjuncts, parse
from backend_architect.design.viewer_values import unknown_to_nobody
from backend_architect.queries.model import Nested, Output, Shape
from backend_architect.queries.rows import SQL_TYPES
from backend_architect.queries.text import StatementText, listed, looked_up, placeholders

CARD_TEXT = 100
"""A related row shows its texts up to this length, unless the relation says what to `show`."""

PYTHON_TYPES = {
    FieldType.INTEGER: "int",
    FieldType.MONEY: "int",
    FieldType.DECIMAL: "Decimal",
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "datetime",
    FieldType.DURATION: "timedelta",
    FieldType.UUID: "UUID",
    FieldType.JSON: "Json",
    FieldType.REFERENCE: "UUID",
}


def python_type(item: Field) -> str:
    """Return the Python type of a field's value, without `None`."""
    if item.type is FieldType.ONE_OF:
        return "Literal[" + ", ".join(f'"{choice}"' for choice in item.choices) + "]"
    if item.type is FieldType.LIST:
        return f"list[{PYTHON_TYPES.get(item.item or FieldType.TEXT, 'str')}]"
    return PYTHON_TYPES.get(item.type, "str")


def build_shape(design: Design, entity: Entity, kept: Kept) -> Shape:
    """Return how rows of `entity` are selected and answered, for every statement of its slice."""
    builder = _ShapeBuilder(design, entity, kept)
    return builder.build()


def card_fields(design: Design, target: Entity, item: Field) -> tuple[Field, ...]:
    """Return the fields of a related row that an answer shows beside its id.

    What effects change is left out: the answer to a creation would still show it as it was before.
    """
    if item.show is not None:
        return tuple(target.fields[name] for name in item.show if name in target.fields)
    changing = {name for entity, name in changed_by_effects(design) if entity == target.name}
    return tuple(f for f in target.fields.values() if _fits_card(f) and f.name not in changing)


def _fits_card(item: Field) -> bool:
    if item.read or item.is_reference or item.type in {FieldType.JSON, FieldType.LIST, FieldType.FILE}:
        return False
    return item.type is not FieldType.TEXT or item.length[1] <= CARD_TEXT


class _ShapeBuilder:
    def __init__(self, design: Design, entity: Entity, kept: Kept) -> None:
        self.design = design
        self.entity = entity
        self.kept = kept
        self.of_viewer = unknown_to_nobody(design, entity)
        self.table = entity.table
        self.statement = StatementText()
        self.columns: list[str] = []
        self.joins: list[str] = []
        self.outputs: list[Output | Nested] = []

    def build(self) -> Shape:
        self._number_viewer()
        self._plain("id", "UUID")
        for item in self.entity.fields.values():
            if item.is_reference:
                self._related(item)
            else:
                self._stored(item)
        for name in self.entity.counts:
            self._count(name)
        for computed in self.entity.computed.values():
            self._computed(computed)
        self._plain("created_at", "datetime")
        self._plain("updated_at", "datetime")
        names = tuple(param.name for param in self.statement.params)
        return Shape(tuple(self.outputs), listed(self.columns, 4), "\n".join(self.joins), names, self._readable())

    def _readable(self) -> str:
        """Return the read rule where it is long, and all of its parameters are numbered already."""
        tree = looked_up(self._rule(self.entity.allow.get("read", "nobody"))).unnest()
        known = {param.name for param in self.statement.params}
        if not set(placeholders(tree)) <= known:
            return ""
        text = self.statement.rule(exp.Paren(this=tree) if isinstance(tree, exp.And | exp.Or) else tree)
        return text if "\n" in text else ""

    def _number_viewer(self) -> None:
        """Number the viewer's parameters before any text is written: `me` is $1 wherever it is used."""
        used: set[str] = {"me"} if self.of_viewer else set()
        for tree in self._trees():
            used |= set(placeholders(tree))
        for name in sorted(used, key=lambda name: (name != "me", name)):
            self.statement.viewer(name)

    def _trees(self) -> list[exp.Expr]:
        rules = [self._rule(item.read) for item in self.entity.fields.values() if item.read]
        reads = [tree for item in self.entity.references if (tree := self._join_rule(item)) is not None]
        return rules + reads + [self._value(computed.sql) for computed in self.entity.computed.values()]

    def _rule(self, text: str) -> exp.Expr:
        return resolve_rule(self.design, self.entity, text, kept=self.kept)

    def _value(self, text: str) -> exp.Expr:
        return resolve_value(self.design, self.entity, text, kept=self.kept).sql

    def _join_rule(self, item: Field) -> exp.Expr | None:
        """Return the rule under which a related row is shown; None where who sees this row may see that one."""
        target = self.design.entities[item.to or ""]
        text = target.allow.get("read", "nobody")
        if self._implied_by_own_rule(item, text):
            return None
        tree = resolve_rule(self.design, target, text, alias=self._alias(item), kept=self.kept)
        return None if isinstance(tree, exp.Boolean) and tree.this else tree

    def _implied_by_own_rule(self, item: Field, text: str) -> bool:
        """Return whether this entity's read rule contains `<relation>.<rule>` for just that rule of the target."""
        own = conjuncts(parse(self.entity.allow.get("read", "nobody")))
        return any(part.sql() == f"{item.name}.{text.strip()}" for part in own if isinstance(part, exp.Column))

    def _plain(self, name: str, python: str) -> None:
        self.columns.append(f"{self.table}.{name}")
        self.outputs.append(Output(name, python, f"{self.table}.{name}", name))

    def _stored(self, item: Field) -> None:
        sql = f"{self.table}.{item.name}"
        if item.read:
            sql = f"CASE WHEN {self.statement.rule(self._rule(item.read), 4)} THEN {sql} END"
        optional = " | None" if item.optional or item.read else ""
        self.columns.append(f"{sql} AS {item.name}" if item.read else sql)
        self.outputs.append(Output(item.name, python_type(item) + optional, sql, item.name, is_file=_is_file(item)))

    def _related(self, item: Field) -> None:
        alias = self._alias(item)
        target = self.design.entities[item.to or ""]
        rules = [self._rule(item.read)] if item.read else []
        rules += [rule for rule in [self._join_rule(item)] if rule is not None]
        optional = item.optional or bool(rules)
        shown = [
            Output(f.name, _optional(f), "", "", is_file=_is_file(f)) for f in card_fields(self.design, target, item)
        ]
        labelled = [Output("id", "UUID", "", ""), *shown]
        outputs = [replace(o, sql=f"{alias}.{o.name}", label=self._label(item, o.name)) for o in labelled]
        self.columns += [f"{output.sql} AS {output.label}" for output in outputs]
        condition = f"{alias}.id = {self.table}.{item.column}"
        for rule in rules:
            wrapped = exp.Paren(this=rule) if isinstance(rule, exp.Or) else rule
            condition += f"\n    AND {self.statement.rule(wrapped, 4)}"
        named = f"{target.table} AS {alias}" if alias != target.table else alias
        self.joins.append(f"{'LEFT JOIN' if optional else 'JOIN'} {named} ON {condition}")
        name = nested_class(self.entity.name, item.name)
        self.outputs.append(Nested(item.name, name, optional, tuple(outputs)))

    def _alias(self, item: Field) -> str:
        return safe_name(item.name, self.design.rows_by_plural)

    def _label(self, item: Field, name: str) -> str:
        """Return what a related row's value is called in the result; `__` stands in no name of a design."""
        label = f"{item.name}_{name}"
        others = [other.name for other in self.entity.references if other is not item]
        is_taken = label in members(self.entity) or any(label.startswith(f"{other}_") for other in others)
        return f"{item.name}__{name}" if is_taken else label

    def _count(self, name: str) -> None:
        tree = self._value(name)
        self.columns.append(f"{self.statement.rule(tree, 4)} AS {name}")
        self.outputs.append(Output(name, "int", "", name))

    def _computed(self, computed: Computed) -> None:
        value = resolve_value(self.design, self.entity, computed.sql, kept=self.kept)
        tree = value.sql
        is_of_viewer = computed.name in self.of_viewer
        text = self.statement.rule(tree, 8 if is_of_viewer else 4)
        python = PYTHON_TYPES.get(computed.type, "str")
        if python == "bool":  # for somebody who has not signed in, a comparison with `me` is null
            text = text if isinstance(tree, exp.Exists) else f"coalesce({text}, false)"
        else:  # PostgreSQL sums bigint to numeric
            wrapped = text if isinstance(tree, exp.Subquery | exp.Paren) else f"({text})"
            is_safe = always_fits(computed.type, value)
            text = _as_type(computed.type, wrapped, is_safe=is_safe)
            python += "" if is_safe and _never_null(tree) else " | None"
        if is_of_viewer:
            text = f"CASE WHEN {self.statement.viewer('me')}::uuid IS NOT NULL\n        THEN {text} END"
            python = f"{python.removesuffix(' | None')} | None"
        self.columns.append(f"{text} AS {computed.name}")
        self.outputs.append(Output(computed.name, python, text, computed.name))


def always_fits(kind: FieldType, value: Typed) -> bool:
    """Return whether a computed value can be answered, whatever is stored."""
    if kind in WHOLE:
        return value.most is not None and value.most <= MAX_EXACT
    is_made = value.sql.find(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Sum) is not None
    return kind not in {FieldType.DATE, FieldType.TIMESTAMP, FieldType.DURATION} or not is_made


def _as_type(kind: FieldType, text: str, *, is_safe: bool) -> str:
    """Return the value as the type that the answer has; null where it does not fit (PostgreSQL sums to numeric)."""
    if is_safe:
        return f"{text}::{SQL_TYPES.get(kind, 'text')}"
    return f"fitting({text})" if kind in WHOLE else f"fitting({text}::{SQL_TYPES[kind]})"


def _never_null(tree: exp.Expr) -> bool:
    """Return whether an expression has a value for every row: a count, or what falls back on something."""
    value = tree.this.expressions[0] if isinstance(tree, exp.Subquery) else tree
    return isinstance(value, exp.Count | exp.Coalesce)


def _is_file(item: Field) -> bool:
    return item.type is FieldType.FILE


def _optional(item: Field) -> str:
    return python_type(item) + (" | None" if item.optional else "")
