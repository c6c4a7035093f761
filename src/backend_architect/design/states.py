"""The states of a row and the ways between them, as the actions of a design make them."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.design.model import Design, Entity, Field, RowAction


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one state to another, and the action that takes it; `source` None is any state.

    `action` names the entity too where it is another one's: `loan.return`.
    """

    source: str | None
    target: str
    action: str


def starting_states(entity: Entity, action: RowAction) -> tuple[str, ...]:
    """Return the states in which an action can be done: those of `from`, else all that are not final.

    An action that leaves the state as it is may be done in every state that it does not exclude.
    """
    state = entity.state
    if state is None or action.from_states:
        return action.from_states
    leaving = (each for each in state.choices if each not in (state.final or ()) and each != action.to)
    return tuple(leaving) if action.to else state.choices


def set_field(design: Design, entity: Entity, action: RowAction, target: str) -> Field | None:
    """Return the field that an action sets (`returned_at`, `copy.available`), if it exists."""
    relation, dot, name = target.partition(".")
    if not dot:
        return entity.fields.get(target)
    item = action.takes.get(relation) or entity.fields.get(relation)
    related = design.entities.get(item.to or "") if item else None
    return related.fields.get(name) if related else None


def set_text(design: Design, entity: Entity, action: RowAction, target: str) -> str:
    """Return the expression that an action sets a field to: a choice of the field may stand there by its name alone."""
    item, text = set_field(design, entity, action, target), action.sets[target]
    return f"'{text}'" if item and text in item.choices else text


def changed_by_action(entity: Entity, action: RowAction) -> set[tuple[str, str]]:
    """Return the fields that an action changes, each with its entity: the row's own, and those of related rows."""
    own = {*action.stores, *(target for target in action.sets if "." not in target)}
    own |= {entity.state.name} if action.to and entity.state else set()
    found = {(entity.name, name) for name in own}
    for target in action.sets:
        relation, dot, name = target.partition(".")
        item = action.takes.get(relation) or entity.fields.get(relation)
        if dot and item:
            found.add((item.to or "", name))
    return found


def transitions(design: Design, entity: Entity) -> tuple[Transition, ...]:
    """Return every way between the states of an entity, in the order of the file."""
    return (*_own(entity), *_others(design, entity))


def _own(entity: Entity) -> Iterator[Transition]:
    for action in entity.actions.values():
        for source in starting_states(entity, action) if action.to else ():
            yield Transition(source, str(action.to), action.name)


def _others(design: Design, entity: Entity) -> Iterator[Transition]:
    """Give the ways on which the actions of other rows set this one's state to a state by name."""
    state = entity.state
    for other in design.entities.values() if state else ():
        for action in other.actions.values():
            for target in action.sets:
                if state and set_field(design, other, action, target) is state and "." in target:
                    for found in _named(state, set_text(design, other, action, target)):
                        yield Transition(None, found, f"{other.name}.{action.name}")


def _named(state: Field, text: str) -> list[str]:
    """Return the states that an expression names; each of them may become the row's."""
    return [each for each in state.choices if f"'{each}'" in text]


def is_sent(entity: Entity) -> bool:
    """Return whether clients may send the state itself, so that any state may follow any other."""
    state = entity.state
    return state is not None and any(state.name in names for names in entity.accepts.values())
