"""P62: the last one is sold once, and a room is booked once, however many ask in the same moment."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import Entity, Field, FieldType, NoOverlap
from backend_architect.design.samples import numbered_sample
from backend_architect.postgres import Refused, Session
from backend_architect.proof.attacks.concurrent_requests import at_once, deadlocks, new_deadlocks
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

PEOPLE, EACH = 4, 5  # five requests of each of four people
LATER, WAITING, OTHERS = timedelta(days=10), 0.2, 900
OVERLAPS = "23P01"
"""What PostgreSQL says of a row that overlaps another one."""


def last_unit(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that takes from a stock, and for each whose rows may not overlap."""
    found = False
    for route in project_routes(lab.subject):
        entity = route.design.row if route.design else None
        if route.kind != "create" or not isinstance(entity, Entity):
            continue
        for target, expression in entity.effects.get("create", {}).items():
            if " - " in expression:
                found = True
                yield _last_one(lab, route, entity, target)
        if entity.no_overlap:
            found = True
            yield _same_time(lab, route, entity)
            yield _in_turns(lab, entity, entity.no_overlap)
    if not found:
        yield skipped("the last unit", "nothing of the design runs out, and nothing may overlap")


def _last_one(lab: Lab, route: ProjectRoute, entity: Entity, target: str) -> Case:
    """Let many take one unit at once where one unit is left."""
    relation, _, stock = target.partition(".")
    item = entity.fields[relation]
    table = lab.subject.design.entities[item.to or ""].table
    buyers = [lab.backend.insider() for _ in range(PEOPLE)]
    thing = lab.backend.rows.make(item.to or "", buyers[0].id, {stock: 1})
    requests = [(_about(valid_request(lab.backend, route, who), item, thing), who) for who in buyers * EACH]
    answers = at_once(lab.backend, requests)
    left = (lab.backend.rows.read(table, thing) or {}).get(stock)
    return _case(
        f"{route.title}, {len(requests)} at once for the last one", answers, f"{stock}: {left}", fits=left == 0
    )


def _same_time(lab: Lab, route: ProjectRoute, entity: Entity) -> Case:
    """Let many ask for the same place at the same time."""
    guest = lab.backend.insider()
    request = valid_request(lab.backend, route, guest)
    before, broken = lab.backend.rows.count(entity.table), deadlocks(lab.backend)
    answers = at_once(lab.backend, [(request, guest)] * PEOPLE * EACH)
    made = lab.backend.rows.count(entity.table) - before
    broken = new_deadlocks(lab.backend, broken, answers)
    title = f"{route.title}, {len(answers)} at once for the same time"
    return _case(title, answers, f"{made} rows, {broken} deadlocks", fits=made == 1 and not broken)


def _in_turns(lab: Lab, entity: Entity, apart: NoOverlap) -> Case:
    """Return the case of a transaction that adds two rows while another one's row would overlap both."""
    title = f"{entity.plural}: two rows of one transaction, and one of another that overlaps both"
    backend = lab.backend
    stored = backend.rows.read(entity.table, backend.rows.make(entity.name, backend.insider().id)) or {}
    start, end = (datetime.fromisoformat(str(stored[entity.fields[name].column])) for name in (apart.start, apart.end))
    if entity.fields[apart.start].type is not FieldType.TIMESTAMP:
        return skipped(title, "its times are whole days")
    first, quarter = end + LATER, (end - start) / 4
    spans = [(first, first + quarter), (first + 2 * quarter, first + 3 * quarter), (first, first + 4 * quarter)]
    one, two, across = (_row(entity, apart, stored, number, span) for number, span in enumerate(spans))
    url = backend.place.environment["DATABASE_URL"]
    with Session(url) as writer, Session(url) as other, ThreadPoolExecutor(1) as pool:
        writer.run("SET deadlock_timeout = '100ms'; BEGIN")
        actual = [_added(writer, entity, one)]
        waiting = pool.submit(_added, other, entity, across)
        time.sleep(WAITING)
        actual.append(_added(writer, entity, two))
        writer.run("COMMIT" if actual == ["", ""] else "ROLLBACK")
        actual.append(waiting.result())
    summary = ", ".join(said or "added" for said in actual)
    expected = f"added, added, {OVERLAPS} (it waited for its turn, and found the others)"
    return Case(
        title, verdict(actual == ["", "", OVERLAPS]), expected, summary, "", "let writers take turns before they write"
    )


def _row(
    entity: Entity, apart: NoOverlap, stored: dict[str, object], number: int, span: tuple[datetime, datetime]
) -> str:
    """Return the values of one more row like a stored one, at other times, as JSON."""
    values = {item.column: stored.get(item.column) for item in entity.fields.values()}
    for name in distinct_fields(entity):
        values[entity.fields[name].column] = numbered_sample(entity.fields[name], OTHERS + number)
    times = {
        entity.fields[name].column: at.isoformat() for name, at in zip((apart.start, apart.end), span, strict=True)
    }
    return json.dumps(values | times)


def _added(session: Session, entity: Entity, values: str) -> str:
    """Return what the database says against a new row, '' where it takes it."""
    columns = ", ".join(f'"{item.column}"' for item in entity.fields.values())
    source = f'jsonb_populate_record(NULL::"{entity.table}", $1::text::jsonb)'
    try:
        session.run(f'INSERT INTO "{entity.table}" ({columns}) SELECT {columns} FROM {source}', values)
    except Refused as error:
        return str(getattr(error, "sqlstate", None) or error)
    return ""


def _about(request: Request, item: Field, thing: str) -> Request:
    """Return the request about this very thing, wherever it names it."""
    if isinstance(request.body, dict) and item.column in request.body:
        return request.with_body({**request.body, item.column: thing})
    return request.with_ids(**{f"{item.to}_id": thing})


def _case(title: str, answers: list[Exchange], kept: str, *, fits: bool) -> Case:
    statuses = sorted(answer.status for answer in answers)
    served = sum(status < 300 for status in statuses)
    held = served == 1 and fits and statuses[-1] < 500
    return Case(title, verdict(held), "exactly one of them gets it", f"{statuses}; {kept}", answers[0].curl)


PROBE = Probe("P62", Group.ATTACKS, "the last one is sold once, however many want it", last_unit)
