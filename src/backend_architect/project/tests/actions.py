"""`tests/<slice>/test_<slice>_actions.py`: every action in every state, by everybody; fifty at once, and sent again."""

from collections.abc import Iterator

from backend_architect.design.model import Entity, Persona, RowAction
from backend_architect.design.names import words
from backend_architect.design.python_names import FACTORY, variable
from backend_architect.design.states import starting_states
from backend_architect.project.slices.access import PERSONAS
from backend_architect.project.slices.action_answers import action_answer
from backend_architect.project.slices.calls import asks_for_caller
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign

HEAD = '''"""The actions on {about}: every state, every caller, fifty at once, and a request that is sent again."""

import asyncio

import pytest

from tests.actions import Bodies, Case, differences
from tests.factories import {factories}
from tests.world import World, assert_problem

pytestmark = pytest.mark.anyio
'''
CALLERS = 50


def render_actions(resolved: ResolvedDesign, entity: Entity, queries: tuple[Query, ...]) -> str:
    """Return the module, or an empty text for an entity without actions."""
    acts = [(query, query.route.action) for query in queries if query.route and query.route.action]
    tests = [_cases(resolved, entity, acts)] if entity.state else []
    tests += [_race(resolved, entity, query, action) for query, action in acts]
    tests += [text for query, action in acts if (text := _again(resolved, entity, query, action))][:1]
    body = "\n\n".join(test for test in tests if test)
    if not body:
        return ""
    made = [f"make_{entity.name}", *(sent_factory(entity, action) for _, action in acts if entity.taken(action))]
    return HEAD.format(about=words(entity.plural), factories=", ".join(sorted(made))) + "\n\n" + body


def sent_factory(entity: Entity, action: RowAction) -> str:
    """Return the name of the function that gives what an action takes: `sent_ship_order`."""
    return f"sent_{action.name}_{entity.name}"


def _cases(resolved: ResolvedDesign, entity: Entity, acts: list[tuple[Query, RowAction]]) -> str:
    state = entity.state
    assert state is not None
    rows, bodies = [], []
    for query, action in acts:
        route = f"{_path(query)}"
        for name in state.choices:
            answers = ", ".join(str(action_answer(resolved, query, persona, name)) for persona in PERSONAS)
            rows.append(f'Case("{route}", "{name}", "{_after(entity, action, name)}", ({answers})),')
        if entity.taken(action):
            bodies.append(f'"{route}": {sent_factory(entity, action)}')
    return (
        f"# action, state before, state after a 200, and the answer to: {', '.join(PERSONAS)}\n"
        "CASES = (\n    " + "\n    ".join(rows) + "\n)\n\n\n"
        "async def test_every_state_allows_just_its_actions(world: World) -> None:\n"
        f"    bodies: Bodies = {{{', '.join(bodies)}}}\n"
        f'    column = "{entity.table}.{state.column}"\n'
        f"    assert await differences(world, CASES, make_{entity.name}, bodies, column) == []\n"
    )


def _path(query: Query) -> str:
    assert query.route is not None
    return f"/v1{query.route.path}"


def _after(entity: Entity, action: RowAction, state: str) -> str:
    return action.to if action.to and state in starting_states(entity, action) else state


def _done_by(
    resolved: ResolvedDesign, entity: Entity, query: Query, action: RowAction
) -> Iterator[tuple[Persona, str]]:
    """Give who is sure to be let do it, and the state of a row in which that is so, if it has states."""
    for state in starting_states(entity, action) if entity.state else [""]:
        for persona in ("owner", "moderator", "stranger"):
            if action_answer(resolved, query, persona, state or None) == 200:
                yield persona, state


def _row(entity: Entity, state: str) -> str:
    given = f', {variable(entity.state.column, FACTORY)}="{state}"' if entity.state else ""
    return f'await make_{entity.name}(world.db, world.id_of("owner"){given})'


def _start(entity: Entity, query: Query, action: RowAction, state: str) -> str:
    body = "None"
    if entity.taken(action):
        body = f'await {sent_factory(entity, action)}(world.db, world.id_of("owner"))'
    identity = f"{{{entity.name}_id}}"
    return (
        f'    row = {_row(entity, state)}\n    path = f"{_path(query).replace(identity, "{row}")}"\n    body = {body}\n'
    )


def _race(resolved: ResolvedDesign, entity: Entity, query: Query, action: RowAction) -> str:
    """Return the test that an action which leaves a state is done once, and its work is queued once."""
    done_by = next(_done_by(resolved, entity, query, action), None) if action.to and entity.state else None
    if done_by is None or entity is resolved.design.account:
        return ""
    persona, state = done_by
    events = [e for e in resolved.design.events if e.plural == entity.plural and e.action == action.name]
    before = '    before = await world.count("pgqueuer")\n' if events else ""
    after = f'    assert await world.value("SELECT count(*) - $1 FROM pgqueuer", before) == {len(events)}\n'
    return (
        f"async def test_one_of_fifty_can_{action.name}_a_{entity.name}(world: World) -> None:\n"
        f"{_start(entity, query, action, state)}{before}"
        f'    calls = (world.call("{persona}", "POST", path, json=body) for _ in range({CALLERS}))\n'
        "    answers = await asyncio.gather(*calls)\n"
        f"    assert sorted(answer.status_code for answer in answers) == [200] + [409] * {CALLERS - 1}\n"
        f"{after if events else ''}"
    )


def _again(resolved: ResolvedDesign, entity: Entity, query: Query, action: RowAction) -> str:
    """Return the test that a request sent again under its key is answered as before."""
    done_by = next(_done_by(resolved, entity, query, action), None)
    assert query.route is not None
    if done_by is None or not asks_for_caller(resolved, query.route):
        return ""
    persona, state = done_by
    return (
        f"async def test_the_same_key_does_{action.name}_once(world: World) -> None:\n"
        f"{_start(entity, query, action, state)}"
        '    key = {"Idempotency-Key": "done-once"}\n'
        f'    first = await world.call("{persona}", "POST", path, json=body, headers=key)\n'
        f'    second = await world.call("{persona}", "POST", path, json=body, headers=key)\n'
        "    assert (first.status_code, second.status_code) == (200, 200), second.text\n"
        "    assert first.json() == second.json()\n"
    )
