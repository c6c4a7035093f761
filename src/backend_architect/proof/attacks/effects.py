"""P67 and P72: effects and queued work happen once for each write, and not at all for a refused one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.design.model import Entity, Event
from backend_architect.proof.attacks.concurrent_requests import at_once, deadlocks, new_deadlocks, statuses
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.attacks.states import let_in
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

PLENTY, AT_ONCE = 500, 6
SIMPLE = re.compile(r"^(?P<target>\w+\.\w+) (?P<sign>[+-]) (?P<amount>\w+)$")
EFFECT_ADVICE = "the effect belongs into the trigger of its row, for each action that the design states"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action on a row of `entity` adds to the column of the row that it points at."""

    entity: Entity
    action: str
    relation: str
    column: str
    sign: int
    amount: str


def effects(lab: Lab) -> Iterator[Case]:
    """P67: an effect happens once for each row, in full, however many rows come at once, and is undone as stated.

    Give for each effect of a creation a case for rows made at once, and one for what their deletion undoes.
    """
    backend, found = lab.backend, list(_effects(lab))
    for effect in [each for each in found if each.action == "create"]:
        undone = [each for each in found if each.action == "delete" and _same_target(each, effect)]
        yield from _try_effect(backend, project_routes(lab.subject), effect, undone)
    if not found:
        yield skipped("effects", "the design states none that only adds or takes")


def _effects(lab: Lab) -> Iterator[Effect]:
    for entity in lab.subject.design.entities.values():
        for action, targets in entity.effects.items():
            for target, expression in targets.items():
                match = SIMPLE.match(expression)
                if match and match["target"] == target:
                    relation, _, column = target.partition(".")
                    sign = 1 if match["sign"] == "+" else -1
                    yield Effect(entity, action, relation, column, sign, match["amount"])


def _same_target(one: Effect, other: Effect) -> bool:
    return (one.entity, one.relation, one.column) == (other.entity, other.relation, other.column)


def _try_effect(
    backend: Backend, routes: tuple[ProjectRoute, ...], effect: Effect, undone: list[Effect]
) -> Iterator[Case]:
    making, removing = (_route(routes, effect.entity, kind) for kind in ("create", "delete"))
    if making is None:
        return
    item = effect.entity.fields[effect.relation]
    people = [backend.insider() for _ in range(AT_ONCE)]
    thing = backend.rows.make(item.to or "", people[0].id, {effect.column: PLENTY})
    requests = [(_about(valid_request(backend, making, who), item.column, item.to or "", thing), who) for who in people]
    before = deadlocks(backend)
    answers = at_once(backend, requests)
    made = [answer for answer in answers if answer.status == 201]
    if not made:
        yield skipped(f"{making.title} and {item.to}.{effect.column}", f"no usual row is let in: {statuses(answers)}")
        return
    rows = [backend.rows.read(effect.entity.table, str(answer.field("id"))) or {} for answer in made]
    expected = PLENTY + effect.sign * sum(_amount(row, effect) for row in rows)
    actual = _stored(backend, effect, thing)
    broken = new_deadlocks(backend, before, answers)
    title = f"{making.title}, {len(requests)} at once: {item.to}.{effect.column}"
    yield Case(title, verdict(actual == expected and not broken), f"{expected}, no deadlock",
               f"{actual}, {broken} deadlocks; {statuses(answers)}", answers[0].curl, EFFECT_ADVICE)  # fmt: skip
    if removing:
        yield _undone(backend, removing, (effect, undone), [(a.actor, str(a.field("id"))) for a in made], thing)


