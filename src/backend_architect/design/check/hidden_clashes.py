"""A refusal tells nothing of a hidden field: not that a value is taken, nor which bound it is beyond."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from backend_architect.design.check.paths import changed_field, has_hidden_fields
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Design, Entity, Field
from backend_architect.errors import Problem

if TYPE_CHECKING:
    from backend_architect.design.hidden import Guard, HiddenUse


def check_hidden_clashes(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unique-guarded-field` and `constrains-guarded-field`."""
    from backend_architect.design.hidden import guard_of  # noqa: PLC0415  (parses SQL, and reading alone need not load that)

    if not has_hidden_fields(loaded.design):
        return
    for entity in loaded.design.entities.values():
        guard = guard_of(loaded.design, entity)
        yield from _unique(loaded, entity, guard)
        yield from _overlap(loaded, entity, guard)
        yield from _constraints(loaded, entity)
        yield from _bounds_of_effects(loaded, entity)


def _unique(loaded: LoadedDesign, entity: Entity, guard: "Guard") -> Iterator[Problem]:
    path = f"entities.{entity.name}"
    groups: dict[str, tuple[str, ...]] = {f"{path}.unique.{n}": group for n, group in enumerate(entity.unique)}
    groups |= {f"{path}.fields.{item.name}.unique": (item.name,) for item in entity.fields.values() if item.unique}
    for where, names in groups.items():
        for name in names:
            if guard.hides(name) and _can_be_tried(loaded.design, entity, names, entity.fields[name]):
                message = f"`{name}` has a read rule of its own, and a 409 tells who tries a value that it is taken"
                fix = "remove `unique` or the read rule, or make it unique beside a field with `set: me`"
                yield loaded.problem("unique-guarded-field", where, message, fix)


def _can_be_tried(design: Design, entity: Entity, names: Sequence[str], item: Field) -> bool:
    """Return whether a value that clashes can be sent by somebody who may not read the row that has it."""
    if _is_kept_to_own_rows(design, entity, names, item):
        return False
    creates = "create" in entity.allow or entity is design.account
    sent = (*(entity.accepted("create") if creates else ()), *_updated(entity))
    return item in sent or item.set not in {None, "me"}


def _is_kept_to_own_rows(design: Design, entity: Entity, names: Sequence[str], item: Field) -> bool:
    """Return whether only rows clash that the caller has made, and may read this field of."""
    from backend_architect.design.hidden import Guard  # noqa: PLC0415

    own = [f"{name} = me" for name in names if name in entity.fields and entity.fields[name].set == "me"]
    return bool(own) and not Guard(design, entity).knowing(*own).hides(item.name)


def _overlap(loaded: LoadedDesign, entity: Entity, guard: "Guard") -> Iterator[Problem]:
    rule = entity.no_overlap
    if rule is None:
        return
    for part, name in [("from", rule.start), ("to", rule.end), *((f"per.{n}", per) for n, per in enumerate(rule.per))]:
        if guard.hides(name) and not _is_kept_to_own_rows(loaded.design, entity, rule.per, entity.fields[name]):
            message = f"`{name}` has a read rule of its own, and a 409 tells who tries a range that it is taken"
            fix = "remove the read rule, or keep it `per` a field with `set: me`"
            path = f"entities.{entity.name}.no_overlap.{part}"
            yield loaded.problem("constrains-guarded-field", path, message, fix)


def _constraints(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    from backend_architect.design.hidden import Guard, names_in  # noqa: PLC0415

    guard = Guard(loaded.design, entity)
    for name, text in entity.constraints.items():
        used = names_in(text)
        for use in guard.uses(text):
            if _tells(loaded, entity, use, used - {use.item.name}):
                message = f"whether it is kept tells of `{use.item.name}` to who may write, and not read it"
                fix = f"let only those update who may read it, `update: {use.item.read}`, or leave it out"
                path = f"entities.{entity.name}.constraints.{name}"
                yield loaded.problem("constrains-guarded-field", path, message, fix)


def _tells(loaded: LoadedDesign, entity: Entity, use: "HiddenUse", others: set[str]) -> bool:
    """Return whether one of the other fields of a constraint is written by somebody who may not read the hidden one."""
    from backend_architect.design.hidden import Guard  # noqa: PLC0415

    design, hidden = loaded.design, use.item.name
    if others & set(_changed_by_effects(design, entity)):
        return True
    reads = Guard(design, entity).knowing(entity.allow.get("update"))
    if others & {item.name for item in _updated(entity)} and reads.hides(hidden):
        return True
    made = Guard(design, entity).knowing(entity.allow.get("create"))
    sent = {item.name for item in entity.accepted("create")} if "create" in entity.allow else set()
    return bool(others & sent) and use.item.set not in {None, "me"} and made.hides(hidden)


def _bounds_of_effects(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    """Yield the effects that fail where a number, which the caller may not see, is too small or too large."""
    from backend_architect.design.hidden import guard_of, names_in  # noqa: PLC0415

    for action, changes in entity.effects.items():
        for target in changes:
            related, changed = changed_field(loaded.design, entity, target)
            if related is None or changed is None or not guard_of(loaded.design, related).hides(changed.name):
                continue
            name, bounded = changed.name, changed.min is not None or changed.max is not None
            if bounded or any(name in names_in(text) for text in related.constraints.values()):
                message = (
                    f"`{name}` of {related.name} has a read rule of its own, and a 409 tells when its bound is met"
                )
                path = f"entities.{entity.name}.effects.{action}.{target}"
                fix = f"remove the bound or the read rule of `{name}`"
                yield loaded.problem("constrains-guarded-field", path, message, fix)


def _changed_by_effects(design: Design, entity: Entity) -> Iterator[str]:
    for other in design.entities.values():
        for target in (target for changes in other.effects.values() for target in changes):
            related, changed = changed_field(design, other, target)
            if related is entity and changed is not None:
                yield changed.name


def _updated(entity: Entity) -> tuple[Field, ...]:
    return entity.accepted("update") if "update" in entity.allow else ()
