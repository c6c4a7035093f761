"""P68: kept counts are the rows that they count, whoever adds and removes at the same time, and however a row goes."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.design.model import Count, Edge, Entity, Row
from backend_architect.proof.attacks.concurrent_requests import at_once, deadlocks, new_deadlocks, statuses
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

PEOPLE, EACH = 4, 2
KEPT = "SELECT true FROM information_schema.columns WHERE table_name = $1 AND column_name = $2"
ADVICE = "the trigger counts each row that comes, goes or moves, in the transaction that does it"


@dataclass(frozen=True, slots=True)
class StoredCount:
    """A count that a column keeps: of the rows of `source` whose column `via` points at a row of `entity`."""

    entity: Entity
    count: Count
    source: Row
    via: str

    @property
    def title(self) -> str:
        """Return the count's name."""
        return f"{self.entity.name}.{self.count.name}"

    @property
    def column(self) -> str:
        """Return the column that keeps it."""
        return f"{self.count.name}_count"


def counted(lab: Lab) -> Iterator[Case]:
    """Give for each kept count a case for rows made at once, one for rows removed at once, and one for all rows."""
    backend = lab.backend
    kept = list(_kept(backend))
    if not kept:
        yield skipped("kept counts", "the design keeps none")
        return
    routes = project_routes(lab.subject)
    for each in kept:
        parent = backend.rows.make(each.entity.name, backend.insider().id)
        yield from _by_routes(backend, routes, each, parent)
        yield _in_the_database(backend, each)
    yield from _mutual(backend, routes)
    for each in kept:
        yield _all_rows(backend, each)


def _kept(backend: Backend) -> Iterator[StoredCount]:
    for entity in backend.design.entities.values():
        for count in entity.counts.values():
            source = backend.design.rows_by_plural[count.source]
            if backend.database.value(KEPT, entity.table, f"{count.name}_count"):
                yield StoredCount(entity, count, source, source.fields[count.via].column)


def _by_routes(backend: Backend, routes: tuple[ProjectRoute, ...], kept: StoredCount, parent: str) -> Iterator[Case]:
    """Give the cases of rows that several people make at once by a route, and remove at once."""
    making = next((r for r in routes if r.kind in {"create", "put_edge"} and _is_of(r, kept.source)), None)
    if making is None:
        return
    people = [backend.insider() for _ in range(PEOPLE)]
    requests = [
        (_about(valid_request(backend, making, who, others=True), kept, parent), who)
        for who in people
        for _ in range(EACH if making.kind == "create" else 1)
    ]
    before = deadlocks(backend)
    answers = at_once(backend, requests)
    actual = statuses(answers)
    broken = new_deadlocks(backend, before, answers)
    if any(answer.status < 300 for answer in answers):
        actual = f"{actual}, {_count_text(backend, kept, parent)}, {broken} deadlocks"
        held = _fits(backend, kept, parent) and not broken
        yield Case(f"{kept.title} after {len(requests)} at once", verdict(held), "as many as there are", actual,
                   answers[0].curl, ADVICE)  # fmt: skip
    removing = next((r for r in routes if r.kind == "delete_edge" and _is_of(r, kept.source)), None)
    if removing and making.kind == "put_edge":
        gone = at_once(backend, [(Request("DELETE", w.template, w.ids), who) for w, who in requests])
        actual = f"{statuses(gone)}, {_count_text(backend, kept, parent)}"
        held = _fits(backend, kept, parent)
        yield Case(f"{kept.title} after all were removed at once", verdict(held), "as many as there are", actual,
                   gone[0].curl, ADVICE)  # fmt: skip


def _in_the_database(backend: Backend, kept: StoredCount) -> Case:
    """Return the case of rows that come, and go with what they belong to: by a cascade, or one by one."""
    parent = backend.rows.make(kept.entity.name, backend.insider().id)
    for _ in range(3):
        backend.rows.make(kept.source.name, backend.insider().id, {kept.via: parent})
    made = _count_text(backend, kept, parent)
    fits = _fits(backend, kept, parent) and _value(backend, kept, parent) == 3
    others = [item for item in kept.source.fields.values() if item.is_reference and item.column != kept.via]
    backend.database.run(
        f'DELETE FROM "{kept.source.table}" WHERE ctid IN '
        f'(SELECT ctid FROM "{kept.source.table}" WHERE "{kept.via}" = $1::text::uuid LIMIT 2)',
        parent,
    )
    left = _count_text(backend, kept, parent)
    fits = fits and _fits(backend, kept, parent)
    actual = f"{made}; two removed: {left}"
    if any(item.column == kept.via and item.on_delete == "set null" for item in kept.source.references):
        actual += "; " + _let_go(backend, kept, parent)
        fits = fits and _fits(backend, kept, parent)
    if any(item.on_delete == "cascade" for item in others) or isinstance(kept.source, Edge):
        actual += "; " + _cascaded(backend, kept, parent)
        fits = fits and _fits(backend, kept, parent)
    return Case(f"{kept.title} in the database", verdict(fits), "as many as there are", actual, "", ADVICE)


