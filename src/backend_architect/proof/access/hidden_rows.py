"""No list shows a row to somebody whom the read rule refuses it: checked against the rule, for everybody."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from backend_architect.design.model import Edge, Entity, FieldType
from backend_architect.design.routes import Route
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona, let_members_in, named, personas
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

EVERY_ROW = "?limit=100"
ADVICE = "the list's statement needs the entity's read rule in its WHERE"


@dataclass(frozen=True, slots=True)
class Stocked:
    """A list's request, and the ids of the rows that were made for it."""

    route: Route
    request: Request
    rows: tuple[str, ...]


def hidden_rows(lab: Lab) -> Iterator[Case]:
    """Give a case for each list and each caller who may ask for it and may not read all that it could show."""
    backend = lab.backend
    people, judge = personas(backend), Judge(backend)
    tried = False
    for route in project_routes(lab.subject):
        if route.design is None or route.design.list is None:
            continue
        stocked = _stocked(backend, route, route.design, named(people, "owner"))
        let_members_in(backend, people)
        for persona in people:
            for case in _tried(backend, judge, stocked, persona):
                tried = True
                yield case
    if not tried:
        yield skipped("lists", "whoever may ask for a list may read every row that it could show")


def _tried(backend: Backend, judge: Judge, stocked: Stocked, persona: Persona) -> Iterator[Case]:
    viewer = (
        named((replace(persona, actor=backend.anonymous(), roles=frozenset()),), "") if _cached(stocked) else persona
    )
    row = stocked.route.row
    visible = judge.those(viewer, row, row.allow.get("read", "nobody"), stocked.rows)
    hidden = [identity for identity in stocked.rows if identity not in visible]
    if not hidden:
        return
    answer = stocked.request.send(backend, persona.actor)
    if answer.status < 400:
        title = f"{stocked.request.method} {stocked.request.template} for {persona.name}"
        yield _shown(answer, title, _listed(answer), hidden=hidden, made=len(stocked.rows))


def _shown(answer: Exchange, title: str, listed: Iterable[str], *, hidden: list[str], made: int) -> Case:
    leaked = sorted(set(listed) & set(hidden))
    expected = f"none of the {len(hidden)} of {made} rows that the read rule hides"
    case = answer.case(title, expected=expected, held=not leaked, advice=ADVICE)
    came = (
        f"{answer.status}, {len(leaked)} hidden rows shown: {', '.join(leaked)}" if leaked else f"{answer.status}, none"
    )
    return replace(case, came=came)


def _listed(answer: Exchange) -> list[str]:
    items = answer.field("items")
    return [str(item.get("id")) for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _cached(stocked: Stocked) -> bool:
    return bool(stocked.route.list and stocked.route.list.cache_seconds)


def _stocked(backend: Backend, route: ProjectRoute, design: Route, owner: Persona) -> Stocked:
    """Return the list's request after making rows of every kind that it could show: the owner's and somebody else's."""
    request = valid_request(backend, route, owner.actor)
    parent = next(iter(request.ids.values()), "")
    query = f"{request.query}&{EVERY_ROW[1:]}" if request.query else EVERY_ROW
    other = backend.rows.make(backend.design.account.name, "") if backend.design.account else ""
    entity = design.row
    assert isinstance(entity, Entity)
    rows = [
        _made(backend, design, maker, parent=parent, given=given)
        for maker in filter(None, (owner.actor.id, other))
        for given in _kinds(entity)
    ]
    return Stocked(design, replace(request, query=query), tuple(rows))


def _made(backend: Backend, design: Route, maker: str, *, parent: str, given: Mapping[str, object]) -> str:
    """Return the id of a new row that belongs to the list's parent."""
    spec, item = design.list, design.parent
    assert spec is not None
    if item is None or not spec.through:
        return backend.rows.make(design.row.name, maker, {**given, **({item.column: parent} if item else {})})
    row = backend.rows.make(design.row.name, maker, given)
    edge = backend.design.rows_by_plural[spec.through[0]]
    assert isinstance(edge, Edge)
    backend.rows.make(edge.name, maker, {item.column: parent, edge.other(item).column: row})
    return row


def _kinds(entity: Entity) -> Iterator[dict[str, object]]:
    """Give the values of a usual row, and of one with each other choice that its fields have."""
    yield {}
    for item in entity.fields.values():
        choices: tuple[object, ...] = item.choices if item.type is FieldType.ONE_OF else ()
        if item.type is FieldType.BOOLEAN:
            choices = (False, True)
        yield from ({item.column: choice} for choice in choices if choice != item.default)


PROBE = Probe("hidden-rows", Group.ACCESS, "no list shows a row that its caller may not read", hidden_rows)
