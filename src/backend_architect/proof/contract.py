"""The OpenAPI document held against the running server: Schemathesis sends requests, right and wrong ones."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend_architect.design.model import Entity
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, Measure, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import PARAMETER, ProjectRoute, project_routes, valid_request
from backend_architect.proof.subject import AccessRow

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]
NOT_WRITTEN = 501
"""What a use case answers until its team has written it."""
EXPECTATION = "no 5xx, and each answer as the document says"
REQUESTS = 300
"""Requests to all routes together; each gets its share, so that a proof takes as long for a large design."""
SHARE_LEAST, SHARE_MOST = 8, 20
PER_PERSON = 200
"""Requests that one person sends: fewer than the limit of a minute, or the limits would be all that is tried."""
METHODS = ("PUT", "PATCH", "DELETE", "POST", "GET")
Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
Generated: TypeAlias = schemathesis.Case[Any]


@dataclass
class RouteTrial:
    """What one route answered: how often each status, and what was wrong with which request."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)


def contract(lab: Lab) -> Iterator[Case]:
    """Give a case for each operation of the document, and for each path with a method that it does not have."""
    schema = schemathesis.openapi.from_dict(lab.application.document)
    operations = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    share = min(max(REQUESTS // max(len(operations), 1), SHARE_LEAST), SHARE_MOST)
    routes = {(route.method, route.path): route for route in project_routes(lab.subject)}
    account = lab.subject.design.account
    person, sent = _person(lab.backend), 0
    for operation in operations:
        if sent + share > PER_PERSON:
            person, sent = _person(lab.backend), 0
        route = routes.get((operation.method.upper(), operation.path)) or _undeclared(operation)
        yield _tried(lab.backend, operation, route, person, share=share)
        sent = PER_PERSON if _ends_sessions(route, account) else sent + share
    yield from _other_methods(lab, operations)


def _person(backend: Backend) -> Actor:
    """Return somebody who may do as much as anybody."""
    auth = backend.design.auth
    return backend.person("fuzzer", *auth.roles) if auth else backend.anonymous()


def _ends_sessions(route: ProjectRoute, account: Entity | None) -> bool:
    """Return whether the one who sent requests to this route may have no session any more."""
    ends_account = route.kind == "delete" and route.design is not None and route.design.row is account
    return ends_account or "/auth/" in route.path


def _undeclared(operation: Operation) -> ProjectRoute:
    return ProjectRoute(AccessRow(operation.method.upper(), operation.path, "", {}, "", 0), None)


def _tried(backend: Backend, operation: Operation, route: ProjectRoute, person: Actor, *, share: int) -> Case:
    """Return what all requests to one operation came to: right ones, wrong ones, and some of nobody's."""
    ids = dict(valid_request(backend, route, person).ids)
    tried = RouteTrial()
    third = max(share // 3, 2)
    for actor, mode, number in (
        (person, GenerationMode.POSITIVE, share - third - 2),
        (person, GenerationMode.NEGATIVE, third),
        (backend.anonymous(), GenerationMode.POSITIVE, 2),
    ):
        _send(backend, operation, tried, actor=actor, mode=mode, number=number, ids=ids)
    return _case(f"{route.method} {route.path}", tried)


def _send(
    backend: Backend,
    operation: Operation,
    tried: RouteTrial,
    *,
    actor: Actor,
    mode: GenerationMode,
    number: int,
    ids: Mapping[str, str],
) -> None:
    """Send so many requests of one kind, and note the answers."""
    signed_in = {"authorization": f"Bearer {actor.token}"} if actor.token else {}

    @settings(
        max_examples=number, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(generated=operation.as_strategy(mode, path_parameters=dict(ids) or None, headers=dict(signed_in)))
    def send(generated: Generated) -> None:
        headers = {"x-forwarded-for": backend.moved(actor).address, **signed_in}
        answer = generated.call(base_url=backend.url, headers=headers)
        tried.statuses[answer.status_code] += 1
        try:
            checks = CHECKS[1:] if answer.status_code == NOT_WRITTEN else CHECKS
            generated.validate_response(answer, checks=checks, headers=headers)
        except* schemathesis.errors.SchemathesisError as group:
            raise group.exceptions[0] from None
        except* AssertionError as group:
            reasons = " · ".join(" ".join(str(each).split()) for each in group.exceptions)
            tried.wrong.setdefault(reasons, _curl(backend, generated, actor))

    with contextlib.suppress(Unsatisfiable):  # nothing of it can be wrong: it takes no input
        send()


def _curl(backend: Backend, generated: Generated, actor: Actor) -> str:
    """Return the request as a command; the token is a shell variable."""
    command = generated.as_curl_command().replace(backend.url, "$API")
    return f'{command} -H "authorization: Bearer ${actor.variable}"' if actor.token else command


def _case(title: str, tried: RouteTrial) -> Case:
    answers = ", ".join(f"{status} x {number}" for status, number in sorted(tried.statuses.items()))
    measures = (Measure("requests", float(tried.statuses.total())),)
    if not tried.wrong:
        return Case(title, Verdict.HELD, EXPECTATION, answers, measures=measures)
    reasons, repeat = next(iter(tried.wrong.items()))
    advice = "mend the route, or say in its decorator what it answers"
    return Case(title, Verdict.FAILED, EXPECTATION, f"{reasons[:600]} ({answers})", repeat, advice, measures)


def _other_methods(lab: Lab, operations: list[Operation]) -> Iterator[Case]:
    """Give a case for each path: a method that it does not have is a 405 that names those it has."""
    nobody = lab.backend.anonymous()
    paths: dict[str, set[str]] = {}
    for operation in operations:
        paths.setdefault(operation.path, set()).add(operation.method.upper())
    for path, methods in paths.items():
        other = next((method for method in METHODS if method not in methods), None)
        if other is None:
            continue
        answer = lab.backend.client.ask(nobody, other, PARAMETER.sub(lab.backend.rows.identity(), path))
        held = answer.status == requests.codes.method_not_allowed and "allow" in answer.headers
        yield answer.case(f"{other} {path}, which there is not", expected="405 with Allow", held=held)


TITLE = "the server answers as its OpenAPI document says, and never with a 5xx"
PROBE = Probe("contract", Group.CONTRACT, TITLE, contract)
