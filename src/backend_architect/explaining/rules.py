"""The rules of a design by the names that a person writes: `post.visible`, `post.read`, `follow.create`."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.design.model import Action, AfterUpdate, Design, Entity, FieldType, Row
from backend_architect.errors import DesignError, Problem


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule: its name, where it stands in the file, the row that it is about, and its text."""

    name: str
    path: str
    row: Row
    text: str
    action: Action | AfterUpdate | None = None


def rules_of(design: Design) -> Iterator[NamedRule]:
    """Yield every rule about a row: named ones, actions, fields' own, and computed values that are true or false."""
    for row in design.rows_by_plural.values():
        part = f"{'entities' if isinstance(row, Entity) else 'edges'}.{row.name}"
        for name, text in row.rules.items():
            yield NamedRule(f"{row.name}.{name}", f"{part}.rules.{name}", row, text)
        for action, text in row.allow.items():
            yield NamedRule(f"{row.name}.{action}", f"{part}.allow.{action}", row, text, action)
        for item in row.fields.values():
            if item.read is not None:
                yield NamedRule(f"{row.name}.{item.name}", f"{part}.fields.{item.name}.read", row, item.read)
        for computed in row.computed.values() if isinstance(row, Entity) else ():
            if computed.type is FieldType.BOOLEAN:
                yield NamedRule(f"{row.name}.{computed.name}", f"{part}.computed.{computed.name}", row, computed.sql)
    for spec in design.lists:
        if spec.where is not None and spec.of in design.entities:
            yield NamedRule(f"list {spec.name}", f"lists.{spec.name}.where", design.entities[spec.of], spec.where)


def chosen_rules(design: Design, wanted: str) -> list[NamedRule]:
    """Return the rule of this name, or all of a row's kind; raise DesignError where there is none."""
    rules = list(rules_of(design))
    plurals = {row.plural: row.name for row in design.rows_by_plural.values()}
    row, dot, name = wanted.partition(".")
    full = f"{plurals.get(row, row)}{dot}{name}"
    found = [rule for rule in rules if full in {rule.name, rule.row.name}]
    if found:
        return found
    known = [rule.name for rule in rules]
    close = difflib.get_close_matches(full, known, n=1)
    fix = f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(known[:12])}"
    raise DesignError(Problem("unknown-rule", f"there is no rule `{wanted}` in the design", fix))
