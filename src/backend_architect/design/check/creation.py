"""A row that may be created can be, and no field waits forever for a value."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Design, Entity, Field
from backend_architect.design.names import words
from backend_architect.design.states import changed_by_action
from backend_architect.errors import Problem


def check_creation(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `required-not-accepted` and `never-written`."""
    design = loaded.design
    for entity in design.entities.values():
        creates = "create" in entity.allow or entity is design.account
        accepted = entity.accepted("create") if creates else ()
        for item in entity.fields.values():
            path = f"entities.{entity.name}.fields.{item.name}"
            if item in accepted or item.set is not None or item.default is not None:
                continue
            if creates and not item.optional:
                message = f"a new {words(entity.name)} needs `{item.name}`, and nothing gives it a value"
                fix = "add it to `accepts.create`, or give it `set`, `default` or `optional: true`"
                yield loaded.problem("required-not-accepted", path, message, fix)
            elif item.optional and not _written_later(design, entity, item):
                message = f"nobody can ever give `{item.name}` a value"
                fix = "add it to `accepts.create` or `accepts.update`, or remove the field"
                yield loaded.problem("never-written", path, message, fix)


def _written_later(design: Design, entity: Entity, item: Field) -> bool:
    """Tell whether an update, an action, an effect, or code of the team's own may write a field."""
    updates = "update" in entity.allow
    if not updates and "create" not in entity.allow and not entity.actions:
        return True
    if updates and item in entity.accepted("update"):
        return True
    prefix = f"/{entity.plural.replace('_', '-')}"
    own_code = any(f"{use.path}/".startswith(f"{prefix}/") for use in design.custom)
    return (
        own_code
        or _has_action(design, entity, item)
        or any(event.plural == entity.plural for event in design.events)
        or _has_effect(design, entity, item)
    )


def _has_action(design: Design, entity: Entity, item: Field) -> bool:
    """Tell whether an action, of this or another row, takes the field or sets it."""
    return any(
        (entity.name, item.name) in changed_by_action(other, action)
        for other in design.entities.values()
        for action in other.actions.values()
    )


def _has_effect(design: Design, entity: Entity, item: Field) -> bool:
    for other in design.entities.values():
        for changes in other.effects.values():
            for target in changes:
                relation, _, field = target.partition(".")
                pointing = other.fields.get(relation)
                if pointing and pointing.to == entity.name and field == item.name:
                    return True
    return False
