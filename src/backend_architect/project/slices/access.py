"""`access.py` of a slice: who gets which answer on every route, as a table that people and proofs read."""

from collections.abc import Mapping

from backend_architect.design.model import Persona
from backend_architect.design.names import words
from backend_architect.design.routes import ACTION_OF, Route
from backend_architect.design.rule_evaluation import Truth, persona_facts, truth
from backend_architect.project.samples import python_string
from backend_architect.project.slices.action_answers import action_answer
from backend_architect.project.slices.calls import asks_for_caller, rule_of
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign

PERSONAS: tuple[Persona, ...] = ("anonymous", "stranger", "owner", "moderator")
SUCCESS = {"read": 200, "list": 200, "create": 201, "update": 200, "delete": 204, "put_edge": 204, "delete_edge": 204}


def render_access(resolved: ResolvedDesign, plural: str, queries: tuple[Query, ...]) -> str:
    """Return the module with the access table of a slice."""
    rows = [_row(resolved, query) for query in queries if query.route and not query.filters]
    rows += [_open_row(resolved, r) for r in resolved.routes_of_slice(plural) if r.is_of_collection]
    body = "\n    ".join(rows)
    return (
        f'"""Who gets which answer on the routes of {words(plural)}; tests hold it."""\n\n'
        "from app.core.access import Access\n\n"
        f"# route, rule, and the answer about a row of `owner` to: {', '.join(PERSONAS)}\n"
        f"ACCESS = (\n    {body}\n)\n"
    )


def expected_answers(resolved: ResolvedDesign, query: Query) -> Mapping[Persona, int | None]:
    """Return the status that each persona gets; None where it depends on more than the table can say."""
    route = query.route
    assert route is not None
    return {persona: _expected(resolved, query, route, persona) for persona in PERSONAS}


def _row(resolved: ResolvedDesign, query: Query) -> str:
    assert query.route is not None
    route = query.route
    answers = expected_answers(resolved, query)
    statuses = ", ".join(str(answers[persona]) for persona in PERSONAS)
    rule = python_string(" ".join(rule_of(route).split()), width=90)
    return f'Access("{route.method} /v1{route.path}", {rule}, {statuses}),'


def _open_row(resolved: ResolvedDesign, route: Route) -> str:
    """Return the row of a hand-written use case without a statement: only who is turned away is known."""
    anonymous = 401 if asks_for_caller(resolved, route) else None
    return f'Access("{route.method} /v1{route.path}", "{rule_of(route)}", {anonymous}, None, None, None),'


def _expected(resolved: ResolvedDesign, query: Query, route: Route, persona: Persona) -> int | None:
    if route.action:
        return action_answer(resolved, query, persona)
    if persona == "anonymous" and asks_for_caller(resolved, route):
        return 401
    if route.kind == "custom" or (persona == "moderator" and not (resolved.design.auth and resolved.design.auth.roles)):
        return None
    if route.kind == "delete_edge":
        return SUCCESS[route.kind]
    verdict = _list_verdict(resolved, route, persona) if route.list else _row_verdict(resolved, query, route, persona)
    if verdict == {True}:
        return SUCCESS[route.kind]
    refused = 403 if route.list else query.refused
    return None if True in verdict else refused


def _list_verdict(resolved: ResolvedDesign, route: Route, persona: Persona) -> Truth:
    facts = persona_facts(resolved.design, route.row, persona, route.row.table)
    assert route.list is not None
    return truth(resolved.rule(None, route.list.allow), facts)


def _row_verdict(resolved: ResolvedDesign, query: Query, route: Route, persona: Persona) -> Truth:
    is_new = route.kind in {"create", "put_edge"}
    alias = "new" if is_new else route.row.table
    facts = persona_facts(resolved.design, route.row, persona, alias, is_new=is_new)
    verdict = truth(resolved.rule(route.row, route.row.allow[ACTION_OF[route.kind]], alias=alias), facts)
    looks_up = any(f"AS {item.name}_target" in query.sql for item in route.row.references)
    # what a new row points at must be readable too, and the table does not know whether it is
    return verdict | {False} if looks_up else verdict