def _let_go(backend: Backend, kept: StoredCount, parent: str) -> str:
    """Let a counted row point at nothing, as a deletion of its target does; return what the count is then."""
    one = f'SELECT id FROM "{kept.source.table}" WHERE "{kept.via}" = $1::text::uuid LIMIT 1'
    backend.database.run(f'UPDATE "{kept.source.table}" SET "{kept.via}" = NULL WHERE id = ({one})', parent)
    summary = f"one let go: {_count_text(backend, kept, parent)}"
    backend.rows.make(kept.source.name, backend.insider().id, {kept.via: parent})
    return summary


def _cascaded(backend: Backend, kept: StoredCount, parent: str) -> str:
    """Delete what a counted row also belongs to, where the row goes with it; return what the count is then."""
    items = [item for item in kept.source.fields.values() if item.is_reference and item.column != kept.via]
    for item in items:
        if isinstance(kept.source, Edge) or item.on_delete == "cascade":
            table = backend.design.entities[item.to or ""].table
            found = f'SELECT "{item.column}" FROM "{kept.source.table}" WHERE "{kept.via}" = $1::text::uuid LIMIT 1'
            backend.database.run(f'DELETE FROM "{table}" WHERE id = ({found})', parent)
            break
    return f"what one belonged to removed: {_count_text(backend, kept, parent)}"


def _mutual(backend: Backend, routes: tuple[ProjectRoute, ...]) -> Iterator[Case]:
    """Give a case for each edge between accounts that two make to each other at once, again and again."""
    account = backend.design.account
    for route in routes:
        edge = route.design.row if route.design else None
        if route.kind != "put_edge" or not isinstance(edge, Edge) or account is None or not edge.mine:
            continue
        if {item.to for item in edge.pair} != {account.name}:
            continue
        people = [backend.insider() for _ in range(6)]
        pairs = [(one, other) for one in people for other in people if one is not other]
        parameter = next(iter(valid_request(backend, route, people[0], others=True).ids))
        requests = [(Request("PUT", route.path, {parameter: other.id}), one) for one, other in pairs]
        before = deadlocks(backend)
        answers = at_once(backend, requests)
        broken = new_deadlocks(backend, before, answers)
        held = not broken and all(answer.status < 300 for answer in answers)
        actual = f"{statuses(answers)}, {broken} deadlocks"
        yield Case(f"{route.title} to each other at once", verdict(held), "each is made, no deadlock", actual,
                   answers[0].curl, ADVICE)  # fmt: skip


def _all_rows(backend: Backend, kept: StoredCount) -> Case:
    """Return the case of every row that there is by now."""
    wrong = backend.database.value(
        f'SELECT count(*) FROM "{kept.entity.table}" t WHERE t."{kept.column}" <> '
        f'(SELECT count(*) FROM "{kept.source.table}" s WHERE s."{kept.via}" = t.id)'
    )
    held = wrong == 0
    return Case(f"{kept.title} of every row", verdict(held), "none is wrong", f"{wrong} are wrong", "", ADVICE)


def _is_of(route: ProjectRoute, row: Row) -> bool:
    return route.design is not None and route.design.row is row


def _about(request: Request, kept: StoredCount, parent: str) -> Request:
    """Return the request about this very parent, wherever it names one."""
    if isinstance(request.body, dict) and kept.via in request.body:
        return request.with_body({**request.body, kept.via: parent})
    names = [name for name in request.ids if name in {kept.via, f"{kept.entity.name}_id"}]
    if names:
        return request.with_ids(**{names[0]: parent})
    return request.with_body({**(request.body if isinstance(request.body, dict) else {}), kept.via: parent})


def _value(backend: Backend, kept: StoredCount, parent: str) -> int:
    return int(str((backend.rows.read(kept.entity.table, parent) or {}).get(kept.column, -1)))


def _there(backend: Backend, kept: StoredCount, parent: str) -> int:
    sql = f'SELECT count(*) FROM "{kept.source.table}" WHERE "{kept.via}" = $1::text::uuid'
    return int(backend.database.value(sql, parent))


def _fits(backend: Backend, kept: StoredCount, parent: str) -> bool:
    return _value(backend, kept, parent) == _there(backend, kept, parent)


def _count_text(backend: Backend, kept: StoredCount, parent: str) -> str:
    return f"{_value(backend, kept, parent)} kept, {_there(backend, kept, parent)} there"


PROBE = Probe("P68", Group.ATTACKS, "kept counts are right, whoever adds and removes at once", counted)
