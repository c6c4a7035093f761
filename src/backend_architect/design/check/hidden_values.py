"""A value that others see is not made from a hidden field: computed, counted, set by the server or by an effect."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend_architect.design.check.paths import changed_field, has_hidden_fields
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Entity, Field, FieldType
from backend_architect.design.states import set_field, set_text
from backend_architect.errors import Problem

if TYPE_CHECKING:
    from backend_architect.design.hidden import Guard


def check_hidden_values(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `computes-`, `counts-` and `copies-guarded-field`."""
    from backend_architect.design.hidden import guard_of  # noqa: PLC0415  (parses SQL, and reading alone need not load that)

    if not has_hidden_fields(loaded.design):
        return
    for entity in loaded.design.entities.values():
        guard = guard_of(loaded.design, entity)
        yield from _computed(loaded, entity, guard)
        yield from _counts(loaded, entity)
        yield from _set(loaded, entity, guard)
        yield from _effects(loaded, entity, guard)
        yield from _actions(loaded, entity, guard)


def _computed(loaded: LoadedDesign, entity: Entity, guard: "Guard") -> Iterator[Problem]:
    for name, computed in entity.computed.items():
        is_condition = computed.type is FieldType.BOOLEAN
        for use in guard.uses(computed.sql, decides=is_condition):
            message = f"`{name}` is shown with the row, and made from `{use.name}`, which has a read rule of its own"
            carried = f"{use.condition} and …" if is_condition else f"case when {use.item.read} then … end"
            carries = f"let it rest on that rule, `{carried}`, or " if use.row is entity else ""
            fix = f"{carries}remove it" if carries else f"leave `{use.item.name}` out of it"
            yield loaded.problem("computes-guarded-field", f"entities.{entity.name}.computed.{name}", message, fix)


def _counts(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    from backend_architect.design.hidden import guard_of  # noqa: PLC0415

    for count in entity.counts.values():
        source = loaded.design.rows_by_plural.get(count.source)
        if source is not None and guard_of(loaded.design, source).hides(count.via):
            message = f"`{count.name}` tells that rows point here by `{count.source}.{count.via}`, which is hidden"
            path = f"entities.{entity.name}.counts.{count.name}"
            fix = f"remove the count, or the read rule of `{count.via}`"
            yield loaded.problem("counts-guarded-field", path, message, fix)


def _set(loaded: LoadedDesign, entity: Entity, guard: "Guard") -> Iterator[Problem]:
    """Yield the fields that the server fills with a copy of something hidden."""
    for item in entity.fields.values():
        if item.set in {None, "me"} or _is_hidden_from_all(loaded, entity, item):
            continue
        for use in guard.knowing(item.read).uses(item.set):
            path = f"entities.{entity.name}.fields.{item.name}.set"
            yield _copied(loaded, path, use.name, f"`{item.name}`", "give it `read: nobody`, or set something else")


def _effects(loaded: LoadedDesign, entity: Entity, guard: "Guard") -> Iterator[Problem]:
    """Yield the effects by which a number that others see changes by something hidden."""
    for action, changes in entity.effects.items():
        for target, text in changes.items():
            related, changed = changed_field(loaded.design, entity, target)
            if related is None or changed is None or _is_hidden_from_all(loaded, related, changed):
                continue
            for use in guard.uses(text):
                if use.item is not changed:
                    path = f"entities.{entity.name}.effects.{action}.{target}"
                    fix = f"give `{changed.name}` of {related.name} `read: nobody`, or leave the field out"
                    yield _copied(loaded, path, use.name, f"`{target}`", fix)


def _actions(loaded: LoadedDesign, entity: Entity, guard: "Guard") -> Iterator[Problem]:
    """Yield what an action sets from something hidden, in this row or in a related one."""
    for action in entity.actions.values():
        for target in action.sets:
            changed = set_field(loaded.design, entity, action, target)
            relation, dot, _ = target.partition(".")
            item = action.takes.get(relation) or entity.fields.get(relation)
            owner = loaded.design.entities.get(item.to or "") if dot and item else entity
            if changed is None or owner is None or _is_hidden_from_all(loaded, owner, changed):
                continue
            for use in guard.uses(set_text(loaded.design, entity, action, target)):
                if use.item is not changed:
                    path = f"entities.{entity.name}.actions.{action.name}.set.{target}"
                    fix = f"give `{changed.name}` of {owner.name} `read: nobody`, or leave the field out"
                    yield _copied(loaded, path, use.name, f"`{target}`", fix)


def _copied(loaded: LoadedDesign, path: str, hidden: str, shown: str, fix: str) -> Problem:
    message = f"{shown} would tell of `{hidden}`, which has a read rule of its own"
    return loaded.problem("copies-guarded-field", path, message, fix)


def _is_hidden_from_all(loaded: LoadedDesign, entity: Entity, item: Field) -> bool:
    from backend_architect.design.hidden import is_never  # noqa: PLC0415

    return is_never(loaded.design, entity, item.read)
