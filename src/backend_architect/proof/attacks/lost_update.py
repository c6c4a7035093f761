"""P70 and P82: nobody overwrites a change that they have not seen, and different fields do not collide."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import Entity, Field, FieldType
from backend_architect.design.ranges import in_ranges
from backend_architect.postgres import Refused, Session
from backend_architect.proof.attacks.concurrent_requests import statuses
from backend_architect.proof.attacks.rule_races import waits
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_change, valid_request

AT_ONCE = 6
OLD = '"1"'
VERSION_ADVICE = "the version belongs into the WHERE of the statement that writes"


def lost_update(lab: Lab) -> Iterator[Case]:
    """P70: whoever read a row that has changed since does not overwrite or delete it: If-Match holds, also at once.

    Give cases for an old version, for the current one, and for many who read the same one.
    """
    backend, tried = lab.backend, False
    routes = project_routes(lab.subject)
    for route in routes:
        if route.kind in {"update", "delete"} and route.design and isinstance(route.design.row, Entity):
            for case in _try_route(backend, routes, route, route.design.row):
                tried = True
                yield case
    if not tried:
        yield skipped("If-Match", "no route changes or deletes a row that can be read")


def _try_route(
    backend: Backend, routes: tuple[ProjectRoute, ...], route: ProjectRoute, entity: Entity
) -> Iterator[Case]:
    reading = next((r for r in routes if r.kind == "read" and r.design and r.design.row is entity), None)
    person = somebody(backend, route)
    request = _request(backend, route, entity, person)
    if reading is None or (isinstance(request.body, dict) and not request.body):
        return
    etag = Request("GET", reading.path, request.ids).send(backend, person).headers.get("etag", "")
    if not etag:
        return
    old = request.send(backend, person, {"if-match": OLD})
    if old.status in {403, 404}:
        return  # a usual row is not enough for this route
    unchanged = Request("GET", reading.path, request.ids).send(backend, person).headers.get("etag") == etag
    yield old.case(f"{route.title} with an old If-Match", expected="412, nothing changed",
                   held=old.status == 412 and unchanged, advice=VERSION_ADVICE)  # fmt: skip
    if route.kind == "update":
        yield _many(backend, request, person, etag, route.title)
    else:
        done = request.send(backend, person, {"if-match": etag})
        yield done.case(f"{route.title} with the current If-Match", expected="204", held=done.status == 204)


def _many(backend: Backend, request: Request, person: Actor, etag: str, title: str) -> Case:
    """Return the case of many changes of the version that all have read."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers: list[Exchange] = list(
            pool.map(lambda _: request.send(backend, person, {"if-match": etag}), range(AT_ONCE))
        )
    done = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status in {409, 412}]
    held = len(done) == 1 and len(refused) == AT_ONCE - 1
    expected = f"one 200, {AT_ONCE - 1} x 412"
    return Case(f"{title}, {AT_ONCE} at once with one If-Match", verdict(held), expected, statuses(answers),
                answers[0].curl, VERSION_ADVICE)  # fmt: skip


def somebody(backend: Backend, route: ProjectRoute) -> Actor:
    """Return somebody new whom the route lets in: with roles only where an owner alone is turned away."""
    return backend.person("owner", *roles_of(backend, route)) if backend.design.auth else backend.anonymous()


def roles_of(backend: Backend, route: ProjectRoute) -> frozenset[str]:
    """Return the roles that `somebody` of a route holds."""
    auth = backend.design.auth
    return frozenset() if auth is None or route.lets_in("owner") else frozenset(auth.roles)


def _request(backend: Backend, route: ProjectRoute, entity: Entity, person: Actor) -> Request:
    request = valid_request(backend, route, person)
    return request.with_body(valid_change(entity)) if route.kind == "update" else request


LOST_UPDATE = Probe("P70", Group.ATTACKS, "nobody overwrites or deletes what changed since they read it", lost_update)


HELD_SECONDS = 0.4
LOCK_ADVICE = "lock the row before its values are read, and write only the fields that were sent"
EXPECTED = "both changes, or a refusal that leaves the other's"

Values = dict[str, object]


