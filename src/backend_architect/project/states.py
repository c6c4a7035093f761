"""`docs/states.md` of a built project: the states of each entity, drawn, with who may do what in which."""

from backend_architect.design.model import Design, Entity, RowAction
from backend_architect.design.names import words
from backend_architect.design.states import is_sent, starting_states, transitions

HEAD = """# States

What rows do: each arrow is an action, `POST /v1/<plural>/{id}/<action>`. What is no arrow is answered with 409
(`/problems/wrong-state`); `tests/<plural>/test_<plural>_actions.py` tries every action in every state.
"""


def render_states(design: Design) -> dict[str, str]:
    """Return the page, or nothing for a design without actions."""
    parts = [_entity(design, entity) for entity in design.entities.values() if entity.state or entity.actions]
    return {"docs/states.md": "\n".join([HEAD, *parts])} if parts else {}


def _entity(design: Design, entity: Entity) -> str:
    lines = [f"## {words(entity.plural).capitalize()}", ""]
    if entity.state:
        lines += ["```mermaid", "stateDiagram-v2", *_diagram(design, entity), "```", ""]
    if is_sent(entity):
        lines += ["A client may send the state too, where `accepts` says so.", ""]
    if entity.actions:
        lines += ["| action | who | in | takes | conditions, by the code of the 409 |", "|---|---|---|---|---|"]
        lines += [_row(entity, action) for action in entity.actions.values()]
    return "\n".join(lines) + "\n"


def _diagram(design: Design, entity: Entity) -> list[str]:
    state = entity.state
    assert state is not None
    ways: dict[tuple[str, str], list[str]] = {}
    for way in transitions(design, entity):
        sources = [way.source] if way.source else [each for each in state.choices if each != way.target]
        for source in sources:
            ways.setdefault((source, way.target), []).append(way.action)
    lines = [f"    [*] --> {state.default}"]
    lines += [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in ways.items()]
    return [*lines, *(f"    {name} --> [*]" for name in state.final or ())]


def _row(entity: Entity, action: RowAction) -> str:
    here = starting_states(entity, action)
    states = ", ".join(here) if entity.state and set(here) != set(entity.state.choices) else "any"
    taken = ", ".join(f"`{item.column}`" for item in entity.taken(action))
    needs = ", ".join(f"`{need.code}`: `{_cell(need.rule)}`" for need in action.needs.values())
    return f"| {words(action.name)} | `{_cell(action.allow)}` | {states} | {taken} | {needs} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
