"""A row's states form a machine that can be walked: every state is reached, and left unless it is final."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Entity, Field
from backend_architect.design.names import words
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.states import is_sent, transitions
from backend_architect.design.wording import a
from backend_architect.errors import Problem


def check_states(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `two-states`, `states-on-edge`, `duplicate-name`, `unknown-value`, and states never reached or left."""
    for name, edge in loaded.design.edges.items():
        for item in (item for item in edge.extra.values() if item.is_state):
            message = f"a pair is made and deleted and has no actions, so that nothing changes `{item.name}`"
            path = f"edges.{name}.fields.{item.name}"
            yield loaded.problem("states-on-edge", path, message, f"make `{name}` an entity, or write `one_of`")
    for entity in loaded.design.entities.values():
        found = [item for item in entity.fields.values() if item.is_state]
        for item in found[1:]:
            message = f"the states of {a(words(entity.name))} are in `{found[0].name}` already"
            fix = "write `one_of` for one of them, or make it an entity of its own"
            yield loaded.problem("two-states", f"entities.{entity.name}.fields.{item.name}", message, fix)
        for item in found if len(found) == 1 else ():
            wrong = list(_names(loaded, entity, item))
            yield from wrong
            if not wrong and _is_spelt(entity, item):
                yield from _machine(loaded, entity, item)


def _is_spelt(entity: Entity, state: Field) -> bool:
    """Return whether every state that is named exists: what is reached by a misspelt one is not told besides."""
    named = {name for action in entity.actions.values() for name in (*action.from_states, *filter(None, [action.to]))}
    return {*named, str(state.default)} <= {*state.choices}


def _names(loaded: LoadedDesign, entity: Entity, state: Field) -> Iterator[Problem]:
    path = f"entities.{entity.name}.fields.{state.name}"
    for n, name in enumerate(state.final or ()):
        if name in (state.final or ())[:n]:
            yield loaded.problem("duplicate-name", f"{path}.final.{n}", f"`{name}` is given twice", "keep one")
        elif name not in state.choices:
            fix = did_you_mean(name, state.choices)
            yield loaded.problem("unknown-value", f"{path}.final.{n}", f"`{name}` is not one of the states", fix)


def _machine(loaded: LoadedDesign, entity: Entity, state: Field) -> Iterator[Problem]:
    path = f"entities.{entity.name}.fields.{state.name}.states"
    ways = transitions(loaded.design, entity)
    if is_sent(entity):
        return
    reached = _reached(str(state.default), {(way.source, way.target) for way in ways})
    for n, name in enumerate(state.choices):
        if name not in reached:
            message = f"no row ever becomes `{name}`: no action leads there from `{state.default}`"
            yield loaded.problem("unreachable-state", f"{path}.{n}", message, "add an action, or remove the state")
        elif name not in (state.final or ()) and not any(way.source in (name, None) for way in ways):
            message = f"no action leads out of `{name}`, and it is not final"
            fix = f"write `final: [{name}]`, or add an action from there"
            yield loaded.problem("dead-end-state", f"{path}.{n}", message, fix)


def _reached(first: str, ways: set[tuple[str | None, str]]) -> set[str]:
    found, ahead = {first}, [first]
    while ahead:
        here = ahead.pop()
        for target in {target for source, target in ways if source in (here, None)} - found:
            found.add(target)
            ahead.append(target)
    return found
