"""P79: the database refuses what the design refuses, whoever writes: each field and constraint, at its edge and beyond.

Over HTTP the models of the input refuse most of it before any statement runs. A use case of the team's own, a script
and a worker have no such model: for them the table is all there is. Whether a constraint of the design holds is asked
of the oracle, which gives its text to PostgreSQL as it stands.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, product

from backend_architect.design.model import NUMERIC, Edge, Entity, Field, FieldType, Row
from backend_architect.design.samples import sample
from backend_architect.oracle import NOBODY, Oracle
from backend_architect.postgres import Refused, Session
from backend_architect.proof.attacks.compared_values import lengths_in, numbers_in
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

WRITTEN = frozenset({FieldType.TEXT, FieldType.SLUG})
TIMES = frozenset({FieldType.DATE, FieldType.TIMESTAMP})
NO_CHOICE = "no choice of these"
CHECK, NULL, OF_OTHER_ROWS = "23514", "23502", frozenset({"23505", "23P01", "23503"})
"""What PostgreSQL says of a row that breaks a check, of one that lacks a value, and where another row is in the way."""
ADVICE = "the constraint belongs into the migration, as the design has it"

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Stored:
    """A usual row of the design in its table: `where` finds it, `values` are its columns."""

    row: Row
    where: Mapping[str, str]
    values: Values


def stored_bounds(lab: Lab) -> Iterator[Case]:
    """Give a case for each field that is bounded, and for each constraint, of every table of the design."""
    backend, tried = lab.backend, False
    oracle = Oracle(backend.database, backend.design)
    with Session(backend.place.environment["DATABASE_URL"]) as session:
        for row in backend.design.rows_by_plural.values():
            stored = _stored(backend, row)
            for case in (*_fields(session, oracle, stored), *_constraints(session, oracle, stored)):
                tried = True
                yield case
    if not tried:
        yield skipped("bounds in the database", "no field of the design is bounded")


def _stored(backend: Backend, row: Row) -> Stored:
    """Return a usual row of somebody who has none yet."""
    account = backend.design.account
    owner = backend.rows.make(account.name, "") if account else ""
    if isinstance(row, Edge):
        ends = {item.column: backend.rows.make(item.to or "", owner) for item in row.pair}
        backend.rows.make(row.name, owner, ends)
    else:
        ends = {"id": backend.rows.make(row.name, owner)}
    where = " AND ".join(f't."{column}" = ${number}::text::uuid' for number, column in enumerate(ends, 1))
    found = backend.database.value(f'SELECT to_jsonb(t)::text FROM "{row.table}" AS t WHERE {where}', *ends.values())
    return Stored(row, ends, json.loads(found))


def _fields(session: Session, oracle: Oracle, stored: Stored) -> Iterator[Case]:
    """Give a case for each field: the values at its bounds are stored, those beyond are refused."""
    for item in stored.row.fields.values():
        wrong, number = [], 0
        for value, fits in _around(item):
            if not _hold(oracle, stored, [{item.column: value}])[0]:
                continue
            number += 1
            actual = _written(session, stored, {item.column: value})
            if (actual == "") is not fits and actual not in OF_OTHER_ROWS:
                wrong.append(f"{_shown(value)} is {'refused: ' + actual if fits else 'stored'}")
        if number:
            title = f"{stored.row.plural}.{item.name} at its bounds, and beyond"
            expected = "stored at the bound, refused beyond it"
            yield Case(
                title, verdict(not wrong), expected, "; ".join(wrong) or f"{number} values as expected", "", ADVICE
            )


def _around(item: Field) -> Iterator[tuple[object, bool]]:
    """Give values at the bounds of a field and beyond them, each with whether it fits."""
    if not item.optional and not item.is_reference:
        yield None, False
    if item.type is FieldType.ONE_OF:
        yield from ((choice, True) for choice in item.choices)
        yield NO_CHOICE, False
    elif item.type in NUMERIC:
        step = Decimal(1) if item.type is not FieldType.DECIMAL else Decimal(1).scaleb(-item.scale)
        for bound, beyond in ((item.min, -step), (item.max, step)):
            if bound is not None:
                yield str(bound), True
                yield str(Decimal(str(bound)) + beyond), False
    elif item.type in WRITTEN:
        low, high = item.length
        yield "a" * high, True
        yield "a" * (high + 1), False
        if low:
            yield "a" * low, True
            yield "a" * (low - 1), False
        if item.type is FieldType.SLUG:
            yield "Not A Slug!"[:high].ljust(low, "!"), False
    elif item.type is FieldType.LIST and item.max is not None:
        one = sample(item.each)
        yield [one] * int(item.max), True
        yield [one] * (int(item.max) + 1), False


def _constraints(session: Session, oracle: Oracle, stored: Stored) -> Iterator[Case]:
    """Give a case for each constraint: rows around what it compares, which every other constraint lets be."""
    if not isinstance(stored.row, Entity):
        return
    for name, text in stored.row.constraints.items():
        changes = [each for each in _moves(stored, text) if _fit(stored.row, each)]
        others = [other for other in stored.row.constraints if other != name]
        said = _said(oracle, stored, text, changes)
        clear = _hold(oracle, stored, changes, others)
        wrong, refused, taken = [], 0, 0
        for change, holds, alone in zip(changes, said, clear, strict=True):
            if not alone:
                continue
            actual = _written(session, stored, change)
            refused, taken = refused + (holds is False), taken + (holds is not False)
            if (actual == "") is (holds is False) and actual not in OF_OTHER_ROWS:
                wrong.append(f"{_shown(change)} is {'stored' if actual == '' else 'refused: ' + actual}")
        title = f"{stored.row.plural}: {name}"
        if refused:
            actual = "; ".join(wrong[:3]) or f"{taken} rows are stored, {refused} refused"
            yield Case(title, verdict(not wrong), f"a row is refused just where not: {text}", actual, "", ADVICE)
        else:
            yield skipped(title, "no row was found that this constraint alone refuses")


def _moves(stored: Stored, text: str) -> Iterator[Values]:
    """Give other values of the fields that a constraint names: one at a time, then two that have few."""
    fields = [item for item in stored.row.fields.values() if re.search(rf"\b{item.name}\b", text)]
    for item in fields:
        for value in (*_few(item), *_near(stored, text, item, fields)):
            yield {item.column: value}
    for one, two in combinations(fields, 2):
        for first, second in product(_few(one), _few(two)):
            yield {one.column: first, two.column: second}


def _few(item: Field) -> tuple[object, ...]:
    """Return the values of a field that has few of them, and none where it may be missing."""
    missing = (None,) if item.optional else ()
    return (*missing, *item.choices, *((True, False) if item.type is FieldType.BOOLEAN else ()))


def _near(stored: Stored, text: str, item: Field, fields: list[Field]) -> Iterator[object]:
    """Give values of a number or a time around those that a constraint compares it with."""
    others = [(each, stored.values.get(each.column)) for each in fields if each is not item]
    if item.type in NUMERIC:
        bounds = [int(Decimal(str(value))) for each, value in others if each.type in NUMERIC and value is not None]
        yield from (bound + step for bound in (*numbers_in(text), *bounds) for step in (-1, 0, 1))
    if item.type in TIMES:
        moments = [str(value) for each, value in others if each.type is item.type and value is not None]
        yield from (_later(item, moment, step) for moment in moments for step in _steps(text, item))


def _steps(text: str, item: Field) -> list[int]:
    """Return how far from a time is tried, in seconds: a step, and each length that the constraint names."""
    unit = 86_400 if item.type is FieldType.DATE else 1
    around = {0, *lengths_in(text), *(-length for length in lengths_in(text))}
    return sorted({at + step * unit for at in around for step in (-1, 0, 1)})


def _later(item: Field, moment: str, seconds: int) -> str:
    if item.type is FieldType.DATE:
        return str(date.fromisoformat(moment) + timedelta(seconds=seconds))
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat()


def _fit(row: Row, change: Values) -> bool:
    """Return whether each value is one that its field takes."""
    columns = {item.column: item for item in row.fields.values()}
    numbers = [(columns[name], each) for name, each in change.items() if type(each) is int]
    return all(
        (item.min is None or number >= item.min) and (item.max is None or number <= item.max)
        for item, number in numbers
    )


def _said(oracle: Oracle, stored: Stored, text: str, changes: list[Values]) -> list[object]:
    """Return what a constraint says of the row with each of the changes."""
    rows = [{**stored.values, **change} for change in changes]
    return oracle.of_each(NOBODY, stored.row, text, rows) if rows else []


def _hold(oracle: Oracle, stored: Stored, changes: list[Values], names: list[str] | None = None) -> list[bool]:
    """Return for each of the changes whether no constraint of the row refuses it; a null refuses nothing."""
    given = stored.row.constraints if isinstance(stored.row, Entity) else {}
    held = [True] * len(changes)
    for name in given if names is None else names:
        try:
            said = _said(oracle, stored, given[name], changes)
        except Refused:  # the value is none of its type: no constraint is asked
            continue
        held = [before and each is not False for before, each in zip(held, said, strict=True)]
    return held


def _written(session: Session, stored: Stored, change: Values) -> str:
    """Return why the database refuses the row with other values, '' where it takes it; nothing of it stays."""
    table = stored.row.table
    sets = ", ".join(
        f'"{column}" = (jsonb_populate_record(NULL::"{table}", $1::text::jsonb))."{column}"' for column in change
    )
    where = " AND ".join(f'"{column}" = ${number}::text::uuid' for number, column in enumerate(stored.where, 2))
    session.run("BEGIN")
    try:
        session.run(f'UPDATE "{table}" SET {sets} WHERE {where}', json.dumps(change), *stored.where.values())
    except Refused as error:
        return str(getattr(error, "sqlstate", None) or error)
    finally:
        session.run("ROLLBACK")
    return ""


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:40]}… ({len(text) - 2} characters)"


PROBE = Probe("P79", Group.ATTACKS, "the database refuses what the design refuses, whoever writes", stored_bounds)
