"""P80: a computed value is what the design computes, in every state of the rows that it looks at, at each bound.

The row itself and a row of each kind that the expression looks for are put before, at and after each time, date, number
and choice that it compares; what must come is the oracle's answer for the rows as they are then.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from backend_architect.design.model import NUMERIC, Computed, Edge, Entity, Field, FieldType, Row
from backend_architect.postgres import Refused
from backend_architect.proof.access.facts import RememberedAnswers, many
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.access.values import wrong_values
from backend_architect.proof.attacks.compared_values import lengths_in, numbers_in
from backend_architect.proof.attacks.lost_update import roles_of, somebody
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes

MAX_CASES = 40
"""More states than these are not tried for one value: some of all, the same ones each time."""
SEED = 80
MINUTE, DAY = 60, 86_400
ADVICE = "the expression belongs into the columns whole: every part of it, and each comparison as the design has it"


@dataclass(frozen=True, slots=True)
class BoundRow:
    """A row that an expression looks at: its kind, its columns that find it, and the fields that are compared."""

    row: Row
    where: dict[str, str]
    fields: tuple[Field, ...]


def computed_values(lab: Lab) -> Iterator[Case]:
    """Give a case for each computed value of a row that can be read."""
    backend, tried = lab.backend, False
    for route in project_routes(lab.subject):
        entity = route.design.row if route.design else None
        if route.kind == "read" and isinstance(entity, Entity):
            for computed in entity.computed.values():
                tried = True
                yield _tried(backend, route, entity, computed)
    if not tried:
        yield skipped("computed values", "the design has none that can be read")


def _tried(backend: Backend, route: ProjectRoute, entity: Entity, computed: Computed) -> Case:
    """Return what came of all states: the first answer that shows another value, or the last one."""
    person, judge = somebody(backend, route), Judge(backend)
    caller = Persona("owner", person, roles_of(backend, route))
    identity = backend.rows.make(entity.name, person.id)
    places = _places(backend, entity, computed, (identity, person.id))
    request = Request("GET", route.path, {f"{entity.name}_id": identity})
    number, wrong, answer = 0, [], request.send(backend, person)
    for state in _states(computed, places):
        if not _put(backend, places, state):
            continue
        answer, number = request.send(backend, person), number + 1
        wrong = _wrong(judge, caller, entity, answer)
        if wrong:
            break
    title = f"{route.title}: {computed.name}"
    expected = "what it is computed from, whatever state that is in"
    case = answer.case(title, expected=expected, held=number > 0 and not wrong, advice=ADVICE)
    return replace(case, actual=f"{answer.status}, {many(wrong) if wrong else f'as computed in {number} states'}")


def _wrong(judge: Judge, caller: Persona, entity: Entity, answer: Exchange) -> list[str]:
    return (
        wrong_values(RememberedAnswers(judge), caller, entity, answer.json())
        if answer.status == 200
        else [answer.description]
    )


def _places(backend: Backend, entity: Entity, computed: Computed, whose: tuple[str, str]) -> tuple[BoundRow, ...]:
    """Return the row itself, and a new row of each kind that the expression looks for and that points at it."""
    identity, owner = whose
    found = [BoundRow(entity, {"id": identity}, _named(entity, computed.sql))]
    for plural in dict.fromkeys(re.findall(r"\bfrom\s+(\w+)", computed.sql)):
        row = backend.design.rows_by_plural.get(plural)
        relation = next((item for item in row.references if item.to == entity.name), None) if row else None
        if row is None or relation is None:
            continue
        made = backend.rows.make(row.name, owner, {relation.column: identity})
        where = {"id": made} if made else {relation.column: identity}
        found.append(BoundRow(row, where, _named(row, computed.sql)))
    return tuple(found)


def _named(row: Row, text: str) -> tuple[Field, ...]:
    """Return the fields of a row that an expression names, but for what it is found by."""
    pair = {item.name for item in row.pair} if isinstance(row, Edge) else set()
    fields = [item for item in row.fields.values() if re.search(rf"\b{item.name}\b", text)]
    return tuple(item for item in fields if item.name not in pair and not item.unique)


def _states(computed: Computed, places: tuple[BoundRow, ...]) -> list[tuple[str, ...]]:
    """Return the states, each with an SQL value for every field of every place, in their order."""
    choices = [list(_values(item, computed.sql)) or [f'"{item.column}"'] for place in places for item in place.fields]
    states = list(product(*choices))
    return states if len(states) <= MAX_CASES else random.Random(SEED).sample(states, MAX_CASES)  # noqa: S311 - the same ones


def _values(item: Field, text: str) -> Iterator[str]:
    """Give SQL values of a field before, at and after what it may be compared with."""
    if item.optional:
        yield "NULL"
    around = {0, *lengths_in(text), *(-length for length in lengths_in(text))}
    if item.type is FieldType.TIMESTAMP:
        near = sorted({at + step for at in around for step in (-MINUTE, MINUTE)})
        yield from (f"now() + interval '{seconds} seconds'" for seconds in near)
    elif item.type is FieldType.DATE:
        days = sorted({at // DAY + step for at in around for step in (-1, 0, 1)})
        yield from (f"current_date + {day}" for day in days)
    elif item.type is FieldType.BOOLEAN:
        yield from ("true", "false")
    elif item.choices:
        yield from (f"'{choice}'" for choice in item.choices)
    elif item.type in NUMERIC:
        numbers = [number + step for number in numbers_in(text) for step in (-1, 0, 1)]
        low = int(item.min or 0)
        yield from map(str, sorted({*numbers, low, low + 1}))


def _put(backend: Backend, places: tuple[BoundRow, ...], state: tuple[str, ...]) -> bool:
    """Put the rows into a state; return whether the database lets them be so."""
    values = iter(state)
    for place in places:
        sets = ", ".join(f'"{item.column}" = {next(values)}' for item in place.fields)
        where = " AND ".join(f'"{column}" = ${number}::text::uuid' for number, column in enumerate(place.where, 1))
        try:
            if sets:
                backend.database.run(f'UPDATE "{place.row.table}" SET {sets} WHERE {where}', *place.where.values())
        except Refused:
            return False
    return True


PROBE = Probe("P80", Group.ATTACKS, "computed values are what the design computes, at each bound", computed_values)
