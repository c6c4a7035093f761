"""P82: two people change different fields of one row in the same moment, and neither change is lost."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from backend_architect.design.distinct import distinct_fields
from backend_architect.design.model import Entity, Field, FieldType
from backend_architect.design.ranges import in_ranges
from backend_architect.postgres import Refused, Session
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.attacks.standing_still import waits
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

HELD_SECONDS = 0.4
ADVICE = "lock the row before its values are read, and write only the fields that were sent"
EXPECTED = "both changes, or a refusal that leaves the other's"

Values = dict[str, object]


def changes_at_once(lab: Lab) -> Iterator[Case]:
    """Give a case for each field that somebody else changes while a request changes another one of the same row."""
    backend, tried = lab.backend, False
    for route in project_routes(lab.subject):
        entity = route.design.row if route.design else None
        if route.kind != "update" or not isinstance(entity, Entity):
            continue
        person = somebody(backend, route)
        for item in entity.accepted("update"):
            for case in _tried(backend, route, person, (entity, item)):
                tried = True
                yield case
    if not tried:
        yield skipped("two changes at once", "no route changes one of several fields")


def _tried(backend: Backend, route: ProjectRoute, person: Actor, what: tuple[Entity, Field]) -> Iterator[Case]:
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
    case = answer.case(title, expected=EXPECTED, held=held, advice=ADVICE)
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


PROBE = Probe("P82", Group.ATTACKS, "two changes of one row at once are both kept", changes_at_once)
