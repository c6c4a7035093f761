"""P83: a write changes what it is about and nothing else: no other row of the same person, or of the same target.

Before each write there are rows beside the one that it is about: others of the same maker, and others that point at the
same rows. Afterwards every row of every table is as it was, but for what the design says of this write.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend_architect.design.model import Design, Edge, Row
from backend_architect.postgres import Refused
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.attacks.states import let_in
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes

WRITES = ("create", "update", "delete", "put_edge", "delete_edge")
STAMP = "updated_at"
ADVICE = "the statement's WHERE names the row that it is about, whole: its id, or both sides of the pair"

Values = Mapping[str, object]
Key = tuple[str, ...]
Change = tuple[Row, Values | None, Values | None]
"""A row's kind, the row before and after; None where it was not there, or is no more."""


@dataclass(frozen=True, slots=True)
class About:
    """The row that a write is about: its kind, and the columns that find it ('' where it is not there yet)."""

    row: Row
    key: Key
    sent: Values


def nothing_else(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that writes and lets somebody in."""
    backend, tried = lab.backend, False
    for route in project_routes(lab.subject):
        if route.kind in WRITES and route.design is not None:
            for case in _tried(backend, route):
                tried = True
                yield case
    if not tried:
        yield skipped("what a write changes", "no route writes")


def _tried(backend: Backend, route: ProjectRoute) -> Iterator[Case]:
    person = somebody(backend, route)
    request = let_in(backend, route, person)
    about = _about(backend, route, request, person)
    before = _all_rows(backend)
    answer = request.send(backend, person)
    if answer.status >= 300:
        return  # who is refused leaves no trace: that is the probe `routes`
    changes = _changes(backend.design, before, _all_rows(backend))
    wrong = list(_unexpected(backend.design, route.kind, about, changes))
    summary = "; ".join(wrong[:3]) or f"{answer.status}; {len(changes)} rows changed"
    yield Case(f"{route.title}: what it changes", verdict(not wrong), "its row, and what the design says", summary,
               answer.curl, "" if not wrong else ADVICE)  # fmt: skip


def _about(backend: Backend, route: ProjectRoute, request: Request, person: Actor) -> About:
    """Return what a request is about, after making rows beside it."""
    assert route.design is not None
    row, body = route.design.row, dict(request.body) if isinstance(request.body, dict) else {}
    account = backend.design.account
    other = backend.rows.make(account.name, "") if account else ""
    if isinstance(row, Edge):
        named = {
            item.column: request.ids.get(item.column) or request.ids.get(f"{item.to}_id") or "" for item in row.pair
        }
        ends = named | {item.column: person.id for item in row.pair if item.set == "me"}
        if route.kind == "delete_edge":
            _made(backend, row, person.id, ends)
        for item in row.pair:
            _made(backend, row, other, {item.column: ends[item.column]})
        return About(row, tuple(ends.values()), body)
    identity = request.ids.get(f"{row.name}_id", "") if route.kind != "create" else ""
    stored = (backend.rows.read(row.table, identity) or {}) if identity else {**body, **_parent(route, request)}
    _made(backend, row, person.id, {})
    for item in row.references:
        if stored.get(item.column):
            _made(backend, row, other, {item.column: stored[item.column]})
    return About(row, (identity,), body)


def _parent(route: ProjectRoute, request: Request) -> dict[str, object]:
    assert route.design is not None
    return {route.design.parent.column: next(iter(request.ids.values()))} if route.design.parent else {}


def _made(backend: Backend, row: Row, owner: str, given: Values) -> None:
    try:
        backend.rows.make(row.name, owner, given)
    except Refused:  # one is there already, or may not be there twice
        return


def _all_rows(backend: Backend) -> dict[str, set[str]]:
    """Return every row of every table of the design, as JSON."""
    return {
        name: {
            str(each["it"]) for each in backend.database.fetch(f'SELECT to_jsonb(t)::text AS it FROM "{row.table}" t')
        }
        for name, row in backend.design.rows_by_plural.items()
    }


def _changes(design: Design, before: Mapping[str, set[str]], after: Mapping[str, set[str]]) -> list[Change]:
    found: list[Change] = []
    for name, row in design.rows_by_plural.items():
        gone, actual = ({_key(row, each): each for each in map(json.loads, texts)}
                      for texts in (before[name] - after[name], after[name] - before[name]))  # fmt: skip
        found += [(row, gone.get(key), actual.get(key)) for key in {**gone, **actual}]
    return found


def _key(row: Row, values: Values) -> Key:
    columns = [item.column for item in row.pair] if isinstance(row, Edge) else ["id"]
    return tuple(str(values[column]) for column in columns)


def _unexpected(design: Design, kind: str, about: About, changes: list[Change]) -> Iterator[str]:
    """Say what changed that nothing of the design changes."""
    gone = _gone_with(design, about, changes) if kind == "delete" else set()
    touched = {
        str(value) for _, before, after in changes for each in (before, after) if each for value in each.values()
    }
    made = 0
    for row, before, after in changes:
        key = _key(row, before or after or {})
        is_own = row is about.row and key == about.key
        if before is None:
            made += 1
            if row is not about.row or kind not in {"create", "put_edge"} or made > 1:
                yield f"a row of {row.plural} is new"
        elif after is None:
            if not (is_own and kind in {"delete", "delete_edge"}) and (row.name, key) not in gone:
                yield f"a row of {row.plural} is gone"
        else:
            columns = {column for column in after if after[column] != before.get(column)}
            kept = _kept(design, row) if key[0] in touched else set()
            own = {*about.sent, STAMP} if is_own and kind in {"update", "put_edge"} else set()
            unset = {item.column for item in row.references if after[item.column] is None and gone}
            if columns - kept - own - unset:
                yield f"{', '.join(sorted(columns - kept - own - unset))} of a row of {row.plural} changed"


def _kept(design: Design, row: Row) -> set[str]:
    """Return the columns of a row that writes of other rows change: counts, and what effects change."""
    if isinstance(row, Edge):
        return set()
    targets = {
        target.partition(".")[2]
        for entity in design.entities.values()
        for each in entity.effects.values()
        for target in each
        if entity.fields[target.partition(".")[0]].to == row.name
    }
    return {f"{name}_count" for name in row.counts} | targets | ({STAMP} if targets else set())


def _gone_with(design: Design, about: About, changes: list[Change]) -> set[tuple[str, Key]]:
    """Return the rows that go with the row that is deleted: those that point at it, and at those, by a cascade."""
    removed = [(row, before) for row, before, after in changes if before is not None and after is None]
    gone = {(about.row.name, about.key)}
    while True:
        more = {
            (row.name, _key(row, before))
            for row, before in removed
            for item in row.references
            if (isinstance(row, Edge) or item.on_delete == "cascade") and (item.to, (str(before[item.column]),)) in gone
        }
        if more <= gone:
            return gone
        gone |= more


PROBE = Probe("P83", Group.ATTACKS, "a write changes what it is about, and nothing else", nothing_else)
