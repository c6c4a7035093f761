"""P67: an effect happens once for each row, in full, however many rows come at once, and is undone as stated."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.design.model import Entity
from backend_architect.proof.attacks.at_once import at_once, deadlocks, new_deadlocks, statuses
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

PLENTY, AT_ONCE = 500, 6
SIMPLE = re.compile(r"^(?P<target>\w+\.\w+) (?P<sign>[+-]) (?P<amount>\w+)$")
ADVICE = "the effect belongs into the trigger of its row, for each action that the design states"


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
    """Give for each effect of a creation a case for rows made at once, and one for what their deletion undoes."""
    backend, found = lab.backend, list(_effects(lab))
    for effect in [each for each in found if each.action == "create"]:
        undone = [each for each in found if each.action == "delete" and _same_target(each, effect)]
        yield from _tried(backend, project_routes(lab.subject), effect, undone)
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


def _tried(backend: Backend, routes: tuple[ProjectRoute, ...], effect: Effect, undone: list[Effect]) -> Iterator[Case]:
    making, removing = (_route(routes, effect.entity, kind) for kind in ("create", "delete"))
    if making is None:
        return
    item = effect.entity.fields[effect.relation]
    people = [backend.insider() for _ in range(AT_ONCE)]
    thing = backend.rows.make(item.to or "", people[0].id, {effect.column: PLENTY})
    wishes = [(_about(valid_request(backend, making, who), item.column, item.to or "", thing), who) for who in people]
    before = deadlocks(backend)
    answers = at_once(backend, wishes)
    made = [answer for answer in answers if answer.status == 201]
    if not made:
        yield skipped(f"{making.title} and {item.to}.{effect.column}", f"no usual row is let in: {statuses(answers)}")
        return
    rows = [backend.rows.read(effect.entity.table, str(answer.field("id"))) or {} for answer in made]
    expected = PLENTY + effect.sign * sum(_amount(row, effect) for row in rows)
    came = _stored(backend, effect, thing)
    broken = new_deadlocks(backend, before, answers)
    title = f"{making.title}, {len(wishes)} at once: {item.to}.{effect.column}"
    yield Case(title, verdict(came == expected and not broken), f"{expected}, no deadlock",
               f"{came}, {broken} deadlocks; {statuses(answers)}", answers[0].curl, ADVICE)  # fmt: skip
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
    wishes = [(Request("DELETE", route.path, {f"{effect.entity.name}_id": identity}), who) for who, identity in made]
    answers = at_once(backend, wishes)
    gone = [row for row, answer in zip(rows, answers, strict=True) if answer.status == 204]
    expected = start + sum(each.sign * _amount(row, each) for each in undone for row in gone)
    came = _stored(backend, effect, thing)
    title = f"{route.title}, {len(wishes)} at once: {effect.column}"
    told = f"{came}; {statuses(answers)}"
    return Case(title, verdict(came == expected and bool(gone)), str(expected), told, answers[0].curl, ADVICE)


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


PROBE = Probe("P67", Group.ATTACKS, "effects happen once for each row, and are undone as stated", effects)
