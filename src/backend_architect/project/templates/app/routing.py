"""Routes that are answered without FastAPI's machinery for each request, and written as for any FastAPI router:

    router = APIRouter(prefix="/v1", tags=["posts"], route_class=DirectRoute)

`DirectRoute` reads a signature once; `DirectRoutes`, the innermost middleware, answers such routes. Whatever is not
plain (a `yield` dependency, a form, a cookie) and every request with a wrong value is left to FastAPI, so that the
OpenAPI document and the errors are FastAPI's own. Without both classes everything works as it does, only slower.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, get_type_hints

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.params import Body, Form
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class LeaveToFastAPI(Exception):
    """This request has something that FastAPI has to answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one function of a request is called: where each of its arguments comes from."""

    function: Callable[..., Awaitable[Any]]
    name: str
    path: tuple[Any, ...]
    query: tuple[Any, ...]
    headers: tuple[Any, ...]
    body: tuple[str, type[BaseModel]] | None
    request: str | None
    dependencies: tuple["Plan", ...]

    async def arguments(self, request: Request) -> dict[str, Any]:
        """Return the checked arguments; dependencies run first, as in FastAPI."""
        values: dict[str, Any] = {}
        for plan in self.dependencies:
            values[plan.name] = await plan.function(**await plan.arguments(request))
        if self.request:
            values[self.request] = request
        if self.path:
            _read(self.path, request.path_params, values)
        if self.query:
            _read(self.query, request.query_params if request.scope["query_string"] else {}, values)
        if self.headers:
            _read(self.headers, request.headers, values)
        if self.body:
            name, model = self.body
            try:
                values[name] = model.model_validate_json(await request.body())
            except ValidationError:
                raise LeaveToFastAPI from None
        return values


class DirectRoute(APIRoute):
    """A route whose `plan` is known, where its signature is plain; None leaves it to FastAPI."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        answer = get_type_hints(endpoint).get("return")
        is_response = isinstance(answer, type) and issubclass(answer, Response)
        self.plan = _plan(self.dependant) if is_response else None


class DirectRoutes:
    """Middleware that answers the direct routes of some routers, and passes every other request on."""

    def __init__(self, app: ASGIApp, routers: Sequence[APIRouter]) -> None:
        self.app = app
        self.routes = _by_shape([route for router in routers for route in router.routes])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plan = self._match(scope) if scope["type"] == "http" else None
        if plan is None or scope["app"].dependency_overrides:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await plan.function(**await plan.arguments(request))
        except LeaveToFastAPI:
            await self.app(scope, await _again(request, receive), send)
            return
        except Exception as error:  # noqa: BLE001 - handled as the application says, else raised again
            response = await _handled(scope["app"], request, error)
        await response(scope, receive, send)

    def _match(self, scope: Scope) -> Plan | None:
        """Return the plan of the direct route at this address, and note what its path says."""
        parts = scope["path"].split("/")
        for literals, names, route, plan in self.routes.get((scope["method"], len(parts)), ()):
            if [parts[index] for index, _ in literals] == [text for _, text in literals]:
                scope["path_params"] = {name: parts[index] for index, name in names}
                scope["route"] = route
                return plan
        return None


Parts = list[tuple[int, str]]
Shapes = dict[tuple[str, int], list[tuple[Parts, Parts, DirectRoute, Plan]]]


def _by_shape(routes: Sequence[BaseRoute]) -> Shapes:
    """Return the direct routes by method and number of parts, each with its fixed parts and its parameters."""
    found: Shapes = {}
    for route in routes:
        if isinstance(route, DirectRoute) and route.plan:
            parts = list(enumerate(route.path.split("/")))
            literals = [(index, part) for index, part in parts if part[:1] != "{"]
            names = [(index, part[1:-1]) for index, part in parts if part[:1] == "{"]
            for method in route.methods or ():
                found.setdefault((method, len(parts)), []).append((literals, names, route, route.plan))
    for candidates in found.values():
        candidates.sort(key=lambda candidate: len(candidate[1]))  # /posts/new before /posts/{post_id}
    return found


def _plan(dependant: Any) -> Plan | None:
    """Return how FastAPI's description of a function is carried out, or None where only FastAPI can."""
    unusual = (
        dependant.cookie_params or dependant.websocket_param_name or dependant.http_connection_param_name,
        dependant.response_param_name or dependant.background_tasks_param_name or dependant.security_scopes_param_name,
        len(dependant.body_params) > 1 or not iscoroutinefunction(dependant.call),
    )
    body = _body(dependant.body_params[0]) if dependant.body_params else None
    dependencies = [_plan(each) for each in dependant.dependencies]
    if any(unusual) or (dependant.body_params and body is None) or None in dependencies:
        return None
    return Plan(
        function=dependant.call,
        name=dependant.name or "",
        path=tuple(dependant.path_params),
        query=tuple(dependant.query_params),
        headers=tuple(dependant.header_params),
        body=body,
        request=dependant.request_param_name,
        dependencies=tuple(plan for plan in dependencies if plan),
    )


def _body(field: Any) -> tuple[str, type[BaseModel]] | None:
    info, model = field.field_info, field.field_info.annotation
    plain = isinstance(info, Body) and not isinstance(info, Form) and info.is_required() and not info.embed
    return (field.name, model) if plain and isinstance(model, type) and issubclass(model, BaseModel) else None


def _read(fields: tuple[Any, ...], sent: Mapping[str, Any], values: dict[str, Any]) -> None:
    """Put each field's checked value, or its default, into `values`."""
    for field in fields:
        text = sent.get(field.alias)
        if text is None and not field.field_info.is_required():
            values[field.name] = field.get_default()
            continue
        values[field.name], errors = field.validate(text)
        if text is None or errors:
            raise LeaveToFastAPI


async def _again(request: Request, receive: Receive) -> Receive:
    """Return a `receive` that gives the body again if it was read, then what the client does next."""
    if not hasattr(request, "_body"):
        return receive
    waiting: list[Message] = [{"type": "http.request", "body": await request.body(), "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _handled(app: FastAPI, request: Request, error: Exception) -> Response:
    """Return what the application's handler for this kind of error answers."""
    for kind in type(error).__mro__:
        if kind in app.exception_handlers and kind is not Exception:
            response: Response = await app.exception_handlers[kind](request, error)  # type: ignore[misc]
            return response
    raise error
