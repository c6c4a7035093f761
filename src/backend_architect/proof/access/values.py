"""What an answer shows of a row, compared with what the rules let the caller see: fields, cards, counts, values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from backend_architect.design.model import Computed, Entity, Field, FieldType
from backend_architect.design.viewer_values import unknown_to_nobody
from backend_architect.errors import ArchitectError
from backend_architect.postgres import Refused
from backend_architect.proof.access.facts import RememberedAnswers
from backend_architect.proof.access.personas import Persona

UNCOMPARED = frozenset({FieldType.FILE, FieldType.DURATION})
"""Types that answers write in another way than the table; only whether there is a value is compared."""
COMPARED = frozenset({FieldType.INTEGER, FieldType.MONEY, FieldType.DECIMAL, FieldType.TEXT, FieldType.SLUG})
"""The types of computed values that can be written into a rule."""
Item = Mapping[str, object]


def wrong_values(facts: RememberedAnswers, persona: Persona, entity: Entity, item: object) -> list[str]:
    """Return what is wrong with one row of an answer, in words."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return ["the answer has no row"]
    stored = facts.row(entity, item["id"])
    if stored is None:
        return [f"there is no row {item['id']}"]
    return [
        *_wrong_fields(facts, persona, entity, item, stored),
        *_wrong_counts(facts, entity, item),
        *_wrong_computed(facts, persona, entity, item),
    ]


def _wrong_fields(
    facts: RememberedAnswers, persona: Persona, entity: Entity, item: Item, stored: Item
) -> Iterator[str]:
    identity = str(item["id"])
    for each in entity.fields.values():
        actual, value = item.get(each.name), stored.get(each.column)
        if each.read and not facts.holds(persona, entity, each.read, identity):
            if actual is not None:
                yield f"{each.name} is {shown(actual)}, and its read rule refuses it"
        elif each.is_reference:
            yield from _wrong_card(facts, persona, each, actual, value)
        elif not _alike(each, actual, value):
            yield f"{each.name} is {shown(actual)}, not {shown(value)}"


def _wrong_card(
    facts: RememberedAnswers, persona: Persona, each: Field, actual: object, target: object
) -> Iterator[str]:
    """Say what is wrong with the related row in an answer: it is null where the caller may not read it."""
    entity = facts.design.entities[each.to or ""]
    if target is None or not facts.may(persona, entity, str(target)):
        if actual is not None:
            why = "it points nowhere" if target is None else "the caller may not read it"
            yield f"{each.name} is {shown(actual)}, and {why}"
        return
    if not isinstance(actual, dict) or actual.get("id") != target:
        yield f"{each.name} is {shown(actual)}, not the row {target}"
        return
    stored = facts.row(entity, str(target)) or {}
    for name, value in actual.items():
        field = entity.fields.get(name)
        if name != "id" and each.show is not None and name not in each.show:
            yield f"{each.name}.{name} is shown, and the design does not show it"
        elif field and field.read and not facts.holds(persona, entity, field.read, str(target)):
            if value is not None:
                yield f"{each.name}.{name} is {shown(value)}, and its read rule refuses it"
        elif field and not field.is_reference and not _alike(field, value, stored.get(field.column)):
            yield f"{each.name}.{name} is {shown(value)}, not {shown(stored.get(field.column))}"


def _wrong_counts(facts: RememberedAnswers, entity: Entity, item: Item) -> Iterator[str]:
    for count in entity.counts.values():
        real = facts.count(entity, count, str(item["id"]))
        if item.get(count.name) != real:
            yield f"{count.name} is {shown(item.get(count.name))}, and there are {real}"


def _wrong_computed(facts: RememberedAnswers, persona: Persona, entity: Entity, item: Item) -> Iterator[str]:
    identity = str(item["id"])
    unknown = unknown_to_nobody(facts.design, entity) if persona.me is None else frozenset()
    for each in entity.computed.values():
        actual = item.get(each.name)
        if each.name in unknown:
            if actual is not None:
                yield f"{each.name} is {shown(actual)}, and nobody has signed in of whom it could tell"
        elif each.type is FieldType.BOOLEAN:
            real = facts.holds(persona, entity, each.sql, identity)
            if actual is not real:
                yield f"{each.name} is {shown(actual)}, and what it is computed from says {shown(real)}"
        elif each.type in COMPARED and not _is_computed(facts, persona, entity, each, (identity, actual)):
            yield f"{each.name} is {shown(actual)}, and not what it is computed from"


def _is_computed(
    facts: RememberedAnswers, persona: Persona, entity: Entity, each: Computed, actual: tuple[str, object]
) -> bool:
    """Return whether the computed value of the row with this id is the one that came."""
    identity, value = actual
    text = "'" + value.replace("'", "''") + "'" if isinstance(value, str) and not _is_number(each.type) else value
    sql = each.sql if each.sql.startswith("(select ") else f"({each.sql})"
    rule = f"{sql} is null" if value is None else f"{sql} = {text}"
    try:
        return facts.holds(persona, entity, rule, identity)
    except (ArchitectError, Refused):
        return True  # a value that cannot be written into a rule is not compared


def _is_number(kind: FieldType) -> bool:
    return kind in {FieldType.INTEGER, FieldType.MONEY, FieldType.DECIMAL}


def _alike(each: Field, actual: object, stored: object) -> bool:
    """Return whether an answer's value is the stored one, which PostgreSQL writes in its own way."""
    if each.type is FieldType.LIST and isinstance(actual, list) and isinstance(stored, list):
        item = replace(each, type=each.item or FieldType.TEXT)
        return len(actual) == len(stored) and all(_alike(item, *pair) for pair in zip(actual, stored, strict=True))
    if actual is None or stored is None or each.type in UNCOMPARED:
        return (actual is None) is (stored is None)
    if each.type is FieldType.TIMESTAMP:
        return datetime.fromisoformat(str(actual)) == datetime.fromisoformat(str(stored))
    if each.type is FieldType.DECIMAL:
        return _decimal(actual) == _decimal(stored)
    if each.type is FieldType.JSON:
        return bool(actual == json.loads(json.dumps(stored, default=float)))
    return bool(actual == stored)


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def shown(value: object) -> str:
    """Return a value in a few characters."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"
