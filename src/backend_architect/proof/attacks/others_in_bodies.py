"""Ids of others' rows in what clients send: nobody ties a row of their own to one that they may not read."""

from collections.abc import Iterator

from backend_architect.design.model import Action, Edge, Entity, Field, FieldType
from backend_architect.proof.attacks.hidden_rows import Routes, hidden_row
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case
from backend_architect.proof.routes import ProjectRoute, valid_request

ACTIONS: dict[str, Action] = {"create": "create", "update": "update", "put_edge": "create"}
People = tuple[Actor, Actor]
ADVICE = "check in the statement that whoever sends an id may read the row, and that a file was given to them"


def bodies_with_others(backend: Backend, routes: Routes, people: People) -> Iterator[Case]:
    """Give a case for each field in which the second person sends the id of a row, or of a file, of the first."""
    for route in routes:
        entity = route.design.row if route.design else None
        if not isinstance(entity, Entity) or route.kind not in {"create", "update"} or route.refuses("owner"):
            continue
        form = entity.accepted("create" if route.kind == "create" else "update")
        for item in form:
            others = _others(backend, routes, route, item, people)
            if others and not (route.design and item is route.design.parent):
                yield _sent(backend, route, item, others, people[1])


def _others(backend: Backend, routes: Routes, route: ProjectRoute, item: Field, people: People) -> str | None:
    """Return what the second person must not send in this field, or None where there is nothing of the kind."""
    assert route.design is not None
    if item.type is FieldType.FILE:
        return f"{route.design.row.plural}.{item.name}/{people[0].id}/{backend.rows.identity()}"
    target = backend.design.entities.get(item.to or "")
    if target is None or _rule_decides(route.design.row.allow[ACTIONS[route.kind]], item, target):
        return None
    return hidden_row(backend, routes, target, people)


def _rule_decides(rule: str, item: Field, target: Entity) -> bool:
    """Return whether the rule says itself which rows the field may point at, and those need not be readable."""
    return f"{item.name}." in rule and f"{item.name}.{target.allow.get('read')}" not in rule


def _sent(backend: Backend, route: ProjectRoute, item: Field, others: str, sender: Actor) -> Case:
    """Return the case of a request for the sender's own row that names somebody else's."""
    assert route.design is not None
    request = valid_request(backend, route, sender)
    body = request.body if isinstance(request.body, dict) else {}
    table = f'SELECT count(*) FROM "{route.design.row.table}" WHERE "{item.column}"::text = $1'
    answer = request.with_body({**body, item.column: others}).send(backend, sender)
    held = 400 <= answer.status < 500 and backend.database.value(table, others) == 0
    title = f"{route.title} of one's own with somebody else's {item.name}"
    return answer.case(title, expected="4xx, nothing stored", held=held, advice=ADVICE)


def edges_to_others(backend: Backend, routes: Routes, people: People) -> Iterator[Case]:
    """Give a case for each edge that the second person makes to a row that only the first one may read."""
    for route in routes:
        if route.design is None or route.kind != "put_edge" or not isinstance(route.design.row, Edge):
            continue
        request = valid_request(backend, route, people[1], others=True)
        for parameter, item in zip(request.ids, sides_of(route.design.row), strict=True):
            others = _others(backend, routes, route, item, people)
            if others:
                before = backend.rows.count(route.design.row.table)
                answer = request.with_ids(**{parameter: others}).send(backend, people[1])
                held = 400 <= answer.status < 500 and backend.rows.count(route.design.row.table) == before
                title = f"{route.title} with somebody else's {item.name}"
                yield answer.case(title, expected="4xx, nothing stored", held=held, advice=ADVICE)


def sides_of(edge: Edge) -> tuple[Field, ...]:
    """Return the sides that the path of an edge names, in its order."""
    return (edge.other(edge.mine),) if edge.mine else edge.pair
