"""What an action answers to each persona, in each state of a row of the owner, as far as the rules alone say it."""

from dataclasses import replace

from backend_architect.design.expressions import resolve_rule, taken_row
from backend_architect.design.model import Entity, Persona
from backend_architect.design.routes import Route
from backend_architect.design.rule_evaluation import KnownFacts, Truth, persona_facts, truth
from backend_architect.design.states import starting_states
from backend_architect.project.slices.calls import asks_for_caller
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign

NEVER: Truth = frozenset({False})


def action_answer(resolved: ResolvedDesign, query: Query, persona: Persona, state: str | None = None) -> int | None:
    """Return the status for a row in `state` (a new row's if not said), None where it depends on more."""
    route, entity = query.route, query.row
    assert route is not None
    assert route.action is not None
    assert isinstance(entity, Entity)
    if persona == "anonymous" and asks_for_caller(resolved, route):
        return 401
    if persona == "moderator" and not (resolved.design.auth and resolved.design.auth.roles):
        return None
    if "_target" in query.sql:  # what is sent must be readable too, and the table does not know whether it is
        return None
    facts = _facts(resolved, entity, persona, state)
    allowed, seen = _truth(resolved, route, route.action.allow, facts), _seen(resolved, entity, facts)
    if True not in allowed:
        return {frozenset({True}): 403, NEVER: 404}.get(frozenset(value is True for value in seen))
    return _judged(resolved, route, facts) if allowed == {True} else None


def _facts(resolved: ResolvedDesign, entity: Entity, persona: Persona, state: str | None) -> KnownFacts:
    facts = persona_facts(resolved.design, entity, persona, entity.table)
    if entity.state is None or state is None:
        return facts
    columns = {**facts.columns[entity.table], entity.state.column: state}
    return replace(facts, columns={**facts.columns, entity.table: columns})


def _seen(resolved: ResolvedDesign, entity: Entity, facts: KnownFacts) -> Truth:
    return truth(resolved.allowed(entity, "read"), facts) if "read" in entity.allow else NEVER


def _judged(resolved: ResolvedDesign, route: Route, facts: KnownFacts) -> int | None:
    """Return what somebody who may do it is answered: the state is judged first, then each condition."""
    entity, action = route.row, route.action
    assert isinstance(entity, Entity)
    assert action is not None
    state = entity.state
    if state and facts.columns[entity.table].get(state.column) not in starting_states(entity, action):
        return 409
    for need in action.needs.values():
        held = _truth(resolved, route, need.rule, facts)
        if held != {True}:
            return None if True in held else 409
    return 200


def _truth(resolved: ResolvedDesign, route: Route, text: str, facts: KnownFacts) -> Truth:
    entity, action = route.row, route.action
    assert isinstance(entity, Entity)
    assert action is not None
    tree = resolve_rule(resolved.design, entity, text, kept=resolved.kept, takes=taken_row(entity, action))
    return truth(tree, facts)