def _undone(
    backend: Backend,
    route: ProjectRoute,
    stated: tuple[Effect, list[Effect]],
    made: list[tuple[Actor, str]],
    thing: str,
) -> Case:
    """Return the case of rows that are deleted at once: the column has then what the design says."""
    effect, undone = stated
    start = _stored(backend, effect, thing)
    rows = [backend.rows.read(effect.entity.table, identity) or {} for _, identity in made]
    requests = [(Request("DELETE", route.path, {f"{effect.entity.name}_id": identity}), who) for who, identity in made]
    answers = at_once(backend, requests)
    gone = [row for row, answer in zip(rows, answers, strict=True) if answer.status == 204]
    expected = start + sum(each.sign * _amount(row, each) for each in undone for row in gone)
    actual = _stored(backend, effect, thing)
    title = f"{route.title}, {len(requests)} at once: {effect.column}"
    summary = f"{actual}; {statuses(answers)}"
    return Case(
        title, verdict(actual == expected and bool(gone)), str(expected), summary, answers[0].curl, EFFECT_ADVICE
    )


def _route(routes: tuple[ProjectRoute, ...], entity: Entity, kind: str) -> ProjectRoute | None:
    return next((r for r in routes if r.kind == kind and r.design and r.design.row is entity), None)


def _about(request: Request, column: str, name: str, thing: str) -> Request:
    if isinstance(request.body, dict) and column in request.body:
        return request.with_body({**request.body, column: thing})
    return request.with_ids(**{f"{name}_id": thing})


def _amount(row: dict[str, object], effect: Effect) -> int:
    return int(effect.amount) if effect.amount.isdigit() else int(str(row.get(effect.amount, 0)))


def _stored(backend: Backend, effect: Effect, thing: str) -> int:
    table = backend.design.entities[effect.entity.fields[effect.relation].to or ""].table
    return int(str((backend.rows.read(table, thing) or {}).get(effect.column)))


EFFECTS = Probe("P67", Group.ATTACKS, "effects happen once for each row, and are undone as stated", effects)


QUEUED = "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1"
HAS_QUEUE = "SELECT to_regclass('pgqueuer') IS NOT NULL"
QUEUE_ADVICE = "put the job into the queue in the transaction of the write"


def queued_work(lab: Lab) -> Iterator[Case]:
    """P72: a write leaves the work that the design says, one job for each, and a refused write leaves none.

    Give for each event a case for a write that is done, and one for a write that is refused.
    """
    backend = lab.backend
    events = lab.subject.design.events if backend.database.value(HAS_QUEUE) else ()
    if not events:
        yield skipped("events", "no write leaves work in a queue of the database")
    for event in events:
        for route in project_routes(lab.subject):
            if route.design and route.design.slice == event.plural and event.action in {route.kind, route.design.name}:
                yield from _try_event(backend, event, route)


def _try_event(backend: Backend, event: Event, route: ProjectRoute) -> Iterator[Case]:
    person = somebody(backend, route)
    request = _changing(route, let_in(backend, route, person))
    for who in (backend.anonymous(), person):
        before = _queued(backend, event)
        answer = request.send(backend, who)
        left = _queued(backend, event) - before
        title = f"{route.title} as {who.name}: {event.run}"
        if who is person and answer.status >= 400:
            yield skipped(title, f"a usual row is not enough for this route: {answer.status}")
            continue
        expected = 1 if answer.status < 300 else 0
        yield Case(title, verdict(left == expected), f"{expected} jobs", f"{answer.status}; {left} jobs", answer.curl,
                   QUEUE_ADVICE)  # fmt: skip


def _changing(route: ProjectRoute, request: Request) -> Request:
    """Return the request with a value that usual rows do not have: a change that changes nothing leaves no work."""
    if route.kind != "update" or route.design is None or not isinstance(route.design.row, Entity):
        return request
    for item in route.design.row.accepted("update"):
        other = next((choice for choice in item.choices if choice != item.default), None)
        if other:
            return request.with_body({item.column: other})
    return request


def _queued(backend: Backend, event: Event) -> int:
    return int(backend.database.value(QUEUED, event.run))


QUEUED_WORK = Probe("P72", Group.ATTACKS, "each write leaves the work that the design says, once", queued_work)
