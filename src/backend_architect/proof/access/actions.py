"""Every action in every state, as every kind of caller; many callers at once; and the same request twice.

What should come is the oracle's: it reads the rule and the conditions of backend.yaml for itself. A refused action
leaves every table as it was, and a 409 has the code of what the design says is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

from backend_architect.design.model import Entity, RowAction
from backend_architect.proof.access.acting import Ruling, ruling, state_of
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona, named, personas
from backend_architect.proof.access.requests import TOO_MANY_REQUESTS, Asking
from backend_architect.proof.access.tables import Watch
from backend_architect.proof.access.tenancy import let_members_in
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

CALLERS = 50
ADVICE = "judge the rule, the state and each condition in the statement of the action, of the row once it is locked"
RACE_ADVICE = "lock the row before it is judged, or write only where the state is still the one that was judged"
KEY_ADVICE = "keep the answer under the key in the transaction of the action"


@dataclass(frozen=True, slots=True)
class _Stage:
    """What each action is tried with."""

    asking: Asking
    judge: Judge
    watch: Watch
    people: tuple[Persona, ...]


def actions(lab: Lab) -> Iterator[Case]:
    """Give a case for each action, state and caller, one for each action by many at once, and one for each key."""
    routes = [route for route in project_routes(lab.subject) if route.design and route.design.action]
    if not routes:
        yield skipped("actions", "no entity has actions")
        return
    stage = _Stage(Asking(lab), Judge(lab.backend), Watch(lab.backend), personas(lab.backend, new=True))
    for route in routes:
        assert route.design is not None
        entity, action = route.design.row, route.design.action
        assert isinstance(entity, Entity)
        assert action is not None
        done: tuple[Persona, str] | None = None
        for state in entity.state.choices if entity.state else ("",):
            for persona in stage.people:
                case, actual = _tried(stage, route, entity, action, persona=persona, state=state)
                yield case
                done = done or ((persona, state) if actual == 200 else None)
        if done:
            yield from _by_many(stage, route, entity, action, done)


def _tried(
    stage: _Stage, route: ProjectRoute, entity: Entity, action: RowAction, *, persona: Persona, state: str
) -> tuple[Case, int]:
    """Return what came of an action on a row of the owner in a state, and the status."""
    request, identity, expected = _ready(stage, route, entity, action, persona=persona, state=state)
    stage.watch.look()
    answer = stage.asking.send(request, persona)
    stage.watch.compare()
    title = f"{route.title}{f' of {state}' if state else ''} as {persona.name}"
    if stage.watch.changed and answer.status >= 400:
        return answer.case(title, expected="nothing is changed", held=False, advice=ADVICE), answer.status
    held = _actual(answer) == str(expected)
    if held and expected.status == 200 and entity.state:
        after = state_of(stage.judge, entity, identity)
        if after != (action.to or state):
            case = answer.case(title, expected=f"the state {action.to or state}", held=False, advice=ADVICE)
            return replace(case, actual=f"the state {after}"), answer.status
    return answer.case(title, expected=str(expected), held=held, advice=ADVICE), answer.status


def _ready(
    stage: _Stage, route: ProjectRoute, entity: Entity, action: RowAction, *, persona: Persona, state: str
) -> tuple[Request, str, Ruling]:
    """Return a request about a new row of the owner in a state, the row's id, and what the design says of it."""
    backend = stage.asking.lab.backend
    owner = named(stage.people, "owner").actor
    request = valid_request(backend, route, owner)
    identity = request.ids[f"{entity.name}_id"]
    let_members_in(backend, stage.people)
    if entity.state:
        change = f'UPDATE "{entity.table}" SET "{entity.state.column}" = $2 WHERE id = $1::text::uuid'
        backend.database.run(change, identity, state)
    sent = request.body if isinstance(request.body, dict) else {}
    return request, identity, ruling(stage.judge, persona, entity, action, identity=identity, sent=sent)


def _actual(answer: Exchange) -> str:
    """Return the status, and the code of a 409."""
    body = answer.json() if answer.status == 409 else None
    kind = str(body.get("type", "")) if isinstance(body, dict) else ""
    return str(Ruling(answer.status, kind.removeprefix("/problems/")))


def _by_many(
    stage: _Stage, route: ProjectRoute, entity: Entity, action: RowAction, done: tuple[Persona, str]
) -> Iterator[Case]:
    """Give the case that one of many callers at once leaves the state, and that the same request twice is one."""
    persona, state = done
    if action.to and entity.state:
        answers: list[Exchange] = []
        while not answers or any(each.status == TOO_MANY_REQUESTS for each in answers):
            if answers:
                stage.asking.renew()
            request, identity, _ = _ready(stage, route, entity, action, persona=persona, state=state)
            answers = stage.asking.many(request, persona, CALLERS, about=(entity.table, identity))
        won = sum(each.status == 200 for each in answers)
        statuses = sorted({each.status for each in answers})
        verdict = Verdict.HELD if won == 1 and statuses == [200, 409] else Verdict.FAILED
        actual = f"{won} x 200, {', '.join(map(str, statuses))}"
        title = f"{route.title} by {CALLERS} at once"
        yield Case(title, verdict, "one 200, the others 409", actual, answers[0].curl, RACE_ADVICE)
    if persona.me:
        request, _, _ = _ready(stage, route, entity, action, persona=persona, state=state)
        key = {"Idempotency-Key": str(uuid4())}
        first = stage.asking.send(request, persona, key)
        stage.watch.look()
        second = stage.asking.send(request, persona, key)
        stage.watch.compare()
        same = (first.status, first.body) == (200, second.body) and second.status == 200
        title = f"{route.title} twice under one key"
        held = same and not stage.watch.changed
        yield second.case(title, expected="the same answer, and done once", held=held, advice=KEY_ADVICE)


PROBE = Probe("actions", Group.ACCESS, "every action answers every caller in every state as the design says", actions)
