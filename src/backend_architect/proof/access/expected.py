"""The answer that somebody should get: what the design's rule says of the rows, and what the access table promises.

The access table is made by the compiler that made the routes. Where the oracle says something else, the table is wrong,
and no answer holds.
"""

from dataclasses import dataclass

from backend_architect.design.model import Edge, Entity, FieldType
from backend_architect.design.routes import Route
from backend_architect.proof.access.acting import ruling
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.routes import ProjectRoute, Request

DONE = {"read": 200, "list": 200, "create": 201, "update": 200, "delete": 204, "put_edge": 204, "delete_edge": 204}
LET_IN = frozenset({*range(200, 300), 400, 409, 422, 501})
"""What a route may answer that the team wrote itself, once its rule lets the caller in."""
REFUSED = frozenset({403, 404})
NEEDS_SOMEBODY = frozenset({401, 403, 404, 422})
"""What a creation may answer that needs a caller to be written into the row, and has none."""
ANYTHING_SAFE = frozenset(range(200, 500)) | {501}


@dataclass(frozen=True, slots=True)
class Expected:
    """The statuses that hold, in words, and who says so."""

    statuses: frozenset[int]
    description: str
    source: str


def expected_answer(judge: Judge, route: ProjectRoute, persona: Persona, request: Request) -> Expected:
    """Return what the persona should get for this request."""
    stated = route.table.answers.get(persona.name)
    table = f"{route.table.file}:{route.table.line}"
    if route.design is None:
        alone = Expected(ANYTHING_SAFE, "no fault of the server", "a route of the team's own")
        return alone if stated is None else Expected(frozenset({stated}), str(stated), table)
    ruled = _by_rule(judge, route.design, persona, request)
    if stated is None:
        return ruled
    if stated in ruled.statuses:
        return Expected(frozenset({stated}), str(stated), f"{table}; {ruled.source}")
    return Expected(
        frozenset(), f"{ruled.description}, where the access table says {stated}", f"{table}; {ruled.source}"
    )


def with_own_files(route: ProjectRoute, request: Request, persona: Persona) -> Request:
    """Return the request with files that its sender was given a form for, instead of the owner's."""
    if route.design is None or not isinstance(request.body, dict) or persona.me is None:
        return request
    row = route.design.row
    files = [item.name for item in row.fields.values() if item.type is FieldType.FILE and item.name in request.body]
    own = {name: f"{row.plural}.{name}/{persona.me}/{str(request.body[name]).rpartition('/')[2]}" for name in files}
    return request.with_body({**request.body, **own})


def _by_rule(judge: Judge, route: Route, persona: Persona, request: Request) -> Expected:
    rule = route.rule
    source = f"backend.yaml: {' '.join(rule.split())}"
    if route.action and isinstance(route.row, Entity):
        sent = request.body if isinstance(request.body, dict) else {}
        identity = request.ids[f"{route.row.name}_id"]
        ruled = ruling(judge, persona, route.row, route.action, identity=identity, sent=sent)
        return Expected(frozenset({ruled.status}), str(ruled), source)
    if persona.me is None and _asks_for_caller(judge, route, rule):
        return Expected(frozenset({401}), "401", source)
    if route.kind == "create" and persona.me is None and any(f.set == "me" for f in route.row.fields.values()):
        return Expected(NEEDS_SOMEBODY, "4xx", source)
    if not _allowed(judge, route, persona, request):
        return Expected(REFUSED, "403 or 404", source)
    if route.kind == "custom":
        return Expected(LET_IN, "let in", source)
    return Expected(frozenset({DONE[route.kind]}), str(DONE[route.kind]), source)


def _asks_for_caller(judge: Judge, route: Route, rule: str) -> bool:
    """Return whether only those who have signed in can ever be let in."""
    if route.list and route.list.where and judge.needs_caller(route.row, route.list.where):
        return True
    return judge.needs_caller(None if route.list or route.is_of_collection else route.row, rule)


def _allowed(judge: Judge, route: Route, persona: Persona, request: Request) -> bool:
    if route.list:
        return judge.lets_ask(persona, route.list.allow)
    if route.custom and route.is_of_collection:
        return judge.lets_ask(persona, route.custom.allow)
    if route.kind == "delete_edge":
        return True  # a pair that is not there, or not theirs, is told apart from nothing
    if route.kind in {"create", "put_edge"}:
        return judge.may_make(persona, route.row, _new_row(route, persona, request))
    identity = request.ids[f"{route.row.name}_id"]
    if route.kind == "update":
        body = request.body if isinstance(request.body, dict) else {}
        return judge.may_change(persona, route.row, identity, body)
    return judge.holds(persona, route.row, route.rule, identity)


def _new_row(route: Route, persona: Persona, request: Request) -> dict[str, object]:
    """Return the row that the request would make: what its path and its body say."""
    body = dict(request.body) if isinstance(request.body, dict) else {}
    if isinstance(route.row, Edge):
        sides = {
            item.column: request.ids.get(item.column) or request.ids.get(f"{item.to}_id") for item in route.row.pair
        }
        mine = {item.column: persona.me for item in route.row.pair if item.set == "me"}
        return {**body, **sides, **mine}
    if route.parent:
        body[route.parent.column] = next(iter(request.ids.values()))
    return body
