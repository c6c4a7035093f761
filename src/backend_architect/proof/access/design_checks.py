"""The cases that backend.yaml states under `checks`, asked of the running server."""

from collections.abc import Iterator, Mapping

from backend_architect.design.model import Check, Design, Entity, Row, Scalar
from backend_architect.proof.access.personas import Persona, named, people_of_checks
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, entity_of, project_routes, valid_request

KINDS = {
    "read": {"read"},
    "create": {"create", "put_edge"},
    "update": {"update"},
    "delete": {"delete", "delete_edge"},
}
ADVICE = "the rule in backend.yaml, or the statement that carries it out, does not do what the check wants"

Given = Mapping[str, dict[str, Scalar]]
"""Values of the row under the empty text, and of the rows that it points at under the relation."""


def design_checks(lab: Lab) -> Iterator[Case]:
    """Give a case for each check."""
    design, backend = lab.subject.design, lab.backend
    if not design.checks:
        yield skipped("checks", "the design states none")
        return
    routes, people = project_routes(lab.subject), people_of_checks(backend)
    for number, check in enumerate(design.checks, 1):
        if check.target == design.auth.account if design.auth else False:
            people = people_of_checks(backend)  # the last check may have ended an account
        yield _tried(backend, people, check, routes=_routes(design, routes, check), number=number)


def _routes(design: Design, routes: tuple[ProjectRoute, ...], check: Check) -> list[ProjectRoute]:
    row = design.entities.get(check.target) or design.edges.get(check.target)
    return [route for route in routes if route.design and route.design.row is row and route.kind in KINDS[check.action]]


def _tried(
    backend: Backend, people: tuple[Persona, ...], check: Check, *, routes: list[ProjectRoute], number: int
) -> Case:
    title = f"check {number}: {check.persona} {check.action} {check.target}" + _shown(check)
    if not routes:
        return skipped(title, "the project has no such route any more")
    owner = named(people, "owner")
    request = _request(backend, routes[0], owner, _given(check))
    answer = request.send(backend, named(people, check.persona).actor)
    return answer.answers(title, check.expect, advice=ADVICE)


def _request(backend: Backend, route: ProjectRoute, owner: Persona, given: Given) -> Request:
    """Return the request about rows of the owner that have the given values."""
    assert route.design is not None
    row = route.design.row
    request = valid_request(backend, route, owner.actor)
    own = given.get("", {})
    for name in request.ids:
        entity = entity_of(backend.design, name)
        values = own if entity is row else _related(row, entity, given)
        if entity is not None and values:
            request = request.with_ids(**{name: backend.rows.make(entity.name, owner.actor.id, values)})
    if isinstance(request.body, dict) and route.kind in {"create", "put_edge"} and own:
        return request.with_body({**request.body, **own})
    return request


def _related(row: Row, entity: Entity | None, given: Given) -> dict[str, Scalar]:
    relations = [item.name for item in row.references if entity is not None and item.to == entity.name]
    return next((given[name] for name in relations if name in given), {})


def _given(check: Check) -> Given:
    found: dict[str, dict[str, Scalar]] = {}
    for path, value in check.given.items():
        relation, _, name = path.rpartition(".")
        found.setdefault(relation, {})[name] = value
    return found


def _shown(check: Check) -> str:
    return f" with {', '.join(f'{name}: {value}' for name, value in check.given.items())}" if check.given else ""


PROBE = Probe("checks", Group.ACCESS, "every check of the design holds", design_checks)
