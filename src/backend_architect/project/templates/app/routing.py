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
from starlette.types import ASGIApp, Receive, Scope, Send

from app.request_context import current


class LeaveToFastAPI(Exception):
    """This request has something that FastAPI has to answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one function of a request is called: where each of its arguments comes from."""

    function: Callable[..., Awaitable[Any]]
    path: tuple[Any, ...]
    query: tuple[Any, ...]
    headers: tuple[Any, ...]
    body: tuple[str, type[BaseModel]] | None
    request: str | None
    dependencies: tuple[tuple[str, Callable[[Request], Awaitable[Any]]], ...]
    defaults: dict[str, Any]

    async def run(self, request: Request) -> Any:
        """Return what the function returns; its dependencies run first, as in FastAPI."""
        values = self.defaults.copy()
        for name, call in self.dependencies:
            values[name] = await call(request)
        if self.request:
            values[self.request] = request
        if self.path:
            _read(self.path, request.path_params, values)
        if self.query and (request.scope["query_string"] or len(self.query) > len(self.defaults)):
            _read(self.query, request.query_params, values)
        if self.headers:
            _read(self.headers, request.headers, values)
        if self.body:
            name, model = self.body
            try:
                values[name] = model.model_validate_json(current.get().body)
            except ValidationError:
                raise LeaveToFastAPI from None
        return await self.function(**values)


def _read(fields: tuple[Any, ...], sent: Mapping[str, Any], values: dict[str, Any]) -> None:
    """Put each field's checked value into `values`; one that was not sent keeps its default."""
    for field in fields:
        text = sent.get(field.alias)
        if text is None and field.name in values:
            continue
        values[field.name], errors = field.validate(text)
        if text is None or errors:
            raise LeaveToFastAPI


class DirectRoute(APIRoute):
    """A route whose `plan` is known, where its signature is plain; None leaves it to FastAPI."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        answer = get_type_hints(endpoint).get("return")
        is_response = isinstance(answer, type) and issubclass(answer, Response)
        self.plan = _plan(self.dependant) if is_response else None


def _plan(dependant: Any) -> Plan | None:
    """Return how FastAPI's description of a function is carried out, or None where only FastAPI can."""
    dependencies = [(each.name, _call(each)) for each in dependant.dependencies]
    body = _body(dependant.body_params[0]) if dependant.body_params else None
    unusual = (
        dependant.cookie_params or dependant.websocket_param_name or dependant.http_connection_param_name,
        dependant.response_param_name or dependant.background_tasks_param_name or dependant.security_scopes_param_name,
        len(dependant.body_params) != (body is not None) or not iscoroutinefunction(dependant.call),
        any(call is None for _, call in dependencies),
    )
    if any(unusual):
        return None
    fields = dependant.query_params + dependant.header_params
    return Plan(
        function=dependant.call,
        path=tuple(dependant.path_params),
        query=tuple(dependant.query_params),
        headers=tuple(dependant.header_params),
        body=body,
        request=dependant.request_param_name,
        dependencies=tuple((name, call) for name, call in dependencies if call),
        defaults={field.name: field.get_default() for field in fields if not field.field_info.is_required()},
    )


def _call(dependant: Any) -> Callable[[Request], Awaitable[Any]] | None:
    """Return how a dependency is called: most take the request alone."""
    plan = _plan(dependant)
    if plan is None:
        return None
    takes_more = plan.path or plan.query or plan.headers or plan.body or plan.dependencies
    return plan.function if plan.request and not takes_more else plan.run


def _body(field: Any) -> tuple[str, type[BaseModel]] | None:
    info, model = field.field_info, field.field_info.annotation
    plain = isinstance(info, Body) and not isinstance(info, Form) and info.is_required() and not info.embed
    return (field.name, model) if plain and isinstance(model, type) and issubclass(model, BaseModel) else None


class DirectRoutes:
    """Middleware that answers the direct routes of some routers, and passes every other request on."""

    def __init__(self, app: ASGIApp, routers: Sequence[APIRouter]) -> None:
        self.app = app
        self.routes: dict[tuple[str, int], list[DirectRoute]] = {}
        direct = [each for router in routers for each in router.routes if isinstance(each, DirectRoute) and each.plan]
        for route in sorted(direct, key=lambda route: len(route.param_convertors)):  # /posts/new before /posts/{id}
            for method in route.methods or ():
                self.routes.setdefault((method, route.path.count("/")), []).append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plan = self._match(scope) if scope["type"] == "http" else None
        if plan is None or scope["app"].dependency_overrides:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await plan.run(request)
        except LeaveToFastAPI:
            await self.app(scope, receive, send)
            return
        except Exception as error:  # noqa: BLE001 - handled as the application says, else raised again
            response = await _handled(scope["app"], request, error)
        await response(scope, receive, send)

    def _match(self, scope: Scope) -> Plan | None:
        """Return the plan of the direct route at this address, and note what its path says."""
        path = scope["path"]
        for route in self.routes.get((scope["method"], path.count("/")), ()):
            match = route.path_regex.match(path)
            if match:
                scope["path_params"], scope["route"] = match.groupdict(), route
                return route.plan
        return None


async def _handled(app: FastAPI, request: Request, error: Exception) -> Response:
    """Return what the application's handler for this kind of error answers."""
    for kind in type(error).__mro__:
        if kind in app.exception_handlers and kind is not Exception:
            response: Response = await app.exception_handlers[kind](request, error)  # type: ignore[misc]
            return response
    raise error
