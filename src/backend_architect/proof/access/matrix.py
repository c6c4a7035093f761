"""Every route as every kind of caller: the status of the access table, or of the design's rule where it is silent.

Refused requests leave every table as it was, also with `If-Match`; answers show of a row what the rules show.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_architect.design.model import Edge, Entity
from backend_architect.proof.access.expected import Expected, expected_answer, with_own_files
from backend_architect.proof.access.facts import RememberedAnswers, many
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import FORMER_MEMBER, Persona, named, personas, renewed
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.access.tables import Watch, kept_counts
from backend_architect.proof.access.tenancy import let_leave, let_members_in, make_within, tenant_of, way_to
from backend_architect.proof.access.values import wrong_values
from backend_architect.proof.access.versions import versions_of, wrong_versions
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

ADVICE = "the rule belongs into the statement of the route, and the status into the access table"
KEPT = "the refused request left its mark: refuse before anything is written"
SHOWN = "what a caller may not read is null: the rules of fields and of related rows belong into the columns"
READ_AGAIN = frozenset({"read", "create", "update"})


@dataclass(frozen=True, slots=True)
class MatrixTrial:
    """Everything that each route is tried with."""

    asking: Asking
    judge: Judge
    watch: Watch
    routes: tuple[ProjectRoute, ...]


def matrix(lab: Lab) -> Iterator[Case]:
    """Give a case for each route and each kind of caller."""
    backend = lab.backend
    people = personas(backend, new=True)
    stage = MatrixTrial(Asking(lab), Judge(backend), Watch(backend), project_routes(lab.subject))
    for route in stage.routes:
        request = None
        for name in [persona.name for persona in people]:
            if _ends_an_account(stage, route):
                people, request = renewed(backend, "owner"), None
            request = request or _request(stage, route, people)
            case = _tried(stage, route, request, named(people, name))
            request = None if stage.watch.changed else request
            yield case
        yield from _about_own_rows(stage, route, people)
    yield from kept_counts(backend)


def _request(stage: MatrixTrial, route: ProjectRoute, people: tuple[Persona, ...]) -> Request:
    """Return a request about new rows of the owner, which every member may see as their rule says."""
    backend = stage.asking.lab.backend
    others = route.design is not None and isinstance(route.design.row, Edge)
    request = valid_request(backend, route, named(people, "owner").actor, others=others)
    let_members_in(backend, people)
    stage.watch.look()
    return request


def _about_own_rows(stage: MatrixTrial, route: ProjectRoute, people: tuple[Persona, ...]) -> Iterator[Case]:
    """Give a case for each member, and for somebody who left, about a row that they made in the owner's tenant."""
    backend, design = stage.asking.lab.backend, route.design
    tenant, entity = tenant_of(backend.design), design.row if design else None
    if design is None or tenant is None or not isinstance(entity, Entity) or not way_to(backend.design, entity, tenant):
        return
    parameter = f"{entity.name}_id"
    if (
        design.kind == "list"
        or f"{{{parameter}}}" not in route.path
        or not any(f.set == "me" for f in entity.fields.values())
    ):
        return
    members = [each for each in people if each.membership or each.name == FORMER_MEMBER]
    usual = valid_request(backend, route, named(people, "owner").actor)
    for persona in members:
        place = backend.rows.make(tenant.name, named(people, "owner").actor.id)
        own = make_within(backend, entity, persona.actor.id, place)
        let_members_in(backend, people)
        let_leave(backend, (persona,))
        stage.watch.look()
        case = _tried(stage, route, usual.with_ids(**{parameter: own}), persona)
        yield replace(case, title=f"{case.title} about a row of their own")


def _tried(stage: MatrixTrial, route: ProjectRoute, request: Request, persona: Persona) -> Case:
    """Return what came of a request, and of the same with If-Match where it is about a version of a row."""
    request = with_own_files(route, request, persona)
    expected = expected_answer(stage.judge, route, persona, request)
    title = f"{route.title} as {persona.name}"
    versions = versions_of(stage.asking, stage.routes, route, request, persona)
    wrong = next(wrong_versions(stage.asking, stage.judge, route, (request, persona, expected), versions), None)
    if wrong:
        stage.watch.compare()
        return wrong[0].case(title, expected=wrong[1], held=False, advice=_advice(expected))
    answer = stage.asking.send(request, persona)
    stage.watch.compare(reads=route.method == "GET")
    if stage.watch.changed and answer.status >= 400:
        return answer.case(title, expected="nothing is changed", held=False, advice=KEPT)
    held = answer.status in expected.statuses
    shown = _wrong_values(stage, route, persona, answer) if held else []
    if shown:
        case = answer.case(title, expected="what the rules let the caller see", held=False, advice=SHOWN)
        return replace(case, actual=f"{answer.status}, {many(shown)}")
    return answer.case(title, expected=expected.description, held=held, advice=_advice(expected))


def _wrong_values(stage: MatrixTrial, route: ProjectRoute, persona: Persona, answer: Exchange) -> list[str]:
    entity = route.design.row if route.design else None
    if route.kind not in READ_AGAIN or answer.status >= 300 or not isinstance(entity, Entity):
        return []
    return wrong_values(RememberedAnswers(stage.judge), persona, entity, answer.json())


def _advice(expected: Expected) -> str:
    return f"{ADVICE} ({expected.source})"


def _ends_an_account(stage: MatrixTrial, route: ProjectRoute) -> bool:
    account = stage.asking.lab.backend.design.account
    return route.kind == "delete" and route.design is not None and route.design.row is account


PROBE = Probe("routes", Group.ACCESS, "every route gives everybody the answer that its access table promises", matrix)