def changes_at_once(lab: Lab) -> Iterator[Case]:
    """P82: two people change different fields of one row in the same moment, and neither change is lost.

    Give a case for each field that somebody else changes while a request changes another one of the same row.
    """
    backend, tried = lab.backend, False
    for route in project_routes(lab.subject):
        entity = route.design.row if route.design else None
        if route.kind != "update" or not isinstance(entity, Entity):
            continue
        person = somebody(backend, route)
        for item in entity.accepted("update"):
            for case in _try_fields(backend, route, person, (entity, item)):
                tried = True
                yield case
    if not tried:
        yield skipped("two changes at once", "no route changes one of several fields")


def _try_fields(backend: Backend, route: ProjectRoute, person: Actor, what: tuple[Entity, Field]) -> Iterator[Case]:
    """Give the case of one field that somebody else changes; nothing where no other field could be sent."""
    entity, item = what
    request = valid_request(backend, route, person)
    identity = request.ids.get(f"{entity.name}_id", "")
    stored = backend.rows.read(entity.table, identity)
    value = _another(backend, person, entity, item, stored) if stored else None
    sent = next(_sent(backend, person, entity, item, stored), None) if stored else None
    if stored is None or value is None or sent is None:
        return
    if request.with_body(sent).send(backend, person).status >= 300:
        return  # a usual row is not enough for this route
    request = valid_request(backend, route, person)
    identity = request.ids[f"{entity.name}_id"]
    try:
        answer = _meanwhile(backend, request.with_body(sent), person, (entity, identity, {item.column: value}))
    except Refused:
        return
    now = backend.rows.read(entity.table, identity) or {}
    kept = now.get(item.column) == value
    done = answer.status >= 300 or all(now.get(column) == each for column, each in sent.items())
    held = kept and done and answer.status < 500
    title = f"{route.title} of {', '.join(sent)} while somebody changes {item.name}"
    case = answer.case(title, expected=EXPECTED, held=held, advice=LOCK_ADVICE)
    yield case if held else Case(case.title, case.verdict, case.expected,
                                 f"{answer.status}; {item.name} is {now.get(item.column)}, not {value}",
                                 case.repeat, case.advice)  # fmt: skip


def _sent(backend: Backend, person: Actor, entity: Entity, apart: Field, stored: Values) -> Iterator[Values]:
    """Give changes of another field than one, by their columns."""
    for item in entity.accepted("update"):
        if item.name != apart.name and not item.is_reference:
            value = _another(backend, person, entity, item, stored)
            if value is not None:
                yield {item.column: value}


def _another(backend: Backend, person: Actor, entity: Entity, item: Field, stored: Values) -> object:
    """Return another value than the stored one, as JSON holds it; None where the field depends on other rows."""
    if item.name in distinct_fields(entity) | in_ranges(entity):
        return None
    value = stored.get(item.column)
    if item.is_reference:
        account = backend.design.account
        return person.id if account and item.to == account.name else backend.rows.make(item.to or "", person.id)
    if item.choices:
        return next((choice for choice in item.choices if choice != value), None)
    if item.type is FieldType.BOOLEAN:
        return not value
    if item.type is FieldType.DATE:
        return "2032-02-29"
    if item.type in {FieldType.INTEGER, FieldType.MONEY}:
        low = int(item.min or 0)
        return low + 1 if value == low else low
    if item.type is FieldType.TEXT:
        low, high = item.length
        return "another".ljust(low, "r")[:high]
    return None


def _meanwhile(backend: Backend, request: Request, person: Actor, change: tuple[Entity, str, Values]) -> Exchange:
    """Return the answer to a request that begins while somebody else's change of the row is not committed."""
    entity, identity, values = change
    record = f'jsonb_populate_record(NULL::"{entity.table}", $2::text::jsonb)'
    sets = ", ".join(f'"{column}" = ({record})."{column}"' for column in values)
    with Session(backend.place.environment["DATABASE_URL"]) as session, ThreadPoolExecutor(1) as pool:
        session.run("BEGIN")
        session.run(f'UPDATE "{entity.table}" SET {sets} WHERE id = $1::text::uuid', identity, json.dumps(values))
        sent = pool.submit(request.send, backend, person)
        until = time.monotonic() + HELD_SECONDS
        while not sent.done() and time.monotonic() < until and not waits(backend):
            time.sleep(0.02)
        session.run("COMMIT")
        return sent.result()


CHANGES_AT_ONCE = Probe("P82", Group.ATTACKS, "two changes of one row at once are both kept", changes_at_once)
