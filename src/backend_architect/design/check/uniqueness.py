"""Unique groups and ranges without overlap name fields that can carry them."""

from collections.abc import Iterator

from backend_architect.design.check.bounds import NOT_UNIQUE
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Entity, FieldType
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a_type
from backend_architect.errors import Problem

RANGES = frozenset({FieldType.DATE, FieldType.TIMESTAMP})


def check_uniqueness(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name`, `not-unique`, `duplicate-unique` and `wrong-range`."""
    for entity in loaded.design.entities.values():
        for n, group in enumerate(entity.unique):
            yield from _group(loaded, entity, n, group)
        yield from _overlap(loaded, entity)


def _group(loaded: LoadedDesign, entity: Entity, n: int, group: tuple[str, ...]) -> Iterator[Problem]:
    path = f"entities.{entity.name}.unique.{n}"
    for m, name in enumerate(group):
        where = f"{path}.{m}"
        yield from _known(loaded, entity, where, name)
        if name in group[:m]:
            yield loaded.problem("duplicate-name", where, f"`{name}` is given twice", "keep one")
        elif name in entity.fields and entity.fields[name].type in NOT_UNIQUE - {FieldType.BOOLEAN}:
            kind = a_type(entity.fields[name].type)
            yield loaded.problem("not-unique", where, f"{kind} cannot be unique", "leave it out")
    if any(set(group) == set(other) for other in entity.unique[:n]):
        yield loaded.problem("duplicate-unique", path, "these fields are unique together already", "remove the line")
    elif len(group) == 1 and group[0] in entity.fields and entity.fields[group[0]].unique:
        yield loaded.problem("duplicate-unique", path, f"`{group[0]}` is unique already", "remove the line")


def _overlap(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    if entity.no_overlap is None:
        return
    rule, path = entity.no_overlap, f"entities.{entity.name}.no_overlap"
    named = [("from", rule.start), ("to", rule.end), *((f"per.{n}", name) for n, name in enumerate(rule.per))]
    for part, name in named:
        yield from _known(loaded, entity, f"{path}.{part}", name)
    start, end = entity.fields.get(rule.start), entity.fields.get(rule.end)
    if start is None or end is None:
        return
    if start.type is not end.type or start.type not in RANGES or start is end:
        message = f"`{start.name}` ({start.type.value}) to `{end.name}` ({end.type.value}) is no range"
        yield loaded.problem("wrong-range", f"{path}.from", message, "use two timestamps or two dates")
    for part, item in (("from", start), ("to", end)):
        if item.optional:
            message = f"`{item.name}` is optional, and a range without an end overlaps everything"
            yield loaded.problem("wrong-range", f"{path}.{part}", message, "make it required")


def _known(loaded: LoadedDesign, entity: Entity, path: str, name: str) -> Iterator[Problem]:
    if name not in entity.fields:
        fix = did_you_mean(name, tuple(entity.fields))
        yield loaded.problem("unknown-name", path, f"`{name}` is no field of {entity.name}", fix)
